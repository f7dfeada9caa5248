//! Processes that are killed while their threads wait, in every way, with deadlines that are far away.

use alloc::{sync::Arc, vec, vec::Vec};
use core::sync::atomic::AtomicU32;

use hafnon_user::{
    AsHandle, Channel, Event, Port, Rights, Signals, Startup, Timer,
    abi::{
        PA_USER0, PA_USER1, TASK_RETCODE_SYSCALL_KILL, THREAD_STATE_BLOCKED_CHANNEL,
        THREAD_STATE_BLOCKED_FUTEX, THREAD_STATE_BLOCKED_PORT, THREAD_STATE_BLOCKED_SLEEPING,
        THREAD_STATE_BLOCKED_WAIT_MANY, THREAD_STATE_BLOCKED_WAIT_ONE,
    },
    clock, futex,
    handle::{WaitItem, wait_many},
    info,
    task::Task,
};

use crate::{
    children::SURVIVED,
    harness::{blocked, child, user_test},
    stress::{LOST, leaves_nothing},
};

/// How many rounds of other stress tests one child is worth.
const WORTH: u64 = 64;
/// How many threads of a child wait in each way.
const THREADS: usize = 4;
/// How long they would wait.
const HOUR: i64 = 3600 * clock::SECOND;

const SIGNAL: Signals = Signals::EVENT_SIGNALED;

user_test! {
    /// Neither threads, objects and handles stay behind, nor what was to wake them: at the clock, and at an event
    /// that lives on.
    #[needs("cpus=2 timeout=120")]
    fn killed_long_before_their_deadlines() {
        let event = Event::create().expect("an event");
        leaves_nothing(|rounds| (0..rounds / WORTH).for_each(|_| kill_one(&event)));
        // Whoever observed it still would be told now.
        event.signal(Signals::empty(), SIGNAL).expect("signalled");
    }
}

fn kill_one(event: &Event) {
    let (ours, theirs) = Channel::create().expect("a channel");
    let same = event.duplicate(Rights::SAME_RIGHTS).expect("a second handle");
    let process = child("wait-in-every-way", |launch| launch.handle(PA_USER0, theirs).handle(PA_USER1, same));
    ours.wait(Signals::CHANNEL_READABLE, clock::deadline_after(LOST)).expect("its threads wait");
    process.kill().expect("killed");
    assert_eq!(process.wait_exit(), Ok(TASK_RETCODE_SYSCALL_KILL));
    assert_eq!(info::handle_count(event), Ok(1));
}

/// What the threads of a child wait for.
struct Objects {
    /// The test's, and the test keeps it.
    event: Event,
    port: Port,
    near: Channel,
    _far: Channel,
    word: AtomicU32,
}

/// What a thread does with a deadline, and the state in which it is then.
type Wait = (u32, fn(&Objects, i64));

const WAITS: [Wait; 6] = [
    (THREAD_STATE_BLOCKED_WAIT_ONE, |on, deadline| _ = on.event.wait(SIGNAL, deadline)),
    (THREAD_STATE_BLOCKED_WAIT_MANY, |on, deadline| {
        let one = WaitItem::new(&on.event, SIGNAL);
        _ = wait_many(&mut [one, WaitItem::new(&on.near, Signals::CHANNEL_READABLE)], deadline);
    }),
    (THREAD_STATE_BLOCKED_PORT, |on, deadline| _ = on.port.wait_packet(deadline)),
    (THREAD_STATE_BLOCKED_FUTEX, |on, deadline| _ = futex::wait_until(&on.word, 0, 0, deadline)),
    (THREAD_STATE_BLOCKED_CHANNEL, |on, deadline| {
        _ = on.near.call(&mut [0; 4], vec![], &mut [0; 4], deadline);
    }),
    (THREAD_STATE_BLOCKED_SLEEPING, |_, deadline| _ = clock::sleep_until(deadline)),
];

/// The child's part: its threads wait in every way, and it says so.
pub fn play(startup: &mut Startup) -> i64 {
    let channel: Channel = startup.take_object(PA_USER0).expect("a channel");
    let event: Event = startup.take_object(PA_USER1).expect("an event");
    let ((near, far), port) = (Channel::create().expect("a channel"), Port::create().expect("a port"));
    let deadline = clock::deadline_after(HOUR);
    let timers = [(); THREADS].map(|()| Timer::create().expect("a timer"));
    for (key, timer) in (0..).zip(&timers) {
        timer.set(deadline, 0).expect("set");
        event.wait_async(&port, key, SIGNAL, 0).expect("it is observed");
    }
    let on = Arc::new(Objects { event, port, near, _far: far, word: AtomicU32::new(0) });
    let start = |(state, wait): Wait| {
        let on = on.clone();
        blocked(state, move || wait(&on, deadline))
    };
    let _threads: Vec<_> = (0..THREADS).flat_map(|_| WAITS.map(start)).collect();
    channel.write(b"they wait", vec![]).expect("the test is told");
    let _ = clock::sleep_until(deadline);
    SURVIVED
}
