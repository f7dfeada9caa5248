//! What calls need beside good handles and good memory to succeed: Zircon's, and those that Magenta has too. Those
//! that only Magenta has, or that have other arguments there, are in [`magenta`].

mod magenta;

use hafnon_user::{
    AsHandle, Channel, Debuglog, Event, Fifo, Port, Process, Rights, Signals, Socket, Status, Thread, Vmar,
    Vmo,
    abi::{
        self, CLOCK_ARGS_VERSION_SHIFT, CLOCK_UPDATE_OPTION_VALUE_VALID, ChannelCallArgs, ClockCreateArgsV1,
        ClockDetailsV1, ClockUpdateArgsV2, HandleDisposition, INFO_HANDLE_COUNT, PROP_NAME,
        SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL, VM_CAN_MAP_READ, VM_PERM_READ, WaitItem,
    },
    clock::INFINITE,
    handle::Handle,
    info, sys, thread,
    vmar::{PAGE_SIZE, READ_WRITE},
};

use super::scene::Scene;
use crate::{
    harness::{job, process},
    vmo::resizable,
};

/// Changes the arguments so that the call succeeds with them.
pub fn prepare(scene: &mut Scene<'_>) {
    if scene.call.is_magenta() && magenta::prepare(scene) {
        return;
    }
    let name = scene.call.plain_name();
    let (family, _) = name.split_once('_').unwrap_or((name, ""));
    match family {
        "handle" | "object" => handles(scene),
        "thread" | "process" | "task" | "job" => tasks(scene),
        "channel" => channels(scene),
        "socket" | "fifo" => queues(scene),
        "port" | "timer" | "clock" | "system" => time(scene),
        "futex" => futexes(scene),
        "vmo" | "vmar" => memory(scene),
        _ => others(scene),
    }
}

/// A new event, for somebody to consume.
pub(super) fn event() -> u32 {
    Handle::from(Event::create().expect("an event")).into_raw()
}

/// A handle back from a raw value that somebody else owns.
pub(super) fn borrow<T: From<Handle>>(raw: usize) -> core::mem::ManuallyDrop<T> {
    core::mem::ManuallyDrop::new(Handle::from_raw(raw as u32).into())
}

fn handles(scene: &mut Scene<'_>) {
    match scene.call.plain_name() {
        "handle_close" => scene.set_handle("handle", event()),
        "handle_close_many" => scene.point("handles", &[event(), event()]),
        "handle_replace" if !scene.call.is_magenta() => scene.consume("handle", scene.get("handle") as u32),
        "object_get_child" => {
            replace(scene, "handle", job());
            scene.set("koid", info::basic(&process()).expect("info").koid as usize);
        }
        "object_get_info" => {
            scene.set("topic", INFO_HANDLE_COUNT as usize);
            scene.resize("buffer", size_of::<abi::InfoHandleCount>());
        }
        "object_get_property" | "object_set_property" => {
            scene.set("property", PROP_NAME as usize);
            scene.resize("value", abi::MAX_NAME_LEN);
        }
        "object_wait_one" => {
            signal(scene.get("handle"));
            scene.set("signals", Signals::USER_SIGNAL_0.bits() as usize);
        }
        "object_wait_many" => {
            let items = [event(), event()].map(|handle| {
                signal(handle as usize);
                WaitItem { handle, waitfor: Signals::USER_SIGNAL_0, pending: Signals::empty() }
            });
            scene.point("items", &items);
        }
        _ => {}
    }
}

pub(super) fn signal(raw: usize) {
    borrow::<Event>(raw).signal(Signals::empty(), Signals::USER_SIGNAL_0).expect("signalled");
}

fn tasks(scene: &mut Scene<'_>) {
    match scene.call.plain_name() {
        // A thread that ends with its first instructions, and needs no stack.
        "thread_start" => scene.set("thread_entry", sys::zx_thread_exit as *const () as usize),
        // A process without memory faults at once.
        "process_start" => {
            let process = borrow::<Process>(scene.get("handle"));
            let thread = Thread::create(&*process, "matrix").expect("a thread");
            replace(scene, "thread", thread);
            scene.set("entry", 0x1000_0000);
            scene.set_handle("arg1", event());
            scene.consume("arg1", scene.get("arg1") as u32);
        }
        _ => {}
    }
}

/// A channel whose other end is kept open.
fn channel_to(scene: &mut Scene<'_>) -> Channel {
    let (one, other) = Channel::create().expect("a channel");
    replace(scene, "handle", one);
    other
}

fn channels(scene: &mut Scene<'_>) {
    match scene.call.plain_name() {
        "channel_read" | "channel_read_etc" => {
            let handles = [event(), event()].map(Handle::from_raw).into();
            let other = channel_to(scene);
            other.write(&[7; 8], handles).expect("a message");
            core::mem::forget(other);
        }
        "channel_write" => {
            let handles = [event(), event()];
            scene.point("handles", &handles);
            // Magenta's leaves them where they are when it fails.
            if !scene.call.is_magenta() {
                handles.iter().for_each(|raw| scene.consume("handles", *raw));
            }
        }
        "channel_write_etc" => {
            let handles = [moved(event()), moved(event())];
            scene.point("handles", &handles);
            handles.iter().for_each(|one| scene.consume("handles", one.handle));
        }
        "channel_call" => {
            let handle = event();
            scene.put(LISTED, &handle);
            calls(scene, handle);
        }
        "channel_call_etc" => {
            let handle = event();
            scene.put(LISTED, &moved(handle));
            calls(scene, handle);
        }
        _ => {}
    }
}

pub(super) fn moved(handle: u32) -> HandleDisposition {
    HandleDisposition {
        operation: abi::HANDLE_OP_MOVE,
        handle,
        kind: abi::OBJ_TYPE_NONE,
        rights: Rights::SAME_RIGHTS,
        result: Status::OK,
    }
}

/// Places in memory for what the arguments of a channel call point to, of positions without a pointer.
const SENT: usize = 0;
const LISTED: usize = 1;
const RECEIVED: usize = 2;
const RECEIVED_HANDLES: usize = 6;

/// The arguments of a channel call with one handle, and a thread that answers it.
fn calls(scene: &mut Scene<'_>, handle: u32) {
    let place = |position| scene.place(position) as u64;
    let args = ChannelCallArgs {
        wr_bytes: place(SENT),
        wr_handles: place(LISTED),
        rd_bytes: place(RECEIVED),
        rd_handles: place(RECEIVED_HANDLES),
        wr_num_bytes: 8,
        wr_num_handles: 1,
        rd_num_bytes: 8,
        rd_num_handles: 1,
    };
    scene.point("args", &args);
    scene.consume("args", handle);
    scene.set("deadline", INFINITE as usize);
    let other = channel_to(scene);
    let raw = other.raw();
    let partner = thread::spawn("partner", move || answer_on(&other)).expect("a thread");
    scene.talk_to(partner, raw);
}

/// Sends everything back.
fn answer_on(channel: &Channel) {
    let seen = channel.wait(Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED, INFINITE);
    if seen.is_ok_and(|seen| seen.contains(Signals::CHANNEL_READABLE)) {
        let message = channel.read().expect("a message");
        // Nobody may be there any more to read it.
        let _ = channel.write(&message.bytes, message.handles);
    }
}

fn queues(scene: &mut Scene<'_>) {
    match scene.call.plain_name() {
        "socket_read" => {
            let (one, other) = Socket::create_stream().expect("a socket");
            other.write(&[7; 8]).expect("there is room");
            replace(scene, "handle", one);
            core::mem::forget(other);
        }
        "fifo_create" => {
            scene.set("elem_count", 2);
            scene.set("elem_size", 8);
        }
        "fifo_read" | "fifo_write" => {
            let (one, other) = Fifo::create(2, 8).expect("a FIFO");
            other.write(&[[7; 8]; 2]).expect("there is room");
            replace(scene, "handle", one);
            core::mem::forget(other);
            scene.set("elem_size", 8);
            scene.set("count", 2);
            scene.resize("data", 16);
        }
        _ => {}
    }
}

/// Passes another handle than the one that was made for the argument.
pub(super) fn replace(scene: &mut Scene<'_>, name: &str, object: impl Into<Handle>) {
    drop(Handle::from_raw(scene.get(name) as u32));
    scene.set_handle(name, object.into().into_raw());
}

/// Where the options of the calls on clocks say which arguments they come with.
const fn version(number: usize) -> usize {
    number << CLOCK_ARGS_VERSION_SHIFT
}

fn time(scene: &mut Scene<'_>) {
    match scene.call.plain_name() {
        "port_wait" => borrow::<Port>(scene.get("handle")).queue(1, [0; 4]).expect("queued"),
        "port_cancel" => {
            let (port, source) = (borrow::<Port>(scene.get("handle")), borrow::<Event>(scene.get("source")));
            source.wait_async(&port, 0, Signals::USER_SIGNAL_0, 0).expect("armed");
        }
        "clock_create" => {
            scene.set("options", version(1));
            scene.point("args", &ClockCreateArgsV1 { backstop_time: 1 });
        }
        "clock_get_details" => {
            scene.set("options", version(1));
            scene.resize("details", size_of::<ClockDetailsV1>());
        }
        "clock_update" => {
            scene.set("options", version(2) | CLOCK_UPDATE_OPTION_VALUE_VALID as usize);
            scene.point("args", &ClockUpdateArgsV2 { synthetic_value: 1, ..Default::default() });
        }
        "system_get_event" => {
            replace(scene, "root_job", job());
            scene.set("kind", SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL as usize);
        }
        _ => {}
    }
}

fn futexes(scene: &mut Scene<'_>) {
    if scene.call.name == "futex_wake_handle_close_thread_exit" {
        scene.set_handle("close_handle", event());
    }
}

fn memory(scene: &mut Scene<'_>) {
    let page = || Vmo::create(PAGE_SIZE as u64).expect("a page");
    match scene.call.plain_name() {
        "vmo_replace_as_executable" => scene.consume("handle", scene.get("handle") as u32),
        "vmo_set_size" => replace(scene, "handle", resizable(PAGE_SIZE as u64)),
        "vmar_allocate" => {
            scene.set("options", VM_CAN_MAP_READ as usize);
            scene.set("size", PAGE_SIZE);
        }
        "vmar_map" => {
            scene.set("options", VM_PERM_READ as usize);
            scene.set("len", PAGE_SIZE);
        }
        "vmar_unmap" | "vmar_protect" | "vmar_unmap_handle_close_thread_exit" => {
            let first = scene.call.arguments[0].name;
            let region = borrow::<Vmar>(scene.get(first));
            let address = region.map(READ_WRITE, 0, &page(), 0, PAGE_SIZE).expect("mapped");
            scene.set("addr", address);
            match scene.call.plain_name() {
                "vmar_protect" => scene.set("options", VM_PERM_READ as usize),
                "vmar_unmap_handle_close_thread_exit" => scene.set_handle("close_handle", event()),
                _ => {}
            }
            let length = if first == "handle" { "len" } else { "size" };
            scene.set(length, PAGE_SIZE);
        }
        _ => {}
    }
}

fn others(scene: &mut Scene<'_>) {
    match scene.call.plain_name() {
        "debuglog_read" => {
            borrow::<Debuglog>(scene.get("handle")).write(b"matrix").expect("written");
        }
        // Nobody types anything.
        "debug_read" => scene.set("buffer_size", 0),
        "debug_write" => scene.point("buffer", b"matrix\n"),
        _ => {}
    }
}
