//! An object of each kind, and the handles of this process. How the most are made says `[objects]` of `syscalls.toml`; here
//! stand those that need more than a call.

use alloc::vec::Vec;

use hafnon_user::{
    AsHandle, Process, Rights, Status, Thread,
    abi::{
        INFO_HANDLE_TABLE, InfoHandleExtended, VM_CAN_MAP_READ, VM_CAN_MAP_SPECIFIC, VM_CAN_MAP_WRITE,
        zerocopy::{FromZeros, IntoBytes},
    },
    handle::Handle,
    info,
    startup::{self, root_vmar},
    vmar::PAGE_SIZE,
};

use super::{TASKS, made};
use crate::harness::{call, job, process, resource};

/// Whether an argument that is declared to be `wanted` takes objects of this kind.
pub fn takes(wanted: &str, kind: &str) -> bool {
    match wanted {
        "any" => true,
        "task" => TASKS.contains(&kind),
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
        "datapipe_consumer" => first(datapipe()),
        "datapipe_producer" => {
            let (consumer, producer) = datapipe();
            first((producer, consumer))
        }
        "process" => Process::create(&job(), "matrix").expect("a process").0.into(),
        "resource" => resource().duplicate_handle(Rights::SAME_RIGHTS).expect("a resource"),
        "thread" => Thread::create(&process(), "matrix").expect("a thread").into(),
        "vmar" => region(),
        other => made(other).unwrap_or_else(|| panic!("nobody knows how to make a {other}")),
    };
    object.into_raw()
}

fn first<T: Into<Handle>>((one, other): (T, T)) -> Handle {
    let _ = other.into().into_raw();
    one.into()
}

/// What a call made.
fn created(create: impl FnOnce(&mut u32) -> Status) -> Handle {
    let mut out = 0;
    assert_eq!(create(&mut out), Status::OK);
    Handle::from_raw(out)
}

/// Consumer and producer of a data pipe with something in it, and room for more.
fn datapipe() -> (Handle, Handle) {
    let (mut producer, mut actual) = (0, 0);
    let consumer = created(|consumer| call!(mx_datapipe_create(0, 1, 64, consumer, &mut producer)));
    assert_eq!(call!(mx_datapipe_write(producer, 0, [7; 8].as_ptr(), 8, &mut actual)), Status::OK);
    (consumer, Handle::from_raw(producer))
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
