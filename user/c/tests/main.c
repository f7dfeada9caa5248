// The C tests of the system calls: a file for each kind of object.

#include <hafnon/test.h>

int main(int argc, char** argv) { return hafnon_test_main(argc, argv); }
