//! Declaring tests, finding them, running them.

use alloc::boxed::Box;
use core::sync::atomic::{
    AtomicPtr,
    Ordering::{Acquire, Release},
};

use hafnon_user::{
    Job, Process, Result, Rights, Signals, Startup, Status, Vmo,
    abi::{
        INFO_PROCESS_THREADS, PA_JOB_DEFAULT, PA_PROC_SELF, PA_RESOURCE, PA_THREAD_SELF, PA_VMO_BOOTFS,
        PA_VMO_VDSO, THREAD_STATE_BLOCKED,
    },
    clock,
    handle::{AsHandle, Handle},
    info,
    launch::Launch,
    println,
    ramdisk::Ramdisk,
    task::{self, Task},
    thread::{self, JoinHandle},
};

/// One test, as it stands in the section `hafnon_test_table`.
#[repr(C)]
pub struct Test {
    /// The name, what it needs, and a line feed: the test's line in `.hafnon_tests`.
    pub line: &'static [u8],
    /// What it does; it fails by panicking.
    pub run: fn(),
}

/// Declares tests: functions that fail by panicking, each with what it `needs` of its machine, if anything:
/// the words that `qemu_tests::plan` knows.
macro_rules! user_test {
    ($($(#[doc = $doc:literal])* $(#[needs($needs:literal)])? fn $name:ident() $body:block)*) => { $(
        $(#[doc = $doc])*
        fn $name() {
            const LINE: &[u8] = $crate::harness::without_crate(
                concat!(module_path!(), "::", stringify!($name) $(, " ", $needs)?, "\n").as_bytes(),
            );
            #[used]
            #[unsafe(link_section = ".hafnon_tests")]
            static TEXT: [u8; LINE.len()] = $crate::harness::copy(LINE);
            #[used]
            #[unsafe(link_section = "hafnon_test_table")]
            static TEST: $crate::harness::Test = $crate::harness::Test { line: &TEXT, run };
            fn run() $body
        }
        // The function exists to give the statics a scope; the table calls what is inside.
        const _: fn() = $name;
    )* };
}

pub(crate) use user_test;

/// `crate::module::name` without the crate.
pub const fn without_crate(path: &'static [u8]) -> &'static [u8] {
    let mut start = 0;
    while path[start] != b':' {
        start += 1;
    }
    path.split_at(start + 2).1
}

/// The bytes of a slice whose length is known to be `N`.
pub const fn copy<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut copy = [0; N];
    let mut index = 0;
    while index < N {
        copy[index] = bytes[index];
        index += 1;
    }
    copy
}

unsafe extern "C" {
    #[link_name = "__start_hafnon_test_table"]
    static FIRST: u8;
    #[link_name = "__stop_hafnon_test_table"]
    static END: u8;
}

fn tests() -> &'static [Test] {
    let (first, end) = ((&raw const FIRST).cast::<Test>(), (&raw const END).cast::<Test>());
    // SAFETY: the linker puts whole records between the two symbols.
    unsafe { core::slice::from_raw_parts(first, end.offset_from_unsigned(first)) }
}

/// Makes a raw system call; its status.
macro_rules! call {
    ($name:ident($($argument:expr),* $(,)?)) => {
        // SAFETY: the buffers that the test passes outlive the call, or are meant to be refused.
        hafnon_user::Status::from_raw(unsafe { hafnon_user::sys::$name($($argument),*) })
    };
}

pub(crate) use call;

/// What tests find in their surroundings.
static STARTUP: AtomicPtr<Startup> = AtomicPtr::new(core::ptr::null_mut());

/// The startup handles. They stay for the whole run.
pub fn startup() -> &'static Startup {
    // SAFETY: set once before any test runs, from a leaked box.
    unsafe { &*STARTUP.load(Acquire) }
}

fn given(kind: u32) -> &'static Handle {
    startup().handle(kind).expect("the startup message has this handle")
}

/// The job that this process may use.
pub fn job() -> Job {
    given(PA_JOB_DEFAULT).duplicate_handle(Rights::SAME_RIGHTS).expect("a job").into()
}

/// This process.
pub fn process() -> Process {
    given(PA_PROC_SELF).duplicate_handle(Rights::SAME_RIGHTS).expect("a process").into()
}

/// The first thread of this process.
pub fn first_thread() -> &'static Handle {
    given(PA_THREAD_SELF)
}

/// The root resource.
pub fn resource() -> &'static Handle {
    given(PA_RESOURCE)
}

fn vmo(kind: u32) -> Vmo {
    given(kind).duplicate_handle(Rights::SAME_RIGHTS).expect("a VMO").into()
}

/// The vDSO.
pub fn vdso() -> Vmo {
    vmo(PA_VMO_VDSO)
}

/// The ramdisk.
pub fn bootfs() -> Vmo {
    vmo(PA_VMO_BOOTFS)
}

/// Starts the program at `path` of the ramdisk; `prepare` adds arguments and handles.
pub fn launch(path: &str, prepare: impl FnOnce(Launch<'_>) -> Launch<'_>) -> Result<Process> {
    let ramdisk = Ramdisk::map(&bootfs())?;
    let (job, vdso) = (job(), vdso());
    prepare(Launch::new(&job, &vdso, path)).start(ramdisk.program(path)?)
}

/// Starts this program again as a child that plays `role`.
pub fn child(role: &str, prepare: impl FnOnce(Launch<'_>) -> Launch<'_>) -> Process {
    let launched = launch("bin/tests", |launch| prepare(launch.argument("child").argument(role)));
    launched.expect("a child process starts")
}

/// As [`child`], with all that the tests themselves are given.
pub fn equal_child(role: &str, prepare: impl FnOnce(Launch<'_>) -> Launch<'_>) -> Process {
    child(role, |launch| prepare(with_handles(launch)))
}

/// A child's part that needs what the tests are given.
pub fn play(startup: &mut Startup, part: impl FnOnce() -> i64) -> i64 {
    prepare(startup);
    part()
}

fn prepare(startup: &mut Startup) {
    let startup = Box::leak(Box::new(core::mem::take(startup)));
    STARTUP.store(startup, Release);
}

/// Exit code of a run in which no test has the name.
const NO_SUCH_TEST: i64 = 102;
/// How long one of many tests may take.
const TIME_LIMIT: i64 = 10 * clock::SECOND;

/// How often to look for what has to come, with a sleep in between. Turns are counted and not time: on a host with
/// other work a guest may have few of them in a second.
pub const TURNS: u32 = 10_000;

/// Exit code of a run in which a test left handles behind.
const LEFT_HANDLES: i64 = 103;

/// Runs the test called `name`, and reports on the console: the host believes no exit code alone.
pub fn run_one(startup: &mut Startup, name: &str) -> i64 {
    println!("KTAP version 1\n1..1\n# start {name}");
    let code = run_silently(startup, name);
    if code == 0 {
        // The test may have left the console in the middle of a line.
        println!("\nok 1 {name}");
    }
    code
}

/// Runs the test called `name`; the exit code.
pub fn run_silently(startup: &mut Startup, name: &str) -> i64 {
    prepare(startup);
    match tests().iter().find(|test| label(test) == name) {
        Some(test) => run(test).map_or(LEFT_HANDLES, |()| 0),
        None => {
            println!("tests: there is no test {name}");
            NO_SUCH_TEST
        }
    }
}

/// Runs all tests, each in a process of its own, and prints them as KTAP.
pub fn run_all(startup: &mut Startup) -> i64 {
    prepare(startup);
    println!("KTAP version 1\n1..{}", tests().len());
    let mut failures = 0;
    for (number, test) in tests().iter().enumerate() {
        println!("# running {}", label(test));
        let outcome = run_apart(test);
        let result = if outcome == Ok(0) { "ok" } else { "not ok" };
        println!("{result} {} {}", number + 1, label(test));
        if outcome != Ok(0) {
            println!("# {outcome:?}");
            failures += 1;
        }
    }
    println!("# {failures} of {} failed", tests().len());
    i64::from(failures != 0)
}

/// Runs a test in a process of its own; its exit code, or how it could not be had.
fn run_apart(test: &Test) -> Result<i64> {
    let process =
        launch("bin/tests", |launch| with_handles(launch.argument("silently").argument(label(test))))?;
    let ended = process.wait(Signals::PROCESS_TERMINATED, clock::deadline_after(TIME_LIMIT));
    if ended.is_err() {
        process.kill()?;
    }
    process.wait_exit()
}

/// Adds what a process needs to run tests.
fn with_handles(launch: Launch<'_>) -> Launch<'_> {
    let same = |kind| given(kind).duplicate_handle(Rights::SAME_RIGHTS);
    let handles = [PA_JOB_DEFAULT, PA_RESOURCE, PA_VMO_BOOTFS].map(|kind| (kind, same(kind)));
    handles.into_iter().fold(launch, |launch, (kind, handle)| {
        handle.into_iter().fold(launch, |launch, handle| launch.handle(kind, handle))
    })
}

fn label(test: &Test) -> &'static str {
    core::str::from_utf8(test.line).unwrap_or_default().split_ascii_whitespace().next().unwrap_or_default()
}

/// Runs a test and compares the number of handles before and after.
fn run(test: &Test) -> Result<()> {
    let process = given(PA_PROC_SELF);
    let before = info::total_handles(process)?;
    (test.run)();
    let after = info::total_handles(process)?;
    if before == after {
        return Ok(());
    }
    println!("{}: {before} handles before, {after} after", label(test));
    Err(Status::BAD_STATE)
}

/// Runs `main` on a new thread, and returns once that waits: when its state is `state`.
pub fn blocked<T: Send + 'static>(state: u32, main: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    let thread = thread::spawn("waiter", main).expect("a thread starts");
    for _ in 0..TURNS {
        if info::thread(thread.thread()).expect("every thread tells its state").state == state {
            return thread;
        }
        clock::sleep(clock::MILLISECOND / 4).expect("sleep");
    }
    panic!("the thread never got into state {state:#x}")
}

/// Returns once all threads that a process has wait.
pub fn all_wait(process: &Process) {
    /// The kinds of waiting are in the bits above.
    const KIND: u32 = 0xff;
    let waits = |koid: &u64| {
        let thread = task::child(process, *koid, Rights::SAME_RIGHTS).expect("a thread of the process");
        info::thread(&thread).expect("every thread tells its state").state & KIND == THREAD_STATE_BLOCKED
    };
    for _ in 0..TURNS {
        if info::koids(process, INFO_PROCESS_THREADS).expect("its threads").iter().all(waits) {
            return;
        }
        clock::sleep(clock::MILLISECOND / 4).expect("sleep");
    }
    panic!("they never wait")
}

/// A raw value that no handle has: its two low bits are clear.
pub const NO_HANDLE: u32 = 0x1234_5670;

/// The raw value of a handle that was closed.
pub fn stale_handle() -> u32 {
    hafnon_user::Event::create().expect("an event").raw()
}

/// A second handle to the same object without some rights.
pub fn without<T: AsHandle + From<Handle>>(object: &T, rights: Rights) -> T {
    let have = info::basic(object).expect("every handle here has INSPECT").rights;
    object.duplicate_handle(have.difference(rights)).expect("fewer rights are always granted").into()
}
