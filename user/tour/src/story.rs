//! What the guide does: one function for each stop of the tour.

use alloc::{sync::Arc, vec, vec::Vec};
use core::{
    fmt,
    sync::atomic::{AtomicU32, Ordering::SeqCst},
};

use hafnon_user::{
    AsHandle, Channel, Event, EventPair, Job, Mapping, Port, Process, Result, Rights, Signals, Startup,
    Status, Timer, Vmo,
    abi::{PA_USER0, PKT_TYPE_SIGNAL_ONE, TASK_RETCODE_SYSCALL_KILL, VM_PERM_READ},
    clock::{self, INFINITE, MILLISECOND},
    futex,
    handle::{WaitItem, wait_many},
    launch::Launch,
    println,
    ramdisk::Ramdisk,
    task::Task,
    thread,
    vmar::PAGE_SIZE,
};

use crate::companion::{GOODBYE, GREET, NUDGE, ROLE, SHARE, SLEEPER_ROLE, TXID, WRITING};

/// Where this program lies in the ramdisk.
const PATH: &str = "bin/tour";
/// How long a stop of the tour may take.
const LIMIT: i64 = 10 * clock::SECOND;

/// Whether the story is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// Every stop prints a line.
    Loud,
    /// Nothing is printed.
    Silent,
}

impl Voice {
    fn say(self, arguments: fmt::Arguments<'_>) {
        if self == Self::Loud {
            println!("tour: {arguments}");
        }
    }
}

macro_rules! say {
    ($voice:expr, $($arguments:tt)*) => { $voice.say(format_args!($($arguments)*)) };
}

/// What the guide needs: a job for the other processes, the vDSO they call through, the ramdisk.
pub struct Guide {
    job: Job,
    vdso: Vmo,
    ramdisk: Ramdisk,
}

/// `INTERNAL` unless the fact holds: the tour's way to say "not as expected".
fn expect(fact: bool) -> Result<()> {
    if fact { Ok(()) } else { Err(Status::INTERNAL) }
}

impl Guide {
    /// Takes what it needs from the startup handles.
    pub fn new(startup: &mut Startup) -> Result<Self> {
        let ramdisk = Ramdisk::map(&startup.take_ramdisk()?)?;
        Ok(Self { job: startup.take_job()?, vdso: startup.take_vdso()?, ramdisk })
    }

    /// The job that the other processes run in.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// The whole tour.
    pub fn tell(&self, voice: Voice) -> Result<()> {
        let (process, channel) = self.start(ROLE)?;
        say!(voice, "started a second process from {PATH} in the ramdisk");
        call(&channel, voice)?;
        share_memory(&channel, voice)?;
        port(&channel, voice)?;
        many(&channel, voice)?;
        timer(voice)?;
        futexes(voice)?;
        drop(channel);
        expect(process.wait_exit()? == GOODBYE)?;
        say!(voice, "the second process saw its channel close and exited with {GOODBYE}");
        self.kill_a_waiter(voice)
    }

    fn start(&self, role: &str) -> Result<(Process, Channel)> {
        let (ours, theirs) = Channel::create()?;
        let process = Launch::new(&self.job, &self.vdso, "tour")
            .argument(role)
            .handle(PA_USER0, theirs)
            .start(self.ramdisk.program(PATH)?)?;
        Ok((process, ours))
    }

    fn kill_a_waiter(&self, voice: Voice) -> Result<()> {
        let (process, channel) = self.start(SLEEPER_ROLE)?;
        channel.wait(Signals::CHANNEL_READABLE, clock::deadline_after(LIMIT))?;
        // Let it get from its message into its wait; killing it before that is just as right.
        clock::sleep(2 * MILLISECOND)?;
        process.kill()?;
        let code = process.wait_exit()?;
        expect(code == TASK_RETCODE_SYSCALL_KILL)?;
        channel.wait(Signals::CHANNEL_PEER_CLOSED, clock::deadline_after(LIMIT))?;
        say!(voice, "killed a process while it waited: exit code {code}, its channel end is closed");
        Ok(())
    }
}

/// A call over the channel; the reply brings an event that the other process made.
fn call(channel: &Channel, voice: Voice) -> Result<()> {
    let mut request = [0; TXID + 1];
    request[TXID] = GREET;
    let mut reply = [0; 64];
    let deadline = clock::deadline_after(LIMIT);
    let (length, mut handles) = channel.call(&mut request, Vec::new(), &mut reply, deadline)?;
    let event = Event::from(handles.pop().ok_or(Status::NOT_FOUND)?);
    let seen = event.wait(Signals::USER_SIGNAL_3, INFINITE)?;
    expect(seen.contains(Signals::USER_SIGNAL_3))?;
    let text = core::str::from_utf8(&reply[TXID..length]).map_err(|_| Status::INTERNAL)?;
    say!(voice, "channel_call: it says \"{text}\" and passed an event along");
    Ok(())
}

/// Gives the other process memory and an event; waits until it has written.
fn share_memory(channel: &Channel, voice: Voice) -> Result<()> {
    let vmo = Vmo::create(PAGE_SIZE as u64)?;
    let written = Event::create()?;
    let handles =
        vec![vmo.duplicate(Rights::SAME_RIGHTS)?.into(), written.duplicate(Rights::SAME_RIGHTS)?.into()];
    channel.write(&[0, 0, 0, 0, SHARE], handles)?;
    written.wait(Signals::EVENT_SIGNALED, clock::deadline_after(LIMIT))?;
    let mapping = Mapping::new(&vmo, VM_PERM_READ, PAGE_SIZE)?;
    let start = core::ptr::with_exposed_provenance(mapping.address());
    // SAFETY: the page is mapped and the other process has finished writing, as its signal says.
    let text = unsafe { core::slice::from_raw_parts(start, WRITING.len()) };
    expect(text == WRITING)?;
    say!(voice, "wait_one: a shared VMO reads \"{}\"", text.escape_ascii());
    Ok(())
}

/// Arms a port on our end of an event pair and has the other process signal it.
fn port(channel: &Channel, voice: Voice) -> Result<()> {
    const KEY: u64 = 2020;
    let (ours, theirs) = EventPair::create()?;
    let port = Port::create()?;
    ours.wait_async(&port, KEY, Signals::USER_SIGNAL_0, 0)?;
    channel.write(&[0, 0, 0, 0, NUDGE], vec![theirs.into()])?;
    let packet = port.wait_packet(clock::deadline_after(LIMIT))?;
    expect(packet.key == KEY && packet.kind == u32::from(PKT_TYPE_SIGNAL_ONE))?;
    say!(voice, "port_wait: packet {} for an event pair the other process signalled", packet.key);
    Ok(())
}

/// Waits for whichever of two objects is first.
fn many(channel: &Channel, voice: Voice) -> Result<()> {
    let never = Event::create()?;
    let (ours, theirs) = EventPair::create()?;
    channel.write(&[0, 0, 0, 0, NUDGE], vec![theirs.into()])?;
    let mut items =
        [WaitItem::new(&never, Signals::EVENT_SIGNALED), WaitItem::new(&ours, Signals::USER_SIGNAL_0)];
    wait_many(&mut items, clock::deadline_after(LIMIT))?;
    expect(items[0].pending.is_empty() && items[1].pending.contains(Signals::USER_SIGNAL_0))?;
    say!(voice, "wait_many: the second of two objects was signalled");
    Ok(())
}

fn timer(voice: Voice) -> Result<()> {
    let timer = Timer::create()?;
    let deadline = clock::deadline_after(5 * MILLISECOND);
    timer.set(deadline, 0)?;
    timer.wait(Signals::TIMER_SIGNALED, clock::deadline_after(LIMIT))?;
    let late = clock::monotonic() - deadline;
    expect(late >= 0)?;
    say!(voice, "timer: 5 ms, {} us late", late / clock::MICROSECOND);
    Ok(())
}

/// Two threads take turns on one word of memory.
fn futexes(voice: Voice) -> Result<()> {
    const ROUNDS: u32 = 100;
    let word = Arc::new(AtomicU32::new(0));
    let other = word.clone();
    let partner = thread::spawn("partner", move || take_turns(&other, 1, ROUNDS))?;
    take_turns(&word, 0, ROUNDS)?;
    partner.join().ok_or(Status::INTERNAL)??;
    expect(word.load(SeqCst) == 2 * ROUNDS)?;
    say!(voice, "futex: two threads took {} turns", 2 * ROUNDS);
    Ok(())
}

/// Counts the word up whenever its parity is `mine`, waiting for the other thread in between.
fn take_turns(word: &AtomicU32, mine: u32, rounds: u32) -> Result<()> {
    for _ in 0..rounds {
        loop {
            let value = word.load(SeqCst);
            if value % 2 == mine {
                break;
            }
            match futex::wait(word, value) {
                Ok(()) | Err(Status::BAD_STATE) => {}
                Err(status) => return Err(status),
            }
        }
        word.fetch_add(1, SeqCst);
        futex::wake(word, 1)?;
    }
    Ok(())
}
