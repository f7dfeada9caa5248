//! Page faults while there is no memory: who needs a page waits for it, and who has them all goes.

use alloc::vec::Vec;

use hafnon_user::{
    AsHandle, Channel, Event, Job, Process, Signals, Status, Vmo,
    abi::{PROP_JOB_HANDLE_LIMIT, PROP_JOB_MEMORY_LIMIT, TASK_RETCODE_EXCEPTION_KILL, TASK_RETCODE_OOM_KILL},
    clock,
    launch::Launch,
    ramdisk::Ramdisk,
    startup::root_vmar,
    vmar::{PAGE_SIZE, READ_WRITE},
};

use crate::{
    children::SURVIVED,
    harness::{bootfs, call, job, user_test, vdso},
    property,
};

/// More pages than the machine has.
const TOO_MANY: usize = 1 << 20;
/// How many pages somebody needs who does not need much.
const FEW: usize = 1_000;
/// Exit code of one who has got what it needs.
const CONTENT: i64 = 7;

/// Writes to so many fresh pages, and does something else after each.
fn touch(pages: usize, mut after_each: impl FnMut()) {
    let (root, vmo) = (root_vmar().expect("a root region"), memory(pages));
    let base = root.map(READ_WRITE, 0, &vmo, 0, pages * PAGE_SIZE).expect("mapped");
    for page in 0..pages {
        let place = core::ptr::with_exposed_provenance_mut::<u8>(base + page * PAGE_SIZE);
        // SAFETY: the page is mapped, and nobody has a reference into it.
        unsafe { place.write_volatile(1) };
        after_each();
    }
}

fn memory(pages: usize) -> Vmo {
    Vmo::create((pages * PAGE_SIZE) as u64).expect("a VMO")
}

/// A child's part: takes all memory.
pub fn hog() -> i64 {
    touch(TOO_MANY, || ());
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

/// A child's part: needs a little memory, again and again, for as long as the one does whose process this is.
pub fn bystander() -> i64 {
    for _ in 0..FEW / 50 {
        touch(50, clock::yield_now);
    }
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

/// A job in which children may have so much of something, and no more.
fn limited(property: u32, limit: u64) -> Job {
    let job = job().create_child().expect("a job");
    assert_eq!(property::set(&job, property, limit), Status::OK);
    job
}

/// Starts a child in this job.
fn child_in(job: &Job, role: &str) -> Process {
    let (ramdisk, vdso) = (Ramdisk::map(&bootfs()).expect("the ramdisk"), vdso());
    let launch = Launch::new(job, &vdso, "bin/tests").argument("child").argument(role);
    launch.start(ramdisk.file("bin/tests").expect("this program")).expect("a child")
}

user_test! {
    #[needs("memory=64M timeout=120")]
    fn a_hog_goes_and_a_bystander_lives() {
        let [greedy, modest] = [(); 2].map(|()| job().create_child().expect("a job"));
        let hog = child_in(&greedy, "hog");
        let bystanders = [(); 3].map(|()| child_in(&modest, "bystander"));
        assert_eq!(hog.wait_exit(), Ok(TASK_RETCODE_OOM_KILL));
        for bystander in bystanders {
            assert_eq!(bystander.wait_exit(), Ok(CONTENT));
        }
        // And one that has nothing when the next hog comes.
        let greedy = job().create_child().expect("a job");
        let (hog, late) = (child_in(&greedy, "hog"), child_in(&modest, "bystander"));
        assert_eq!((hog.wait_exit(), late.wait_exit()), (Ok(TASK_RETCODE_OOM_KILL), Ok(CONTENT)));
    }

    #[needs("memory=64M timeout=120")]
    fn who_fills_queues_goes_as_well() {
        let greedy = job().create_child().expect("a job");
        let hog = child_in(&greedy, "hog-with-messages");
        for _ in 0..TOO_MANY {
            if hog.wait(Signals::PROCESS_TERMINATED, 0).is_ok() {
                break;
            }
            touch(1, clock::yield_now);
        }
        assert_eq!(hog.wait_exit(), Ok(TASK_RETCODE_OOM_KILL));
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
        for _ in 0..3 {
            let spent = child_in(&handles, "spend-handles").wait_exit().expect("it ends");
            assert!((HANDLES - 50..=HANDLES).contains(&spent), "{spent} handles");
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
