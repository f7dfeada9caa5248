//! Page faults while there is no memory: who needs a page waits for it, and who has them all goes.

use alloc::vec::Vec;

use hafnon_user::{
    AsHandle, Channel, Event, EventPair, Job, Process, Rights, Signals, Status, Vmo,
    abi::{
        PA_USER0, PROP_JOB_HANDLE_LIMIT, PROP_JOB_MEMORY_LIMIT, SYSTEM_EVENT_IMMINENT_OUT_OF_MEMORY,
        SYSTEM_EVENT_MEMORY_PRESSURE_CRITICAL, SYSTEM_EVENT_OUT_OF_MEMORY, TASK_RETCODE_EXCEPTION_KILL,
        TASK_RETCODE_OOM_KILL,
    },
    clock::{self, INFINITE},
    handle::{WaitItem, wait_many},
    launch::Launch,
    ramdisk::Ramdisk,
    startup::{Startup, root_vmar},
    vmar::{PAGE_SIZE, READ_WRITE},
};

use crate::{
    children::SURVIVED,
    harness::{bootfs, call, job, user_test, vdso},
    pressure::{glutton, use_up},
    property,
};

/// More pages than the machine has.
const TOO_MANY: usize = 1 << 20;
/// How many pages somebody needs who does not need much.
const FEW: usize = 1_000;
/// Exit code of one who has got what it needs.
pub const CONTENT: i64 = 7;

/// So many pages that nobody has touched.
pub struct Fresh {
    pub base: usize,
    pages: usize,
}

impl Fresh {
    fn map(pages: usize) -> Self {
        Self::of(&memory(pages), pages)
    }

    /// The first pages of this VMO.
    pub fn of(vmo: &Vmo, pages: usize) -> Self {
        let root = root_vmar().expect("a root region");
        let base = root.map(READ_WRITE, 0, vmo, 0, pages * PAGE_SIZE).expect("mapped");
        Self { base, pages }
    }

    /// Writes to one page after the other, as long as this answers true after each. Makes page faults and no calls,
    /// as a call may answer that there is no memory.
    pub fn touch(self, mut goes_on: impl FnMut() -> bool) {
        for page in 0..self.pages {
            let place = core::ptr::with_exposed_provenance_mut::<u8>(self.base + page * PAGE_SIZE);
            // SAFETY: the page is mapped, and nobody has a reference into it.
            unsafe { place.write_volatile(1) };
            if !goes_on() {
                return;
            }
        }
    }
}

pub fn memory(pages: usize) -> Vmo {
    Vmo::create((pages * PAGE_SIZE) as u64).expect("a VMO")
}

/// A child's part: takes all memory.
pub fn hog() -> i64 {
    Fresh::map(TOO_MANY).touch(|| true);
    SURVIVED
}

/// A child's part: takes all memory for messages that nobody reads.
pub fn hog_with_messages() -> i64 {
    let (near, _far) = Channel::create().expect("a channel");
    let bytes = alloc::vec![1; 60_000];
    loop {
        // When there is no memory for more, it tries again and again.
        let _ = near.write(&bytes, Vec::new());
    }
}

/// A child's part: takes all memory in calls, which fail, and then needs some for its registers.
pub fn hog_with_registers() -> i64 {
    let taken = glutton();
    use_up(&taken);
    // SAFETY: changes no register that compiled code uses.
    unsafe { core::arch::asm!("fninit", options(nomem, nostack)) };
    SURVIVED
}

/// A child's part: takes all memory, for somebody else, and ends.
pub fn hog_for_others(startup: &mut Startup) -> i64 {
    let line: Channel = startup.take_object(PA_USER0).expect("a channel");
    let taken = glutton();
    line.write(&[], Vec::from([taken.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle")]))
        .expect("sent");
    use_up(&taken);
    CONTENT
}

/// A child's part: needs a little memory, again and again, from the moment on that it is told to.
pub fn bystander(startup: &mut Startup) -> i64 {
    let line: EventPair = startup.take_object(PA_USER0).expect("an event pair");
    let pages = Fresh::map(FEW);
    line.signal_peer(Signals::empty(), Signals::USER_SIGNAL_0).expect("the test is told");
    line.wait(Signals::USER_SIGNAL_0, INFINITE).expect("told to begin");
    pages.touch(|| {
        clock::yield_now();
        true
    });
    CONTENT
}

/// A child's part: commits pages in calls until that fails; how many, or the negative error if it is another one.
pub fn spend_pages() -> i64 {
    let (vmo, byte, mut pages) = (memory(TOO_MANY), 1_u8, 0);
    loop {
        let offset = (pages * PAGE_SIZE) as u64;
        match call!(zx_vmo_write(vmo.raw(), (&raw const byte).cast(), offset, 1)) {
            Status::OK => pages += 1,
            Status::NO_MEMORY => return pages as i64,
            other => return other.raw().into(),
        }
    }
}

/// A child's part: makes objects until that fails; how many, or the negative error if it is another one.
pub fn spend_handles() -> i64 {
    let mut kept = Vec::new();
    loop {
        match Event::create() {
            Ok(event) => kept.push(event),
            Err(Status::NO_RESOURCES) => return kept.len() as i64,
            Err(other) => return other.raw().into(),
        }
    }
}

/// A child's part: sends handles that nobody reads until there are no more; how many, or the negative error if it is another
/// one.
pub fn send_handles() -> i64 {
    let ((near, _far), event) = (Channel::create().expect("a channel"), Event::create().expect("an event"));
    let mut sent = 0;
    loop {
        let copy = match event.duplicate_handle(Rights::SAME_RIGHTS) {
            Ok(copy) => copy,
            Err(Status::NO_RESOURCES) => return sent,
            Err(other) => return other.raw().into(),
        };
        match near.write(b"unread", alloc::vec![copy]) {
            Ok(()) => sent += 1,
            Err(other) => return other.raw().into(),
        }
    }
}

/// A job in which children may have so much of something, and no more.
pub fn limited(property: u32, limit: u64) -> Job {
    let job = job().create_child().expect("a job");
    assert_eq!(property::set(&job, property, limit), Status::OK);
    job
}

/// Starts a child in this job.
pub fn child_in(job: &Job, role: &str) -> Process {
    start_in(job, role, |launch| launch)
}

pub fn start_in(job: &Job, role: &str, more: impl FnOnce(Launch) -> Launch) -> Process {
    let (ramdisk, vdso) = (Ramdisk::map(&bootfs()).expect("the ramdisk"), vdso());
    let launch = more(Launch::new(job, &vdso, "bin/tests").argument("child").argument(role));
    launch.start(ramdisk.program("bin/tests").expect("this program")).expect("a child")
}

/// A child that needs a little memory, and has made all calls that it will make.
struct Bystander {
    process: Process,
    line: EventPair,
}

impl Bystander {
    fn start_in(job: &Job) -> Self {
        let (line, far) = EventPair::create().expect("an event pair");
        let process = start_in(job, "bystander", |launch| launch.handle(PA_USER0, far));
        line.wait(Signals::USER_SIGNAL_0, INFINITE).expect("it is ready");
        Self { process, line }
    }

    fn begin(&self) {
        self.line.signal_peer(Signals::empty(), Signals::USER_SIGNAL_0).expect("it is told");
    }
}

/// Waits for any of the levels: one may be left out.
fn wait_until_memory_is_nearly_full() {
    let levels = [
        SYSTEM_EVENT_MEMORY_PRESSURE_CRITICAL,
        SYSTEM_EVENT_IMMINENT_OUT_OF_MEMORY,
        SYSTEM_EVENT_OUT_OF_MEMORY,
    ];
    let levels = levels.map(|kind| Event::of_system(&job(), kind).expect("an event"));
    let mut items = levels.each_ref().map(|level| WaitItem::new(level, Signals::EVENT_SIGNALED));
    wait_many(&mut items, INFINITE).expect("somebody has nearly all");
}

user_test! {
    #[needs("memory=64M timeout=120")]
    fn a_hog_goes_and_a_bystander_lives() {
        let [greedy, modest] = [(); 2].map(|()| job().create_child().expect("a job"));
        let bystanders = [(); 3].map(|()| Bystander::start_in(&modest));
        let hog = child_in(&greedy, "hog");
        bystanders.iter().for_each(Bystander::begin);
        assert_eq!(hog.wait_exit(), Ok(TASK_RETCODE_OOM_KILL));
        for bystander in bystanders {
            assert_eq!(bystander.process.wait_exit(), Ok(CONTENT));
        }
    }

    /// It is charged to a job that is gone, and with whoever has it goes the job in which that one was.
    #[needs("memory=64M timeout=120")]
    fn who_has_others_take_it_goes_as_well() {
        let [greedy, modest] = [(); 2].map(|()| job().create_child().expect("a job"));
        let bystanders = [(); 3].map(|()| Bystander::start_in(&modest));
        let (near, far) = Channel::create().expect("a channel");
        let keeper = start_in(&greedy, "wait-event", |launch| launch.handle(PA_USER0, far));
        near.wait(Signals::CHANNEL_READABLE, INFINITE).expect("it waits");
        assert_eq!(near.read().expect("it waits").bytes, b"about to wait");
        let inner = greedy.create_child().expect("a job");
        let hog = start_in(&inner, "hog-for-others", |launch| launch.handle(PA_USER0, near));
        assert_eq!(hog.wait_exit(), Ok(CONTENT));
        drop((hog, inner));
        bystanders.iter().for_each(Bystander::begin);
        for bystander in bystanders {
            assert_eq!(bystander.process.wait_exit(), Ok(CONTENT));
        }
        assert_eq!(keeper.wait_exit(), Ok(TASK_RETCODE_OOM_KILL));
    }

    #[needs("memory=64M timeout=120")]
    fn who_fills_queues_goes_as_well() {
        let (pages, greedy) = (Fresh::map(TOO_MANY), job().create_child().expect("a job"));
        let hog = child_in(&greedy, "hog-with-messages");
        wait_until_memory_is_nearly_full();
        pages.touch(|| {
            clock::yield_now();
            hog.wait(Signals::PROCESS_TERMINATED, 0).is_err()
        });
        assert_eq!(hog.wait_exit(), Ok(TASK_RETCODE_OOM_KILL));
    }

    /// The first FPU instruction of a thread needs memory as a page does.
    #[needs("cpus=1,4 memory=64M timeout=120")]
    fn registers_come_out_of_no_reserve() {
        let [greedy, modest] = [(); 2].map(|()| job().create_child().expect("a job"));
        let bystander = Bystander::start_in(&modest);
        assert_eq!(child_in(&greedy, "hog-with-registers").wait_exit(), Ok(TASK_RETCODE_OOM_KILL));
        bystander.begin();
        assert_eq!(bystander.process.wait_exit(), Ok(CONTENT));
    }

    fn a_job_has_no_more_than_it_may() {
        const PAGES: i64 = 1_000;
        const HANDLES: i64 = 300;
        let outer = limited(PROP_JOB_MEMORY_LIMIT, PAGES as u64 * PAGE_SIZE as u64);
        let inner = outer.create_child().expect("a job");
        for _ in 0..3 {
            let spent = child_in(&inner, "spend-pages").wait_exit().expect("it ends");
            assert!((PAGES - 100..=PAGES).contains(&spent), "{spent} pages, and what was had came back");
        }
        assert_eq!(child_in(&inner, "hog").wait_exit(), Ok(TASK_RETCODE_EXCEPTION_KILL));
        let handles = limited(PROP_JOB_HANDLE_LIMIT, HANDLES as u64);
        for role in ["spend-handles", "send-handles", "spend-handles"] {
            let spent = child_in(&handles, role).wait_exit().expect("it ends");
            assert!((HANDLES - 50..=HANDLES).contains(&spent), "{spent} handles by {role}");
        }
        assert_eq!(property::get(&handles, PROP_JOB_HANDLE_LIMIT), Ok(HANDLES as u64));
        assert_eq!(property::get(&outer, PROP_JOB_MEMORY_LIMIT), Ok((PAGES as u64) * PAGE_SIZE as u64));
    }

    #[needs("memory=64M timeout=120")]
    fn a_process_of_the_root_job_goes_before_the_first() {
        let hog = child_in(&job(), "hog");
        assert_eq!(hog.wait_exit(), Ok(TASK_RETCODE_OOM_KILL));
    }
}
