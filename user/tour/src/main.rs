//! The first user program: a tour of what the kernel does, as real work between processes.
//!
//! Started by the kernel it is the guide (`story`); it starts itself again from the ramdisk as the
//! companion and as the sleeper (`companion`). The story is told once, then repeated silently between two
//! counts of handles, pages and tasks. The kernel's caches grow in the first rounds, so a round that leaves
//! pages is repeated: a leak leaves something every time, a cache only until it is full. The exit code is 0
//! only if everything was as expected and the last round left nothing behind.

#![no_std]
#![no_main]

extern crate alloc;

#[allow(unsafe_code, reason = "writes to memory that two processes share")]
mod companion;
mod counts;
#[allow(unsafe_code, reason = "reads memory that two processes share")]
mod story;

use hafnon_user::{Result, Startup, println};

hafnon_user::main!(tour);

/// Exit code when a call failed that should not have.
const FAILED: i64 = 1;
/// Rounds after which what still grows is no cache.
const ROUNDS: usize = 40;
/// Exit code when something was left behind.
const LEFT_BEHIND: i64 = 2;

fn tour(startup: &mut Startup) -> i64 {
    let role = startup.arguments.get(1).cloned();
    let outcome = match role.as_deref() {
        Some(companion::ROLE) => companion::answer(startup),
        Some(companion::SLEEPER_ROLE) => companion::sleep(startup),
        _ => guide(startup),
    };
    outcome.unwrap_or_else(|status| {
        println!("tour: failed: {status:?}");
        FAILED
    })
}

fn guide(startup: &mut Startup) -> Result<i64> {
    let guide = story::Guide::new(startup)?;
    guide.tell(story::Voice::Loud)?;
    let again = || guide.tell(story::Voice::Silent);
    let mut left = counts::left_behind(startup, guide.job(), again)?;
    for _ in 1..ROUNDS {
        if left.is_nothing() {
            break;
        }
        left = counts::left_behind(startup, guide.job(), again)?;
    }
    println!("left behind: {left}");
    Ok(if left.is_nothing() { 0 } else { LEFT_BEHIND })
}
