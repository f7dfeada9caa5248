//! fifo_create, fifo_read, fifo_write.

use core::ptr::null_mut;

use hafnon_user::{AsHandle, Event, Fifo, Rights, Signals, Status, fifo::MAX_BYTES, info};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, stale_handle, user_test, without},
};

/// Eight elements of four bytes.
fn fifo() -> (Fifo, Fifo) {
    Fifo::create(8, 4).expect("a FIFO")
}

fn active(end: &Fifo) -> Signals {
    end.wait_observed(Signals::empty(), 0).1
}

fn elements<const COUNT: usize>(first: u8) -> [[u8; 4]; COUNT] {
    core::array::from_fn(|index| [first + index as u8; 4])
}

/// Both calls with these arguments.
fn both(end: u32, element_size: usize, data: usize, count: usize, actual: *mut usize) -> [Status; 2] {
    [
        call!(zx_fifo_read(end, element_size, data as _, count, actual)),
        call!(zx_fifo_write(end, element_size, data as _, count, actual)),
    ]
}

user_test! {
    fn create_refuses_options() {
        let (mut left, mut right) = (0, 0);
        assert_eq!(call!(zx_fifo_create(8, 4, 1, &mut left, &mut right)), Status::INVALID_ARGS);
    }

    fn create_refuses_sizes_out_of_range() {
        for (count, size) in [
            (0, 4), (4, 0), (0, 0), (1, MAX_BYTES + 1), (MAX_BYTES * 2, 1), (1024, 5),
            (usize::MAX, 2), (1 << 63, 2), (2, 1 << 63), (1 << 32, 1 << 32),
        ] {
            assert_eq!(Fifo::create(count, size).err(), Some(Status::OUT_OF_RANGE), "{count} of {size}");
        }
        for (count, size) in [(1, 1), (1, MAX_BYTES), (MAX_BYTES, 1), (64, 64), (1024, 3), (12, 4), (1365, 3)] {
            Fifo::create(count, size).unwrap_or_else(|status| panic!("{count} of {size}: {status:?}"));
        }
    }

    fn create_refuses_bad_pointers_and_keeps_nothing() {
        let (memory, mut out) = (BadMemory::new(), 0);
        for (kind, address) in memory.unwritable(4) {
            let first = call!(zx_fifo_create(8, 4, 0, address as _, &mut out));
            let second = call!(zx_fifo_create(8, 4, 0, &mut out, address as _));
            assert_eq!((first, second), (Status::INVALID_ARGS, Status::INVALID_ARGS), "{kind}");
        }
    }

    fn ends_know_each_other() {
        let (left, right) = fifo();
        let (one, two) = (info::basic(&left).expect("info"), info::basic(&right).expect("info"));
        assert_eq!((one.koid, one.related_koid), (two.related_koid, two.koid));
        assert_eq!(one.rights, Rights::DEFAULT_FIFO);
        assert_eq!((active(&left), active(&right)), (Signals::FIFO_WRITABLE, Signals::FIFO_WRITABLE));
    }

    fn elements_arrive_in_order_both_ways() {
        let (left, right) = fifo();
        assert_eq!(left.write(&elements::<3>(1)), Ok(3));
        assert_eq!(right.write(&elements::<2>(50)), Ok(2));
        let mut read = [[0; 4]; 8];
        assert_eq!(right.read(&mut read), Ok(3));
        assert_eq!(read[..4], [[1; 4], [2; 4], [3; 4], [0; 4]]);
        assert_eq!(left.read(&mut read), Ok(2));
        assert_eq!(read[..2], elements::<2>(50));
    }

    fn writes_and_reads_are_short() {
        let (left, right) = fifo();
        let mut read = [[0; 4]; 12];
        assert_eq!(left.write(&elements::<5>(0)), Ok(5));
        assert_eq!(right.read(&mut read[..2]), Ok(2));
        // The ring wraps.
        assert_eq!(left.write(&elements::<12>(5)), Ok(5));
        assert_eq!(left.write(&elements::<1>(99)), Err(Status::SHOULD_WAIT));
        assert_eq!(right.read(&mut read), Ok(8));
        assert_eq!(read[..8], elements::<8>(2));
        assert_eq!(right.read(&mut read), Err(Status::SHOULD_WAIT));
    }

    fn a_full_ring_of_any_shape_passes_through() {
        for (count, size) in [(1, MAX_BYTES), (MAX_BYTES, 1)] {
            let (left, right) = Fifo::create(count, size).expect("a FIFO");
            let (bytes, mut read) = ([7u8; MAX_BYTES], [0u8; MAX_BYTES]);
            let mut actual = 0;
            let status = call!(zx_fifo_write(left.raw(), size, bytes.as_ptr().cast(), count, &mut actual));
            assert_eq!((status, actual), (Status::OK, count));
            let status =
                call!(zx_fifo_read(right.raw(), size, read.as_mut_ptr().cast(), usize::MAX, &mut actual));
            assert_eq!((status, actual), (Status::OK, count));
            assert!(read == bytes);
        }
    }

    fn signals_follow_the_rings() {
        let (left, right) = fifo();
        let both = Signals::FIFO_READABLE | Signals::FIFO_WRITABLE;
        left.write(&elements::<7>(0)).expect("written");
        assert_eq!((active(&left), active(&right)), (Signals::FIFO_WRITABLE, both));
        left.write(&elements::<1>(7)).expect("written");
        assert_eq!((active(&left), active(&right)), (Signals::empty(), both));
        right.read(&mut [[0; 4]; 1]).expect("read");
        assert_eq!((active(&left), active(&right)), (Signals::FIFO_WRITABLE, both));
        right.read(&mut [[0; 4]; 7]).expect("read");
        assert_eq!((active(&left), active(&right)), (Signals::FIFO_WRITABLE, Signals::FIFO_WRITABLE));
    }

    fn number_of_elements_need_not_be_told() {
        let (left, right) = fifo();
        let mut element = 0x0102_0304u32;
        let address = (&raw mut element) as usize;
        assert_eq!(call!(zx_fifo_write(left.raw(), 4, address as _, 1, null_mut())), Status::OK);
        element = 0;
        assert_eq!(call!(zx_fifo_read(right.raw(), 4, address as _, 1, null_mut())), Status::OK);
        assert_eq!(element, 0x0102_0304);
    }

    fn wrong_sizes_and_no_elements_are_out_of_range() {
        let (left, right) = fifo();
        let mut data = [0u8; 64];
        let data = data.as_mut_ptr() as usize;
        let wrong = [(4, 0), (3, 1), (5, 1), (0, 1), (8, 4), (usize::MAX, 1)];
        for (size, count) in wrong {
            assert_eq!(both(left.raw(), size, data, count, null_mut()), [Status::OUT_OF_RANGE; 2]);
        }
        drop(right);
        for (size, count) in wrong {
            let answers = both(left.raw(), size, data, count, null_mut());
            assert_eq!(answers, [Status::OUT_OF_RANGE, Status::PEER_CLOSED], "nobody would read it");
        }
    }

    fn handles_are_checked() {
        let (left, right) = fifo();
        let event = Event::create().expect("an event");
        let mut data = [0u8; 4];
        let data = data.as_mut_ptr() as usize;
        for bad in [0, NO_HANDLE, stale_handle()] {
            assert_eq!(both(bad, 4, data, 1, null_mut()), [Status::BAD_HANDLE; 2]);
        }
        assert_eq!(both(event.raw(), 4, data, 1, null_mut()), [Status::WRONG_TYPE; 2]);
        left.write(&elements::<1>(0)).expect("written");
        let (no_read, no_write) = (without(&right, Rights::READ), without(&right, Rights::WRITE));
        assert_eq!(both(no_read.raw(), 4, data, 1, null_mut()), [Status::ACCESS_DENIED, Status::OK]);
        assert_eq!(both(no_write.raw(), 4, data, 1, null_mut()), [Status::OK, Status::ACCESS_DENIED]);
    }

    fn write_refuses_bad_pointers_and_writes_nothing() {
        let (memory, (left, right)) = (BadMemory::new(), fifo());
        for (kind, address) in memory.unreadable(16) {
            let status = call!(zx_fifo_write(left.raw(), 4, address as _, 4, null_mut()));
            assert_eq!(status, Status::INVALID_ARGS, "data: {kind}");
        }
        for (kind, address) in memory.unwritable(8).into_iter().filter(|(kind, _)| *kind != "null") {
            let status = call!(zx_fifo_write(left.raw(), 4, memory.good() as _, 4, address as _));
            assert_eq!(status, Status::INVALID_ARGS, "actual: {kind}");
        }
        assert_eq!(right.read(&mut [[0; 4]; 1]), Err(Status::SHOULD_WAIT));
    }

    fn read_refuses_bad_pointers_and_loses_nothing() {
        let (memory, (left, right)) = (BadMemory::new(), fifo());
        left.write(&elements::<4>(1)).expect("written");
        for (kind, address) in memory.unwritable(16) {
            let status = call!(zx_fifo_read(right.raw(), 4, address as _, 4, null_mut()));
            assert_eq!(status, Status::INVALID_ARGS, "data: {kind}");
        }
        for (kind, address) in memory.unwritable(8).into_iter().filter(|(kind, _)| *kind != "null") {
            let status = call!(zx_fifo_read(right.raw(), 4, memory.good() as _, 4, address as _));
            assert_eq!(status, Status::INVALID_ARGS, "actual: {kind}");
        }
        let mut read = [[0; 4]; 8];
        assert_eq!(right.read(&mut read), Ok(4));
        assert_eq!(read[..4], elements::<4>(1));
    }

    fn only_what_is_transferred_is_touched() {
        // Of a buffer for more elements than there is room for, or than there are, the rest may be anything.
        let (memory, (left, right)) = (BadMemory::new(), fifo());
        let edge = memory.good() + hafnon_user::vmar::PAGE_SIZE - 32;
        let mut actual = 0;
        assert_eq!(call!(zx_fifo_write(left.raw(), 4, edge as _, 100, &mut actual)), Status::OK);
        assert_eq!(actual, 8);
        assert_eq!(call!(zx_fifo_read(right.raw(), 4, edge as _, 100, &mut actual)), Status::OK);
        assert_eq!(actual, 8);
    }

    fn elements_survive_the_writer() {
        let (left, right) = fifo();
        left.write(&elements::<3>(0)).expect("written");
        drop(left);
        assert_eq!(active(&right), Signals::FIFO_READABLE | Signals::FIFO_PEER_CLOSED);
        assert_eq!(right.write(&elements::<1>(0)), Err(Status::PEER_CLOSED));
        let mut read = [[0; 4]; 2];
        assert_eq!(right.read(&mut read), Ok(2));
        assert_eq!(right.read(&mut read), Ok(1));
        assert_eq!(read[0], [2; 4]);
        assert_eq!(right.read(&mut read), Err(Status::PEER_CLOSED));
        assert_eq!(active(&right), Signals::FIFO_PEER_CLOSED);
    }

    fn signal_peer_acts_on_the_other_end() {
        let (left, right) = fifo();
        left.signal_peer(Signals::empty(), Signals::USER_SIGNAL_3).expect("signalled");
        assert_eq!(active(&right), Signals::FIFO_WRITABLE | Signals::USER_SIGNAL_3);
        assert_eq!(left.signal_peer(Signals::empty(), Signals::FIFO_READABLE), Err(Status::INVALID_ARGS));
        assert_eq!(left.signal(Signals::FIFO_WRITABLE, Signals::empty()), Err(Status::INVALID_ARGS));
        let denied = without(&left, Rights::SIGNAL_PEER);
        assert_eq!(denied.signal_peer(Signals::empty(), Signals::USER_SIGNAL_0), Err(Status::ACCESS_DENIED));
        drop(right);
        assert_eq!(left.signal_peer(Signals::empty(), Signals::USER_SIGNAL_0), Err(Status::PEER_CLOSED));
    }
}
