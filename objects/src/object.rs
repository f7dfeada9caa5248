//! Every kind of kernel object, and what they have in common.
//!
//! A counted reference to "some object" is the enum [`Object`], so that finding out the kind is a comparison. Which kinds
//! there are says `[objects]` of `syscalls.toml`: `abi::kinds!` hands them on.
//!
//! This stands above the families and names them all. The core and the families hold an object whose kind they do not
//! know as an [`Object`], and ask it here.

use crate::core::base::Base;
use crate::core::closing::{Doomed, Remains};
use crate::core::handle::HandleId;
use crate::core::name::Name;
use crate::core::signals::{Observable, SignalQueue};
use abi::{Rights, Signals, Status};
use alloc::sync::Arc;

/// What `syscalls.toml` says of a kind of objects; `kinds` below implements it for all of them.
pub trait Kind: Sized {
    /// `ZX_OBJ_TYPE_*`.
    const TYPE: u32;
    /// The rights of a new object's handle.
    const DEFAULT_RIGHTS: Rights;

    /// The object as this kind, if it is one.
    fn from_object(object: &Object) -> Option<&Arc<Self>>;
}

/// What the system calls that work on any object need of it.
pub trait KernelObject: Kind + AsRef<SignalQueue> + Send + Sync + 'static {
    /// The signals that `object_signal` may change.
    const USER_SIGNALS: Signals = Signals::USER_SIGNAL_ALL;

    /// The common part.
    fn base(&self) -> &Base;

    /// The last handle is gone. References inside the kernel may remain.
    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        let _ = doomed;
    }

    /// Waits made through this handle end. How many are woken by that, at most.
    fn cancel_handle(&self, handle: HandleId) -> usize {
        self.base().signals.cancel_handle(handle)
    }

    /// Calls `begin` with how often `signal`, which is active, has arrived and not been taken away. From then on
    /// [`SignalSet::arrived`](crate::SignalSet::arrived) is called for each that arrives behind the first.
    fn with_arrivals(&self, signal: Signals, begin: &mut dyn FnMut(u32)) {
        let _ = signal;
        begin(1);
    }

    /// The common part of the other end, or `PEER_CLOSED`; `None` for kinds that have one end.
    fn peer_base(&self) -> Option<Result<&Base, Status>> {
        None
    }

    /// Changes its own signals: see `object_signal`.
    fn signal(&self, clear: Signals, set: Signals) -> Result<(), Status> {
        if !Self::USER_SIGNALS.contains(clear | set) {
            return Err(Status::INVALID_ARGS);
        }
        self.base().signals.update(clear, set);
        Ok(())
    }

    /// Changes signals of the other end: see `object_signal_peer`.
    fn signal_peer(&self, clear: Signals, set: Signals) -> Result<(), Status> {
        let peer = self.peer_base().ok_or(Status::NOT_SUPPORTED)?;
        if !Self::USER_SIGNALS.contains(clear | set) {
            return Err(Status::INVALID_ARGS);
        }
        peer?.signals.update(clear, set);
        Ok(())
    }

    /// The name given by `object_set_property`, for kinds that have one.
    fn name(&self) -> Option<&Name> {
        None
    }

    /// A process (its id, or 0 while in flight) now has the handle. Channels remember it.
    fn set_owner(&self, process: u64) {
        let _ = process;
    }
}

macro_rules! kinds {
    ($($family:ident $kind:ident $type:ident $rights:ident;)*) => {
        /// The names of all kinds.
        pub const KINDS: &[&str] = &[$(stringify!($kind)),*];

        /// A counted reference to a kernel object of any kind.
        #[derive(Clone)]
        pub enum Object {
            $(#[doc = concat!("See [`", stringify!($kind), "`](crate::", stringify!($kind), ").")]
            $kind(Arc<crate::$kind>),)*
        }

        impl Object {
            /// The common part.
            #[inline(always)] // reason: a jump table, as long as the call to it
            pub fn base(&self) -> &Base {
                match self { $(Self::$kind(object) => object.base(),)* }
            }

            /// Its place in [`KINDS`].
            pub fn kind(&self) -> usize {
                let name = match self { $(Self::$kind(_) => stringify!($kind),)* };
                KINDS.iter().position(|kind| *kind == name).unwrap_or_default()
            }

            /// `ZX_OBJ_TYPE_*`.
            pub fn object_type(&self) -> u32 {
                match self { $(Self::$kind(_) => <crate::$kind as Kind>::TYPE,)* }
            }

            /// The rights of a new object's handle.
            pub fn default_rights(&self) -> Rights {
                match self { $(Self::$kind(_) => <crate::$kind as Kind>::DEFAULT_RIGHTS,)* }
            }

            /// See [`KernelObject::signal`]. It takes the object, so that its kind is looked at once, and not again to
            /// let it go.
            pub fn signal(self, clear: Signals, set: Signals) -> Result<(), Status> {
                match self { $(Self::$kind(object) => object.signal(clear, set),)* }
            }

            /// See [`KernelObject::on_zero_handles`].
            pub(crate) fn on_zero_handles(&self, doomed: &mut Doomed) {
                match self { $(Self::$kind(object) => object.on_zero_handles(doomed),)* }
            }

            /// See [`KernelObject::cancel_handle`].
            pub fn cancel_handle(&self, handle: HandleId) -> usize {
                match self { $(Self::$kind(object) => object.cancel_handle(handle),)* }
            }

            /// See [`KernelObject::peer_base`].
            pub(crate) fn peer_base(&self) -> Option<Result<&Base, Status>> {
                match self { $(Self::$kind(object) => object.peer_base(),)* }
            }

            /// See [`KernelObject::with_arrivals`].
            pub(crate) fn with_arrivals(&self, signal: Signals, begin: &mut dyn FnMut(u32)) {
                match self { $(Self::$kind(object) => object.with_arrivals(signal, begin),)* }
            }

            /// See [`KernelObject::signal_peer`]. It takes the object, as [`Object::signal`] does.
            pub fn signal_peer(self, clear: Signals, set: Signals) -> Result<(), Status> {
                match self { $(Self::$kind(object) => object.signal_peer(clear, set),)* }
            }

            /// See [`KernelObject::name`].
            pub fn name(&self) -> Option<&Name> {
                match self { $(Self::$kind(object) => KernelObject::name(&**object),)* }
            }

            /// See [`KernelObject::set_owner`].
            #[inline]
            pub fn set_owner(&self, process: u64) {
                match self { $(Self::$kind(object) => object.set_owner(process),)* }
            }

            /// The object as the owner of its signals.
            #[inline]
            pub fn into_observable(self) -> Observable {
                match self { $(Self::$kind(object) => object,)* }
            }

            /// [`Object::into_observable`] of another reference, for a waiter that keeps it.
            pub fn observable(&self) -> Observable {
                self.clone().into_observable()
            }
        }

        $(
            impl From<Arc<crate::$kind>> for Object {
                fn from(object: Arc<crate::$kind>) -> Self {
                    Self::$kind(object)
                }
            }

            impl Kind for crate::$kind {
                const TYPE: u32 = abi::$type;
                const DEFAULT_RIGHTS: Rights = Rights::$rights;

                #[inline]
                fn from_object(object: &Object) -> Option<&Arc<Self>> {
                    match object {
                        Object::$kind(object) => Some(object),
                        _ => None,
                    }
                }
            }

            impl AsRef<SignalQueue> for crate::$kind {
                fn as_ref(&self) -> &SignalQueue {
                    self.base().signals.queue()
                }
            }
        )*
    };
}

abi::kinds!(kinds);

/// Runs an expression on an object that may have something left to discard: the kinds that are pushed to a [`Doomed`]. Which
/// these are their own code says, so they are listed here, and no table can know them.
macro_rules! of_remains {
    ($object:expr, $remains:ident => $run:expr) => {
        match $object {
            Object::Channel($remains) => $run,
            Object::DatapipeConsumer($remains) => $run,
            Object::DatapipeProducer($remains) => $run,
            Object::IoPort($remains) => $run,
            Object::Job($remains) => $run,
            Object::Port($remains) => $run,
            Object::Process($remains) => $run,
            Object::Waitset($remains) => $run,
            _ => unreachable!("only these are pushed"),
        }
    };
}

impl Object {
    /// The object's id.
    pub fn koid(&self) -> u64 {
        self.base().koid()
    }
    /// What the `count` of a port packet says: unread messages of a channel, else 1.
    pub(crate) fn pending_messages(&self) -> u64 {
        match self {
            Self::Channel(channel) => channel.pending().max(1),
            _ => 1,
        }
    }

    /// See [`Remains::discard_one`].
    pub(crate) fn discard_one(&self, doomed: &mut Doomed) -> bool {
        of_remains!(self, remains => remains.discard_one(doomed))
    }

    /// See [`Remains::with_next`].
    pub(crate) fn with_next_doomed<R>(&self, change: impl FnOnce(&mut Option<Self>) -> R) -> R {
        of_remains!(self, remains => remains.with_next(change))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::{Channel, Event, EventPair, Job, KILLED, Message};

    const MINE: Signals = Signals::USER_SIGNAL_0;
    const NOT_MINE: Signals = Signals::EVENTPAIR_PEER_CLOSED;

    #[test]
    fn what_has_one_end_can_not_signal_another() {
        let event = Event::new();
        assert!(event.peer_base().is_none());
        assert_eq!(event.signal_peer(Signals::empty(), MINE), Err(Status::NOT_SUPPORTED));
        assert_eq!(Object::from(event.clone()).signal_peer(MINE, MINE), Err(Status::NOT_SUPPORTED));
        assert_eq!(event.base().signals.get(), Signals::empty());
    }

    /// Also if the same signal is cleared and set.
    #[test]
    fn an_objects_own_signals_are_for_user_code_as_far_as_its_kind_says() {
        let (first, _second) = EventPair::new();
        let signal = |clear, set| Object::from(first.clone()).signal(clear, set);
        for (clear, set) in [(NOT_MINE, MINE), (MINE, NOT_MINE), (NOT_MINE, NOT_MINE)] {
            assert_eq!(signal(clear, set), Err(Status::INVALID_ARGS), "{clear:?} {set:?}");
        }
        assert_eq!((signal(MINE, MINE), first.base().signals.get()), (Ok(()), MINE));
        assert_eq!((signal(MINE, Signals::empty()), first.base().signals.get()), (Ok(()), Signals::empty()));
        assert_eq!(alloc::sync::Arc::strong_count(&first), 1);
    }

    /// Whichever of them is not, and if the same signal is cleared and set.
    #[test]
    fn what_is_cleared_at_the_other_end_and_what_is_set_must_be_for_user_code() {
        let (first, second) = EventPair::new();
        for (clear, set) in [(NOT_MINE, MINE), (MINE, NOT_MINE), (NOT_MINE, NOT_MINE)] {
            assert_eq!(first.signal_peer(clear, set), Err(Status::INVALID_ARGS), "{clear:?} {set:?}");
        }
        assert_eq!(second.base().signals.get(), Signals::empty());
        assert_eq!((first.signal_peer(MINE, MINE), second.base().signals.get()), (Ok(()), MINE));
        assert_eq!(Object::from(first.clone()).signal_peer(MINE, Signals::empty()), Ok(()));
        assert_eq!(
            (first.base().signals.get(), second.base().signals.get()),
            (Signals::empty(), Signals::empty())
        );
    }

    #[test]
    fn only_what_has_a_name_gives_one() {
        assert!(Object::from(Event::new()).name().is_none());
        assert_eq!(Object::from(Job::root()).name().map(|name| name.get()[..5] == *b"root\0"), Some(true));
    }

    #[test]
    fn an_object_is_known_by_the_id_of_its_base() {
        let event = Event::new();
        let object = Object::from(event.clone());
        assert!(object.koid() == event.base().koid() && object.koid() >= 1024, "ids below are reserved");
    }

    #[test]
    fn a_packet_counts_the_unread_messages_of_a_channel() {
        let (ours, theirs) = Channel::new();
        let pending = |channel: &Arc<Channel>| Object::from(channel.clone()).pending_messages();
        assert_eq!(pending(&theirs), 1, "there was one when the signal came");
        for unread in 1..=3 {
            assert!(ours.write(Message { bytes: [].into(), handles: [].into() }).is_ok());
            assert_eq!((pending(&theirs), pending(&ours)), (unread, 1));
        }
        assert_eq!(Object::from(Event::new()).pending_messages(), 1);
    }

    #[test]
    fn a_signal_that_nothing_arrives_behind_has_arrived_once() {
        let (event, mut asked) = (Event::new(), alloc::vec::Vec::new());
        event.with_arrivals(MINE, &mut |arrivals| asked.push(arrivals));
        Object::from(event).with_arrivals(MINE, &mut |arrivals| asked.push(arrivals));
        assert_eq!(asked, [1, 1]);
    }

    #[test]
    fn things_are_discarded_one_by_one_until_there_is_none() {
        let job = Job::root();
        let children = [(); 2].map(|()| job.create_child().expect("a job"));
        let (mut doomed, mut others) = (Doomed::default(), Doomed::default());
        job.kill_into(KILLED, &mut doomed);
        let object = Object::from(job.clone());
        for gone in 1..=2 {
            assert!(object.discard_one(&mut others));
            assert_eq!(children.iter().filter(|child| child.exit() == Some(KILLED)).count(), gone);
        }
        assert!(!object.discard_one(&mut others));
        assert_eq!(job.exit(), Some(KILLED));
    }
}
