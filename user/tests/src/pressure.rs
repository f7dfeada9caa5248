//! What calls answer while there is no memory left for user programs.

use alloc::{boxed::Box, vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, Port, Process, Signals, Status, Thread, Vmo,
    startup::root_vmar,
    vmar::{PAGE_SIZE, READ_WRITE},
};

use crate::harness::{call, job, process, user_test};

/// More memory than any machine of the tests has.
const TOO_MUCH: u64 = 64 << 30;
/// Most calls of one kind that a test makes: one a page fills 4 GiB.
const MOST: usize = 1_000_000;

/// Calls `f` until it fails, with another number each time; with what.
pub fn until_error(mut f: impl FnMut(usize) -> Status) -> Status {
    (0..MOST).map(&mut f).find(|status| *status != Status::OK).unwrap_or(Status::OK)
}

/// Takes all memory that there is for user programs, until this VMO is closed.
pub fn use_up(glutton: &Vmo) {
    let byte = 1_u8;
    let full = until_error(|page| {
        call!(zx_vmo_write(glutton.raw(), (&raw const byte).cast(), (page * PAGE_SIZE) as u64, 1))
    });
    assert_eq!(full, Status::NO_MEMORY);
}

/// A VMO for [`use_up`].
pub fn glutton() -> Vmo {
    Vmo::create(TOO_MUCH).expect("a VMO")
}

/// An empty list with room for so many handles, all of whose memory is there: it is taken when it is touched.
pub fn room_for_handles(count: usize) -> Vec<u32> {
    let mut room = vec![u32::MAX; count];
    room.clear();
    room
}

user_test! {
    fn without_memory_calls_fail_and_nothing_else_does() {
        // Whatever this test needs of memory it takes before there is none.
        let (glutton, holes) = (glutton(), glutton());
        let (root, process) = (root_vmar().expect("a root region"), process());
        let (port, event) = (Port::create().expect("a port"), Event::create().expect("an event"));
        let (near, far) = Channel::create().expect("a channel");
        let length = 2 * MOST * PAGE_SIZE;
        let base = root.map(READ_WRITE, 0, &holes, 0, length).expect("mapped");
        let (bytes, mut threads) = (Box::new([1_u8; 1500]), Vec::<Thread>::with_capacity(64));
        let hole = |index: usize| {
            call!(zx_vmar_unmap(root.raw(), base + (2 * index + 1) * PAGE_SIZE, PAGE_SIZE))
        };
        assert_eq!((0..1200).map(hole).find(|status| *status != Status::OK), None);

        use_up(&glutton);
        let write = |length| call!(zx_channel_write(near.raw(), 0, bytes.as_ptr().cast(), length, core::ptr::null(), 0));
        assert_eq!(until_error(|_| write(1500)), Status::NO_MEMORY);
        assert_eq!(until_error(|_| write(40)), Status::NO_MEMORY);
        let read = |index: usize| {
            call!(zx_vmo_read(glutton.raw(), (base + 2 * index * PAGE_SIZE) as _, 0, 1))
        };
        assert_eq!(until_error(read), Status::NO_MEMORY);
        let wait = |key: usize| call!(zx_object_wait_async(event.raw(), port.raw(), key as u64, 8, 0));
        assert_eq!(until_error(wait), Status::NO_MEMORY);
        assert_eq!(until_error(|index| hole(1200 + index)), Status::NO_MEMORY);
        let thread = |_| match Thread::create(&process, "one of many") {
            Ok(thread) => {
                threads.push(thread);
                Status::OK
            }
            Err(status) => status,
        };
        assert_eq!(until_error(thread), Status::NO_MEMORY);

        drop((glutton, far, threads));
        let (near, far) = Channel::create().expect("there is memory again");
        near.write(&bytes[..], Vec::new()).expect("and for messages");
        assert_eq!(far.read().expect("a message").bytes.len(), bytes.len());
        assert_eq!(call!(zx_vmar_unmap(root.raw(), base, length)), Status::OK);
    }

    /// Who closes the last handle leaves most of what that frees to the kernel, which may not have come to it yet.
    #[needs("cpus=1,4")]
    fn calls_that_create_wait_for_what_is_on_its_way_to_be_free() {
        const OBSERVERS: u64 = 20_000;
        let (process, event) = (process(), Event::create().expect("an event"));
        let (bytes, (near, _far)) = (Box::new([1_u8; 1500]), Channel::create().expect("a channel"));
        let (new, _root) = Process::create(&job(), "ends at once").expect("a process");
        let first = Thread::create(&new, "first").expect("a thread");
        for round in 0..3 {
            let (port, eater) = (Port::create().expect("a port"), glutton());
            for key in 0..OBSERVERS {
                event.wait_async(&port, key, Signals::USER_SIGNAL_0, 0).expect("armed");
            }
            use_up(&eater);
            drop(port);
            let answer = match round {
                0 => Thread::create(&process, "one").map_or_else(|status| status, |_| Status::OK),
                1 => call!(zx_channel_write(near.raw(), 0, bytes.as_ptr().cast(), 1500, core::ptr::null(), 0)),
                _ => call!(zx_process_start(new.raw(), first.raw(), 0x1000_0000, 0, 0, 0)),
            };
            assert_eq!(answer, Status::OK, "what a port had comes back: {round}");
            use_up(&eater);
            drop(eater);
            Event::create().expect("pages come back");
        }
    }

    /// No two frames that are free lie side by side, and each is as good for the kernel as one that has neighbours.
    #[needs("cpus=1,4 memory=64M")]
    fn scattered_frames_are_as_good_as_others() {
        const THREADS: usize = 300;
        let (process, eaters, mut pages) = (process(), [glutton(), glutton()], 0);
        let mut threads = Vec::<Thread>::with_capacity(THREADS);
        let byte = 1_u8;
        let full = until_error(|page| {
            pages = page;
            let eater = &eaters[page % 2];
            call!(zx_vmo_write(eater.raw(), (&raw const byte).cast(), (page * PAGE_SIZE) as u64, 1))
        });
        assert_eq!(full, Status::NO_MEMORY);
        let [_kept, freed] = eaters;
        drop(freed);
        for number in 0..THREADS {
            threads.push(Thread::create(&process, "one of many").unwrap_or_else(|status| panic!("{number}: {status:?}")));
        }
        let channels = [(); 16].map(|()| Channel::create().expect("a channel"));
        for (near, _) in &channels {
            for number in 0..100 {
                near.write(&[1; 1500], Vec::new()).unwrap_or_else(|status| panic!("{number}: {status:?}"));
            }
        }
        // What is larger than a frame may not be had, which is no reason for anybody to go.
        let (near, far) = &channels[0];
        let large = [1_u8; 40_000];
        let _ = call!(zx_channel_write(near.raw(), 0, large.as_ptr().cast(), large.len() as u32, core::ptr::null(), 0));
        for _ in 0..100 {
            assert_eq!(far.read().expect("a message").bytes, [1; 1500]);
        }
    }
}
