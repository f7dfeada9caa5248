//! Other ways than the usual one in which a call succeeds, or ends as it should: with other topics, with much of
//! everything, with what is cut to pieces, with somebody who waits, after a wait.

use core::{cell::UnsafeCell, sync::atomic::AtomicU32};

use hafnon_user::{
    AsHandle, Channel, Event, Fifo, Mapping, Port, Process, Rights, Signals, Socket, Status, Thread, Vmar,
    Vmo,
    abi::{
        self, CHANNEL_MAX_MSG_BYTES, CHANNEL_MAX_MSG_HANDLES, CHANNEL_WRITE_USE_IOVEC, ChannelCallArgs,
        ChannelIovec, THREAD_STATE_BLOCKED_FUTEX, VM_ALLOW_FAULTS, VM_CAN_MAP_READ, VM_CAN_MAP_SPECIFIC,
        VM_CAN_MAP_WRITE, VM_MAP_RANGE, VM_PERM_READ, VM_PERM_WRITE, VM_SPECIFIC, VM_SPECIFIC_OVERWRITE,
        WAIT_ASYNC_EDGE, WAIT_ASYNC_TIMESTAMP, WaitItem, zerocopy::FromBytes,
    },
    clock,
    clock::INFINITE,
    futex,
    handle::Handle,
    vmar::{PAGE_SIZE, READ_WRITE},
};

use super::{
    Call, KINDS, objects,
    prepare::{borrow, event, moved, replace, signal},
    scene::Scene,
};
use crate::{
    channel_etc::iovec,
    harness::{blocked, call, job, process},
    vmo::resizable,
};

/// A way in which a call is made.
pub struct Variant {
    call: &'static str,
    pub name: &'static str,
    /// Changes the usual arguments.
    pub prepare: fn(&mut Scene<'_>),
    /// What the call answers.
    pub answer: Status,
}

const fn right(call: &'static str, name: &'static str, prepare: fn(&mut Scene<'_>)) -> Variant {
    Variant { call, name, prepare, answer: Status::OK }
}

const fn waits(call: &'static str, prepare: fn(&mut Scene<'_>)) -> Variant {
    Variant { call, name: "after a wait", prepare, answer: Status::TIMED_OUT }
}

/// Those of a call.
pub fn of(call: &'static Call) -> impl Iterator<Item = &'static Variant> {
    VARIANTS.iter().filter(|variant| variant.call == call.name)
}

/// Those that are of no call that is done.
pub fn of_no_call(calls: &[Call]) -> impl Iterator<Item = &'static str> {
    let known =
        |variant: &&Variant| calls.iter().any(|call| call.name == variant.call && call.number.is_some());
    VARIANTS.iter().filter(move |variant| !known(variant)).map(|variant| variant.call)
}

const VARIANTS: &[Variant] = &[
    right("handle_close", "a channel with messages in it", |scene| {
        let (one, other) = full_channel();
        replace(scene, "handle", one);
        core::mem::forget(other);
    }),
    right("handle_close", "a VMO with many pages", |scene| replace(scene, "handle", filled(PAGES))),
    right("handle_close_many", "objects of each kind", |scene| {
        let kinds = KINDS.map(|kind| objects::make(kind, Rights::NONE));
        scene.point("handles", &kinds);
    }),
    right("object_get_info", "INFO_HANDLE_BASIC", |scene| topic(scene, abi::INFO_HANDLE_BASIC, event())),
    right("object_get_info", "INFO_HANDLE_TABLE", |scene| topic(scene, abi::INFO_HANDLE_TABLE, own())),
    right("object_get_info", "INFO_HANDLE_TABLE into fresh pages", |scene| {
        topic(scene, abi::INFO_HANDLE_TABLE, own());
        scene.point_to_fresh("buffer", ROOM);
    }),
    right("object_get_info", "INFO_PROCESS", |scene| topic(scene, abi::INFO_PROCESS, own())),
    right("object_get_info", "INFO_PROCESS_THREADS", |scene| topic(scene, abi::INFO_PROCESS_THREADS, own())),
    right("object_get_info", "INFO_PROCESS_HANDLE_STATS", |scene| {
        topic(scene, abi::INFO_PROCESS_HANDLE_STATS, own());
    }),
    right("object_get_info", "INFO_TASK_STATS", |scene| topic(scene, abi::INFO_TASK_STATS, own())),
    right("object_get_info", "INFO_JOB_CHILDREN", |scene| topic(scene, abi::INFO_JOB_CHILDREN, family())),
    right("object_get_info", "INFO_JOB_PROCESSES", |scene| topic(scene, abi::INFO_JOB_PROCESSES, family())),
    right("object_get_info", "INFO_VMAR", |scene| topic(scene, abi::INFO_VMAR, made("vmar"))),
    right("object_get_info", "INFO_VMO", |scene| topic(scene, abi::INFO_VMO, made("vmo"))),
    right("object_get_info", "INFO_THREAD", |scene| topic(scene, abi::INFO_THREAD, made("thread"))),
    right("object_get_info", "INFO_SOCKET", |scene| topic(scene, abi::INFO_SOCKET, made("socket"))),
    right("object_get_info", "INFO_KMEM_STATS", |scene| topic(scene, abi::INFO_KMEM_STATS, made("resource"))),
    right("object_signal", "many observe it", |scene| {
        let event = borrow::<Event>(scene.get("handle"));
        observe(&event, MANY);
        scene.set("set_mask", Signals::USER_SIGNAL_0.bits() as usize);
    }),
    right("object_wait_async", "many observe it, with a time, and it is signalled", |scene| {
        let source = borrow::<Event>(scene.get("handle"));
        observe(&source, MANY);
        source.signal(Signals::empty(), Signals::USER_SIGNAL_1).expect("signalled");
        scene.set("signals", Signals::USER_SIGNAL_1.bits() as usize);
        scene.set("options", (WAIT_ASYNC_EDGE | WAIT_ASYNC_TIMESTAMP) as usize);
    }),
    waits("object_wait_one", |scene| {
        scene.set("signals", Signals::USER_SIGNAL_1.bits() as usize);
        scene.set("deadline", soon());
    }),
    right("object_wait_many", "as many as can be", |scene| {
        wait_for_many(scene);
        signal(event_of(scene, MANY_ITEMS - 1) as usize);
        scene.set("deadline", INFINITE as usize);
    }),
    waits("object_wait_many", |scene| {
        wait_for_many(scene);
        scene.set("deadline", soon());
    }),
    waits("mx_object_wait_one", |scene| {
        scene.set("waitfor", Signals::USER_SIGNAL_1.bits() as usize);
        scene.set("timeout", SHORT as usize);
    }),
    waits("mx_object_wait_many", |scene| {
        wait_for_many(scene);
        scene.set("timeout", SHORT as usize);
    }),
    waits("mx_waitset_wait", |scene| {
        let waitset = objects::make("waitset", Rights::NONE);
        assert_eq!(call!(mx_waitset_add(waitset, 0, event(), Signals::USER_SIGNAL_0.bits())), Status::OK);
        scene.set_handle("waitset_handle", waitset);
        scene.set("timeout", SHORT as usize);
    }),
    right("task_kill", "a job with a process in it", |scene| scene.set_handle("handle", family())),
    right("task_kill", "a process with threads and memory", |scene| {
        let (process, region) = Process::create(&job(), "variant").expect("a process");
        for _ in 0..4 {
            core::mem::forget(Thread::create(&process, "variant").expect("a thread"));
        }
        region.map(READ_WRITE, 0, &filled(PAGES), 0, PAGES * PAGE_SIZE).expect("mapped");
        replace(scene, "handle", process);
    }),
    right("channel_write", "as much as there can be", |scene| much(scene, &plain_handles())),
    right("channel_write", "in pieces", in_pieces),
    right("channel_write", "to a channel with messages in it", to_full_channel),
    right("channel_write_etc", "as much as there can be", |scene| much(scene, &plain_handles().map(moved))),
    right("channel_write_etc", "in pieces", in_pieces),
    right("mx_channel_write", "many bytes", |scene| scene.point_to("bytes", room(), LONGEST)),
    right("channel_read", "as much as there can be", read_much),
    right("channel_read", "into fresh pages", |scene| {
        read_much(scene);
        scene.point_to_fresh("bytes", ROOM);
    }),
    right("channel_read_etc", "as much as there can be", read_much),
    right("mx_channel_read", "as much as there can be", read_much),
    right("channel_call", "many bytes", call_much),
    right("channel_call", "in pieces", call_in_pieces),
    right("channel_call_etc", "many bytes", call_much),
    right("channel_call_etc", "in pieces", call_in_pieces),
    right("socket_write", "many bytes", |scene| scene.point_to("buffer", room(), ROOM)),
    right("socket_write", "a datagram after others", |scene| {
        let (one, other) = datagrams();
        replace(scene, "handle", one);
        core::mem::forget(other);
    }),
    right("socket_read", "many bytes into fresh pages", |scene| {
        let (one, other) = Socket::create_stream().expect("a socket");
        let written = other.write(&[7; PAGES * PAGE_SIZE]).expect("there is room");
        replace(scene, "handle", one);
        core::mem::forget(other);
        scene.point_to_fresh("buffer", written);
    }),
    right("socket_read", "a datagram", |scene| {
        let (one, other) = datagrams();
        replace(scene, "handle", other);
        core::mem::forget(one);
    }),
    right("fifo_write", "the largest", |scene| {
        let (one, other) = Fifo::create(64, 64).expect("a FIFO");
        replace(scene, "handle", one);
        core::mem::forget(other);
        scene.set("elem_size", 64);
        scene.point_to("data", room(), 4096);
        scene.set("count", 64);
    }),
    right("fifo_create", "the largest", |scene| {
        scene.set("elem_count", 64);
        scene.set("elem_size", 64);
    }),
    right("port_queue", "after many others", |scene| {
        let port = borrow::<Port>(scene.get("handle"));
        (0..1_000).for_each(|key| port.queue(key, [0; 4]).expect("there is room"));
    }),
    waits("port_wait", |scene| {
        replace(scene, "handle", Port::create().expect("a port"));
        scene.set("deadline", soon());
    }),
    waits("mx_port_wait", |scene| {
        scene.set_handle("handle", objects::make("io_port", Rights::NONE));
        scene.set("timeout", SHORT as usize);
    }),
    right("port_cancel", "of many that came", |scene| {
        let (port, source) = (borrow::<Port>(scene.get("handle")), borrow::<Event>(scene.get("source")));
        for _ in 0..MANY {
            source.wait_async(&port, 0, Signals::USER_SIGNAL_0, 0).expect("armed");
        }
        source.signal(Signals::empty(), Signals::USER_SIGNAL_0).expect("signalled");
    }),
    waits("futex_wait", |scene| scene.set("deadline", soon())),
    waits("mx_futex_wait", |scene| scene.set("timeout", SHORT as usize)),
    right("futex_wake", "somebody waits", |scene| {
        somebody_waits(scene, "value_ptr");
        scene.set("wake_count", 1);
    }),
    right("futex_wake_single_owner", "somebody waits", |scene| somebody_waits(scene, "value_ptr")),
    right("futex_requeue", "somebody waits", |scene| {
        somebody_waits(scene, "value_ptr");
        scene.set("requeue_count", 1);
    }),
    right("futex_requeue_single_owner", "somebody waits", |scene| {
        somebody_waits(scene, "value_ptr");
        scene.set("requeue_count", 1);
    }),
    right("mx_futex_wake", "somebody waits", |scene| {
        somebody_waits(scene, "value_ptr");
        scene.set("count", 1);
    }),
    right("mx_futex_requeue", "somebody waits", |scene| {
        somebody_waits(scene, "wake_ptr");
        scene.set("requeue_count", 1);
    }),
    right("vmo_create", "the whole of memory", |scene| scene.set("size", 1 << 40)),
    right("vmo_write", "to many fresh pages", |scene| many_pages(scene, Vmo::create(ROOM as u64))),
    right("vmo_read", "of many pages that are not there", |scene| {
        many_pages(scene, Vmo::create(ROOM as u64))
    }),
    right("vmo_read", "into fresh pages", |scene| {
        many_pages(scene, Ok(filled(PAGES)));
        scene.point_to_fresh("buffer", PAGES * PAGE_SIZE);
    }),
    right("vmo_set_size", "larger by far", |scene| scene.set("size", 1 << 40)),
    right("vmo_set_size", "smaller, mapped", |scene| {
        let vmo = resizable((PAGES * PAGE_SIZE) as u64);
        fill(&vmo, PAGES);
        let region = borrow::<Vmar>(objects::make("vmar", Rights::NONE) as usize);
        region.map(READ_WRITE, 0, &vmo, 0, PAGES * PAGE_SIZE).expect("mapped");
        scene.at_end(move || destroy(&region));
        replace(scene, "handle", vmo);
        scene.set("size", PAGE_SIZE);
    }),
    right("vmar_allocate", "at a place, between others", |scene| {
        let region = borrow::<Vmar>(scene.get("parent_vmar"));
        for page in [0, 2] {
            let beside = region.allocate(VM_CAN_MAP_READ | VM_SPECIFIC, page * PAGE_SIZE, PAGE_SIZE);
            core::mem::forget(beside.expect("there is room"));
        }
        scene.set("options", (VM_CAN_MAP_READ | VM_SPECIFIC) as usize);
        scene.set("offset", PAGE_SIZE);
    }),
    right("vmar_map", "over the middle of a mapping", |scene| {
        let region = borrow::<Vmar>(scene.get("handle"));
        three_pages(&region);
        scene.set("options", (VM_PERM_READ | VM_SPECIFIC_OVERWRITE) as usize);
        scene.set("vmar_offset", PAGE_SIZE);
    }),
    right("vmar_map", "over the ends of two mappings", |scene| {
        let region = borrow::<Vmar>(scene.get("handle"));
        two_mappings(&region);
        scene.set("options", (VM_PERM_READ | VM_SPECIFIC_OVERWRITE) as usize);
        scene.set("vmar_offset", PAGE_SIZE);
        scene.set("len", 2 * PAGE_SIZE);
    }),
    right("vmar_map", "with the pages that are there", |scene| {
        replace(scene, "vmo", filled(PAGES));
        scene.set("options", (VM_PERM_READ | VM_PERM_WRITE | VM_MAP_RANGE) as usize);
        scene.set("len", PAGES * PAGE_SIZE);
    }),
    right("vmar_map", "beyond the end of a VMO", |scene| {
        replace(scene, "vmo", resizable(0));
        scene.set("options", (VM_PERM_READ | VM_ALLOW_FAULTS) as usize);
    }),
    right("vmar_unmap", "the middle of a mapping", |scene| {
        let base = three_pages(&empty_region(scene));
        scene.set("addr", base + PAGE_SIZE);
    }),
    right("vmar_unmap", "the ends of two mappings", |scene| {
        let base = two_mappings(&empty_region(scene));
        scene.set("addr", base + PAGE_SIZE);
        scene.set("len", 2 * PAGE_SIZE);
    }),
    right("vmar_protect", "the middle of a mapping", |scene| {
        let base = three_pages(&empty_region(scene));
        scene.set("addr", base + PAGE_SIZE);
    }),
    right("vmar_protect", "the ends of two mappings", |scene| {
        let base = two_mappings(&empty_region(scene));
        scene.set("addr", base + PAGE_SIZE);
        scene.set("len", 2 * PAGE_SIZE);
    }),
    right("vmar_destroy", "with regions and mappings in it", |scene| {
        let region = borrow::<Vmar>(scene.get("handle"));
        let can = VM_CAN_MAP_READ | VM_CAN_MAP_WRITE | VM_CAN_MAP_SPECIFIC;
        let (inner, _) = region.allocate(can, 0, 2 * PAGE_SIZE).expect("a region");
        inner.map(READ_WRITE, 0, &filled(1), 0, PAGE_SIZE).expect("mapped");
        region.map(READ_WRITE, 0, &filled(1), 0, PAGE_SIZE).expect("mapped");
        core::mem::forget(inner);
    }),
    right("cprng_draw", "as much as one may", |scene| scene.point_to("buffer", room(), ROOM)),
    right("debug_write", "a long text", |scene| {
        fill_room(b' ');
        scene.point_to("buffer", room(), 200);
    }),
    right("nanosleep", "after a wait", |scene| scene.set("deadline", soon())),
    right("mx_nanosleep", "after a wait", |scene| scene.set("nanoseconds", SHORT as usize)),
];

/// How many of what there is much of.
const MANY: usize = 20;
/// As many objects as one call waits for.
const MANY_ITEMS: usize = abi::WAIT_MANY_MAX_ITEMS;
/// Pages of what has several, as many as fit into a region of [`objects::make`].
const PAGES: usize = 4;
/// Nanoseconds until the end of a wait that nobody else ends.
const SHORT: i64 = clock::MILLISECOND;

fn soon() -> usize {
    clock::deadline_after(SHORT) as usize
}

const LONGEST: usize = CHANNEL_MAX_MSG_BYTES as usize;
/// The size of [`room`] in bytes.
const ROOM: usize = LONGEST;

/// Memory for one argument that is longer than the others.
struct Room(UnsafeCell<[u8; ROOM]>);

// SAFETY: only system calls of the one thread that makes attempts read and write it, and `fill_room`.
unsafe impl Sync for Room {}

static LARGE: Room = Room(UnsafeCell::new([0; ROOM]));

/// The address of memory for one long argument, all of which is there.
fn room() -> usize {
    fill_room(7);
    LARGE.0.get().expose_provenance()
}

fn fill_room(byte: u8) {
    // SAFETY: nobody has a reference into it.
    unsafe { LARGE.0.get().cast::<u8>().write_bytes(byte, ROOM) };
}

/// Asks about an object.
fn topic(scene: &mut Scene<'_>, topic: u32, raw: u32) {
    scene.set_handle("handle", raw);
    scene.set("topic", topic as usize);
    scene.point_to("buffer", room(), ROOM);
}

fn made(kind: &str) -> u32 {
    objects::make(kind, Rights::NONE)
}

/// A handle to this process.
fn own() -> u32 {
    Handle::from(process()).into_raw()
}

/// A job with jobs and processes.
fn family() -> u32 {
    let parent = job().create_child().expect("a job");
    for _ in 0..3 {
        core::mem::forget(parent.create_child().expect("a job"));
        core::mem::forget(Process::create(&parent, "variant").expect("a process"));
    }
    Handle::from(parent).into_raw()
}

/// Has ports observe an event.
fn observe(event: &Event, count: usize) {
    let port = Port::create().expect("a port");
    for key in 0..count {
        event.wait_async(&port, key as u64, Signals::USER_SIGNAL_0, 0).expect("armed");
    }
    core::mem::forget(port);
}

/// Waits for as many events as can be, none of which is signalled.
fn wait_for_many(scene: &mut Scene<'_>) {
    let item = || WaitItem { handle: event(), waitfor: Signals::USER_SIGNAL_0, pending: Signals::empty() };
    let items: [WaitItem; MANY_ITEMS] = core::array::from_fn(|_| item());
    scene.point_far("items", room(), &items);
}

/// The handle of one of them.
fn event_of(scene: &Scene<'_>, index: usize) -> u32 {
    let place = scene.get("items") + index * size_of::<WaitItem>();
    // SAFETY: `wait_for_many` put an item there, which begins with the handle.
    unsafe { core::ptr::with_exposed_provenance::<u32>(place).read() }
}

fn full_channel() -> (Channel, Channel) {
    let (one, other) = Channel::create().expect("a channel");
    for _ in 0..MANY {
        let handles = [event(), event()].map(Handle::from_raw).into();
        one.write(&[7; 2_000], handles).expect("a message");
    }
    (one, other)
}

fn to_full_channel(scene: &mut Scene<'_>) {
    let (one, other) = full_channel();
    replace(scene, "handle", one);
    core::mem::forget(other);
}

fn plain_handles() -> [u32; CHANNEL_MAX_MSG_HANDLES as usize] {
    core::array::from_fn(|_| event())
}

/// A message of the greatest length, with these handles.
fn much<T: abi::zerocopy::IntoBytes + abi::zerocopy::Immutable>(scene: &mut Scene<'_>, handles: &[T]) {
    scene.consume_no_more();
    let memory = Mapping::anonymous(size_of_val(handles), 0).expect("memory");
    scene.point_far("handles", memory.address(), handles);
    for handle in handles {
        // A disposition begins with its operation, and has its handle after it.
        let (first, second) = (u32::read_from_prefix(handle.as_bytes()), size_of::<T>() > 4);
        let raw = match second {
            false => first.expect("a handle").0,
            true => u32::read_from_prefix(&handle.as_bytes()[4..]).expect("a handle").0,
        };
        scene.consume("handles", raw);
    }
    scene.at_end(move || drop(memory));
    scene.point_to("bytes", room(), LONGEST);
}

/// As many pieces as fit into the place of an argument.
fn pieces() -> [ChannelIovec; 30] {
    room();
    // SAFETY: it is only read, and not written before the pieces are forgotten.
    let bytes = unsafe { &*LARGE.0.get() };
    core::array::from_fn(|number| iovec(&bytes[number * 1_000..][..2_000]))
}

fn in_pieces(scene: &mut Scene<'_>) {
    let pieces = pieces();
    scene.point("bytes", &pieces);
    scene.set("num_bytes", pieces.len());
    scene.set("options", CHANNEL_WRITE_USE_IOVEC as usize);
}

/// A channel with the greatest message, and room for all of it.
fn read_much(scene: &mut Scene<'_>) {
    let (one, other) = Channel::create().expect("a channel");
    let handles = plain_handles().map(Handle::from_raw).into();
    other.write(&[7; LONGEST], handles).expect("a message");
    replace(scene, "handle", one);
    core::mem::forget(other);
    scene.point_to("bytes", room(), LONGEST);
    let handles = Mapping::anonymous(PAGE_SIZE, 0).expect("memory");
    let length = scene.element("handles") * CHANNEL_MAX_MSG_HANDLES as usize;
    scene.point_to("handles", handles.address(), length);
    scene.at_end(move || drop(handles));
}

/// The arguments of a channel call, which are the same for handles of both kinds.
fn change_call(scene: &mut Scene<'_>, change: impl FnOnce(&mut ChannelCallArgs)) {
    let mut args =
        ChannelCallArgs::read_from_bytes(&scene.bytes(scene.call.position("args"))).expect("so long");
    change(&mut args);
    scene.point("args", &args);
}

fn call_much(scene: &mut Scene<'_>) {
    let fresh = Mapping::anonymous(LONGEST, 0).expect("memory");
    change_call(scene, |args| {
        args.wr_bytes = room() as u64;
        args.rd_bytes = fresh.address() as u64;
        (args.wr_num_bytes, args.rd_num_bytes) = (LONGEST as u32, LONGEST as u32);
    });
    scene.at_end(move || drop(fresh));
}

fn call_in_pieces(scene: &mut Scene<'_>) {
    let memory = Mapping::anonymous(LONGEST, 0).expect("memory");
    let pieces = pieces();
    // SAFETY: the memory is new, and large enough.
    unsafe { core::ptr::with_exposed_provenance_mut::<[ChannelIovec; 30]>(memory.address()).write(pieces) };
    change_call(scene, |args| {
        args.wr_bytes = memory.address() as u64;
        args.wr_num_bytes = pieces.len() as u32;
        args.rd_bytes = room() as u64;
        args.rd_num_bytes = LONGEST as u32;
    });
    scene.at_end(move || drop(memory));
    scene.set("options", CHANNEL_WRITE_USE_IOVEC as usize);
}

/// A socket for datagrams, with some on the way from the first end to the second.
fn datagrams() -> (Socket, Socket) {
    let (one, other) = Socket::create_datagram().expect("a socket");
    for _ in 0..MANY {
        one.write(&[7; 2_000]).expect("there is room");
    }
    (one, other)
}

/// Has a thread wait for the word, until the end of the scene at the latest.
fn somebody_waits(scene: &mut Scene<'_>, name: &str) {
    let words = [scene.get(name)].into_iter().chain(scene.find("requeue_ptr"));
    let words: alloc::vec::Vec<usize> = words.collect();
    // SAFETY: the page stays while the scene does, and the thread ends before that.
    let word = |address| unsafe { &*core::ptr::with_exposed_provenance::<AtomicU32>(address) };
    let first = word(words[0]);
    let waiter = blocked(THREAD_STATE_BLOCKED_FUTEX, move || futex::wait_until(first, 0, 0, INFINITE));
    scene.at_end(move || {
        words.iter().for_each(|address| futex::wake(word(*address), u32::MAX).expect("woken"));
        let woken = waiter.join();
        assert_eq!(woken, Some(Ok(())));
    });
}

/// Writes to each page of a VMO.
fn fill(vmo: &Vmo, pages: usize) {
    (0..pages).for_each(|page| vmo.write(&[7], (page * PAGE_SIZE) as u64).expect("written"));
}

/// A VMO of so many pages, all of which are there.
fn filled(pages: usize) -> Vmo {
    let vmo = Vmo::create((pages * PAGE_SIZE) as u64).expect("a VMO");
    fill(&vmo, pages);
    vmo
}

fn many_pages(scene: &mut Scene<'_>, vmo: Result<Vmo, Status>) {
    let vmo = vmo.expect("a VMO");
    let size = vmo.size().expect("a size") as usize;
    replace(scene, "handle", vmo);
    scene.point_to("buffer", room(), size);
}

/// Passes a region with nothing in it.
fn empty_region(scene: &mut Scene<'_>) -> core::mem::ManuallyDrop<Vmar> {
    destroy(&borrow(scene.get("handle")));
    scene.set_handle("handle", made("vmar"));
    borrow(scene.get("handle"))
}

/// Maps three pages at the beginning of a region; where that is.
fn three_pages(region: &Vmar) -> usize {
    map(region, 0, 3)
}

/// Maps two pages twice, one after the other.
fn two_mappings(region: &Vmar) -> usize {
    let base = map(region, 0, 2);
    map(region, 2 * PAGE_SIZE, 2);
    base
}

fn map(region: &Vmar, offset: usize, pages: usize) -> usize {
    let options = READ_WRITE | VM_SPECIFIC;
    region.map(options, offset, &filled(pages), 0, pages * PAGE_SIZE).expect("there is room")
}

fn destroy(region: &Vmar) {
    // SAFETY: nobody uses memory in it.
    unsafe { region.destroy() }.expect("destroyed");
}
