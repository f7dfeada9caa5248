//! Turns, steps, and what is left to the task.

use super::left::{Left, Over, Part, Progress};
use super::own::Hands;
use super::*;
use crate::core::handle::HandleId;
use crate::testing::{DISCARDING, discard_until, handle, poll, while_late};
use crate::{AsyncOptions, Channel, Event, EventPair, Handle, Job, KILLED, KernelObject, Message, Port};
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

/// With the last reference, which may be a handle: who waits for the parent to have no jobs.
#[test]
fn who_is_woken_by_the_end_of_a_job_counts() {
    let (parent, port) = (Job::root(), Port::new());
    let _stays = parent.create_child().expect("a job");
    for key in 0..8 {
        let (source, options) = (parent.clone().into(), AsyncOptions::default());
        let armed = port.wait_async(source, HandleId(1), key, Signals::JOB_NO_JOBS, options, || true);
        armed.expect("it is observed");
    }
    for (is_last, counts) in [(true, 1 + 8 / 4), (false, 1)] {
        let (child, mut doomed) = (parent.create_child().expect("a job"), Doomed::default());
        let _other = (!is_last).then(|| child.clone());
        Handle::to_new(child).expect("a handle").close_into(&mut doomed);
        assert_eq!(doomed.done, counts);
    }
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

/// So there are never many of them.
#[test]
fn bundles_come_before_objects() {
    let (mut both, left) = bundle(2 * TURN + 1);
    let (objects, children) = doomed(TURN + 1);
    both.append(objects);
    let turns = [(); 5].map(|()| (both.turn(), left.load(Relaxed), ended(&children)));
    let end = (true, 0, TURN + 1);
    assert_eq!(turns, [(true, TURN + 1, 0), (true, 1, 0), (true, 0, 0), (true, 0, TURN), end]);
    while both.turn() {}
    both.push_bundle(bundle(TURN).0.bundles.pop().expect("it is there"));
    both.append(bundle(1).0);
    assert!(both.turn() && both.turn() && !both.turn() && both.is_empty(), "there is no object left");
    let (mut large, left) = bundle(2 * STEP);
    assert!(large.step() && !large.step(), "the last thing is the last of its step");
    assert_eq!(left.load(Relaxed), 0);
}

/// However many come meanwhile, and be a step over with its first turn.
#[test]
fn an_object_and_a_bundle_beside_others_have_an_end() {
    for turns_of_a_step in [1, 4] {
        let (mut left, mut kept) = (Left::NOTHING, Vec::new());
        let (object, children) = doomed(10 * TURN);
        left.push(object);
        let (first, things) = bundle(10 * TURN);
        left.push(first);
        let ticket = left.ticket();
        let is_over = || ended(&children) == 10 * TURN && things.load(Relaxed) == 0;
        let steps = (1..2_000).find(|_| {
            let (doomed, things) = bundle(3 * STEP);
            left.push(doomed);
            kept.push(things);
            let (part, mut doomed) = left.take();
            (0..turns_of_a_step).for_each(|_| _ = doomed.turn());
            assert!(left.put_back(part, doomed));
            left.is_over(ticket)
        });
        assert!(is_over() && steps.is_some_and(|steps| steps < 1_000), "{steps:?} of {turns_of_a_step}");
    }
}

/// However much somebody adds to what the first queue dooms.
#[test]
fn a_queue_that_is_added_to_is_over_when_as_much_is_done_as_there_could_be() {
    let _one = DISCARDING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    set_most(10 * STEP);
    let (mut left, mut kept) = (Left::NOTHING, Vec::new());
    left.push(bundle(STEP).0);
    let ticket = left.ticket();
    let steps = (1..1_000).find(|_| {
        let (part, mut doomed) = left.take();
        doomed.step();
        let (more, things) = bundle(2 * STEP);
        kept.push(things);
        doomed.append(more);
        assert!(left.put_back(part, doomed));
        left.is_over(ticket)
    });
    set_most(usize::MAX);
    assert!(steps.is_some_and(|steps| (10..=21).contains(&steps)), "{steps:?}");
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

/// Tickets for the next two ends may be out when the last one has not been told yet.
#[test]
fn no_ticket_that_is_out_has_a_signal_that_is_shown() {
    for over in 2..20 {
        for told in [over - 1, over] {
            let shown = Over::signals(Progress { over: told, is_idle: false });
            let out = [1, 2].map(|next| Over::signal(over + next));
            assert!(out.iter().all(|out| out.intersection(shown).is_empty()), "{over}, told {told}");
            assert!(shown.contains(Over::signal(told)));
            assert!(Over::ALL.contains(shown.union(out[0]).union(out[1])));
        }
    }
}

#[test]
fn who_waits_goes_on_when_what_was_left_is_discarded() {
    let (large, left) = bundle(3 * STEP);
    large.finish();
    let mut over = pin!(crate::wait::until_closed());
    discard_until(|| poll(over.as_mut()).is_ready());
    assert_eq!(left.load(Relaxed), 0);
}

/// What is in somebody's own hands is discarded by him, or by the kernel task when he has gone.
#[test]
fn what_is_ones_own_is_discarded_in_steps_or_left() {
    let mut own = Own::default();
    assert!(!own.step());
    let [(first, things), (second, others)] = [bundle(STEP), bundle(STEP)];
    own.add(Own::new(first));
    own.add(Own::new(second));
    let ticket = own::ticket();
    assert!(own.step() && !own::is_over(ticket));
    assert_eq!((things.load(Relaxed), others.load(Relaxed)), (STEP, 0), "the last one comes first");
    drop(own);
    discard_until(|| things.load(Relaxed) == 0 && own::is_over(ticket));
    let (last, left) = bundle(STEP);
    let mut own = Own::new(last);
    let ticket = own::ticket();
    assert!(!own.step() && left.load(Relaxed) == 0);
    discard_until(|| own::is_over(ticket));
}

/// However young the hands are that it is put into.
#[test]
fn what_is_put_together_is_as_old_as_its_older_part() {
    let [first, older] = [(); 2].map(|()| Own::new(bundle(STEP).0));
    let ticket = own::ticket();
    drop(first);
    let mut younger = Own::new(bundle(STEP).0);
    younger.add(older);
    assert!(!own::is_over(ticket));
    drop(younger);
    discard_until(|| own::is_over(ticket));
}

/// However many take something into their hands meanwhile.
#[test]
fn all_hands_of_a_moment_are_empty_some_time() {
    let mut hands = Hands::NONE;
    assert!(hands.is_over(hands.ticket()), "there are none");
    let now = [(); 3].map(|()| hands.take());
    let ticket = hands.ticket();
    let later = [(); 3].map(|()| hands.take());
    let next = hands.ticket();
    assert!(!hands.is_over(ticket));
    hands.let_go(later[0]);
    for one in now {
        assert!(!hands.is_over(ticket));
        let another = hands.take();
        hands.let_go(one);
        hands.let_go(another);
        hands.take();
    }
    assert!(!hands.is_over(next));
    later[1..].iter().for_each(|one| hands.let_go(*one));
    assert!(hands.is_over(ticket), "whoever else came");
    assert!(!hands.is_over(hands.ticket()), "those are not empty");
}

#[test]
fn a_task_discards_what_is_left_and_goes_on_for_ever() {
    let mut task = pin!(close_what_is_left());
    for _ in 0..2 {
        let (large, children) = doomed(3 * STEP);
        large.finish();
        for _ in 0..100_000 {
            {
                let _one = DISCARDING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                assert!(poll(task.as_mut()).is_pending());
            }
            if ended(&children) == 3 * STEP {
                break;
            }
            std::thread::yield_now(); // another test has a part of it in its hands
        }
        assert_eq!(ended(&children), 3 * STEP);
    }
}
