//! Every call, with each of its requests for memory refused, one after the other.
//!
//! ```text
//! N = 1, 2, 3, …   the Nth request is refused, and those after it are, or are not      NO_MEMORY, or success
//! until the call makes fewer than N                                                     success
//! ```
//! The kernel panics where it has no answer for that. Each attempt is made several times, and the later ones must
//! leave no handle behind, and no more memory of the kernel in use than the first.

use alloc::{format, string::String};

use hafnon_user::{
    Status,
    abi::{INFO_KMEM_STATS, InfoKmemStats},
    println, sys,
};

use super::{CALLS, Call, Kind, attempt::Outcome, exceptions, objects, run, scene::Scene};
use crate::{
    bad_memory::BadMemory,
    harness::{call, resource},
};

/// How often an attempt is made in a round.
const TIMES: usize = 3;
/// In how many rounds memory must be lost to be lost: tables grow now and then.
const ROUNDS: usize = 4;
/// Attempts that go wrong until a call is given up.
const ENOUGH: usize = 5;
/// More requests than any call of the scenes makes.
const MOST: usize = 500;
/// How often others are let run, at most, until what a call has left to them is done.
const TURNS: usize = 2_000;

/// One way to refuse.
#[derive(Clone, Copy)]
struct Refusal {
    /// The number of the request.
    number: usize,
    /// And of those after it.
    lasting: bool,
}

/// What came of an attempt.
struct Answer {
    status: Status,
    /// How many requests there were.
    requests: usize,
}

/// Tries everything with every call whose end this process survives.
pub fn check_refused() {
    let memory = BadMemory::new();
    let mut wrong = 0;
    for call in CALLS.iter().filter(|call| can_be_tried(call)) {
        for lasting in [false, true] {
            wrong += check_call(call, lasting, &memory);
        }
    }
    assert_eq!(wrong, 0, "attempts went wrong");
}

fn can_be_tried(call: &Call) -> bool {
    call.number != 0 && !run::ends_the_caller(call) && call.name != "syscall_test_without_memory"
}

/// How many attempts with one call go wrong; after a few it is enough.
fn check_call(call: &'static Call, lasting: bool, memory: &BadMemory) -> usize {
    let mut wrong = 0;
    for number in 1..MOST {
        match check_refusal(call, Refusal { number, lasting }, memory) {
            Ok(true) => {}
            Ok(false) => return wrong,
            Err(problem) => {
                wrong += 1;
                let more = if lasting { " and all after it" } else { "" };
                println!("{}: request {number}{more} refused: {problem}", call.name);
            }
        }
        if wrong == ENOUGH {
            return wrong;
        }
    }
    println!("{}: more requests than {MOST}", call.name);
    wrong + 1
}

/// Whether there was such a request, or what went wrong.
fn check_refusal(call: &'static Call, refusal: Refusal, memory: &BadMemory) -> Result<bool, String> {
    let first = attempt(call, refusal, memory)?;
    let mut grown = 0;
    for _ in 0..ROUNDS {
        let before = in_use();
        for _ in 0..TIMES {
            attempt(call, refusal, memory)?;
        }
        // What a call has left to others is done soon.
        let settled =
            (0..TURNS).any(|_| in_use() <= before || call!(zx_thread_legacy_yield(0)) != Status::OK);
        if settled {
            return Ok(first.requests >= refusal.number);
        }
        grown = in_use() - before;
    }
    Err(format!("{grown} bytes of the kernel's are lost each time"))
}

fn attempt(call: &'static Call, refusal: Refusal, memory: &BadMemory) -> Result<Answer, String> {
    let scene = Scene::new(call, memory);
    let (must, may) = scene.consumed(None);
    let before = objects::open();
    let answer = make(&scene, refusal);
    let after = objects::open();
    destroy_regions(&scene);
    let refused = answer.requests >= refusal.number;
    match exceptions::usual(call) {
        Outcome::Status(status) if answer.status == status => return Ok(answer),
        _ if refused && answer.status == Status::NO_MEMORY => {}
        _ => return Err(format!("{:?}", answer.status)),
    }
    if !call.errors.is_empty() && !call.errors.contains(&Status::NO_MEMORY) {
        return Err("NO_MEMORY is not documented".into());
    }
    run::compare(&before, &after, &must, &may)?;
    Ok(answer)
}

/// Regions stay when their handles are closed.
fn destroy_regions(scene: &Scene<'_>) {
    for (argument, raw) in scene.call.arguments.iter().zip(scene.arguments) {
        if matches!(argument.kind, Kind::Handle { object: "vmar", .. }) {
            let _ = call!(zx_vmar_destroy(raw as u32));
        }
    }
}

/// Makes the call.
fn make(scene: &Scene<'_>, refusal: Refusal) -> Answer {
    let mut requests = 0_u64;
    let (args, counted) =
        (scene.arguments.as_ptr().expose_provenance(), (&raw mut requests).expose_provenance());
    // SAFETY: the arguments are what the call can take.
    let raw = unsafe {
        sys::zx_syscall_test_without_memory(
            scene.call.number,
            args,
            refusal.number,
            refusal.lasting.into(),
            counted,
        )
    };
    Answer { status: run::status(scene.call, raw), requests: requests as usize }
}

/// Bytes of kernel objects.
fn in_use() -> u64 {
    let mut stats = InfoKmemStats::default();
    let (raw, size, null) = (resource().raw(), size_of::<InfoKmemStats>(), core::ptr::null_mut::<usize>());
    let told = call!(zx_object_get_info(raw, INFO_KMEM_STATS, (&raw mut stats).cast(), size, null, null));
    assert_eq!(told, Status::OK);
    stats.ipc_bytes
}
