//! What somebody has closed and is in his own hands, as it takes longer than a step. The kernel says who takes what a call
//! leaves ([`set_keeper`]): the thread that made it.
//!
//! Memory may be on its way to be free in many hands. So they are counted, in two generations: those of the first are all
//! that were there before the second began, and when they are empty, the second is the first. Who waits for memory has a
//! [`ticket`] for the end of what is in hands now.

use super::Doomed;
#[cfg(not(loom))]
use spin::Once;
use waitq::sync::Mutex;

/// Something to discard, in somebody's hands. Dropped before it is over, it is left to the kernel task.
#[derive(Default)]
pub struct Own {
    doomed: Doomed,
    /// Since when, unless there is nothing.
    since: Option<u64>,
}

impl Own {
    /// Takes it into one's hands.
    pub(super) fn new(doomed: Doomed) -> Self {
        Self { doomed, since: Some(HANDS.lock().take()) }
    }

    /// Takes in more. All of it counts as held since the older part was taken.
    pub fn add(&mut self, mut more: Self) {
        self.doomed.append(core::mem::take(&mut more.doomed));
        if more.since.is_some_and(|since| self.since.is_none_or(|ours| since < ours)) {
            core::mem::swap(&mut self.since, &mut more.since);
        }
    }

    /// Discards as much as there may be in one go; whether something is left.
    pub fn step(&mut self) -> bool {
        let is_left = self.doomed.step();
        if !is_left {
            self.let_go();
        }
        is_left
    }

    fn let_go(&mut self) {
        if let Some(since) = self.since.take() {
            HANDS.lock().let_go(since);
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        core::mem::take(&mut self.doomed).leave();
        self.let_go();
    }
}

#[cfg(not(loom))]
static HANDS: Mutex<Hands> = Mutex::new(Hands::NONE);
#[cfg(loom)]
loom::lazy_static! {
    static ref HANDS: Mutex<Hands> = Mutex::new(Hands::NONE);
}

/// How many have something in their hands.
pub(super) struct Hands {
    /// How often the first generation has come to its end.
    generation: u64,
    first: usize,
    second: usize,
}

impl Hands {
    pub(super) const NONE: Self = Self { generation: 0, first: 0, second: 0 };

    /// One more; which generation it is of.
    pub(super) fn take(&mut self) -> u64 {
        self.second += 1;
        let generation = self.generation + 1;
        self.succeed();
        generation
    }

    /// One of this generation is empty.
    pub(super) fn let_go(&mut self, generation: u64) {
        match generation > self.generation {
            true => self.second -= 1,
            false => self.first -= 1,
        }
        self.succeed();
    }

    /// When nobody is left of the first generation, the second is the first.
    fn succeed(&mut self) {
        if self.first == 0 {
            self.generation += 1;
            self.first = core::mem::take(&mut self.second);
        }
    }

    pub(super) fn ticket(&self) -> u64 {
        self.generation + 2
    }

    pub(super) fn is_over(&self, ticket: u64) -> bool {
        self.generation >= ticket || self.first + self.second == 0
    }
}

/// A ticket for the end of what is in anybody's hands now.
pub fn ticket() -> u64 {
    HANDS.lock().ticket()
}

/// Whether that is over, or left to the kernel task.
pub fn is_over(ticket: u64) -> bool {
    HANDS.lock().is_over(ticket)
}

/// Who takes what a call leaves.
#[cfg(not(loom))]
static KEEPER: Once<fn(Own)> = Once::new();

/// Sets who takes what the call at hand leaves, for the thread that makes it.
#[cfg(not(loom))]
pub fn set_keeper(keeper: fn(Own)) {
    KEEPER.call_once(|| keeper);
}

/// Gives what a call leaves to who takes that. Without anybody, it is left to the kernel task.
#[cold]
pub(super) fn keep(own: Own) {
    #[cfg(not(loom))]
    if let Some(keep) = KEEPER.get() {
        return keep(own);
    }
    drop(own);
}
