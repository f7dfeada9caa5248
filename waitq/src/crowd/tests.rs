//! The tree against a plain list of the same waiters, in random courses of everything that may happen to it.

use super::*;
use crate::{Cancel, WaitQueue, Waiter, Woken};
use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use std::boxed::Box;
use std::sync::Arc;
use std::task::Wake;
use std::vec::Vec;

#[derive(Clone, Copy, Debug)]
struct Mark {
    group: u64,
    mask: u32,
    seen: u32,
}

impl Tag for Mark {
    type Beside = Branch;
}

impl Member for Mark {
    const EVERYBODY: u32 = CLOSED;

    fn group(&self) -> u64 {
        self.group
    }

    fn mask(&self) -> u32 {
        self.mask | CLOSED
    }

    fn see(&mut self, seen: u32) {
        self.seen |= seen;
    }

    fn stays(&self) -> bool {
        self.group == STAYS
    }
}

/// The group of those who stay.
const STAYS: u64 = u64::MAX;

/// What wakes a group.
const CLOSED: u32 = 1 << 31;

type Queue = WaitQueue<Mark, (), Crowd<Mark, u8>>;

type Waiting = Waiter<Arc<Queue>, Mark, (), Crowd<Mark, u8>>;

/// Makes a change; the keeper, if more is left to do.
fn changed(queue: &Queue, change: Change) -> Option<u8> {
    let mut left = None;
    queue.lock().tell(change, |keeper| left = keeper);
    left
}

/// Counts how often it was woken.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A waiter, and what a plain list would know of it.
struct Guest {
    waiter: Pin<Box<Waiting>>,
    count: Arc<Count>,
    group: u64,
    mask: u32,
    seen: u32,
    woken: bool,
}

impl Guest {
    fn join(queue: &Arc<Queue>, group: u64, mask: u32) -> Self {
        let mark = Mark { group, mask, seen: 0 };
        let (mut waiter, count) = (Box::pin(Waiter::new(mark)), Arc::new(Count::default()));
        let waker = Waker::from(count.clone());
        assert!(waiter.as_mut().begin(queue.clone(), mark, |(), _, _| false, &waker).is_pending());
        Self { waiter, count, group, mask, seen: 0, woken: false }
    }

    fn tell(&mut self, change: Change) {
        if !self.woken {
            self.seen |= change.seen;
            self.woken = (self.mask | CLOSED) & change.wakes != 0;
        }
    }

    /// Ends the wait in one of three ways; it is as the plain list says.
    fn leave(mut self, how: u32) {
        let woken = match how {
            0 => match self.waiter.as_mut().cancel() {
                Woken::Yes(_) => true,
                Woken::No(_) => false,
            },
            1 => {
                let mut context = Context::from_waker(Waker::noop());
                match self.waiter.as_mut().poll(&mut context) {
                    Poll::Ready(_) => true,
                    Poll::Pending => return assert!(!self.woken),
                }
            }
            _ => return,
        };
        assert_eq!(woken, self.woken);
        let seen = self.waiter.tag().seen;
        assert_eq!(seen & self.seen, self.seen);
        assert!(self.woken || seen == self.seen);
        assert_eq!(seen & CLOSED, self.seen & CLOSED);
        assert!(self.count.0.load(Ordering::Relaxed) <= usize::from(woken));
    }
}

/// Random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }

    fn bits(&mut self) -> u32 {
        1 << self.below(8) | 1 << self.below(8)
    }
}

/// What has to be finished.
fn finish(queue: &Queue, keeper: Option<u8>) {
    let mut keeper = keeper;
    while let Some(kept) = keeper {
        keeper = queue.finish(kept);
    }
}

#[test]
fn the_tree_does_what_a_list_does() {
    for seed in 1..400 {
        let (mut random, queue) =
            (Random(seed * 0x9e37_79b9), Arc::new(Queue::with_lists(Crowd::default(), ())));
        let most = 1 + random.below(if seed % 10 == 0 { 300 } else { 20 });
        let (mut guests, mut owed) = (Vec::new(), None);
        for _ in 0..400 {
            match random.below(10) {
                0..5 if guests.len() < most => {
                    guests.push(Guest::join(&queue, random.below(4) as u64, random.bits()));
                    queue.with(|(), waiters| {
                        let crowd = waiters.lists();
                        if crowd.wants_keeper() {
                            assert_eq!(crowd.keep(1), None);
                        }
                    });
                }
                5..7 => {
                    let bits = random.bits();
                    let change = Change { seen: bits | random.bits(), wakes: bits };
                    owed = changed(&queue, change).or(owed);
                    guests.iter_mut().for_each(|guest| guest.tell(change));
                }
                7 => {
                    let (group, change) = (random.below(4) as u64, Change { seen: CLOSED, wakes: CLOSED });
                    queue.with(|(), waiters| waiters.lists().tell_group(group, change));
                    guests
                        .iter_mut()
                        .filter(|guest| guest.group == group)
                        .for_each(|guest| guest.tell(change));
                    owed = queue.deliver().flatten().or(owed);
                }
                8 => owed = owed.and_then(|keeper| queue.finish(keeper)),
                _ if !guests.is_empty() => {
                    let guest = guests.swap_remove(random.below(guests.len()));
                    guest.leave(random.below(3) as u32);
                }
                _ => {}
            }
        }
        finish(&queue, owed);
        for guest in &guests {
            assert_eq!(guest.count.0.load(Ordering::Relaxed), usize::from(guest.woken), "{seed}");
        }
        guests.into_iter().for_each(|guest| guest.leave(0));
        queue.with(|(), waiters| {
            let crowd = waiters.lists();
            assert!(crowd.is_empty() && !crowd.finishing && crowd.keeper.is_none());
            assert_eq!((crowd.many, crowd.room), (0, LISTED));
        });
    }
}

/// A change that wakes many tells all at once, and wakes a few; who is left is woken by who finishes, and who comes
/// meanwhile is not.
#[test]
fn many_are_woken_in_steps_and_newcomers_are_not() {
    const FEW: usize = super::FEW as usize;
    const MANY: usize = 10 * FEW;
    let queue = Arc::new(Queue::with_lists(Crowd::default(), ()));
    let join = |mask: u32| {
        let guest = Guest::join(&queue, 1, mask);
        queue.with(|(), waiters| waiters.lists().keep(7));
        guest
    };
    let guests: Vec<_> = (0..MANY).map(|_| join(1)).collect();
    let woken =
        |guests: &[Guest]| guests.iter().filter(|guest| guest.count.0.load(Ordering::Relaxed) > 0).count();
    let change = Change { seen: 1, wakes: 1 };
    let mut keeper = changed(&queue, change);
    assert_eq!((keeper, woken(&guests)), (Some(7), FEW));
    let late = [join(1), join(1)];
    assert_eq!(changed(&queue, Change { seen: 2, wakes: 2 }), None, "somebody is at it");
    let mut steps = 1;
    while let Some(kept) = keeper {
        keeper = queue.finish(kept);
        steps += 1;
    }
    assert_eq!((woken(&guests), woken(&late)), (MANY, 0));
    // The tree learns late that a branch has nobody left, which may take a step that wakes nobody.
    assert!((MANY / FEW - 1..=MANY / FEW).contains(&steps), "each change and each step wakes a few: {steps}");
    drop(late);
    assert!(queue.with(|(), waiters| waiters.lists().is_empty()));
}

/// Who has not been told of the first of two changes sees both, and is woken by both; after the end there is no other.
#[test]
fn changes_add_up_until_the_end() {
    let change = |seen, wakes| Change { seen, wakes };
    assert_eq!(change(1, 4).and::<Mark>(change(3, 12)), change(3, 12));
    assert_eq!(change(3, 12).and::<Mark>(change(5, 4)), change(7, 12));
    let end = change(CLOSED, CLOSED);
    assert_eq!(change(1, 1).and::<Mark>(end), change(1 | CLOSED, 1 | CLOSED));
    assert_eq!(end.and::<Mark>(change(1, 1)), end);
}

/// The same change twice, before those deep in the tree were told of it once.
#[test]
fn who_is_told_twice_is_woken() {
    let queue = Arc::new(Queue::with_lists(Crowd::default(), ()));
    let guests: Vec<_> = (0..100).map(|_| Guest::join(&queue, 1, 1)).collect();
    queue.with(|(), waiters| {
        waiters.lists().tell_all(Change { seen: 1, wakes: 1 });
        waiters.lists().tell_all(Change { seen: 3, wakes: 1 });
    });
    assert!(queue.deliver().is_none(), "there is no keeper to leave it to");
    assert!(guests.iter().all(|guest| guest.count.0.load(Ordering::Relaxed) == 1));
}

#[test]
fn a_crowd_wants_one_keeper_while_many_wait() {
    let queue = Arc::new(Queue::with_lists(Crowd::default(), ()));
    let is_empty = || {
        let told = queue.with(|(), waiters| waiters.is_empty());
        assert_eq!(queue.with(|(), waiters| waiters.lists().is_empty()), told);
        told
    };
    let wants = || queue.with(|(), waiters| waiters.lists().wants_keeper());
    let keep = |keeper| queue.with(|(), waiters| waiters.lists().keep(keeper));
    assert!(is_empty() && !wants());
    let mut guests = Vec::new();
    for count in 1..=4 * FEW {
        guests.push(Guest::join(&queue, 1, 1));
        assert!(!is_empty());
        assert_eq!(wants(), count >= FEW, "{count}");
    }
    assert_eq!((keep(1), wants(), keep(2)), (None, false, Some(2)));
    let keeper = changed(&queue, Change { seen: 1, wakes: 1 });
    assert_eq!((keeper, wants()), (Some(1), false), "somebody finishes");
    finish(&queue, keeper);
    assert!(is_empty() && !wants());
}

#[test]
fn those_who_stay_are_counted_and_not_told() {
    let queue = Arc::new(Queue::with_lists(Crowd::default(), ()));
    let staying = || queue.with(|(), waiters| waiters.lists().staying());
    assert_eq!(staying(), 0);
    let mut guests: Vec<_> = [1, STAYS, STAYS, STAYS].map(|group| Guest::join(&queue, group, 1)).into();
    assert_eq!(staying(), 3);
    assert_eq!(changed(&queue, Change { seen: 1, wakes: 1 }), None);
    let woken: Vec<_> = guests.iter().map(|guest| guest.count.0.load(Ordering::Relaxed)).collect();
    assert_eq!(woken, [1, 0, 0, 0]);
    guests.truncate(2);
    assert_eq!(staying(), 1);
    guests.clear();
    assert!(staying() == 0 && queue.with(|(), waiters| waiters.is_empty()));
}

/// Those in the list, or as many as are taken out of a tree, and all who stay, however many they are.
#[test]
fn it_is_known_how_many_are_woken_at_once() {
    let queue = Arc::new(Queue::with_lists(Crowd::default(), ()));
    let at_once = || queue.with(|(), waiters| waiters.lists().woken_at_once());
    let mut guests = Vec::new();
    assert_eq!(at_once(), 0);
    for count in 1..=2 * FEW {
        guests.push(Guest::join(&queue, 1, 1));
        assert_eq!(at_once(), if count <= LISTED { count } else { FEW } as usize, "{count}");
    }
    guests.extend((0..2 * FEW).map(|_| Guest::join(&queue, STAYS, 1)));
    assert_eq!(at_once(), 3 * FEW as usize);
}

/// Some three times the logarithm deep, and not as deep as there are nodes.
#[test]
fn a_tree_of_many_is_not_deep() {
    const MANY: usize = 2_000;
    fn depth(node: Link<Mark>) -> usize {
        // SAFETY: nobody else touches the queue of this test, and the nodes are in its tree.
        let below = |node, right| depth(unsafe { child(node, right) });
        node.map_or(0, |node| 1 + below(node, false).max(below(node, true)))
    }
    let queue = Arc::new(Queue::with_lists(Crowd::default(), ()));
    let guests: Vec<_> = (0..MANY).map(|_| Guest::join(&queue, 1, 1)).collect();
    let deep = queue.with(|(), waiters| depth(waiters.lists().root));
    assert!((11..70).contains(&deep), "{deep}");
    drop(guests);
}
