//! object_get_info of tasks, handles, timers and resources.

use alloc::{sync::Arc, vec};
use core::sync::atomic::AtomicU32;

use hafnon_user::{
    AsHandle, Channel, Event, Mapping, Port, Process, Rights, Signals, Status, Thread, Timer, Vmo,
    abi::{self, zerocopy::IntoBytes},
    clock::{self, INFINITE},
    futex,
    handle::{Handle, WaitItem, wait_many},
    info::{self, query},
    task::Task,
    thread,
};

use crate::harness::{blocked, call, first_thread, job, process, resource, user_test, without};

fn stats(thread: &impl AsHandle) -> Result<abi::InfoThreadStats, Status> {
    info::get(thread, abi::INFO_THREAD_STATS)
}

fn timer_info(timer: &Timer) -> abi::InfoTimer {
    info::get(timer, abi::INFO_TIMER).expect("info")
}

fn koid(object: &impl AsHandle) -> u64 {
    info::basic(object).expect("info").koid
}

/// A thread that has not started.
fn new_thread() -> Thread {
    Thread::create(&process(), "new").expect("a thread")
}

/// A process that has not started, and goes away with its handle.
fn new_process() -> Process {
    Process::create(&job(), "new").expect("a process").0
}

fn shared<T>(object: Result<T, Status>) -> (Arc<T>, Arc<T>) {
    let object = Arc::new(object.expect("an object"));
    (object.clone(), object)
}

user_test! {
    fn threads_in_waits_for_signals_say_so() {
        let ((event, one), many) = (shared(Event::create()), Event::create().expect("an event"));
        let many = Arc::new(many);
        let another = many.clone();
        let first = blocked(abi::THREAD_STATE_BLOCKED_WAIT_ONE, move || one.wait(Signals::EVENT_SIGNALED, INFINITE));
        let second = blocked(abi::THREAD_STATE_BLOCKED_WAIT_MANY, move || {
            wait_many(&mut [WaitItem::new(&*another, Signals::EVENT_SIGNALED)], INFINITE)
        });
        for event in [event, many] {
            event.signal(Signals::empty(), Signals::EVENT_SIGNALED).expect("signalled");
        }
        assert_eq!(first.join(), Some(Ok(Signals::EVENT_SIGNALED)));
        assert_eq!(second.join(), Some(Ok(())));
    }

    fn threads_in_other_waits_say_so() {
        let ((port, waiting), word) = (shared(Port::create()), Arc::new(AtomicU32::new(0)));
        let (near, far) = Channel::create().expect("a channel");
        let sleeping = word.clone();
        let packet = blocked(abi::THREAD_STATE_BLOCKED_PORT, move || waiting.wait_packet(INFINITE).map(drop));
        let futex = blocked(abi::THREAD_STATE_BLOCKED_FUTEX, move || futex::wait(&sleeping, 0));
        let call = blocked(abi::THREAD_STATE_BLOCKED_CHANNEL, move || {
            near.call(&mut [0; 4], vec![], &mut [0; 4], INFINITE).map(drop)
        });
        port.queue(1, [0; 4]).expect("queued");
        futex::wake(&word, 1).expect("woken");
        drop(far);
        assert_eq!(packet.join(), Some(Ok(())));
        assert_eq!(futex.join(), Some(Ok(())));
        assert_eq!(call.join(), Some(Err(Status::PEER_CLOSED)));
    }

    fn only_threads_that_started_are_listed() {
        let (new, mine) = (new_thread(), koid(first_thread()));
        let other = thread::spawn("short", || ()).expect("a thread");
        other.thread().wait(Signals::THREAD_TERMINATED, INFINITE).expect("it ends");
        assert_eq!(info::koids(&process(), abi::INFO_PROCESS_THREADS), Ok(vec![mine]));
        assert_eq!(info::koids(&new_process(), abi::INFO_PROCESS_THREADS), Ok(vec![]));
        drop(new);
    }

    fn lists_need_their_right_and_type() {
        let (process, job) = (process(), job());
        for (topic, right) in [
            (abi::INFO_PROCESS_THREADS, &without(&process, Rights::ENUMERATE).duplicate_handle(Rights::SAME_RIGHTS)),
            (abi::INFO_JOB_CHILDREN, &without(&job, Rights::ENUMERATE).duplicate_handle(Rights::SAME_RIGHTS)),
            (abi::INFO_JOB_PROCESSES, &without(&job, Rights::ENUMERATE).duplicate_handle(Rights::SAME_RIGHTS)),
        ] {
            let handle = right.as_ref().expect("a handle");
            assert_eq!(info::koids(handle, topic), Err(Status::ACCESS_DENIED), "{topic}");
            assert_eq!(info::koids(first_thread(), topic), Err(Status::WRONG_TYPE), "{topic}");
        }
    }

    fn lists_tell_how_much_there_is_and_write_what_fits() {
        let job = job().create_child().expect("a job");
        let children = [(); 3].map(|()| job.create_child().expect("a job"));
        let mut two = [0_u64; 2];
        let (status, actual, available) = query(job.raw(), abi::INFO_JOB_CHILDREN, two.as_mut_bytes());
        assert_eq!((status, actual, available), (Status::OK, 2, 3));
        assert_eq!(two, [koid(&children[0]), koid(&children[1])]);
        // Half a record is none.
        let (status, actual, available) = query(job.raw(), abi::INFO_JOB_CHILDREN, &mut [0; 15]);
        assert_eq!((status, actual, available), (Status::OK, 1, 3));
    }

    fn threads_may_run_on_all_processors() {
        // SAFETY: the call takes no pointer.
        let count = unsafe { hafnon_user::sys::zx_system_get_num_cpus() };
        let mask = info::thread(first_thread()).expect("info").cpu_affinity_mask.mask;
        assert_eq!((mask[0].count_ones(), mask[0].trailing_ones()), (count, count));
        assert_eq!(mask[1..], [0; 7]);
    }

    fn thread_statistics_tell_time_and_processor() {
        let new = stats(&new_thread()).expect("info");
        assert_eq!((new.total_runtime, new.last_scheduled_cpu), (0, abi::INFO_INVALID_CPU));
        clock::sleep(clock::MILLISECOND).expect("sleep");
        let mine = stats(first_thread()).expect("info");
        // SAFETY: the call takes no pointer.
        let count = unsafe { hafnon_user::sys::zx_system_get_num_cpus() };
        assert!(mine.total_runtime > 0 && mine.last_scheduled_cpu < count, "{mine:?}");
        let other = thread::spawn("short", || ()).expect("a thread");
        other.thread().wait(Signals::THREAD_TERMINATED, INFINITE).expect("it ends");
        assert_eq!(stats(other.thread()).err(), Some(Status::BAD_STATE));
        assert_eq!(stats(&without(&new_thread(), Rights::INSPECT)).err(), Some(Status::ACCESS_DENIED));
    }

    fn task_statistics_tell_private_from_shared() {
        const LENGTH: usize = 64 * 4096;
        let told = |of: &Process| info::get::<abi::InfoTaskStats>(of, abi::INFO_TASK_STATS).expect("info");
        let (me, memory) = (process(), Vmo::create(LENGTH as u64).expect("a VMO"));
        memory.write(&vec![1; LENGTH], 0).expect("all of it is there");
        let before = told(&me);
        let mapping = Mapping::new(&memory, abi::VM_PERM_READ, LENGTH).expect("mapped");
        let mine = told(&me);
        assert!(mine.mem_private_bytes >= before.mem_private_bytes + LENGTH);
        let (other, root) = Process::create(&job(), "other").expect("a process");
        root.map(abi::VM_PERM_READ, 0, &memory, 0, LENGTH).expect("mapped");
        let ours = told(&me);
        assert!(ours.mem_private_bytes + LENGTH <= mine.mem_private_bytes + 4096 * 16, "{mine:?} {ours:?}");
        assert!(ours.mem_shared_bytes >= mine.mem_shared_bytes + LENGTH);
        assert!(ours.mem_scaled_shared_bytes < ours.mem_shared_bytes);
        let its = told(&other);
        assert_eq!((its.mem_mapped_bytes, its.mem_private_bytes), (LENGTH, 0));
        assert_eq!((its.mem_shared_bytes, its.mem_scaled_shared_bytes), (LENGTH, LENGTH / 2));
        drop(mapping);
        assert_eq!(told(&other).mem_private_bytes, LENGTH);
        Task::kill(&other).expect("killed");
    }

    fn no_thread_is_in_an_exception() {
        let report = |handle: u32| query(handle, abi::INFO_THREAD_EXCEPTION_REPORT, &mut [0; 64]).0;
        assert_eq!(report(first_thread().raw()), Status::BAD_STATE);
        assert_eq!(report(process().raw()), Status::WRONG_TYPE);
        assert_eq!(report(without(&new_thread(), Rights::INSPECT).raw()), Status::ACCESS_DENIED);
    }

    fn a_killed_process_and_its_job_tell_how_they_ended() {
        let job = job().create_child().expect("a job");
        let (process, _root) = Process::create(&job, "new").expect("a process");
        let told = info::process(&process).expect("info");
        assert_eq!((told.started, told.exited, told.debugger_attached), (0, 0, 0));
        let statistics = |process: &Process| info::get::<abi::InfoTaskStats>(process, abi::INFO_TASK_STATS);
        assert_eq!(statistics(&process).expect("info").mem_mapped_bytes, 0);
        job.kill().expect("killed");
        process.wait_terminated().expect("it ends");
        let told = info::process(&process).expect("info");
        // Started is what has left the state in which it was created.
        assert_eq!((told.started, told.exited, told.return_code), (1, 1, abi::TASK_RETCODE_SYSCALL_KILL));
        let told: abi::InfoJob = info::get(&job, abi::INFO_JOB).expect("info");
        assert_eq!((told.exited, told.return_code), (1, abi::TASK_RETCODE_SYSCALL_KILL));
        assert_eq!(statistics(&process).err(), Some(Status::BAD_STATE));
    }

    fn handle_table_lists_every_handle() {
        let event = Event::create().expect("an event").duplicate(Rights::WAIT | Rights::INSPECT).expect("a handle");
        let process = process();
        let mut records = vec![abi::InfoHandleExtended::default(); 64];
        let topic = abi::INFO_HANDLE_TABLE;
        let (status, actual, available) = query(process.raw(), topic, records.as_mut_slice().as_mut_bytes());
        assert_eq!((status, actual), (Status::OK, available));
        assert_eq!(Ok(actual), info::total_handles(&process));
        let mine = records.iter().find(|record| record.handle_value == event.raw()).expect("the event is listed");
        assert_eq!((mine.koid, mine.kind), (koid(&event), abi::OBJ_TYPE_EVENT));
        assert_eq!((mine.rights, mine.props), (Rights::WAIT | Rights::INSPECT, abi::OBJ_PROP_WAITABLE));
        let place = |raw| records.iter().position(|record| record.handle_value == raw);
        assert!(place(process.raw()) < place(event.raw()), "the newest first");
        let itself = records.iter().find(|record| record.handle_value == process.raw()).expect("it is listed");
        assert_eq!(itself.related_koid, koid(&job()));
        let (near, far) = Channel::create().expect("a channel");
        let peer_owner = |records: &mut [abi::InfoHandleExtended]| {
            assert_eq!(query(process.raw(), topic, records.as_mut_bytes()).0, Status::OK);
            let record = records.iter().find(|record| record.handle_value == near.raw());
            record.expect("the channel is listed").peer_owner_koid
        };
        assert_eq!(peer_owner(&mut records), koid(&process));
        let (left, _right) = Channel::create().expect("a channel");
        left.write(b"", vec![far.into()]).expect("write");
        assert_eq!(peer_owner(&mut records), 0, "it is in a message");
        for right in [Rights::INSPECT, Rights::MANAGE_PROCESS, Rights::MANAGE_THREAD] {
            assert_eq!(query(without(&process, right).raw(), topic, &mut []).0, Status::ACCESS_DENIED);
        }
        assert_eq!(query(event.raw(), topic, &mut []).0, Status::WRONG_TYPE);
    }

    fn resource_tells_its_kind() {
        let told: abi::InfoResource = info::get(resource(), abi::INFO_RESOURCE).expect("info");
        assert_eq!((told.kind, told.flags, told.base, told.size), (abi::RSRC_KIND_ROOT, 0, 0, 0));
        assert_eq!(told.name[..5], *b"root\0");
        let blind = resource().duplicate_handle(Rights::TRANSFER).expect("a handle");
        assert_eq!(query(blind.raw(), abi::INFO_RESOURCE, &mut [0; 64]).0, Status::ACCESS_DENIED);
        assert_eq!(query(process().raw(), abi::INFO_RESOURCE, &mut [0; 64]).0, Status::WRONG_TYPE);
    }

    fn timer_tells_its_slack_mode() {
        for mode in [abi::TIMER_SLACK_CENTER, abi::TIMER_SLACK_EARLY, abi::TIMER_SLACK_LATE] {
            let mut out = 0;
            assert_eq!(call!(zx_timer_create(mode, abi::CLOCK_MONOTONIC, &mut out)), Status::OK);
            let timer = Timer::from(Handle::from_raw(out));
            assert_eq!(timer_info(&timer).options, mode);
            timer.set(clock::deadline_after(3600 * clock::SECOND), 7).expect("set");
            assert_eq!(timer_info(&timer).options, mode, "set");
        }
    }

    fn timer_tells_when_it_fires() {
        let timer = Timer::create().expect("a timer");
        let unset = timer_info(&timer);
        assert_eq!((unset.options, unset.deadline, unset.slack), (abi::TIMER_SLACK_CENTER, 0, 0));
        let deadline = clock::deadline_after(3600 * clock::SECOND);
        timer.set(deadline, 7).expect("set");
        assert_eq!((timer_info(&timer).deadline, timer_info(&timer).slack), (deadline, 7));
        timer.cancel().expect("cancelled");
        assert_eq!((timer_info(&timer).deadline, timer_info(&timer).slack), (0, 0));
        timer.set(INFINITE, 7).expect("set");
        assert_eq!((timer_info(&timer).deadline, timer_info(&timer).slack), (INFINITE, 7), "set, and never fires");
        timer.set(1, 7).expect("set");
        assert_eq!((timer_info(&timer).deadline, timer_info(&timer).slack), (0, 0), "it has fired");
        assert_eq!(query(without(&timer, Rights::INSPECT).raw(), abi::INFO_TIMER, &mut [0; 24]).0, Status::ACCESS_DENIED);
        assert_eq!(query(process().raw(), abi::INFO_TIMER, &mut [0; 24]).0, Status::WRONG_TYPE);
    }
}
