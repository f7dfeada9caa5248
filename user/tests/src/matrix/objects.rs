//! An object of each kind, and the handles of this process.

use alloc::vec::Vec;

use hafnon_user::{
    AsHandle, Channel, Clock, Debuglog, Event, EventPair, Fifo, Port, Process, Rights, Socket, Thread, Timer,
    Vmo,
    abi::{
        INFO_HANDLE_TABLE, InfoHandleExtended, VM_CAN_MAP_READ, VM_CAN_MAP_SPECIFIC, VM_CAN_MAP_WRITE,
        zerocopy::{FromZeros, IntoBytes},
    },
    handle::Handle,
    info,
    startup::{self, root_vmar},
    vmar::PAGE_SIZE,
};

use crate::harness::{job, process, resource};

/// Every kind of object, by the names of `syscalls.toml`.
pub const KINDS: [&str; 15] = [
    "channel",
    "clock",
    "debuglog",
    "event",
    "eventpair",
    "fifo",
    "job",
    "port",
    "process",
    "resource",
    "socket",
    "thread",
    "timer",
    "vmar",
    "vmo",
];

/// Whether an argument that is declared to be `wanted` takes objects of this kind.
pub fn takes(wanted: &str, kind: &str) -> bool {
    match wanted {
        "any" => true,
        "task" => ["job", "process", "thread"].contains(&kind),
        _ => wanted == kind,
    }
}

/// A new object for an argument that is declared to be `wanted` and to need these rights; the raw value of
/// its handle. Of what has two ends, the other one is open too.
pub fn make(wanted: &str, rights: Rights) -> u32 {
    let object: Handle = match wanted {
        "any" if rights.intersects(Rights::PROPERTY) => return make("vmo", rights),
        "any" if rights.contains(Rights::SIGNAL_PEER) => return make("eventpair", rights),
        "any" => return make("event", rights),
        "task" => return make("job", rights),
        "channel" => first(Channel::create().expect("a channel")),
        "clock" => Clock::create(0, 0).expect("a clock").into(),
        "debuglog" => Debuglog::create(resource(), true).expect("a debug log").into(),
        "event" => Event::create().expect("an event").into(),
        "eventpair" => first(EventPair::create().expect("an event pair")),
        "fifo" => first(Fifo::create(2, 8).expect("a FIFO")),
        "job" => job().create_child().expect("a job").into(),
        "port" => Port::create().expect("a port").into(),
        "process" => Process::create(&job(), "matrix").expect("a process").0.into(),
        "resource" => resource().duplicate_handle(Rights::SAME_RIGHTS).expect("a resource"),
        "socket" => first(Socket::create_stream().expect("a socket")),
        "thread" => Thread::create(&process(), "matrix").expect("a thread").into(),
        "timer" => Timer::create().expect("a timer").into(),
        "vmar" => region(),
        "vmo" => Vmo::create(PAGE_SIZE as u64).expect("a VMO").into(),
        other => panic!("nobody knows how to make a {other}"),
    };
    object.into_raw()
}

fn first<T: Into<Handle>>((one, other): (T, T)) -> Handle {
    let _ = other.into().into_raw();
    one.into()
}

/// A part of the address space with nothing in it.
fn region() -> Handle {
    let can = VM_CAN_MAP_READ | VM_CAN_MAP_WRITE | VM_CAN_MAP_SPECIFIC;
    let root = root_vmar().expect("a root region");
    root.allocate(can, 0, 4 * PAGE_SIZE).expect("a region").0.into()
}

/// The values of all handles of this process, in order.
pub fn open() -> Vec<u32> {
    let mut table = alloc::vec![InfoHandleExtended::new_zeroed(); 256];
    let own = startup::process().expect("this process");
    let (_, count, available) = info::query(own.raw(), INFO_HANDLE_TABLE, table.as_mut_bytes());
    assert_eq!(count, available, "there are not that many handles");
    let mut values: Vec<u32> = table[..count].iter().map(|entry| entry.handle_value).collect();
    values.sort_unstable();
    values
}
