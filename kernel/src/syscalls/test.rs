//! Calls that do nothing, for tests and measurements: each answers the sum of its arguments as status.

use super::Caller;
use abi::Status;

fn sum(values: &[i32]) -> Result<(), Status> {
    Status::ok(values.iter().fold(0, |sum: i32, value| sum.wrapping_add(*value)))
}

macro_rules! tests {
    ($($name:ident($($arg:ident),*);)*) => {
        $(
            /// Answers the sum of its arguments.
            #[allow(clippy::too_many_arguments)] // reason: that is what it tests
            pub fn $name(_caller: &Caller, $($arg: i32),*) -> Result<(), Status> {
                sum(&[$($arg),*])
            }
        )*
    };
}

tests! {
    syscall_test_0();
    syscall_test_1(a);
    syscall_test_2(a, b);
    syscall_test_3(a, b, c);
    syscall_test_4(a, b, c, d);
    syscall_test_5(a, b, c, d, e);
    syscall_test_6(a, b, c, d, e, f);
    syscall_test_7(a, b, c, d, e, f, g);
    syscall_test_8(a, b, c, d, e, f, g, h);
}
