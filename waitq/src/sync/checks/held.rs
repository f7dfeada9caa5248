//! The locks that each CPU holds: written by itself, read by whoever lists them.

use super::classes::Class;
use super::order::{self, Place};
use crate::sync::HeldLock;
use core::fmt;
use core::panic::Location;
use core::ptr;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize};

/// How many locks a CPU may hold.
const DEPTH: usize = 16;

/// For how many ticks a lock may be held.
static LIMIT: AtomicU64 = AtomicU64::new(u64::MAX);

/// Sets for how many ticks a lock may be held.
pub fn set_limit(ticks: u64) {
    LIMIT.store(ticks, Relaxed);
}

/// One lock.
struct Entry {
    lock: AtomicUsize,
    class: AtomicUsize,
    /// Null in an entry that was never used.
    place: AtomicPtr<Location<'static>>,
    since: AtomicU64,
}

impl Entry {
    const fn new() -> Self {
        Self {
            lock: AtomicUsize::new(0),
            class: AtomicUsize::new(0),
            place: AtomicPtr::new(ptr::null_mut()),
            since: AtomicU64::new(0),
        }
    }

    fn set(&self, class: Class, lock: usize, place: Place, since: u64) {
        self.lock.store(lock, Relaxed);
        self.class.store(class.number(), Relaxed);
        self.since.store(since, Relaxed);
        self.place.store(ptr::from_ref(place).cast_mut(), Relaxed);
    }

    fn class(&self) -> Class {
        Class::numbered(self.class.load(Relaxed))
    }

    fn place(&self) -> Option<Place> {
        // SAFETY: what is in there is null or a static place.
        unsafe { self.place.load(Relaxed).as_ref() }
    }
}

/// What a CPU holds, and what it waits for.
struct Holder {
    entries: [Entry; DEPTH],
    count: AtomicUsize,
    /// Its lock is 0 if there is none.
    awaited: Entry,
}

impl Holder {
    const fn new() -> Self {
        Self { entries: [const { Entry::new() }; DEPTH], count: AtomicUsize::new(0), awaited: Entry::new() }
    }

    fn entries(&self) -> &[Entry] {
        &self.entries[..self.count.load(Acquire).min(DEPTH)]
    }

    fn add(&self, class: Class, lock: usize, place: Place) {
        let count = self.count.load(Relaxed);
        let entry = self.entries.get(count).expect("a CPU holds few locks");
        entry.set(class, lock, place, owner::now());
        self.count.store(count + 1, Release);
    }

    /// Takes a lock out; how long it was held. None was noted of a lock that was taken before the checks began.
    fn remove(&self, lock: usize) -> Option<(Class, Place, u64)> {
        let entries = self.entries();
        let index = entries.iter().rposition(|entry| entry.lock.load(Relaxed) == lock)?;
        let (class, place) = (entries[index].class(), entries[index].place()?);
        let ticks = owner::now().saturating_sub(entries[index].since.load(Relaxed));
        for [to, from] in entries[index..].windows(2).map(|pair| [&pair[0], &pair[1]]) {
            if let Some(place) = from.place() {
                to.set(from.class(), from.lock.load(Relaxed), place, from.since.load(Relaxed));
            }
        }
        self.count.store(entries.len() - 1, Release);
        Some((class, place, ticks))
    }

    fn visit(&self, mut visit: impl FnMut(HeldLock)) {
        let held = self.entries().iter().map(|entry| (entry, false));
        let awaited = Some((&self.awaited, true)).filter(|(entry, _)| entry.lock.load(Relaxed) != 0);
        for (entry, awaited) in held.chain(awaited) {
            if let Some(place) = entry.place() {
                let (class, lock) = (entry.class().name(), entry.lock.load(Relaxed));
                visit(HeldLock { class, lock, place, awaited });
            }
        }
    }
}

/// Checks that a lock may be waited for, before it is.
#[inline]
#[track_caller]
pub(in super::super) fn before(class: Class, lock: usize, place: Place) {
    owner::with(|holder| {
        for entry in holder.entries() {
            let (address, Some(since)) = (entry.lock.load(Relaxed), entry.place()) else { continue };
            if entry.class() != class {
                order::note(entry.class(), since, class, place);
            } else if address >= lock {
                out_of_order(class, address == lock, since, place);
            }
        }
    });
}

#[cold]
#[track_caller]
fn out_of_order(class: Class, is_same: bool, since: Place, place: Place) {
    let name = class.name();
    if is_same {
        panic!("a lock taken twice: {name} is waited for at {place} by who has taken it at {since}");
    }
    panic!(
        "two orders of locks: {name} is waited for at {place} with another one held that lies behind it, since {since}"
    );
}

/// Waits for a lock.
#[cold]
pub(in super::super) fn while_waiting<R>(
    class: Class,
    lock: usize,
    place: Place,
    wait: impl FnOnce() -> R,
) -> R {
    owner::with(|holder| holder.awaited.set(class, lock, place, 0));
    let result = wait();
    owner::with(|holder| holder.awaited.lock.store(0, Relaxed));
    result
}

/// Notes that a lock was taken.
#[inline]
pub(in super::super) fn taken(class: Class, lock: usize, place: Place) {
    owner::with(|holder| holder.add(class, lock, place));
}

/// Notes that a lock is given back.
#[inline]
pub(in super::super) fn about_to_release(lock: usize) {
    let released = owner::with(|holder| holder.remove(lock)).flatten();
    if let Some((class, place, ticks)) = released
        && ticks > LIMIT.load(Relaxed)
    {
        held_for_long(class, place, ticks);
    }
}

#[cold]
fn held_for_long(class: Class, place: Place, ticks: u64) {
    // Once is enough, also where the panic unwinds and gives back other locks.
    set_limit(u64::MAX);
    panic!("a lock held for {ticks} ticks: {}, taken at {place}", class.name());
}

/// Checks that the caller holds no lock.
///
/// # Panics
/// If it does.
pub fn assert_none_held() {
    /// The locks of who calls.
    struct Own;
    impl fmt::Display for Own {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            let mut result = Ok(());
            owner::with(|holder| {
                holder.visit(|HeldLock { class, place, .. }| {
                    result = result.and_then(|()| write!(formatter, " {class}, taken at {place}"));
                });
            });
            result
        }
    }
    let none = owner::with(|holder| holder.entries().is_empty());
    assert!(none != Some(false), "a lock held where none may be:{Own}");
}

/// Visits the locks that CPU `cpu` holds, in the order in which it took them, and then the one that it waits for. It may
/// take and release some meanwhile.
pub fn for_each_held(cpu: usize, visit: impl FnMut(HeldLock)) {
    owner::of_cpu(cpu, |holder| holder.visit(visit));
}

pub use owner::{start, stop};

/// Whose locks they are: the CPU's.
#[cfg(target_os = "none")]
mod owner {
    use super::Holder;
    use core::mem;
    use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
    use core::sync::atomic::{AtomicBool, AtomicUsize};

    const CPUS: usize = 64;

    static HOLDERS: [Holder; CPUS] = [const { Holder::new() }; CPUS];
    static ON: AtomicBool = AtomicBool::new(false);
    static CPU: AtomicUsize = AtomicUsize::new(0);
    static NOW: AtomicUsize = AtomicUsize::new(0);

    /// Begins to watch the locks that CPUs take. `cpu` is the number of the calling CPU, below 64, `now` the time in
    /// ticks.
    pub fn start(cpu: fn() -> usize, now: fn() -> u64) {
        CPU.store(cpu as usize, Relaxed);
        NOW.store(now as usize, Relaxed);
        ON.store(true, Release);
    }

    /// Ends it: for who has to go on whatever is held, such as a panic.
    pub fn stop() {
        ON.store(false, Relaxed);
    }

    pub(super) fn now() -> u64 {
        // SAFETY: who comes here found the checks on, so this is the function that `start` was given.
        unsafe { mem::transmute::<usize, fn() -> u64>(NOW.load(Relaxed))() }
    }

    #[inline]
    pub(super) fn with<R>(look: impl FnOnce(&Holder) -> R) -> Option<R> {
        if !ON.load(Acquire) {
            return None;
        }
        // SAFETY: the checks are on, so this is the function that `start` was given.
        let cpu = unsafe { mem::transmute::<usize, fn() -> usize>(CPU.load(Relaxed))() };
        Some(look(&HOLDERS[cpu]))
    }

    pub(super) fn of_cpu(cpu: usize, look: impl FnOnce(&Holder)) {
        look(&HOLDERS[cpu]);
    }
}

/// Whose locks they are: the thread's, from its first on.
#[cfg(not(target_os = "none"))]
mod owner {
    extern crate std;

    use super::Holder;

    std::thread_local! {
        static HOLDER: Holder = const { Holder::new() };
    }

    /// Begins to watch the locks that CPUs take. On a host they are watched anyway.
    pub fn start(_cpu: fn() -> usize, _now: fn() -> u64) {}

    /// Ends it, where they are not watched anyway.
    pub fn stop() {}

    /// A host's time tells nothing of what is done in it.
    pub(super) fn now() -> u64 {
        0
    }

    #[inline]
    pub(super) fn with<R>(look: impl FnOnce(&Holder) -> R) -> Option<R> {
        HOLDER.try_with(look).ok()
    }

    /// Threads have no numbers; there is no other than this one.
    pub(super) fn of_cpu(_cpu: usize, look: impl FnOnce(&Holder)) {
        with(look);
    }
}
