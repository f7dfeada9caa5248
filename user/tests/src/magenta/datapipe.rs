//! datapipe_create, datapipe_write, datapipe_read, and the windows of begin and end.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    Channel, Rights, Signals, Status,
    abi::{
        DATAPIPE_READ_FLAG_ALL_OR_NONE as READ_ALL, DATAPIPE_READ_FLAG_DISCARD as DISCARD,
        DATAPIPE_READ_FLAG_PEEK as PEEK, DATAPIPE_READ_FLAG_QUERY as QUERY,
        DATAPIPE_WRITE_FLAG_ALL_OR_NONE as WRITE_ALL,
    },
    handle::Handle,
    info,
};

use super::{event, owned};
use crate::{
    bad_memory::{BadMemory, half_mapped},
    harness::{NO_HANDLE, call, user_test},
};

/// Consumer and producer of a pipe.
fn pipe(element: usize, capacity: usize) -> (Handle, Handle) {
    let (mut consumer, mut producer) = (0, 0);
    let status = call!(mx_datapipe_create(0, element, capacity, &mut consumer, &mut producer));
    assert_eq!(status, Status::OK);
    (owned(consumer), owned(producer))
}

fn write(producer: &Handle, bytes: &[u8], options: u32) -> Result<usize, Status> {
    let mut actual = usize::MAX;
    let (buffer, size) = (bytes.as_ptr(), bytes.len());
    result(call!(mx_datapipe_write(producer.raw(), options, buffer, size, &mut actual)), actual)
}

/// Up to 16 bytes, and how many they are.
fn read(consumer: &Handle, length: usize, options: u32) -> Result<([u8; 16], usize), Status> {
    let (mut bytes, mut actual) = ([0; 16], usize::MAX);
    let status = call!(mx_datapipe_read(consumer.raw(), options, bytes.as_mut_ptr(), length, &mut actual));
    result(status, (bytes, actual))
}

fn begin_write(producer: &Handle, options: u32, size: usize) -> Result<(usize, usize), Status> {
    let (mut address, mut available) = (0, 0);
    let status = call!(mx_datapipe_begin_write(producer.raw(), options, size, &mut address, &mut available));
    result(status, (address, available))
}

fn begin_read(consumer: &Handle, options: u32, size: usize) -> Result<(usize, usize), Status> {
    let (mut address, mut available) = (0, 0);
    let status = call!(mx_datapipe_begin_read(consumer.raw(), options, size, &mut address, &mut available));
    result(status, (address, available))
}

fn end_write(producer: &Handle, written: usize) -> Status {
    call!(mx_datapipe_end_write(producer.raw(), written))
}

fn end_read(consumer: &Handle, read: usize) -> Status {
    call!(mx_datapipe_end_read(consumer.raw(), read))
}

fn result<T>(status: Status, value: T) -> Result<T, Status> {
    if status == Status::OK { Ok(value) } else { Err(status) }
}

/// The bytes of a window.
fn window(at: (usize, usize)) -> &'static mut [u8] {
    // SAFETY: the kernel mapped the ring there, and each test touches a window only while it is open.
    unsafe { core::slice::from_raw_parts_mut(at.0 as *mut u8, at.1) }
}

fn active(handle: &Handle) -> Signals {
    let mut observed = 0;
    assert_eq!(call!(mx_handle_wait_one(handle.raw(), 0, 0, &mut observed)), Status::TIMED_OUT);
    Signals::from_bits_retain(observed)
}

const WRITABLE: Signals = Signals::DATAPIPE_WRITABLE.union(Signals::DATAPIPE_WRITE_THRESHOLD);
const READABLE: Signals = Signals::DATAPIPE_READABLE.union(Signals::DATAPIPE_READ_THRESHOLD);

user_test! {
    fn ends_are_what_they_are() {
        let (consumer, producer) = pipe(1, 0);
        let [one, two] = [&consumer, &producer].map(|end| info::basic(end).expect("info"));
        assert_eq!((one.kind, two.kind), (8, 7));
        assert_eq!((one.related_koid, two.related_koid), (two.koid, one.koid));
        assert!(two.rights.contains(Rights::READ | Rights::WRITE | Rights::TRANSFER));
        assert!(!one.rights.contains(Rights::WRITE) && one.rights.contains(Rights::READ | Rights::TRANSFER));
        assert_eq!((active(&consumer), active(&producer)), (Signals::empty(), WRITABLE));
    }

    fn elements_come_out_as_they_went_in() {
        let (consumer, producer) = pipe(2, 6);
        for _ in 0..5 {
            assert_eq!(write(&producer, b"abcd", 0), Ok(4));
            assert_eq!(active(&consumer), READABLE);
            assert_eq!(read(&consumer, 16, 0), Ok((*b"abcd\0\0\0\0\0\0\0\0\0\0\0\0", 4)));
            assert_eq!(active(&consumer), Signals::empty());
        }
    }

    fn full_and_empty_pipes_should_wait() {
        let (consumer, producer) = pipe(1, 4);
        assert_eq!(read(&consumer, 1, 0), Err(Status::SHOULD_WAIT));
        assert_eq!(write(&producer, b"abcdef", 0), Ok(4));
        assert_eq!(write(&producer, b"g", 0), Err(Status::SHOULD_WAIT));
        assert_eq!(active(&producer), Signals::empty());
        assert_eq!((write(&producer, b"", 0), read(&consumer, 0, 0)), (Ok(0), Ok(([0; 16], 0))));
    }

    fn full_pipe_has_no_window_to_write() {
        let (_consumer, producer) = pipe(1, 4);
        assert_eq!(write(&producer, b"abcd", 0), Ok(4));
        assert_eq!(begin_write(&producer, 0, 1), Err(Status::SHOULD_WAIT));
    }

    fn all_or_none() {
        let (consumer, producer) = pipe(1, 4);
        assert_eq!(write(&producer, b"abcde", WRITE_ALL), Err(Status::OUT_OF_RANGE));
        assert_eq!(write(&producer, b"abc", WRITE_ALL), Ok(3));
        assert_eq!(read(&consumer, 4, READ_ALL), Err(Status::OUT_OF_RANGE));
        assert_eq!(read(&consumer, 4, READ_ALL | DISCARD), Err(Status::OUT_OF_RANGE));
        assert_eq!(read(&consumer, 3, READ_ALL).map(|(_, actual)| actual), Ok(3));
    }

    fn peek_query_and_discard() {
        let (consumer, producer) = pipe(1, 8);
        assert_eq!(write(&producer, b"abcdef", 0), Ok(6));
        assert_eq!(read(&consumer, 2, PEEK), Ok((*b"ab\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 2)));
        assert_eq!(read(&consumer, 0, QUERY), Ok(([0; 16], 6)));
        assert_eq!(read(&consumer, 0, QUERY | READ_ALL).map(|(_, actual)| actual), Ok(6));
        assert_eq!(read(&consumer, 4, DISCARD), Ok(([0; 16], 4)));
        assert_eq!(read(&consumer, 9, 0), Ok((*b"ef\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 2)));
        for options in [PEEK | DISCARD, PEEK | QUERY, DISCARD | QUERY, PEEK | DISCARD | QUERY] {
            assert_eq!(read(&consumer, 1, options), Err(Status::INVALID_ARGS), "{options}");
        }
        for options in [16, 1 << 31] {
            assert_eq!(read(&consumer, 1, options), Err(Status::NOT_SUPPORTED));
        }
        assert_eq!(write(&producer, b"a", 2), Err(Status::NOT_SUPPORTED));
    }

    fn halves_of_elements_are_refused() {
        let (consumer, producer) = pipe(4, 16);
        assert_eq!(write(&producer, b"abcde", 0), Err(Status::INVALID_ARGS));
        assert_eq!(write(&producer, b"abcdefgh", 0), Ok(8));
        assert_eq!(read(&consumer, 3, 0), Err(Status::INVALID_ARGS));
        assert_eq!(begin_write(&producer, 0, 6), Err(Status::INVALID_ARGS));
        assert_eq!(begin_read(&consumer, 0, 6), Err(Status::INVALID_ARGS));
        assert_eq!(begin_read(&consumer, 0, 8).map(|at| at.1), Ok(8));
        assert_eq!(end_read(&consumer, 5), Status::INVALID_ARGS);
        assert_eq!(read(&consumer, 0, QUERY).map(|(_, actual)| actual), Ok(8));
    }

    fn windows_are_the_ring_itself() {
        let (consumer, producer) = pipe(1, 6);
        assert_eq!(write(&producer, b"abcd", 0), Ok(4));
        let at = begin_read(&consumer, 0, 3).expect("a window");
        assert_eq!(window(at), b"abc");
        assert_eq!(end_read(&consumer, 3), Status::OK);
        let room = begin_write(&producer, 0, 6).expect("a window");
        assert_eq!(room.1, 2, "up to where the ring ends");
        window(room).copy_from_slice(b"ef");
        assert_eq!(end_write(&producer, 2), Status::OK);
        let room = begin_write(&producer, 0, 6).expect("a window");
        assert_eq!(room.1, 3, "from the start of the ring on");
        window(room)[0] = b'g';
        assert_eq!(end_write(&producer, 1), Status::OK);
        assert_eq!(read(&consumer, 16, PEEK), Ok((*b"defg\0\0\0\0\0\0\0\0\0\0\0\0", 4)));
        assert_eq!(begin_read(&consumer, 0, 6).map(|at| &*window(at)), Ok(&b"def"[..]));
        assert_eq!(end_read(&consumer, 0), Status::OK, "nothing need be read");
        assert_eq!(read(&consumer, 0, QUERY).map(|(_, actual)| actual), Ok(4));
    }

    fn open_window_keeps_others_out() {
        let (consumer, producer) = pipe(1, 4);
        assert_eq!((end_write(&producer, 0), end_read(&consumer, 0)), (Status::BAD_STATE, Status::BAD_STATE));
        assert_eq!(begin_read(&consumer, 0, 1), Err(Status::SHOULD_WAIT));
        assert_eq!(write(&producer, b"ab", 0), Ok(2));
        assert_eq!(begin_write(&producer, 0, 2).map(|at| at.1), Ok(2));
        assert_eq!(begin_read(&consumer, 0, 2).map(|at| at.1), Ok(2));
        assert_eq!((active(&consumer), active(&producer)), (Signals::empty(), Signals::empty()));
        assert_eq!(begin_write(&producer, 0, 2), Err(Status::ALREADY_BOUND));
        assert_eq!(begin_read(&consumer, 0, 2), Err(Status::ALREADY_BOUND));
        assert_eq!(write(&producer, b"c", 0), Err(Status::ALREADY_BOUND));
        assert_eq!(read(&consumer, 1, 0), Err(Status::ALREADY_BOUND));
        assert_eq!(read(&consumer, 0, QUERY), Err(Status::ALREADY_BOUND));
        assert_eq!(end_write(&producer, 3), Status::INVALID_ARGS, "more than there was room for");
        assert_eq!(end_write(&producer, 0), Status::BAD_STATE, "it is closed all the same");
        assert_eq!(end_read(&consumer, 1), Status::OK);
        assert_eq!((active(&consumer), active(&producer)), (READABLE, WRITABLE));
    }

    fn windows_have_no_options() {
        let (consumer, producer) = pipe(1, 4);
        assert_eq!(write(&producer, b"ab", 0), Ok(2));
        assert_eq!(begin_write(&producer, WRITE_ALL, 1), Err(Status::INVALID_ARGS));
        assert_eq!(begin_write(&producer, 2, 1), Err(Status::NOT_SUPPORTED));
        for options in [READ_ALL, DISCARD, QUERY, PEEK] {
            assert_eq!(begin_read(&consumer, options, 1), Err(Status::INVALID_ARGS), "{options}");
        }
        assert_eq!(begin_read(&consumer, 16, 1), Err(Status::NOT_SUPPORTED));
        assert_eq!((begin_write(&producer, 0, 0), begin_read(&consumer, 0, 0)), (Err(Status::INVALID_ARGS), Err(Status::INVALID_ARGS)));
    }

    fn closing_the_producer_leaves_what_is_in_the_pipe() {
        let (consumer, producer) = pipe(1, 4);
        assert_eq!(write(&producer, b"abc", 0), Ok(3));
        drop(producer);
        assert_eq!(active(&consumer), READABLE | Signals::DATAPIPE_PEER_CLOSED);
        assert_eq!(read(&consumer, 4, READ_ALL), Err(Status::PEER_CLOSED));
        assert_eq!(begin_read(&consumer, 0, 4).map(|at| &*window(at)), Ok(&b"abc"[..]));
        assert_eq!(end_read(&consumer, 1), Status::OK);
        assert_eq!(read(&consumer, 4, 0).map(|(_, actual)| actual), Ok(2));
        assert_eq!(read(&consumer, 4, 0), Err(Status::PEER_CLOSED));
        assert_eq!(begin_read(&consumer, 0, 4), Err(Status::PEER_CLOSED));
        assert_eq!(active(&consumer), Signals::DATAPIPE_PEER_CLOSED);
    }

    fn closing_the_consumer_ends_writing() {
        let (consumer, producer) = pipe(1, 4);
        drop(consumer);
        assert_eq!(active(&producer), Signals::DATAPIPE_PEER_CLOSED);
        assert_eq!(write(&producer, b"a", 0), Err(Status::PEER_CLOSED));
        assert_eq!(begin_write(&producer, 0, 1), Err(Status::PEER_CLOSED));
    }

    fn mapped_ring_goes_with_its_end() {
        let mapped = || {
            let topic = hafnon_user::abi::INFO_TASK_STATS;
            let stats: hafnon_user::abi::InfoTaskStats =
                info::get(&crate::harness::process(), topic).expect("info");
            stats.mem_mapped_bytes
        };
        let (_consumer, producer) = pipe(1, 5000);
        let before = mapped();
        for _ in 0..2 {
            begin_write(&producer, 0, 1).expect("a window");
            assert_eq!(mapped(), before + 8192, "it is mapped once");
            assert_eq!(end_write(&producer, 0), Status::OK);
        }
        drop(producer);
        assert_eq!(mapped(), before);
    }

    fn ends_can_be_sent() {
        let (consumer, producer) = pipe(1, 4);
        let (here, there) = Channel::create().expect("a channel");
        begin_write(&producer, 0, 1).expect("a window");
        here.write(b"", alloc::vec![producer]).expect("write");
        let producer = there.read().expect("a message").handles.remove(0);
        assert_eq!(end_write(&producer, 1), Status::OK);
        assert_eq!(read(&consumer, 4, 0), Ok(([0; 16], 1)));
    }

    fn create_refuses() {
        let (mut consumer, mut producer) = (0, 0);
        let mut create = |options, element, capacity| {
            call!(mx_datapipe_create(options, element, capacity, &mut consumer, &mut producer))
        };
        assert_eq!(create(1, 1, 0), Status::INVALID_ARGS);
        assert_eq!(create(0, 0, 0), Status::INVALID_ARGS);
        assert_eq!(create(0, 3, 4), Status::INVALID_ARGS);
        assert_eq!(create(0, 1, 1 << 40), Status::NO_MEMORY);
        assert_eq!(create(0, usize::MAX, 0), Status::NO_MEMORY);
        let mut out = 0;
        for (kind, bad) in BadMemory::new().unwritable(4) {
            assert_eq!(call!(mx_datapipe_create(0, 1, 0, bad as _, &mut out)), Status::INVALID_ARGS, "{kind}");
            assert_eq!(call!(mx_datapipe_create(0, 1, 0, &mut out, bad as _)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn handles_are_checked() {
        let ((consumer, producer), event) = (pipe(1, 8), event());
        for wrong in [&event, &consumer] {
            assert_eq!(write(wrong, b"a", 0), Err(Status::WRONG_TYPE));
            assert_eq!(begin_write(wrong, 0, 1), Err(Status::WRONG_TYPE));
            assert_eq!(end_write(wrong, 1), Status::WRONG_TYPE);
        }
        for wrong in [&event, &producer] {
            assert_eq!(read(wrong, 1, 0), Err(Status::WRONG_TYPE));
            assert_eq!(begin_read(wrong, 0, 1), Err(Status::WRONG_TYPE));
            assert_eq!(end_read(wrong, 1), Status::WRONG_TYPE);
        }
        let (mut word, bytes) = (0, b"a".as_ptr());
        let out = &raw mut word;
        assert_eq!(call!(mx_datapipe_write(NO_HANDLE, 0, bytes, 1, out)), Status::BAD_HANDLE);
        assert_eq!(call!(mx_datapipe_read(NO_HANDLE, 0, out.cast(), 1, out)), Status::BAD_HANDLE);
        assert_eq!(call!(mx_datapipe_begin_write(NO_HANDLE, 0, 1, out, out)), Status::BAD_HANDLE);
        assert_eq!(call!(mx_datapipe_begin_read(NO_HANDLE, 0, 1, out, out)), Status::BAD_HANDLE);
        assert_eq!(call!(mx_datapipe_end_write(NO_HANDLE, 1)), Status::BAD_HANDLE);
        assert_eq!(call!(mx_datapipe_end_read(NO_HANDLE, 1)), Status::BAD_HANDLE);
        let (mute, deaf) = (producer.replace(Rights::READ), consumer.replace(Rights::TRANSFER));
        let (mute, deaf) = (mute.expect("a handle"), deaf.expect("a handle"));
        assert_eq!((write(&mute, b"a", 0), read(&deaf, 1, 0)), (Err(Status::ACCESS_DENIED), Err(Status::ACCESS_DENIED)));
        assert_eq!((begin_write(&mute, 0, 1), begin_read(&deaf, 0, 1)), (Err(Status::ACCESS_DENIED), Err(Status::ACCESS_DENIED)));
        assert_eq!((end_write(&mute, 1), end_read(&deaf, 1)), (Status::ACCESS_DENIED, Status::ACCESS_DENIED));
    }

    /// The kernel copies so much in steps.
    fn long_transfers_lose_nothing_where_memory_ends_half_way() {
        const ALL: usize = 256 * 1024;
        let ((consumer, producer), memory) = (pipe(1, ALL), half_mapped(ALL));
        let (data, mut actual) = (memory.address(), 0);
        let status = call!(mx_datapipe_write(producer.raw(), 0, data as _, ALL, &mut actual));
        assert_eq!((status, read(&consumer, 0, QUERY)), (Status::INVALID_ARGS, Ok(([0; 16], 0))));
        let bytes: Vec<u8> = (0..ALL).map(|number| (number / 7) as u8).collect();
        // The ring's end lies in the middle.
        assert_eq!(write(&producer, &bytes[..ALL / 2 - 1], 0), Ok(ALL / 2 - 1));
        assert_eq!(read(&consumer, ALL / 2 - 1, DISCARD).map(|(_, actual)| actual), Ok(ALL / 2 - 1));
        assert_eq!(write(&producer, &bytes, WRITE_ALL), Ok(ALL));
        for options in [0, PEEK, READ_ALL] {
            let status = call!(mx_datapipe_read(consumer.raw(), options, data as _, ALL, &mut actual));
            assert_eq!(status, Status::INVALID_ARGS);
        }
        for options in [PEEK, 0] {
            let mut back = vec![0_u8; ALL];
            let to = back.as_mut_ptr();
            assert_eq!(call!(mx_datapipe_read(consumer.raw(), options, to, ALL, &mut actual)), Status::OK);
            assert!(actual == ALL && back == bytes);
        }
        assert_eq!(read(&consumer, 0, QUERY).map(|(_, actual)| actual), Ok(0));
    }

    fn bad_pointers_change_nothing() {
        let ((consumer, producer), memory, mut word) = (pipe(1, 8), BadMemory::new(), 0);
        let out = &raw mut word;
        for (kind, bad) in memory.unreadable(4) {
            let status = call!(mx_datapipe_write(producer.raw(), 0, bad as _, 4, out));
            assert_eq!(status, Status::INVALID_ARGS, "write buffer: {kind}");
        }
        for (kind, bad) in memory.unwritable(8) {
            let status = call!(mx_datapipe_write(producer.raw(), 0, b"abcd".as_ptr(), 4, bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "written: {kind}");
            assert_eq!(read(&consumer, 0, QUERY).map(|(_, actual)| actual), Ok(0), "{kind}");
            let begin = call!(mx_datapipe_begin_write(producer.raw(), 0, 1, bad as _, out));
            assert_eq!(begin, Status::INVALID_ARGS, "write window: {kind}");
            let begin = call!(mx_datapipe_begin_write(producer.raw(), 0, 1, out, bad as _));
            assert_eq!(begin, Status::INVALID_ARGS, "size of the write window: {kind}");
        }
        assert_eq!(write(&producer, b"12345678", 0), Ok(8), "no window was left open");
        for (kind, bad) in memory.unwritable(8) {
            for options in [0, PEEK] {
                let status = call!(mx_datapipe_read(consumer.raw(), options, bad as _, 8, out));
                assert_eq!(status, Status::INVALID_ARGS, "read buffer: {kind}");
            }
            for options in [0, PEEK, DISCARD, QUERY] {
                let mut bytes = [0; 8];
                let status = call!(mx_datapipe_read(consumer.raw(), options, bytes.as_mut_ptr(), 8, bad as _));
                assert_eq!(status, Status::INVALID_ARGS, "read: {kind}");
            }
            let begin = call!(mx_datapipe_begin_read(consumer.raw(), 0, 1, bad as _, out));
            assert_eq!(begin, Status::INVALID_ARGS, "read window: {kind}");
            let begin = call!(mx_datapipe_begin_read(consumer.raw(), 0, 1, out, bad as _));
            assert_eq!(begin, Status::INVALID_ARGS, "size of the read window: {kind}");
        }
        assert_eq!(read(&consumer, 8, 0), Ok((*b"12345678\0\0\0\0\0\0\0\0", 8)));
    }
}
