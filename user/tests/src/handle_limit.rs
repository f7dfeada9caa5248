//! What happens when the system, or a job, has as many handles as it may: creating fails as a whole, moving goes on.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, EventPair, Job, Port, Process, Rights, Signals, Status, Timer,
    abi::{PROP_JOB_HANDLE_LIMIT, SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL},
    handle::Handle,
    info,
};

use crate::{
    harness::{call, job, process, user_test},
    property,
};

/// Handles that use up all there may be, and the object behind them.
struct Full {
    event: Event,
    raw: Vec<u32>,
}

impl Full {
    fn new() -> Self {
        let mut full = Self::none();
        assert_eq!(full.fill(), Status::NO_MEMORY);
        full
    }

    /// None of them yet.
    fn none() -> Self {
        Self { event: Event::create().expect("an event"), raw: Vec::new() }
    }

    /// Duplicates until that fails; how it fails.
    fn fill(&mut self) -> Status {
        let mut out = 0;
        loop {
            match call!(zx_handle_duplicate(self.event.raw(), Rights::SAME_RIGHTS.bits(), &mut out)) {
                Status::OK => self.raw.push(out),
                status => return status,
            }
        }
    }

    /// Makes room for so many handles.
    fn give(&mut self, count: usize) {
        let kept = self.raw.len() - count;
        assert_eq!(call!(zx_handle_close_many(self.raw[kept..].as_ptr(), count)), Status::OK);
        self.raw.truncate(kept);
    }
}

impl Drop for Full {
    fn drop(&mut self) {
        self.give(self.raw.len());
    }
}

/// This process while its job may have no more handles.
pub struct Limited {
    full: Full,
    job: Job,
    /// The limit that there was before.
    limit: u64,
}

impl Limited {
    pub fn new() -> Self {
        let (full, job) = (Full::none(), job());
        let limit = property::get(&job, PROP_JOB_HANDLE_LIMIT).expect("a limit");
        assert_eq!(property::set(&job, PROP_JOB_HANDLE_LIMIT, 0), Status::OK);
        let mut limited = Self { full, job, limit };
        limited.fill();
        limited
    }

    /// Uses up what is left of the handles that were charged already.
    pub fn fill(&mut self) {
        assert_eq!(self.full.fill(), Status::NO_RESOURCES);
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        assert_eq!(property::set(&self.job, PROP_JOB_HANDLE_LIMIT, self.limit), Status::OK);
    }
}

user_test! {
    fn what_gets_no_handle_is_not_left_behind() {
        let job = job().create_child().expect("a job");
        let mut full = Full::new();
        assert_eq!(Process::create(&job, "no handle").err(), Some(Status::NO_MEMORY));
        // With one handle left, it is the second that fails.
        full.give(1);
        assert_eq!(Process::create(&job, "no root").err(), Some(Status::NO_MEMORY));
        drop(full);
        job.wait(Signals::JOB_NO_PROCESSES, 0).expect("no process is left in it");
    }

    fn events_of_the_system_are_handles_too() {
        let (job, _full) = (job(), Full::new());
        let event = Event::of_system(&job, SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL);
        assert_eq!(event.err(), Some(Status::NO_MEMORY));
    }

    fn pairs_are_made_whole_or_not_at_all() {
        let mut full = Full::new();
        for room in [0, 1] {
            full.give(room);
            assert_eq!(Channel::create().err(), Some(Status::NO_MEMORY));
            assert_eq!(EventPair::create().err(), Some(Status::NO_MEMORY));
            // What room there was is still there.
            assert_eq!(Event::create().is_ok(), room == 1);
            assert_eq!(Port::create().is_ok(), room == 1);
            assert_eq!(Timer::create().is_ok(), room == 1);
        }
        full.give(1);
        Channel::create().expect("a channel");
        assert_eq!(full.fill(), Status::NO_MEMORY);
    }

    fn handles_move_without_room_for_more() {
        let (left, right) = Channel::create().expect("a channel");
        let (sent, koid) = {
            let event = Event::create().expect("an event");
            let koid = info::basic(&event).expect("info").koid;
            (Handle::from(event), koid)
        };
        let (process, _full) = (process(), Full::new());
        left.write(b"moves", vec![sent]).expect("write");
        let mut message = right.read().expect("read");
        let sent = message.handles.remove(0);
        assert_eq!(info::basic(&sent).expect("info").koid, koid);
        let sent = sent.replace(Rights::SAME_RIGHTS).expect("a replacement");
        assert_eq!(sent.duplicate_handle(Rights::SAME_RIGHTS).err(), Some(Status::NO_MEMORY));
        let before = info::total_handles(&process).expect("info");
        drop(sent);
        assert_eq!(info::total_handles(&process).expect("info"), before - 1);
    }
}
