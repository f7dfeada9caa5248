// What C++ needs of the library: memory by operator new, constructors and destructors of objects with static storage,
// variables of functions that are made once, thread_local objects. tests/boot.rs compiles this as a person would.

#include <hafnon/test.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <threads.h>
#include <zircon/syscalls.h>

#include <atomic>
#include <new>
#include <type_traits>
#include <utility>

namespace {

// Tells of its life.
struct Told {
    explicit Told(const char* name) : name_(name) { printf("made %s\n", name_); }
    ~Told() { printf("unmade %s\n", name_); }
    const char* name_;
};

Told first("first"), second("second");

struct Shape {
    virtual ~Shape() = default;
    virtual int area() const = 0;
};

struct Square final : Shape {
    explicit Square(int side) : side_(side) {}
    int area() const override { return side_ * side_; }
    int side_;
};

struct alignas(256) Wide {
    char bytes[300];
};

std::atomic<int> made{0}, unmade{0};

// Slow to make, so that others come while it is made.
struct Slow {
    Slow() {
        for (int i = 0; i < 50; i++) thrd_yield();
        made++;
    }
    int value = 42;
};

const Slow& slow() {
    static Slow slow;
    return slow;
}

struct OfThread {
    ~OfThread() {
        unmade += value;
        if (value == 100) printf("of main's thread: %d\n", value);
    }
    int value = 0;
};

thread_local OfThread of_thread;

bool asked;

void give_memory() {
    asked = true;
    std::set_new_handler(nullptr);
}

template <typename T>
T keep(T&& value) {
    static_assert(!std::is_reference<T>::value, "only values");
    return std::move(value);
}

}  // namespace

TEST(cplusplus, new_and_delete) {
    Shape* shape = new Square(7);
    ASSERT_EQ(shape->area(), 49);
    delete shape;
    Wide *one = new Wide, *many = new Wide[3], *quiet = new (std::nothrow) Wide;
    ASSERT((uintptr_t)one % 256 == 0 && (uintptr_t)many % 256 == 0 && (uintptr_t)quiet % 256 == 0);
    delete one;
    delete[] many;
    delete quiet;
    alignas(Square) char place[sizeof(Square)];
    ASSERT_EQ((new (place) Square(3))->area(), 9);
    int* numbers = new int[1000]();
    for (int i = 0; i < 1000; i++) ASSERT_EQ(numbers[i], 0);
    delete[] numbers;
    ASSERT_EQ(keep(5), 5);
}

TEST(cplusplus, memory_that_is_not_there) {
    volatile size_t most = PTRDIFF_MAX;
    ASSERT(new (std::nothrow) char[most] == nullptr);
    ASSERT(::operator new(most, std::align_val_t(64), std::nothrow) == nullptr);
    std::set_new_handler(give_memory);
    ASSERT(std::get_new_handler() == give_memory);
    ASSERT(new (std::nothrow) char[most] == nullptr && asked && std::get_new_handler() == nullptr);
}

TEST_NEEDS(cplusplus, a_variable_of_a_function_is_made_once, "cpus=4") {
    thrd_t threads[8];
    for (thrd_t& thread : threads) {
        thrd_create(&thread, [](void*) { return slow().value; }, nullptr);
    }
    for (thrd_t& thread : threads) {
        int result = 0;
        thrd_join(thread, &result);
        ASSERT_EQ(result, 42);
    }
    ASSERT_EQ(made.load(), 1);
}

TEST(cplusplus, objects_of_a_thread_go_with_it) {
    thrd_t one;
    pthread_t other;
    thrd_create(&one, [](void*) { return of_thread.value = 1; }, nullptr);
    pthread_create(&other, nullptr, [](void*) -> void* { of_thread.value = 10; return nullptr; }, nullptr);
    thrd_join(one, nullptr);
    pthread_join(other, nullptr);
    ASSERT_EQ(unmade.load(), 11);
}

TEST(cplusplus, headers_of_c_are_there) {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_t again = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    ASSERT(pthread_mutex_lock(&mutex) == 0 && pthread_mutex_lock(&again) == 0 && pthread_mutex_lock(&again) == 0);
    volatile double two = 2;
    ASSERT(sqrt(two) > 1.41 && isfinite(two));
    void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT(memory != MAP_FAILED && munmap(memory, 4096) == 0);
    ASSERT(signal(SIGUSR1, SIG_IGN) == SIG_DFL && raise(SIGUSR1) == 0);
}

int main(int argc, char** argv) {
    static Told third("third");
    atexit([] { printf("at exit\n"); });
    // More than any list has room for at first.
    static int count;
    for (int i = 0; i < 100; i++) atexit([] { count++; });
    atexit([] { count = 0; });
    int code = hafnon_test_main(argc, argv);
    of_thread.value = 100;
    return code;
}
