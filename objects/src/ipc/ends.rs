//! What objects with two ends share: channel, socket, FIFO, event pair, and Magenta's data pipe.
//!
//! ```text
//!   Arc<Channel> ──▶ Ends ──┐      Pair, one allocation
//!                           ├──▶ ┌────────┬────────┬───────────────┐
//!   Arc<Channel> ──▶ Ends ──┘    │ end 0  │ end 1  │ shared by both│
//!                                └────────┴────────┴───────────────┘
//! ```
//! Each object keeps the [`Pair`] of both, not the other object. So an end reaches its peer without counting a
//! reference, and no end keeps the other object alive.
//!
//! An end is closed when its last handle is gone, also while the kernel still has references to its object. Whoever
//! closes it notes that at the end, under the end's own lock if it has one, and then activates `PEER_CLOSED` at the
//! peer; so what the peer finds agrees with the signal that it has seen.

use crate::core::base::Base;
use abi::Status;
use alloc::sync::{Arc, Weak};

/// Both ends, each with the common part of the object that has it, and what they share.
struct Pair<E, S> {
    ends: [E; 2],
    shared: S,
}

/// Both ends, as seen from one of them.
pub(crate) struct Ends<E, S = ()> {
    pair: Arc<Pair<E, S>>,
    side: usize,
}

/// [`Ends`] that keep nothing.
pub(crate) struct WeakEnds<E, S = ()> {
    pair: Weak<Pair<E, S>>,
    side: usize,
}

impl<E: AsRef<Base>, S> Ends<E, S> {
    /// Makes two ends each other's peers: what the object of the first keeps, and that of the second.
    pub fn new(ends: [E; 2], shared: S) -> (Self, Self) {
        let [first, second] = [ends[0].as_ref(), ends[1].as_ref()];
        first.set_related(second.koid());
        second.set_related(first.koid());
        let first = Self { pair: Arc::new(Pair { ends, shared }), side: 0 };
        let second = first.other();
        (first, second)
    }

    /// The common part of the peer, unless `is_closed` says that its last handle is gone.
    ///
    /// # Errors
    /// `PEER_CLOSED`.
    pub fn peer_base(&self, is_closed: impl FnOnce(&E) -> bool) -> Result<&Base, Status> {
        let peer = self.peer();
        if is_closed(peer) { Err(Status::PEER_CLOSED) } else { Ok(peer.as_ref()) }
    }
}

impl<E, S> Ends<E, S> {
    /// This end.
    #[inline]
    pub fn own(&self) -> &E {
        &self.pair.ends[self.side]
    }

    /// The other end.
    #[inline]
    pub fn peer(&self) -> &E {
        &self.pair.ends[1 - self.side]
    }

    /// What both share.
    #[inline]
    pub fn shared(&self) -> &S {
        &self.pair.shared
    }

    /// Both ends in the order in which their locks are taken, and which of them is this one.
    pub fn in_order(&self) -> (&[E; 2], usize) {
        (&self.pair.ends, self.side)
    }

    /// Both ends, as seen from the other.
    pub fn other(&self) -> Self {
        Self { pair: self.pair.clone(), side: 1 - self.side }
    }

    /// The same, without keeping them.
    pub fn downgrade(&self) -> WeakEnds<E, S> {
        WeakEnds { pair: Arc::downgrade(&self.pair), side: self.side }
    }
}

impl<E, S> Clone for Ends<E, S> {
    fn clone(&self) -> Self {
        Self { pair: self.pair.clone(), side: self.side }
    }
}

impl<E, S> WeakEnds<E, S> {
    /// The ends, if an object has them still.
    pub fn upgrade(&self) -> Option<Ends<E, S>> {
        Some(Ends { pair: self.pair.upgrade()?, side: self.side })
    }
}

impl<E, S> Clone for WeakEnds<E, S> {
    fn clone(&self) -> Self {
        Self { pair: self.pair.clone(), side: self.side }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn ends() -> (Ends<Base, u8>, Ends<Base, u8>) {
        Ends::new([(); 2].map(|()| Base::new()), 7)
    }

    fn koids(ends: &Ends<Base, u8>) -> [u64; 2] {
        [ends.own(), ends.peer()].map(Base::koid)
    }

    #[test]
    fn each_end_is_the_peer_of_the_other() {
        let (first, second) = ends();
        let [one, two] = koids(&first);
        assert!(one != two && koids(&second) == [two, one] && koids(&first.other()) == [two, one]);
        assert_eq!([first.own(), second.own()].map(Base::related_koid), [two, one]);
        assert_eq!([first.in_order().1, second.in_order().1], [0, 1]);
        assert_eq!([*first.shared(), *second.shared()], [7; 2]);
    }

    #[test]
    fn the_peer_is_asked_whether_it_is_closed() {
        let (first, second) = ends();
        let one = koids(&first)[0];
        assert_eq!(second.peer_base(|peer| peer.koid() == one).err(), Some(Status::PEER_CLOSED));
        assert_eq!(second.peer_base(|peer| peer.koid() != one).ok().map(Base::koid), Some(one));
    }

    #[test]
    fn an_object_keeps_both_ends() {
        let (first, second) = ends();
        let weak = second.downgrade();
        drop(second);
        assert_eq!(weak.upgrade().map(|ends| koids(&ends)), Some(koids(&first.other())));
        drop(first);
        assert!(weak.clone().upgrade().is_none());
    }
}
