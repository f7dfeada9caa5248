//! What is left to do once an object's last handle is gone, or a task is killed: discarding a channel's unread
//! messages, a port's packets, a wait set's entries, killing a job's children and a process's threads, closing a
//! process's handles. All of that may doom more objects.
//!
//! User code chooses how much that is, and how deep it nests. So it is a loop over a queue that is linked
//! through the objects themselves: it neither recurses nor allocates. Objects take turns of [`TURN`] things, so
//! that a large one holds up nobody else's end. Who closes a handle, or kills, does [`STEP`] things; what remains
//! then is left to a kernel task, [`close_what_is_left`], which yields after as many.
//!
//! What is left is in two queues, which take turns as well: what comes while the first is at work goes to the second,
//! and when the first is over, the second is the first. So who needs what he has left before to be over has a
//! [`ticket`] for that, and does not wait for ever, whatever others leave meanwhile.
//!
//! What goes together without being an object, such as the handles of a message, is a [`Bundle`], whose box is its own
//! link. Of these there are two stacks, for the same reason. A call that has left a bundle returns when it is over
//! ([`bundles_over`]): whoever sends handles in vain finds them closed. That dooms more, which nobody waits for.

#[cfg(not(loom))]
use crate::core::signals::note_leaving;
use crate::object::Object;
use alloc::boxed::Box;
#[cfg(not(loom))]
use spin::Once;
#[cfg(not(loom))]
use waitq::WaitQueue;

/// How many handles, messages, packets or tasks are discarded in one go: none takes more than some two thousand
/// instructions. What takes more counts as more, such as waking others.
pub const STEP: usize = 64;

/// How many of one object's are, before others have their turn.
pub const TURN: usize = 16;

/// What an observer that is disarmed counts as: it leaves a crowd.
pub(crate) const DISARMED: usize = 3;

/// How many of those who are woken by the end of something count as one thing.
const WOKEN: usize = 4;

/// Tells whether this step has taken long already: one thing may wake many.
#[cfg(not(loom))]
static IS_LATE: Once<fn() -> bool> = Once::new();

/// Sets what tells whether a step has taken long, in time that objects know nothing of.
#[cfg(not(loom))]
pub fn set_clock(is_late: fn() -> bool) {
    IS_LATE.call_once(|| is_late);
}

#[cfg(not(loom))]
pub(crate) fn is_late() -> bool {
    IS_LATE.get().is_some_and(|is_late| is_late())
}

#[cfg(loom)]
pub(crate) fn is_late() -> bool {
    false
}

/// An object with something to discard.
pub(crate) trait Remains {
    /// Discards one thing, and tells whether there was one. What that dooms is pushed to `doomed`.
    fn discard_one(&self, doomed: &mut Doomed) -> bool;

    /// Looks at or changes the next object of the queue.
    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R;
}

/// Things that are discarded together and belong to no object.
pub(crate) trait Bundle: Send + Sync {
    /// Discards one of them, if there is one, and tells whether more are left.
    fn discard_one(&mut self, doomed: &mut Doomed) -> bool;

    /// The next in a stack of bundles.
    fn next(&mut self) -> &mut Option<Box<dyn Bundle>>;
}

/// Bundles, of which the last comes first.
#[derive(Default)]
struct Stack(Option<Box<dyn Bundle>>);

impl Stack {
    fn push(&mut self, mut bundle: Box<dyn Bundle>) {
        *bundle.next() = self.0.take();
        self.0 = Some(bundle);
    }

    fn pop(&mut self) -> Option<Box<dyn Bundle>> {
        let mut bundle = self.0.take()?;
        self.0 = bundle.next().take();
        Some(bundle)
    }

    fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

/// A queue of objects with something to discard, and bundles.
#[derive(Default)]
pub struct Doomed {
    first: Option<Object>,
    last: Option<Object>,
    bundles: Stack,
    /// How much has been discarded in this step.
    done: usize,
}

impl Doomed {
    /// Nothing.
    #[cfg(not(loom))]
    const NONE: Self = Self { first: None, last: None, bundles: Stack(None), done: 0 };

    fn is_empty(&self) -> bool {
        self.first.is_none() && self.bundles.is_empty()
    }

    /// Takes in a bundle.
    pub(crate) fn push_bundle(&mut self, bundle: Box<dyn Bundle>) {
        self.bundles.push(bundle);
    }

    /// Takes in an object, which is in no queue.
    pub(crate) fn push(&mut self, object: Object) {
        match self.last.replace(object.clone()) {
            Some(last) => last.with_next_doomed(|place| *place = Some(object)),
            None => self.first = Some(object),
        }
    }

    /// Puts another queue, without bundles, behind this one.
    #[cfg(not(loom))]
    fn append(&mut self, other: Self) {
        match (&self.last, other.first) {
            (Some(last), Some(first)) => last.with_next_doomed(|place| *place = Some(first)),
            (None, first) => self.first = first,
            (Some(_), None) => return,
        }
        self.last = other.last;
    }

    fn take_first(&mut self) -> Option<Object> {
        let first = self.first.take()?;
        self.first = first.with_next_doomed(Option::take);
        if self.first.is_none() {
            self.last = None;
        }
        Some(first)
    }

    /// Counts things that are discarded as one, such as the handles of a message.
    pub(crate) fn count(&mut self, things: usize) {
        self.done += things;
    }

    /// Counts those who were woken by the end of something.
    pub(crate) fn count_woken(&mut self, woken: usize) {
        self.done += woken / WOKEN;
    }

    /// Whether this step has taken long. A few things are done in any case: who closes something small finds it closed,
    /// however slowly the machine goes.
    fn is_late(&self) -> bool {
        self.done >= TURN && is_late()
    }

    /// Whether what comes next should wait for another step.
    pub(crate) fn is_spent(&self) -> bool {
        self.done >= STEP || self.is_late()
    }

    /// Discards things as long as `discard_one` says that more are left, for a turn; whether they may be.
    fn take_turn(&mut self, mut discard_one: impl FnMut(&mut Self) -> bool) -> bool {
        let end = self.done + TURN;
        while self.done < end && !self.is_late() {
            let before = self.done;
            let more = discard_one(self);
            // To find nothing takes its time, too, and there may be many with nothing.
            self.done = self.done.max(before + 1);
            if !more {
                return false;
            }
        }
        true
    }

    /// Gives the bundle on top its turn, or, if there is none, the first object; whether something may be left.
    fn turn(&mut self) -> bool {
        if let Some(mut bundle) = self.bundles.pop() {
            if self.take_turn(|doomed| bundle.discard_one(doomed)) {
                self.bundles.push(bundle);
            }
            return true;
        }
        let Some(first) = self.take_first() else { return false };
        if self.take_turn(|doomed| first.discard_one(doomed)) {
            self.push(first);
        }
        true
    }

    /// Discards as much as there may be in one go; whether something is left.
    fn step(&mut self) -> bool {
        self.done = 0;
        while !self.is_spent() && self.turn() {}
        !self.is_empty()
    }

    /// Discards everything, soon.
    pub fn finish(mut self) {
        if self.step() {
            leave(self);
        }
    }

    /// Discards everything soon, and nothing now.
    pub(crate) fn leave(self) {
        if !self.is_empty() {
            leave(self);
        }
    }
}

/// What is left to be discarded.
#[cfg(not(loom))]
struct Left {
    first: Doomed,
    second: Doomed,
    /// How often the first queue has been over.
    over: u64,
    /// Which had the last turn.
    last: Part,
    /// How many parts are in somebody's hands, who will put back what remains of them.
    in_hands: usize,
    bundles: Bundles,
}

/// The bundles among that.
#[cfg(not(loom))]
struct Bundles {
    first: Stack,
    /// Those that came while others were in the first.
    second: Stack,
    /// How often the first stack has been over.
    over: u64,
}

#[cfg(not(loom))]
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    First,
    Second,
}

#[cfg(not(loom))]
impl Bundles {
    const NONE: Self = Self { first: Stack(None), second: Stack(None), over: 0 };
}

#[cfg(not(loom))]
impl Left {
    const NOTHING: Self = Self {
        first: Doomed::NONE,
        second: Doomed::NONE,
        over: 0,
        last: Part::First,
        in_hands: 0,
        bundles: Bundles::NONE,
    };

    /// Whether nothing is left but bundles.
    fn has_no_objects(&self) -> bool {
        self.first.first.is_none() && self.second.first.is_none() && self.in_hands == 0
    }

    /// Whether no bundles are.
    fn has_no_bundles(&self) -> bool {
        self.bundles.first.is_empty() && self.bundles.second.is_empty() && self.in_hands == 0
    }

    fn is_idle(&self) -> bool {
        self.has_no_objects() && self.has_no_bundles()
    }

    fn part(&mut self, part: Part) -> &mut Doomed {
        match part {
            Part::First => &mut self.first,
            Part::Second => &mut self.second,
        }
    }

    /// Takes it all in; whether there are bundles.
    fn push(&mut self, mut doomed: Doomed) -> bool {
        let has_bundles = !doomed.bundles.is_empty();
        while let Some(bundle) = doomed.bundles.pop() {
            match self.has_no_bundles() {
                true => self.bundles.first.push(bundle),
                false => self.bundles.second.push(bundle),
            }
        }
        let part = if self.has_no_objects() { Part::First } else { Part::Second };
        self.part(part).append(doomed);
        has_bundles
    }

    /// Takes the queue whose turn it is, and a bundle.
    fn take(&mut self) -> (Part, Doomed) {
        let turn = self.last == Part::First && self.second.first.is_some();
        self.last = if turn { Part::Second } else { Part::First };
        self.in_hands += 1;
        let mut taken = core::mem::take(self.part(self.last));
        taken.bundles.0 = self.bundles.first.pop();
        (self.last, taken)
    }

    /// Puts back what remains of it; whether anything is left.
    fn put_back(&mut self, part: Part, mut rest: Doomed) -> bool {
        self.in_hands -= 1;
        while let Some(bundle) = rest.bundles.pop() {
            self.bundles.first.push(bundle);
        }
        rest.append(core::mem::take(self.part(part)));
        *self.part(part) = rest;
        if self.in_hands == 0 && self.first.first.is_none() {
            self.over += 1;
            self.first = core::mem::take(&mut self.second);
        }
        if self.in_hands == 0 && self.bundles.first.is_empty() {
            self.bundles.over += 1;
            self.bundles.first = core::mem::take(&mut self.bundles.second);
        }
        self.first.first.is_some() || self.second.first.is_some() || !self.bundles.first.is_empty()
    }

    /// When all bundles are over that are left now: how often their first stack has been over then.
    fn bundles_ticket(&self) -> u64 {
        match self.has_no_bundles() {
            true => self.bundles.over,
            false => self.bundles.over + 1 + u64::from(!self.bundles.second.is_empty()),
        }
    }

    fn are_bundles_over(&self, ticket: u64) -> bool {
        self.bundles.over >= ticket || self.has_no_bundles()
    }

    /// When all is over that is left now: how often the first queue has been over then.
    fn ticket(&self) -> u64 {
        let is_in_second = self.second.first.is_some() || self.in_hands > 0;
        self.over + u64::from(!self.has_no_objects()) + u64::from(is_in_second)
    }

    fn is_over(&self, ticket: u64) -> bool {
        self.over >= ticket || self.has_no_objects()
    }
}

#[cfg(not(loom))]
static LEFT: WaitQueue<(), Left> = WaitQueue::new(Left::NOTHING);

#[cfg(not(loom))]
fn leave(doomed: Doomed) {
    let has_bundles = LEFT.with(|left, waiters| {
        let has_bundles = left.push(doomed);
        waiters.wake_all();
        has_bundles
    });
    if has_bundles {
        note_leaving();
    }
}

/// Models have no static queues, and little to discard.
#[cfg(loom)]
fn leave(mut doomed: Doomed) {
    while doomed.step() {}
}

/// Discards a part of what was left; whether there is more. One task at a time does it.
#[cfg(not(loom))]
pub fn discard_some() -> bool {
    let (part, mut doomed) = LEFT.with(|left, _| left.take());
    doomed.step();
    LEFT.with(|left, _| left.put_back(part, doomed))
}

/// A ticket for the end of the bundles that are left now. What they doom is left then.
#[cfg(not(loom))]
pub fn bundles_ticket() -> u64 {
    LEFT.with(|left, _| left.bundles_ticket())
}

/// Whether they are over.
#[cfg(not(loom))]
pub fn are_bundles_over(ticket: u64) -> bool {
    LEFT.with(|left, _| left.are_bundles_over(ticket))
}

/// Completes when the bundles are over that were left before.
#[cfg(not(loom))]
pub async fn bundles_over() {
    let ticket = bundles_ticket();
    while !are_bundles_over(ticket) {
        executor::yield_now().await;
    }
}

/// A ticket for the end of the objects with something to discard that are left now, and of what that dooms.
#[cfg(not(loom))]
pub fn ticket() -> u64 {
    LEFT.with(|left, _| left.ticket())
}

/// Whether that is over.
#[cfg(not(loom))]
pub fn is_over(ticket: u64) -> bool {
    LEFT.with(|left, _| left.is_over(ticket))
}

/// Discards what is left, for ever: the life of a kernel task.
#[cfg(not(loom))]
pub async fn close_what_is_left() {
    loop {
        LEFT.wait_unless((), |left, ()| !left.is_idle()).await;
        while discard_some() {
            executor::yield_now().await;
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::core::handle::HandleId;
    use crate::testing::{discard_until, handle, poll, while_late};
    use crate::{AsyncOptions, Channel, Event, EventPair, Job, KILLED, KernelObject, Message, Port};
    use abi::Signals;
    use alloc::sync::Arc;
    use alloc::vec::Vec;
    use core::pin::pin;
    use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    /// A killed job with so many children that take no end while they are kept; the children.
    fn doomed(children: usize) -> (Doomed, Vec<Arc<Job>>) {
        let job = Job::root();
        let children = (0..children).map(|_| job.create_child().expect("a job")).collect();
        let mut doomed = Doomed::default();
        job.kill_into(KILLED, &mut doomed);
        (doomed, children)
    }

    /// How many of them have ended.
    fn ended(children: &[Arc<Job>]) -> usize {
        children.iter().filter(|child| child.exit().is_some()).count()
    }

    fn step(left: &mut Left) -> bool {
        let (part, mut doomed) = left.take();
        doomed.step();
        left.put_back(part, doomed)
    }

    /// However much comes meanwhile.
    #[test]
    fn what_is_left_has_an_end() {
        let (mut left, mut kept) = (Left::NOTHING, Vec::new());
        let mut leave = |left: &mut Left, children| {
            let (doomed, jobs) = doomed(children);
            left.push(doomed);
            kept.push(jobs);
        };
        assert!(left.is_idle() && left.is_over(left.ticket()));
        leave(&mut left, 10 * STEP);
        let first = left.ticket();
        leave(&mut left, 10 * STEP);
        let second = left.ticket();
        assert!(first < second && !left.is_over(first));
        let mut steps = [0; 2];
        for step_number in 1..200 {
            leave(&mut left, STEP);
            assert!(step(&mut left));
            for (ticket, over_after) in [first, second].into_iter().zip(&mut steps) {
                if left.is_over(ticket) && *over_after == 0 {
                    *over_after = step_number;
                }
            }
        }
        assert!((10..=24).contains(&steps[0]), "{steps:?}");
        assert!(steps[1] > steps[0], "{steps:?}");
        while step(&mut left) {}
        assert!(left.is_idle() && left.is_over(left.ticket()));
    }

    /// Nor is it over while a part of it is in somebody's hands.
    #[test]
    fn what_is_in_hands_is_not_over() {
        let mut left = Left::NOTHING;
        let (large, _children) = doomed(3 * STEP);
        left.push(large);
        let (part, in_hands) = left.take();
        let ticket = left.ticket();
        assert!(!left.is_over(ticket) && !step(&mut left) && !left.is_over(ticket));
        assert!(left.put_back(part, in_hands) && !left.is_over(ticket));
        while step(&mut left) {
            assert!(!left.is_over(ticket));
        }
        assert!(left.is_over(ticket));
    }

    #[test]
    fn a_turn_and_a_step_are_of_so_many_things() {
        let (mut large, children) = doomed(3 * STEP);
        assert!(large.turn());
        assert_eq!(ended(&children), TURN);
        assert!(large.turn());
        assert_eq!(ended(&children), 2 * TURN);
        assert!(large.step());
        assert_eq!(ended(&children), 2 * TURN + STEP);
        assert!(large.step());
        assert!(!large.step(), "the last step finds that nothing is left");
        assert_eq!(ended(&children), 3 * STEP);
        assert!(!large.turn() && !large.step() && large.first.is_none() && large.last.is_none());
    }

    #[test]
    fn queues_are_put_behind_each_other_and_objects_take_turns() {
        let (mut all, one) = doomed(2 * TURN);
        let ((second, two), (third, three)) = (doomed(TURN), doomed(TURN));
        all.append(second);
        all.append(Doomed::default());
        all.append(third);
        let mut turns = Vec::new();
        while all.turn() {
            turns.push([&one, &two, &three].map(|children| ended(children) / TURN));
        }
        let so_far = [[1, 0, 0], [1, 1, 0], [1, 1, 1], [2, 1, 1]];
        assert_eq!(turns[..4], so_far);
        assert!(turns[4..].iter().all(|turn| *turn == [2, 1, 1]), "these find that nothing is left");
        let (mut none, (some, _kept)) = (Doomed::default(), doomed(1));
        none.append(some);
        assert!(none.turn());
    }

    /// A few things are done in any case.
    #[test]
    fn a_step_that_takes_long_ends_with_its_first_turn() {
        let (mut large, children) = doomed(STEP);
        let asked = while_late(|| assert!(large.step()));
        assert_eq!((ended(&children), asked), (TURN, 1));
        // The end of the job itself, and to find that there is no more, are things, too.
        let (mut small, children) = doomed(TURN - 3);
        let asked = while_late(|| assert!(!small.step()));
        assert_eq!((ended(&children), asked), (TURN - 3, 0), "nobody asks what time it is");
        assert!(!large.step(), "it is not late any more");
    }

    /// Each handle of a message is a thing.
    #[test]
    fn the_handles_of_a_message_are_closed_one_by_one() {
        const EACH: usize = TURN;
        let (event, (ours, theirs), mut doomed) = (Event::new(), Channel::new(), Doomed::default());
        let open = handle(&theirs);
        for _ in 0..10 {
            let handles = (0..EACH).map(|_| handle(&event)).collect();
            assert!(ours.write(Message { bytes: [].into(), handles }).is_ok());
        }
        let left = || event.base().handle_count() as usize / EACH;
        open.close_into(&mut doomed);
        assert_eq!((left(), doomed.done), (10, 1), "the rest is for who has the queue");
        assert!(doomed.turn());
        assert_eq!((left(), doomed.done), (9, 1 + TURN));
        assert!(doomed.step());
        assert_eq!(left(), 9 - STEP / TURN);
        while doomed.step() {}
        assert_eq!(left(), 0);
    }

    /// Four who are woken are a thing; at once there are sixteen woken at most.
    #[test]
    fn who_is_woken_by_an_end_counts() {
        let (port, (ours, theirs), mut doomed) = (Port::new(), Channel::new(), Doomed::default());
        let open = handle(&theirs);
        let (near, far): (Vec<_>, Vec<_>) = (0..STEP).map(|_| EventPair::new()).unzip();
        for (key, end) in (0..20).flat_map(|key| far.iter().map(move |end| (key, end))) {
            let signals = Signals::EVENTPAIR_PEER_CLOSED;
            let options = AsyncOptions { edge: false, timestamp: None };
            let registered = port.wait_async(end.clone().into(), HandleId(1), key, signals, options, || true);
            registered.expect("it is observed");
        }
        let handles = near.iter().map(handle).collect();
        assert!(ours.write(Message { bytes: [].into(), handles }).is_ok());
        drop(near);
        let ended = || far.iter().filter(|end| end.base().signals.get() != Signals::empty()).count();
        open.close_into(&mut doomed);
        assert!(doomed.turn());
        assert_eq!(ended(), TURN / 4);
        assert!(doomed.step());
        assert_eq!(ended(), TURN / 4 + STEP / 4);
        while doomed.step() {}
        assert_eq!(ended(), STEP);
    }

    /// So many things, and how many of them are left.
    struct Things(usize, Arc<AtomicUsize>, Option<Box<dyn Bundle>>);

    impl Bundle for Things {
        fn discard_one(&mut self, _: &mut Doomed) -> bool {
            self.0 -= 1;
            self.1.fetch_sub(1, Relaxed);
            self.0 > 0
        }

        fn next(&mut self) -> &mut Option<Box<dyn Bundle>> {
            &mut self.2
        }
    }

    /// A bundle of so many things alone; how many are left.
    fn bundle(things: usize) -> (Doomed, Arc<AtomicUsize>) {
        let (left, mut doomed) = (Arc::new(AtomicUsize::new(things)), Doomed::default());
        doomed.push_bundle(Box::new(Things(things, left.clone(), None)));
        (doomed, left)
    }

    #[test]
    fn bundles_have_their_turns_before_objects() {
        let (mut both, left) = bundle(TURN + 1);
        let (objects, children) = doomed(1);
        both.append(objects);
        both.push_bundle(bundle(1).0.bundles.pop().expect("it is there"));
        let turns = [(); 4].map(|()| (both.turn(), left.load(Relaxed), ended(&children)));
        assert_eq!(turns, [(true, TURN + 1, 0), (true, 1, 0), (true, 0, 0), (true, 0, 1)]);
        assert!(!both.turn() && both.is_empty());
        let (mut large, left) = bundle(2 * STEP);
        assert!(large.step() && !large.step(), "the last thing is the last of its step");
        assert_eq!(left.load(Relaxed), 0);
    }

    /// However many come meanwhile; one that comes while others are left is over behind them.
    #[test]
    fn bundles_that_are_left_have_an_end() {
        let (mut left, mut kept) = (Left::NOTHING, Vec::new());
        let mut leave = |left: &mut Left| {
            let (doomed, things) = bundle(STEP + 1);
            assert!(left.push(doomed));
            kept.push(things);
            left.bundles_ticket()
        };
        assert!(left.bundles_ticket() == 0 && left.are_bundles_over(0) && left.are_bundles_over(1));
        let tickets = [(); 3].map(|()| leave(&mut left));
        assert_eq!(tickets, [1, 2, 2]);
        assert!(!left.is_idle() && !left.are_bundles_over(1) && left.has_no_objects());
        let over = (1..20).map(|_| {
            leave(&mut left);
            assert!(step(&mut left));
            [1, 2].map(|ticket| left.are_bundles_over(ticket))
        });
        let over: Vec<_> = over.collect();
        assert_eq!(over.iter().position(|over| over[0]), Some(1), "the first takes two steps");
        let second = over.iter().position(|over| over[1]);
        assert!(second.is_some_and(|step| (4..12).contains(&step)), "{over:?}");
        let hands = left.take();
        let last = left.bundles_ticket();
        while step(&mut left) {}
        assert!(!left.are_bundles_over(last), "one is in hands");
        assert!(left.put_back(hands.0, hands.1));
        while step(&mut left) {}
        assert!(left.are_bundles_over(last) && left.is_idle() && !left.push(Doomed::default()));
        assert!(kept.iter().all(|things| things.load(Relaxed) == 0));
    }

    #[test]
    fn objects_that_turn_out_to_be_empty_take_their_time_too() {
        let mut many = Doomed::default();
        (0..2 * STEP + 1).for_each(|_| many.push(Job::root().into()));
        assert!(many.step() && many.step(), "so many in a step");
        assert!(!many.step(), "and one in the last");
    }

    /// Two queues: which has the next turn, how often the first one has been over, and when all of now will be.
    #[test]
    fn two_queues_take_turns_and_the_second_follows_the_first() {
        let (mut left, mut kept) = (Left::NOTHING, Vec::new());
        let mut push = |left: &mut Left| {
            let (doomed, children) = doomed(1);
            left.push(doomed);
            kept.push(children);
        };
        let number = |part: Part| if part == Part::First { 1 } else { 2 };
        let turns = |left: &mut Left| {
            [(); 4].map(|()| {
                let (part, doomed) = left.take();
                assert!(left.put_back(part, doomed));
                number(part)
            })
        };
        assert!(left.ticket() == 0 && left.is_over(0) && left.is_over(1), "it is idle");
        push(&mut left);
        assert!(left.ticket() == 1 && !left.is_over(1) && left.is_over(0));
        assert_eq!(turns(&mut left), [1; 4], "there is no other");
        push(&mut left);
        assert_eq!((left.ticket(), left.over), (2, 0));
        assert_eq!(turns(&mut left), [2, 1, 2, 1]);
        let (second, rest) = left.take();
        assert_eq!((number(second), left.ticket()), (2, 2), "what is in hands counts as the second");
        assert!(left.put_back(second, rest));
        assert_eq!((left.ticket(), left.over), (2, 0));
        let (first, _) = left.take();
        assert!(number(first) == 1 && left.put_back(first, Doomed::default()), "the second is there still");
        assert_eq!((left.ticket(), left.over), (2, 1), "and is the first now");
        assert!(left.is_over(1) && !left.is_over(2));
        push(&mut left);
        assert_eq!(left.ticket(), 3);
        let ((second, rest), (first, _)) = (left.take(), left.take());
        assert_eq!([second, first].map(number), [2, 1]);
        assert!(!left.put_back(first, Doomed::default()), "the only other one is in hands");
        assert_eq!((left.ticket(), left.over), (3, 1));
        assert!(left.put_back(second, rest));
        assert_eq!((left.ticket(), left.over), (3, 2));
        let (first, _) = left.take();
        assert!(number(first) == 1 && !left.is_over(3));
        assert!(!left.put_back(first, Doomed::default()));
        assert!(left.ticket() == 3 && left.over == 3 && left.is_over(4), "it is idle again");
    }

    /// Twice, so that the count of what was over before is not nothing.
    #[test]
    fn a_ticket_is_over_when_all_is_discarded_that_was_left() {
        for _ in 0..2 {
            let (large, children) = doomed(2 * STEP);
            large.finish();
            let ticket = ticket();
            discard_until(|| is_over(ticket));
            assert_eq!(ended(&children), 2 * STEP);
        }
    }

    #[test]
    fn a_task_discards_what_is_left_and_goes_on_for_ever() {
        let mut task = pin!(close_what_is_left());
        for _ in 0..2 {
            let (large, children) = doomed(3 * STEP);
            large.finish();
            for _ in 0..100_000 {
                assert!(poll(task.as_mut()).is_pending());
                if ended(&children) == 3 * STEP {
                    break;
                }
                std::thread::yield_now(); // another test has a part of it in its hands
            }
            assert_eq!(ended(&children), 3 * STEP);
        }
    }
}
