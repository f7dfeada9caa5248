//! Crowds that nobody could wake at once.

use super::*;
use crate::core::handle::HandleId;
use crate::core::signals::{Active, Observation, Observers, keep, note_leaving};
use crate::testing::poll;
use crate::{Event, KernelObject, Object};
use abi::Signals;
use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::cell::Cell;
use core::pin::pin;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use core::task::Waker;
use waitq::{BoxedWaiter, Change};

const A: Signals = Signals::USER_SIGNAL_0;
const MANY: usize = 100;

type Observer = BoxedWaiter<Observation, Active, dyn AsRef<SignalQueue> + Send + Sync, Observers>;

/// An event that so many observe.
struct Observed {
    event: Arc<Event>,
    /// They observe it as long as they are here.
    _observers: Vec<Observer>,
    wakes: Arc<Wakes>,
}

/// How many observers have been woken.
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

impl Observed {
    fn by(count: usize) -> Self {
        let (event, observation) = (Event::new(), Observation::of(A, HandleId(7)));
        let wakes = Arc::new(Wakes(AtomicUsize::new(0)));
        let observable = || Object::from(event.clone()).observable();
        let observers = (0..count).map(|_| {
            let mut observer = Observer::new(observation).expect("memory");
            let waker = Waker::from(wakes.clone());
            observer.arm(observable(), observation, waker, |_, _, _| false).expect("it is armed");
            observer
        });
        let observers = observers.collect();
        keep(event.base().signals.queue(), observable());
        Self { event, _observers: observers, wakes }
    }

    fn woken(&self) -> usize {
        self.wakes.0.load(Relaxed)
    }

    fn signal(&self) {
        self.event.base().signals.assert(A);
    }

    /// Chooses all of them, and wakes a few; the rest is left to nobody else.
    fn kept(&self) -> Keeper {
        let (mut left, all) = (None, Change { seen: A.bits(), wakes: A.bits() });
        self.event.base().signals.queue().lock().tell(all, |keeper| left = keeper);
        left.expect("they are many")
    }

    fn is(&self, keeper: Option<&Keeper>) -> bool {
        keeper.is_some_and(|keeper| core::ptr::eq(keeper.queue(), self.event.base().signals.queue()))
    }
}

std::thread_local! {
    /// How often this thread has left something: other tests do, too.
    static HELD_BACK: Cell<usize> = const { Cell::new(0) };
}

/// One test of all of it, as there is one queue: other tests may wake what is left here, but not say that it is over before
/// it is. Who is in the task's place keeps them from it meanwhile.
#[test]
fn what_one_change_can_not_wake_is_left_and_is_over_some_time() {
    set_hold_back(|| HELD_BACK.set(HELD_BACK.get() + 1));
    let few = Observed::by(FEW as usize);
    few.signal();
    assert_eq!((few.woken(), HELD_BACK.get()), (FEW as usize, 0), "a few are woken at once");

    let many = Observed::by(MANY);
    many.signal();
    assert_eq!(HELD_BACK.get(), 1);
    let mut end = pin!(woken());
    for _ in 0..100_000 {
        if poll(end.as_mut()).is_ready() {
            break;
        }
        wake_what_is_left();
    }
    assert_eq!(many.woken(), MANY, "who waits for all of them finds them woken");

    let mut task = pin!(wake_the_rest());
    for turn in 2..4 {
        let many = Observed::by(MANY);
        many.signal();
        assert_eq!(HELD_BACK.get(), turn);
        let _one = ONE.lock();
        for _ in 0..100_000 {
            assert!(poll(task.as_mut()).is_pending(), "it goes on for ever");
            if many.woken() == MANY {
                break;
            }
        }
        assert_eq!(many.woken(), MANY);
        // One that another test has left has to be over, too, before it looks.
        while wake_some() {}
    }

    let many = Observed::by(MANY);
    many.signal();
    let mut end = pin!(woken());
    let is_over = (0..100_000).any(|_| {
        wake_what_is_left();
        poll(end.as_mut()).is_ready()
    });
    assert!(is_over && many.woken() == MANY, "nothing is left then");

    let before = HELD_BACK.get();
    note_leaving();
    assert_eq!(HELD_BACK.get(), before + 1, "what another task goes on with is left, too");
}

#[test]
fn crowds_have_their_turns_in_the_order_in_which_they_were_left() {
    let all = [(); 3].map(|()| Observed::by(MANY));
    let ([one, two, three], mut rest) = (&all, Rest::NOTHING);
    rest.push_back(one.kept());
    rest.push_back(two.kept());
    assert_eq!((rest.left, rest.over), (2, 0));

    let first = rest.pop();
    assert!(one.is(first.as_ref()) && two.is(rest.first.as_ref()) && two.is(rest.last.as_ref()));
    rest.give_back(first);
    assert_eq!((rest.left, rest.over, rest.woken), (2, 0, FEW as usize));
    let first = rest.pop();
    assert!(one.is(first.as_ref()), "it goes on");
    rest.give_back(None);
    assert_eq!((rest.left, rest.over, rest.woken), (2, 1, 0));

    let last = rest.pop();
    assert!(two.is(last.as_ref()) && rest.first.is_none() && rest.last.is_none() && rest.pop().is_none());
    rest.give_back(last);
    assert!(two.is(rest.first.as_ref()) && two.is(rest.last.as_ref()));
    rest.push_back(three.kept());
    assert_eq!((rest.left, rest.over, rest.woken), (3, 1, FEW as usize));
    assert!(two.is(rest.pop().as_ref()));
    rest.give_back(None);
    assert!(three.is(rest.pop().as_ref()) && rest.pop().is_none());
}

/// Which goes on and on, as it is observed and signalled anew all the time.
#[test]
fn a_crowd_lets_others_have_their_turn_after_65_536() {
    let all = [(); 2].map(|()| Observed::by(MANY));
    let ([one, two], mut rest) = (&all, Rest::NOTHING);
    rest.push_back(one.kept());
    rest.push_back(two.kept());
    for _ in 0..4095 {
        let first = rest.pop();
        assert!(one.is(first.as_ref()));
        rest.give_back(first);
    }
    assert_eq!((rest.left, rest.over, rest.woken), (2, 0, 65_520));
    let first = rest.pop();
    assert!(one.is(first.as_ref()));
    rest.give_back(first);
    assert_eq!((rest.left, rest.over, rest.woken), (3, 1, 0), "it is left anew");
    assert!(two.is(rest.pop().as_ref()));
    assert!(one.is(rest.pop().as_ref()) && rest.pop().is_none());
}
