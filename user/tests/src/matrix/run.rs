//! Making the attempts, and looking at what they answer and leave.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use hafnon_user::{Status, abi::TASK_RETCODE_EXCEPTION_KILL, println};

use super::{
    CALLS, Call, Kind, Returns,
    attempt::{Attempt, Outcome, attempts},
    objects,
    scene::Scene,
};
use crate::{bad_memory::BadMemory, handle_limit::Limited, harness::equal_child, pressure};

/// Exit code of a child that made its call and got [`Status::OK`] back; other statuses are added to it.
const CAME_BACK: i64 = 1_000_000;

/// Tries everything with a call.
pub fn check(call: &'static Call) {
    let memory = BadMemory::new();
    let attempts = attempts(call);
    let mut wrong = 0;
    for (number, attempt) in attempts.iter().enumerate() {
        let answer = if ends_the_caller(call) { apart(call, number) } else { here(call, attempt, &memory) };
        let expected = attempt.expected(call);
        match answer {
            Ok(outcome) if outcome == expected => {}
            Ok(outcome) => {
                wrong += 1;
                println!("{}: {outcome:?}, not {expected:?}", attempt.describe(call));
            }
            Err(loss) => {
                wrong += 1;
                println!("{}: {loss}", attempt.describe(call));
            }
        }
    }
    assert_eq!(wrong, 0, "of {} answers of {} are wrong", attempts.len(), call.name);
    check_errors(call, &attempts);
}

/// Compares what a call is documented to fail with to the answers that were found to be right.
fn check_errors(call: &Call, attempts: &[Attempt]) {
    let expected =
        |error: Status| attempts.iter().any(|attempt| attempt.expected(call) == Outcome::Status(error));
    for error in call.errors.iter().filter(|error| !call.shown_elsewhere.contains(error)) {
        // `creating_objects_needs_memory` shows the one, `a_job_limits_the_handles_that_calls_add` the other.
        let memory = *error == Status::NO_MEMORY && call.creates;
        let handles = *error == Status::NO_RESOURCES && call.adds;
        assert!(memory || handles || expected(*error), "{}: nothing shows {error:?}", call.name);
    }
    for attempt in attempts.iter().filter(|_| !call.errors.is_empty()) {
        let Outcome::Status(status) = attempt.expected(call) else { continue };
        let documented = status == Status::OK || call.errors.contains(&status);
        assert!(documented, "{}: {status:?} is not documented", attempt.describe(call));
    }
}

/// Makes every call that creates objects when there is no memory for them.
pub fn check_memory() {
    let (memory, glutton) = (BadMemory::new(), pressure::glutton());
    let creating = CALLS.iter().filter(|call| call.creates);
    let mut calls: Vec<_> = creating.map(|call| (Scene::new(call, &memory), Status::OK)).collect();
    pressure::use_up(&glutton);
    for (scene, answer) in &mut calls {
        *answer = status(scene.call, scene.make());
    }
    drop(glutton);
    for (scene, answer) in &calls {
        assert_eq!(*answer, Status::NO_MEMORY, "{}", scene.call.name);
    }
}

/// Makes every call that puts handles into a table when the job has as many as it may. Two calls have to be left out:
/// who answers them here is of the same process, and has room for the answer when it sends it.
pub fn check_handles() {
    let memory = BadMemory::new();
    let adding = CALLS.iter().filter(|call| call.adds && !call.name.starts_with("channel_call"));
    let mut calls: Vec<_> = adding.map(|call| (Scene::new(call, &memory), Status::OK)).collect();
    let mut limited = Limited::new();
    for (scene, answer) in &mut calls {
        *answer = status(scene.call, scene.make());
        // The call may have taken a handle out.
        limited.fill();
    }
    drop(limited);
    for (scene, answer) in &calls {
        assert_eq!(*answer, Status::NO_RESOURCES, "{}", scene.call.name);
    }
}

/// Whether there is an attempt that the calling thread does not survive: the call has no status to return, or its
/// pointers are used by the program's own code, or its last step can not fail any more.
pub(super) fn ends_the_caller(call: &Call) -> bool {
    let pointers = call.arguments.iter().any(|argument| matches!(argument.kind, Kind::Pointer { .. }));
    call.returns == Returns::Nothing && call.name != "system_get_version_string"
        || call.local && pointers
        || call.name == "vmar_unmap_handle_close_thread_exit"
}

/// The status in what a call returns.
pub(super) fn status(call: &Call, raw: i64) -> Status {
    // What is positive is an amount of something.
    let failed = call.returns == Returns::Status && raw < 0;
    if failed { Status::from_raw(raw as i32) } else { Status::OK }
}

/// Makes an attempt in this process: the outcome, or what was wrong with the handles afterwards.
fn here(call: &'static Call, attempt: &Attempt, memory: &BadMemory) -> Result<Outcome, String> {
    let mut scene = Scene::new(call, memory);
    attempt.apply(&mut scene);
    let (must, may) = scene.consumed(attempt.argument);
    let before = objects::open();
    let status = status(call, scene.make());
    if status != Status::OK {
        compare(&before, &objects::open(), &must, &may)?;
    }
    Ok(Outcome::Status(status))
}

/// Compares the handles before and after a call that has failed.
pub(super) fn compare(before: &[u32], after: &[u32], must: &[u32], may: &[u32]) -> Result<(), String> {
    let count = |message, list: Vec<&u32>| match list.len() {
        0 => Ok(()),
        count => Err(format!("{message}: {count}")),
    };
    let gone = |raw: &&u32| !after.contains(raw);
    count("handles come of a failure", after.iter().filter(|raw| !before.contains(raw)).collect())?;
    let consumed = |raw: &&u32| must.contains(raw) || may.contains(raw);
    count("handles are lost", before.iter().filter(gone).filter(|raw| !consumed(raw)).collect())?;
    let kept = must.iter().filter(|raw| before.contains(raw) && after.contains(raw));
    count("handles were to be consumed", kept.collect())
}

/// Makes an attempt in a process of its own.
fn apart(call: &Call, number: usize) -> Result<Outcome, String> {
    let number = number.to_string();
    let child = equal_child("matrix", |launch| launch.argument(call.name).argument(&number));
    let code = child.wait_exit().map_err(|status| format!("the child can not be waited for: {status:?}"))?;
    let status = i32::try_from(code - CAME_BACK).ok().filter(|status| (-1000..=0).contains(status));
    Ok(match status {
        Some(status) => Outcome::Status(Status::from_raw(status)),
        None if code == TASK_RETCODE_EXCEPTION_KILL => Outcome::Killed,
        None => Outcome::Exited(code),
    })
}

/// A child's part: makes one attempt and tells its outcome as exit code.
pub fn play(name: &str, number: &str) -> i64 {
    let call = CALLS.iter().find(|call| call.name == name).expect("a call of the matrix");
    let number: usize = number.parse().expect("a number");
    let memory = BadMemory::new();
    let answer = here(call, &attempts(call)[number], &memory);
    match answer {
        Ok(Outcome::Status(status)) => CAME_BACK + i64::from(status.raw()),
        other => {
            println!("{other:?}");
            1
        }
    }
}
