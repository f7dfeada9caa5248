//! Which classes of locks were held when which others were waited for.

use super::classes::{CLASSES, Class};
use core::fmt;
use core::panic::Location;
use core::ptr;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use core::sync::atomic::{AtomicPtr, AtomicU64};

/// Where a lock was taken.
pub(super) type Place = &'static Location<'static>;

/// A bit for each class.
type Set = [u64; CLASSES.div_ceil(64)];

/// Whether a lock of the second class was ever waited for with one of the first held.
static BEFORE: [[AtomicU64; CLASSES.div_ceil(64)]; CLASSES] =
    [const { [const { AtomicU64::new(0) }; CLASSES.div_ceil(64)] }; CLASSES];

/// Where the one was taken, and where the other one was waited for, the first time.
struct Seen {
    held: AtomicPtr<Location<'static>>,
    then: AtomicPtr<Location<'static>>,
}

static SEEN: [[Seen; CLASSES]; CLASSES] = [const {
    [const { Seen { held: AtomicPtr::new(ptr::null_mut()), then: AtomicPtr::new(ptr::null_mut()) } }; CLASSES]
}; CLASSES];

fn is_before(first: Class, second: Class) -> bool {
    let number = second.number();
    BEFORE[first.number()][number / 64].load(SeqCst) >> (number % 64) & 1 != 0
}

/// Notes that a lock of class `second` is waited for, at `then`, with one of another class `first` held, since `held`.
///
/// # Panics
/// If they were ever taken in the other order.
#[inline]
#[track_caller]
pub(super) fn note(first: Class, held: Place, second: Class, then: Place) {
    if !is_before(first, second) {
        note_new(first, held, second, then);
    }
}

#[cold]
#[track_caller]
fn note_new(first: Class, held: Place, second: Class, then: Place) {
    let (row, number) = (first.number(), second.number());
    let seen = &SEEN[row][number];
    seen.held.store(ptr::from_ref(held).cast_mut(), Relaxed);
    seen.then.store(ptr::from_ref(then).cast_mut(), Release);
    // Two CPUs that note opposite orders both do so before either looks.
    BEFORE[row][number / 64].fetch_or(1 << (number % 64), SeqCst);
    if let Some(chain) = Chain::find(second, first) {
        panic!(
            "two orders of locks: {} is waited for at {then} with {} held, which was taken at {held}; but {chain}",
            second.name(),
            first.name()
        );
    }
}

/// How one class came before another.
struct Chain {
    from: Class,
    to: Class,
    /// From which class each was reached.
    reached_from: [u8; CLASSES],
}

impl Chain {
    /// From one class to another, if there is one.
    fn find(from: Class, to: Class) -> Option<Self> {
        let mut chain = Self { from, to, reached_from: [0; CLASSES] };
        let (mut reached, mut seen): (Set, Set) = Default::default();
        let bit = |class: usize| (class / 64, 1_u64 << (class % 64));
        let (word, mask) = bit(from.number());
        reached[word] |= mask;
        while let Some(class) = (0..CLASSES).find(|class| {
            let (word, mask) = bit(*class);
            (reached[word] & !seen[word]) & mask != 0
        }) {
            let (word, mask) = bit(class);
            seen[word] |= mask;
            for (word, after) in BEFORE[class].iter().enumerate() {
                let mut new = after.load(SeqCst) & !reached[word];
                reached[word] |= new;
                while new != 0 {
                    chain.reached_from[word * 64 + new.trailing_zeros() as usize] = class as u8;
                    new &= new - 1;
                }
            }
        }
        let (word, mask) = bit(to.number());
        (from != to && reached[word] & mask != 0).then_some(chain)
    }
}

impl fmt::Display for Chain {
    /// From its end to its beginning, which needs no room.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut class = self.to;
        let mut link = "";
        while class != self.from {
            let first = Class::numbered(usize::from(self.reached_from[class.number()]));
            let seen = &SEEN[first.number()][class.number()];
            let [held, then] = [&seen.held, &seen.then].map(|place| place.load(Acquire));
            // SAFETY: what is in there is null or a static place.
            let [held, then] = [held, then].map(|place| unsafe { place.as_ref() });
            if let (Some(held), Some(then)) = (held, then) {
                let [first, class] = [first, class].map(Class::name);
                write!(
                    formatter,
                    "{link}{class} was waited for at {then} with {first} held, taken at {held}"
                )?;
            }
            (class, link) = (first, ", and ");
        }
        Ok(())
    }
}
