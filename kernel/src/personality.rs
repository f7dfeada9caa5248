//! Personalities: what a system call means, which is one value of each process. A kernel binary names those that it
//! contains ([`kernel!`](crate::kernel)); a process gets the last of them that its job grants, when it is made.
//!
//! ```text
//! kernel!(personalities: [Zircon, Magenta]) ─▶ all() ─▶ of_job ─▶ Machine::personality ─▶ thread::start_as::<Magenta>
//! ```
//! A personality is a table of entries, and a future for what an entry does not answer. Each has its own copy of the
//! life of a thread ([`thread`]), so that nothing on the way of a call is looked up in the process.

use crate::machine::process::Machine;
use crate::sched::thread::{self, Beginning};
use crate::sched::{Args, Blocked, Caller};
use abi::Status;
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::pin::Pin;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use core::task::Poll;
use objects::{Job, Thread};

/// What answers a call, behind the decoding of its arguments: with what goes to rax, or not yet. Then the thread is in
/// one of the waits that it keeps, or else the call is an async function: see [`Personality::blocking`].
pub type Entry = fn(&Caller, &Args, Pin<&mut Blocked>) -> Poll<i64>;

/// A future that is a call, for tests that make calls of others.
pub type Call<'a> = Pin<Box<dyn Future<Output = i64> + Send + 'a>>;

/// The system calls of a kind of process.
pub trait Personality: Sync + 'static {
    /// Its bit among those that a job grants: `PERSONALITY_*`.
    const BIT: u64;

    /// Its calls.
    fn doors() -> &'static Doors;

    /// Runs the call whose entry does not answer; its result belongs into rax.
    fn blocking(number: u64, caller: &Caller, args: &Args) -> impl Future<Output = i64> + Send;
}

/// A personality as a value, which processes keep.
pub trait AnyPersonality: Sync {
    /// [`Personality::BIT`]
    fn bit(&self) -> u64;

    /// [`Personality::doors`]
    fn doors(&self) -> &'static Doors;

    /// [`Personality::blocking`], on the heap: for tests that make calls of others.
    fn blocking<'a>(&self, number: u64, caller: &'a Caller, args: &'a Args) -> Call<'a>;

    /// Starts a thread of a process of this personality: see [`thread::start`].
    ///
    /// # Errors
    /// As there.
    fn start(
        &self,
        thread: &Arc<Thread>,
        machine: Arc<Machine>,
        first: bool,
        beginning: Beginning,
    ) -> Result<(), Status>;
}

impl<P: Personality> AnyPersonality for P {
    fn bit(&self) -> u64 {
        P::BIT
    }

    fn doors(&self) -> &'static Doors {
        P::doors()
    }

    fn blocking<'a>(&self, number: u64, caller: &'a Caller, args: &'a Args) -> Call<'a> {
        Box::pin(P::blocking(number, caller, args))
    }

    fn start(
        &self,
        thread: &Arc<Thread>,
        machine: Arc<Machine>,
        first: bool,
        beginning: Beginning,
    ) -> Result<(), Status> {
        thread::start_as::<P>(thread, machine, first, beginning)
    }
}

/// The entries of a personality's calls, and where the vDSO makes each of them.
pub struct Doors {
    entries: &'static [Entry],
    returns: &'static [AtomicU64],
}

impl Doors {
    /// What no code has an offset of, as user addresses have 47 bits: the call is not made by the vDSO.
    pub const NOWHERE: u64 = 1 << 63;

    /// Closed doors: so many entries, and as many places for what [`Doors::open`] notes, each [`Doors::NOWHERE`].
    pub const fn new(entries: &'static [Entry], returns: &'static [AtomicU64]) -> Self {
        assert!(entries.len() == returns.len());
        Self { entries, returns }
    }

    /// What answers a system call of this number that returns to `offset` in the vDSO's code; `None` unless it comes
    /// from the one SYSCALL that the vDSO has for it.
    #[inline(always)] // reason: every call passes here
    pub fn entry(&self, number: u64, offset: u64) -> Option<Entry> {
        let entry = self.entries.get(number as usize)?;
        (self.returns.get(number as usize)?.load(Relaxed) == offset).then_some(*entry)
    }

    /// What answers a call of this number, wherever it is made: for tests that make calls of others.
    pub fn entry_of(&self, number: u64) -> Option<Entry> {
        self.entries.get(number as usize).copied()
    }

    /// Notes that the vDSO makes this call, and returns to `offset` in its code; nothing if the personality does not
    /// know the number.
    ///
    /// # Errors
    /// `INVALID_ARGS` if it makes the call somewhere else, too.
    pub fn open(&self, number: u32, offset: u64) -> Result<(), Status> {
        match self.returns.get(number as usize).map(|place| place.swap(offset, Relaxed)) {
            None | Some(Self::NOWHERE) => Ok(()),
            Some(_) => Err(Status::INVALID_ARGS),
        }
    }
}

/// The personalities that the kernel binary names.
#[allow(unsafe_code, reason = "the list is in another crate, which depends on this one")]
pub fn all() -> &'static [&'static dyn AnyPersonality] {
    unsafe extern "Rust" {
        #[link_name = "hafnon_personalities"]
        static PERSONALITIES: &'static [&'static dyn AnyPersonality];
    }
    // SAFETY: only `kernel!` defines the symbol, with this type; it is a constant.
    unsafe { PERSONALITIES }
}

/// The one that processes in this job get; `None` if it grants none of those that there are.
pub fn of_job(job: &Job) -> Option<&'static dyn AnyPersonality> {
    let granted = job.personalities();
    all().iter().rev().find(|personality| personality.bit() & granted != 0).copied()
}

/// The bits of those that there are.
pub fn bits() -> u64 {
    all().iter().fold(0, |bits, personality| bits | personality.bit())
}

/// What entries are made of, in the tables that are made from `syscalls.toml`.
pub mod entry {
    use crate::sched::{Args, Blocked, Caller};
    use abi::Status;
    use core::pin::Pin;
    use core::task::Poll;

    /// The entry of calls that are async functions.
    pub fn asynchronous(_: &Caller, _: &Args, _: Pin<&mut Blocked>) -> Poll<i64> {
        Poll::Pending
    }

    /// The entry of numbers that no call has. The vDSO has no place for them, so nobody gets here.
    pub fn unknown(_: &Caller, _: &Args, _: Pin<&mut Blocked>) -> Poll<i64> {
        Poll::Ready(status(Err(Status::BAD_SYSCALL)))
    }

    /// The entry of calls that there are not yet.
    pub fn missing(_: &Caller, _: &Args, _: Pin<&mut Blocked>) -> Poll<i64> {
        Poll::Ready(status(Err(Status::NOT_SUPPORTED)))
    }

    /// The answer of a call that creates objects, if it may do that now. If not, its personality's `blocking` waits for
    /// memory.
    #[inline]
    pub fn creating(caller: &Caller, answer: impl FnOnce() -> Poll<i64>) -> Poll<i64> {
        if caller.is_admitted() { answer() } else { Poll::Pending }
    }

    /// The raw form of an outcome.
    #[inline]
    pub fn status(result: Result<(), Status>) -> i64 {
        i64::from(Status::from_result(result).raw())
    }
}
