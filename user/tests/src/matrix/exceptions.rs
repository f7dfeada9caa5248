//! Where the answer is another one than the kind of argument and of mistake say, and why.

use hafnon_user::Status;

use super::{Call, NON_TASKS, attempt::Outcome};

/// Answers to some cases of an argument.
struct Exception {
    call: &'static str,
    argument: &'static str,
    cases: &'static [&'static str],
    /// The outcome; the usual one of the call if there is none.
    outcome: Option<Outcome>,
}

const fn answer(
    call: &'static str,
    argument: &'static str,
    cases: &'static [&'static str],
    status: Status,
) -> Exception {
    Exception { call, argument, cases, outcome: Some(Outcome::Status(status)) }
}

/// The call does not mind.
const fn fine(call: &'static str, argument: &'static str, cases: &'static [&'static str]) -> Exception {
    Exception { call, argument, cases, outcome: None }
}

const fn kills(call: &'static str, argument: &'static str, cases: &'static [&'static str]) -> Exception {
    Exception { call, argument, cases, outcome: Some(Outcome::Killed) }
}

/// Any of the options that mean nothing.
const ANY_BIT: &[&str] = &["bit"];
/// All that is tried with a pointer to what is written.
const BAD_ADDRESSES: &[&str] =
    &["null", "unmapped", "kernel", "non-canonical", "wrapping", "straddling", "read-only"];
/// All that is tried with a pointer to what is only read.
const UNREADABLE: &[&str] = BAD_ADDRESSES.split_at(6).0;
const EXCEPTIONS: &[Exception] = &[
    // There is a message, and no room for it.
    answer("channel_read", "bytes", &["empty"], Status::BUFFER_TOO_SMALL),
    answer("channel_read", "handles", &["empty"], Status::BUFFER_TOO_SMALL),
    answer("channel_read_etc", "bytes", &["empty"], Status::BUFFER_TOO_SMALL),
    answer("channel_read_etc", "handles", &["empty"], Status::BUFFER_TOO_SMALL),
    answer("channel_read", "options", ANY_BIT, Status::NOT_SUPPORTED),
    answer("channel_read_etc", "options", ANY_BIT, Status::NOT_SUPPORTED),
    answer("object_get_info", "buffer", &["empty"], Status::BUFFER_TOO_SMALL),
    // Only what is wrong with a handle is written, and nothing is.
    fine("channel_write_etc", "handles", &["read-only"]),
    // The results are in what it points to; the kernel does not write it itself.
    fine("channel_call_etc", "args", &["read-only"]),
    answer("eventpair_create", "options", ANY_BIT, Status::NOT_SUPPORTED),
    // So the public tests want it, of these two.
    answer("vmo_read", "buffer", UNREADABLE, Status::NOT_FOUND),
    answer("vmo_read", "buffer", &["read-only"], Status::ACCESS_DENIED),
    answer("vmo_write", "buffer", UNREADABLE, Status::NOT_FOUND),
    // A futex is an address. Nothing needs to be there but where the value is compared.
    fine("futex_wake", "value_ptr", &["unmapped"]),
    fine("futex_wake_single_owner", "value_ptr", &["unmapped"]),
    fine("futex_requeue", "requeue_ptr", &["unmapped"]),
    fine("futex_requeue_single_owner", "requeue_ptr", &["unmapped"]),
    fine("futex_get_owner", "value_ptr", &["unmapped"]),
    // Where several kinds of objects will do, rights come first, and only tasks have this one.
    answer("object_get_child", "handle", &NON_TASKS, Status::ACCESS_DENIED),
    answer("task_kill", "handle", &NON_TASKS, Status::ACCESS_DENIED),
    // The program's own code writes there.
    kills("system_get_features", "features", BAD_ADDRESSES),
    kills("mx_version_get", "version", BAD_ADDRESSES),
    // The memory is gone already, and nobody is there to be told.
    kills("vmar_unmap_handle_close_thread_exit", "close_handle", &["closed", "invalid"]),
    // As for Zircon's.
    answer("mx_channel_read", "bytes", &["empty"], Status::BUFFER_TOO_SMALL),
    answer("mx_channel_read", "handles", &["empty"], Status::BUFFER_TOO_SMALL),
    answer("mx_channel_read", "options", ANY_BIT, Status::NOT_SUPPORTED),
    answer("mx_object_get_info", "buffer", &["empty"], Status::BUFFER_TOO_SMALL),
    answer("mx_eventpair_create", "options", ANY_BIT, Status::NOT_SUPPORTED),
    answer("mx_object_get_child", "handle", &NON_TASKS, Status::ACCESS_DENIED),
    fine("mx_futex_wake", "value_ptr", &["unmapped"]),
    // Nobody is moved there.
    fine("mx_futex_requeue", "requeue_ptr", &["null", "unmapped"]),
    // Flags that nobody knows; those of reading and writing are known, but not for windows.
    answer("mx_datapipe_write", "options", ANY_BIT, Status::NOT_SUPPORTED),
    answer("mx_datapipe_read", "options", ANY_BIT, Status::NOT_SUPPORTED),
    answer("mx_datapipe_begin_write", "options", &["bit 0"], Status::INVALID_ARGS),
    answer("mx_datapipe_begin_write", "options", ANY_BIT, Status::NOT_SUPPORTED),
    answer("mx_datapipe_begin_read", "options", &["bit 0", "bit 1", "bit 2", "bit 3"], Status::INVALID_ARGS),
    answer("mx_datapipe_begin_read", "options", ANY_BIT, Status::NOT_SUPPORTED),
];

/// Whether an exception for one case is about another one, such as `bit` about `bit 3`.
pub fn covers(known: &str, case: &str) -> bool {
    case.strip_prefix(known).is_some_and(|rest| rest.is_empty() || known == ANY_BIT[0])
}

/// What an exception says about a case: its outcome, or that it is the call's usual one.
pub fn of(call: &str, argument: &str, case: &str) -> Option<Option<Outcome>> {
    let mut all = EXCEPTIONS.iter();
    let about = |one: &&Exception| one.call == call && one.argument == argument;
    all.find(|one| about(one) && one.cases.iter().any(|known| covers(known, case))).map(|one| one.outcome)
}

/// Call, argument and case of every exception.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    EXCEPTIONS.iter().flat_map(|one| one.cases.iter().map(|case| (one.call, one.argument, *case)))
}

/// The outcome of a call with which nothing is wrong.
pub fn usual(call: &Call) -> Outcome {
    match call.name {
        // Nobody wakes it, and its deadline has passed.
        "futex_wait" | "mx_futex_wait" => Outcome::Status(Status::TIMED_OUT),
        "process_exit"
        | "thread_exit"
        | "futex_wake_handle_close_thread_exit"
        | "vmar_unmap_handle_close_thread_exit" => Outcome::Exited(0),
        _ => Outcome::Status(Status::OK),
    }
}
