//! Other programs of the ramdisk.

use hafnon_user::Status;

use crate::harness::{launch, user_test};

user_test! {
    fn c_program_runs_and_its_exit_code_comes_back() {
        let process = launch("bin/hello", |launch| launch.argument("one").argument("two"));
        assert_eq!(process.expect("it starts").wait_exit(), Ok(2));
    }

    fn what_is_no_program_is_refused() {
        let launched = launch("bin/no-such-program", |launch| launch);
        assert_eq!(launched.err(), Some(Status::NOT_FOUND));
    }
}
