//! Processes that tests start: this program again, in a role.

use alloc::vec::Vec;
use core::ptr::with_exposed_provenance_mut;

use hafnon_user::{
    AsHandle, Channel, Event, Port, Rights, Signals, Startup, Status,
    abi::{PA_PROC_SELF, PA_RESOURCE, PA_USER0},
    clock::{self, INFINITE},
    console,
    handle::{Handle, WaitItem, wait_many},
    println, start, thread,
};

use crate::harness::call;

/// Exit code of a child whose role is unknown, or that survived what should have killed it.
pub const SURVIVED: i64 = 99;

/// Plays a role. What it returns is the exit code.
pub fn play(startup: &mut Startup, role: &str) -> i64 {
    match role {
        "exit" => 42,
        "exit-negative" => -7,
        "exit-other-thread" => exit_from_another_thread(),
        "first-handle" => startup.handle(PA_PROC_SELF).map_or(SURVIVED, |first| first.raw().into()),
        "panic" => panic!("as the test asked"),
        "echo" => echo(startup),
        "console-echo" => echo_console(startup),
        "keep-registers" => crate::registers::keep(startup),
        "console-calls" => console_calls(startup),
        "flood-write" | "flood-etc" | "flood-pieces" | "flood-call" | "flood-magenta" => {
            crate::full_channels::flood(startup, role)
        }
        "crowd" => crate::fairness::play(startup),
        "many-regions" => crate::latency::memory::play(startup),
        "crowd-at-a-gate" => crate::latency::crowds::play(startup),
        "make-both-calls" => crate::personalities::make_both_calls(),
        "make-zircons-calls" => crate::personalities::make_zircons_calls(),
        "hog" => crate::hunger::hog(),
        "hog-with-messages" => crate::hunger::hog_with_messages(),
        "wait-for-64" => crate::latency::observers::wait_for_64(startup),
        "hog-with-registers" => crate::hunger::hog_with_registers(),
        "hog-for-others" => crate::hunger::hog_for_others(startup),
        "spend-pages" => crate::hunger::spend_pages(),
        "spend-handles" => crate::hunger::spend_handles(),
        "send-handles" => crate::hunger::send_handles(),
        "spend-messages"
        | "spend-events"
        | "spend-tables"
        | "spend-regions"
        | "spend-threads"
        | "spend-packets"
        | "spend-few-packets"
        | "spend-empty-messages"
        | "spend-data-pipes"
        | "spend-waits"
        | "spend-observers" => crate::accounts::spend(startup, role),
        "share" | "share-and-end" => crate::payers::share(startup, role),
        "use-some" | "use-all" => crate::payers::use_shared(startup, role),
        "give-back" => crate::accounts::give_back(startup),
        "bystander" => crate::hunger::bystander(startup),
        "close-nest" => crate::closing::play(startup),
        "shrink" | "unmap" => crate::unfinished::play(startup, role),
        "wait-in-every-way" => crate::stress_kills::play(startup),
        "strings" => i64::from(startup.arguments.len() == 5 && startup.environment == ["A=1", "B="]),
        "syscall-of-own-place" | "syscall-of-other-place" | "syscall-of-no-number" => {
            crate::harness::play(startup, || crate::vdso::play(role))
        }
        "last-bad-word" | "last-bad-handle" | "last-unmap-bad-handle" => {
            crate::last_calls::play(role);
            SURVIVED
        }
        _ => wait(startup, role),
    }
}

/// How many handles a child in the role `wait-handles` has.
pub const MANY_HANDLES: usize = 50_000;

fn many_handles() -> Vec<Handle> {
    let event = Event::create().expect("an event");
    let copy = |_| event.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle");
    (0..MANY_HANDLES).map(copy).collect()
}

fn wait(startup: &mut Startup, role: &str) -> i64 {
    let channel: Channel = match startup.take_object(PA_USER0) {
        Ok(channel) => channel,
        Err(_) => return misbehave(role),
    };
    let _handles = (role == "wait-handles").then(many_handles);
    channel.write(b"about to wait", alloc::vec![]).expect("the test is told");
    match role {
        "wait-one" => _ = channel.wait(Signals::CHANNEL_READABLE, INFINITE),
        "wait-many" => wait_for_many(&channel),
        "wait-event" => _ = Event::create().expect("an event").wait(Signals::EVENT_SIGNALED, INFINITE),
        "wait-port" => _ = Port::create().expect("a port").wait_packet(INFINITE),
        "wait-futex" => _ = hafnon_user::futex::wait(&0.into(), 0),
        "wait-sleep" | "wait-handles" => _ = clock::sleep_until(INFINITE),
        "wait-call" => _ = channel.call(&mut [0; 4], alloc::vec![], &mut [0; 4], INFINITE),
        "spin" => loop {
            core::hint::spin_loop();
        },
        "wait-threads" => wait_in_many_threads(),
        "wait-rings" => {
            let _channels = crate::channel_rings::fill_own_queues(&channel);
            let _ = clock::sleep_until(INFINITE);
        }
        "exit-thread" => {
            channel.wait(Signals::CHANNEL_READABLE, INFINITE).expect("a message");
            thread::exit()
        }
        _ => {}
    }
    SURVIVED
}

fn wait_for_many(channel: &Channel) {
    let event = Event::create().expect("an event");
    let one = WaitItem::new(channel, Signals::CHANNEL_READABLE);
    let _ = wait_many(&mut [one, WaitItem::new(&event, Signals::EVENT_SIGNALED)], INFINITE);
}

fn wait_in_many_threads() {
    let spawn = |_| thread::spawn("sleeper", || clock::sleep_until(INFINITE)).expect("a thread");
    let _threads: alloc::vec::Vec<_> = (0..20).map(spawn).collect();
    // Killing must reach all of them, and this one.
    let _ = clock::sleep_until(INFINITE);
}

fn exit_from_another_thread() -> i64 {
    let _other = thread::spawn("other", || start::exit(17)).expect("a thread");
    // The first thread would wait for ever.
    let _ = clock::sleep_until(INFINITE);
    SURVIVED
}

/// Sends one message back.
fn echo(startup: &mut Startup) -> i64 {
    let channel: Channel = startup.take_object(PA_USER0).expect("a channel");
    channel.wait(Signals::CHANNEL_READABLE, INFINITE).expect("a message");
    let message = channel.read().expect("a message");
    channel.write(&message.bytes, message.handles).expect("the reply is sent");
    0
}

/// Prints what is typed until a line is `end`; the number of lines before it.
fn echo_console(startup: &Startup) -> i64 {
    let resource = startup.handle(PA_RESOURCE).expect("the root resource");
    let (mut typed, mut buffer) = (Vec::new(), [0; 16]);
    println!("type something");
    while !typed.ends_with(b"end\n") {
        let count = console::read(resource, &mut buffer).expect("what is typed");
        typed.extend_from_slice(&buffer[..count]);
    }
    let lines = typed.split_inclusive(|byte| *byte == b'\n').map(|line| line.escape_ascii());
    lines.map(|line| println!("typed: {line}")).count() as i64 - 1
}

/// Which console calls there are: 1 for writing, 2 for reading.
fn console_calls(startup: &Startup) -> i64 {
    let resource = startup.handle(PA_RESOURCE).expect("the root resource");
    let write = call!(zx_debug_write(b"".as_ptr().cast(), 0));
    let read = console::read(resource, &mut []);
    assert!([Status::OK, Status::NOT_SUPPORTED].contains(&write), "{write:?}");
    i64::from(write == Status::OK) + 2 * i64::from(read == Ok(0))
}

/// Does something that ends the process.
fn misbehave(role: &str) -> i64 {
    match role {
        "write-null" => write_to(0),
        "write-kernel" => write_to(0xffff_8000_0000_0000),
        "write-code" => write_to(misbehave as *const () as usize),
        "write-constants" => write_to(vdso_constants()),
        "read-non-canonical" => read_from(0x0000_8000_0000_0000),
        "run-data" => run_data(),
        "overflow-stack" => return overflow(0),
        "undefined" => undefined(),
        "privileged" => privileged(),
        "divide" => divide(),
        "far-return" => far_return(),
        "own-syscall" => own_system_call(),
        "bad-stack-syscall" => bad_stack_system_call(),
        _ => {}
    }
    SURVIVED
}

fn write_to(address: usize) {
    // SAFETY: it is not safe: the kernel has to end the process here.
    unsafe { with_exposed_provenance_mut::<u8>(address).write_volatile(1) };
}

fn read_from(address: usize) {
    // SAFETY: as above.
    let _ = unsafe { with_exposed_provenance_mut::<u8>(address).read_volatile() };
}

/// The page of the vDSO that everybody reads and nobody may write.
fn vdso_constants() -> usize {
    // SAFETY: the call takes no pointer.
    unsafe { hafnon_user::sys::zx_system_get_version_string() }.c_str as usize
}

fn run_data() {
    static RETURN: [u8; 1] = [0xc3];
    let mut place = RETURN;
    // SAFETY: as above: the stack must not be executable.
    let function: extern "C" fn() = unsafe { core::mem::transmute(core::hint::black_box(&mut place)) };
    function();
}

#[allow(unconditional_recursion, reason = "that is the point")]
fn overflow(depth: i64) -> i64 {
    let frame = core::hint::black_box([depth; 64]);
    overflow(frame[0] + 1) + frame[1]
}

fn undefined() {
    // SAFETY: as above.
    unsafe { core::arch::asm!("ud2") };
}

fn privileged() {
    // SAFETY: as above.
    unsafe { core::arch::asm!("cli") };
}

fn divide() {
    // SAFETY: as above.
    unsafe {
        core::arch::asm!("xor ecx, ecx", "mov eax, 1", "cdq", "idiv ecx", out("eax") _, out("ecx") _, out("edx") _)
    };
}

/// Returns to the next instruction by way of a code segment, which it already runs in.
fn far_return() {
    // SAFETY: what is pushed is popped by the return.
    unsafe {
        core::arch::asm!(
            "mov {there}, cs",
            "push {there}",
            "lea {there}, [rip + 2f]",
            "push {there}",
            "retfq",
            "2:",
            there = out(reg) _,
        );
    }
}

/// Enters the kernel from outside the vDSO, with the number of a call that would end the process well.
fn own_system_call() {
    let number = hafnon_user::abi::zircon::PROCESS_EXIT;
    // SAFETY: as above.
    unsafe {
        core::arch::asm!("syscall", in("rax") u64::from(number), in("rdi") 0, lateout("rcx") _, lateout("r11") _);
    }
}

/// Faults with a stack pointer that is no address, so that nothing can be pushed there.
fn bad_stack_system_call() {
    // SAFETY: as above.
    unsafe { core::arch::asm!("mov rsp, 0x1234567812345678", "push rax", options(noreturn)) };
}
