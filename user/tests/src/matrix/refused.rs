//! Every call, with each of its requests for memory refused, one after the other.
//!
//! ```text
//! N = 1, 2, 3, …   the Nth request is refused, and those after it are, or are not      NO_MEMORY, or success
//! until the call makes fewer than N                                                     success
//! ```
//! The kernel panics where it has no answer for that. Each call is made as the other tests make it, and in the ways of
//! [`variants`]; those that the caller does not survive are made by another process. Each attempt is made several
//! times, and the later ones must leave no handle behind, and no more memory in use than the first: of the kernel's
//! objects, of VMOs, of page tables.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use hafnon_user::{Status, abi::InfoKmemStats, clock, info, println, sys};

use super::{
    CALLS, Call, Kind,
    attempt::Outcome,
    exceptions, objects, run,
    scene::Scene,
    variants::{self, Variant},
};
use crate::{
    bad_memory::BadMemory,
    harness::{call, equal_child, resource},
};

/// How often an attempt is made in a round.
const TIMES: usize = 3;
/// In how many rounds memory must be lost to be lost: tables grow now and then.
const ROUNDS: usize = 4;
/// Attempts that go wrong until a call is given up.
const ENOUGH: usize = 5;
/// More requests than any call of the scenes makes.
const MOST: usize = 500;
/// More than a call makes that the caller does not survive: they are not told.
const MOST_APART: usize = 8;
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

/// How a call is made.
#[derive(Clone, Copy)]
enum Way {
    Usual,
    /// As usual, but what it writes goes to pages that are not there yet.
    Fresh,
    Other(&'static Variant),
}

/// A call, and the way in which it is made.
#[derive(Clone, Copy)]
struct Attempted {
    call: &'static Call,
    way: Way,
}

impl fmt::Display for Attempted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.way {
            Way::Usual => f.write_str(self.call.name),
            Way::Fresh => write!(f, "{} into fresh pages", self.call.name),
            Way::Other(variant) => write!(f, "{}, {}", self.call.name, variant.name),
        }
    }
}

impl Attempted {
    /// How it ends when nothing is refused.
    fn usual(&self) -> Outcome {
        match self.way {
            Way::Other(variant) => Outcome::Status(variant.answer),
            _ => exceptions::usual(self.call),
        }
    }

    /// Whether it goes on when there is memory again: it has no error to answer.
    fn waits_for_memory(&self) -> bool {
        self.call.name == "cprng_draw" && matches!(self.way, Way::Fresh)
    }

    /// Its arguments.
    fn scene<'a>(&self, memory: &'a BadMemory) -> Scene<'a> {
        let mut scene = Scene::new(self.call, memory);
        match self.way {
            Way::Usual => {}
            Way::Fresh => scene.write_to_fresh(),
            Way::Other(variant) => (variant.prepare)(&mut scene),
        }
        scene
    }
}

/// Tries everything with every call, in each way.
pub fn check_refused() {
    assert_eq!(variants::of_no_call(CALLS).collect::<Vec<_>>(), [""; 0], "these calls are not done");
    let memory = BadMemory::new();
    let mut wrong = 0;
    for call in CALLS.iter().filter(|call| can_be_tried(call)) {
        for way in [Way::Usual, Way::Fresh].into_iter().chain(variants::of(call).map(Way::Other)) {
            let what = Attempted { call, way };
            for lasting in [false, true].into_iter().filter(|lasting| !lasting || !what.waits_for_memory()) {
                wrong += check_call(what, lasting, &memory);
            }
        }
    }
    assert_eq!(wrong, 0, "attempts went wrong");
}

fn can_be_tried(call: &Call) -> bool {
    call.number.is_some() && call.name != "syscall_test_without_memory"
}

fn is_made_apart(call: &'static Call) -> bool {
    matches!(exceptions::usual(call), Outcome::Exited(_))
}

/// How many attempts with one call go wrong; after a few it is enough.
fn check_call(what: Attempted, lasting: bool, memory: &BadMemory) -> usize {
    let mut wrong = 0;
    for number in 1..MOST {
        match check_refusal(what, Refusal { number, lasting }, memory) {
            Ok(true) => {}
            Ok(false) => return wrong,
            Err(problem) => {
                wrong += 1;
                let more = if lasting { " and all after it" } else { "" };
                println!("{what}: request {number}{more} refused: {problem}");
            }
        }
        if wrong == ENOUGH {
            return wrong;
        }
    }
    println!("{what}: more requests than {MOST}");
    wrong + 1
}

/// Whether there was such a request, or what went wrong.
fn check_refusal(what: Attempted, refusal: Refusal, memory: &BadMemory) -> Result<bool, String> {
    let first = attempt(what, refusal, memory)?;
    let mut lost = String::new();
    for _ in 0..ROUNDS {
        let before = InUse::now();
        for _ in 0..TIMES {
            attempt(what, refusal, memory)?;
        }
        // What a call has left to others is done soon.
        let settled = (0..TURNS).any(|_| {
            clock::yield_now();
            InUse::now().is_within(&before)
        });
        if settled {
            return Ok(first >= refusal.number);
        }
        lost = format!("{before:?} became {:?}", InUse::now());
    }
    Err(format!("memory is lost each time: {lost}"))
}

/// How many requests there were.
fn attempt(what: Attempted, refusal: Refusal, memory: &BadMemory) -> Result<usize, String> {
    if is_made_apart(what.call) {
        return apart(what, refusal);
    }
    let scene = what.scene(memory);
    let (must, may) = scene.consumed(None);
    let before = objects::open();
    let answer = make(&scene, refusal);
    let after = objects::open();
    destroy_regions(&scene);
    let refused = answer.requests >= refusal.number;
    match what.usual() {
        Outcome::Status(status) if answer.status == status => return Ok(answer.requests),
        _ if refused && answer.status == Status::NO_MEMORY => {}
        _ => return Err(format!("{:?}", answer.status)),
    }
    // What it takes that the caller's own pages are there is no matter of the call.
    let documented = what.call.errors.is_empty() || what.call.errors.contains(&Status::NO_MEMORY);
    if !documented && !scene.is_fresh() {
        return Err("NO_MEMORY is not documented".into());
    }
    run::compare(&before, &after, &must, &may)?;
    Ok(answer.requests)
}

/// An attempt of another process, which the call ends, or its thread, whatever is refused.
fn apart(what: Attempted, Refusal { number, lasting }: Refusal) -> Result<usize, String> {
    let child = equal_child("refused", |launch| {
        launch.argument(what.call.name).argument(&number.to_string()).argument(&lasting.to_string())
    });
    match child.wait_exit() {
        Ok(0) => Ok(if number < MOST_APART { number } else { 0 }),
        other => Err(format!("{other:?}")),
    }
}

/// A child's part: makes a call that ends it.
pub fn play(name: &str, number: &str, lasting: &str) -> i64 {
    let call = CALLS.iter().find(|call| call.name == name).expect("a call of the matrix");
    let memory = BadMemory::new();
    let number = number.parse().expect("a number");
    let answer = make(&Scene::new(call, &memory), Refusal { number, lasting: lasting == "true" });
    println!("{name} came back: {:?}", answer.status);
    1
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
            scene.call.number.expect("the kernel makes it"),
            args,
            refusal.number,
            refusal.lasting.into(),
            counted,
        )
    };
    Answer { status: run::status(scene.call, raw), requests: requests as usize }
}

/// Memory in use, in bytes.
#[derive(Debug)]
struct InUse {
    objects: u64,
    vmos: u64,
    page_tables: u64,
}

impl InUse {
    fn now() -> Self {
        let stats: InfoKmemStats = info::kernel_memory(resource()).expect("the root resource tells");
        Self { objects: stats.ipc_bytes, vmos: stats.vmo_bytes, page_tables: stats.mmu_overhead_bytes }
    }

    /// No kind has more.
    fn is_within(&self, before: &Self) -> bool {
        self.objects <= before.objects && self.vmos <= before.vmos && self.page_tables <= before.page_tables
    }
}
