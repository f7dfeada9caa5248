//! Pages of a VMO that somebody else has made. Who made it pays for them, and ends when his job may not have more: who
//! touches them does not, unless he is in that job.

use alloc::vec::Vec;

use hafnon_user::{
    AsHandle, Channel, Job, Process, Rights, Signals, Status, Vmo,
    abi::{PA_USER0, PROP_JOB_MEMORY_LIMIT, TASK_RETCODE_EXCEPTION_KILL, TASK_RETCODE_OOM_KILL},
    clock::INFINITE,
    startup::Startup,
    task::Task,
    vmar::PAGE_SIZE,
};

use crate::{
    children::SURVIVED,
    harness::{call, job, user_test},
    hunger::{CONTENT, Fresh, limited, memory, start_in},
};

/// How many pages the job of a maker may have.
const LIMIT: usize = 1_000;
/// How many a maker keeps for himself.
const OWN: usize = 500;
/// How many he makes for others: more than he may have.
const SHARED: usize = 3_000;
/// So many of these that the others in his job can stay if the maker goes.
const SOME: usize = 700;

/// A child's part: makes memory for others, takes some of its own, and ends, or stays as long as it is needed.
pub fn share(startup: &mut Startup, role: &str) -> i64 {
    let line: Channel = startup.take_object(PA_USER0).expect("a channel");
    let (shared, own) = (memory(SHARED), memory(OWN));
    if role == "share" {
        (0..OWN).for_each(|page| own.write(&[1], (page * PAGE_SIZE) as u64).expect("it may have these"));
    }
    let copy = shared.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle");
    line.write(&[], Vec::from([copy])).expect("sent");
    if role == "share-and-end" {
        return CONTENT;
    }
    line.wait(Signals::CHANNEL_PEER_CLOSED, INFINITE).expect("not needed any more");
    SURVIVED
}

/// A child's part: touches pages of memory that somebody else has made, all or some of them.
pub fn use_shared(startup: &mut Startup, role: &str) -> i64 {
    let shared: Vmo = startup.take_object(PA_USER0).expect("memory");
    Fresh::of(&shared, if role == "use-all" { SHARED } else { SOME }).touch(|| true);
    CONTENT
}

/// Somebody who has made memory for others.
struct Maker {
    process: Process,
    shared: Vmo,
    _line: Channel,
}

impl Maker {
    fn start_in(job: &Job, role: &str) -> Self {
        let (line, far) = Channel::create().expect("a channel");
        let process = start_in(job, role, |launch| launch.handle(PA_USER0, far));
        line.wait(Signals::CHANNEL_READABLE, INFINITE).expect("it makes memory");
        let shared = line.read().expect("a message").handles.pop().expect("a handle").into();
        Self { process, shared, _line: line }
    }

    /// Starts somebody who uses the memory.
    fn user_in(&self, job: &Job, role: &str) -> Process {
        let copy = self.shared.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle");
        start_in(job, role, |launch| launch.handle(PA_USER0, copy))
    }

    /// Writes to one page after the other until a call says that there is no memory; how many it were.
    fn write_in_calls(&self) -> usize {
        let write = |page: &usize| self.shared.write(&[1], (page * PAGE_SIZE) as u64);
        let written = (0..SHARED).take_while(|page| write(page).is_ok()).count();
        if written < SHARED {
            assert_eq!(write(&written), Err(Status::NO_MEMORY));
        }
        written
    }
}

fn lives(process: &Process) -> bool {
    process.wait(Signals::PROCESS_TERMINATED, 0) == Err(Status::TIMED_OUT)
}

fn limited_job() -> Job {
    limited(PROP_JOB_MEMORY_LIMIT, (LIMIT * PAGE_SIZE) as u64)
}

user_test! {
    #[needs("cpus=1,4")]
    fn who_made_it_ends_and_who_touches_it_goes_on() {
        let (job, modest) = (limited_job(), job().create_child().expect("a job"));
        let (near, far) = Channel::create().expect("a channel");
        let neighbour = start_in(&job, "wait-event", |launch| launch.handle(PA_USER0, far));
        near.wait(Signals::CHANNEL_READABLE, INFINITE).expect("it waits");
        let maker = Maker::start_in(&job, "share");
        assert_eq!(maker.user_in(&modest, "use-some").wait_exit(), Ok(CONTENT));
        assert_eq!(maker.process.wait_exit(), Ok(TASK_RETCODE_OOM_KILL));
        assert!(lives(&neighbour), "no more end than have to");
        let users = [(); 3].map(|()| maker.user_in(&modest, "use-all"));
        assert_eq!(users.map(|user| user.wait_exit()), [Ok(CONTENT); 3]);
        assert_eq!(neighbour.wait_exit(), Ok(TASK_RETCODE_OOM_KILL), "or they had it all, and more than they may");
    }

    /// Each time in a job of its own: one that is full has no page tables left for somebody who lies elsewhere.
    fn who_is_in_the_job_ends_itself() {
        for is_below in [false, true] {
            let job = limited_job();
            let maker = Maker::start_in(&job, "share");
            let user = if is_below {
                maker.user_in(&job.create_child().expect("a job"), "use-all")
            } else {
                maker.user_in(&job, "use-all")
            };
            assert_eq!(user.wait_exit(), Ok(TASK_RETCODE_EXCEPTION_KILL));
            assert!(lives(&maker.process));
        }
    }

    /// Its limit is for nobody, also if somebody could be started there still.
    fn what_a_job_has_left_in_which_nobody_lives_can_be_used() {
        let modest = job().create_child().expect("a job");
        for is_killed in [false, true] {
            let job = limited_job();
            let maker = Maker::start_in(&job, "share-and-end");
            assert_eq!(maker.process.wait_exit(), Ok(CONTENT));
            if is_killed {
                job.kill().expect("it was there");
                job.wait(Signals::JOB_TERMINATED, INFINITE).expect("it ends");
            }
            let written = maker.write_in_calls();
            assert!(if is_killed { written == SHARED } else { written <= LIMIT }, "{written} pages");
            assert_eq!(maker.user_in(&modest, "use-all").wait_exit(), Ok(CONTENT));
        }
    }

    /// They answer that there is no memory. Random bytes have no answer, and come as a page fault does.
    fn calls_that_need_such_a_page_have_nobody_end() {
        let job = limited_job();
        let maker = Maker::start_in(&job, "share");
        let written = maker.write_in_calls();
        assert!(written < LIMIT - OWN, "{written} pages");
        let base = Fresh::of(&maker.shared, SHARED).base;
        let fresh = base + (SHARED - 2) * PAGE_SIZE;
        assert_eq!(call!(zx_event_create(0, fresh as *mut u32)), Status::NO_MEMORY);
        assert_eq!(call!(zx_vmo_read(maker.shared.raw(), fresh as *mut _, 0, PAGE_SIZE)), Status::NO_MEMORY);
        assert!(lives(&maker.process));
        // SAFETY: the bytes are mapped, and nobody has a reference to them.
        unsafe { hafnon_user::sys::zx_cprng_draw((fresh + PAGE_SIZE - 8) as *mut _, 16) };
        assert_eq!(maker.process.wait_exit(), Ok(TASK_RETCODE_OOM_KILL));
    }
}
