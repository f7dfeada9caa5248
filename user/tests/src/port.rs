//! port_create, port_queue, port_wait.

use alloc::sync::Arc;

use hafnon_user::{
    AsHandle, Event, Port, Rights, Signals, Status,
    abi::{PKT_TYPE_USER, PortPacket, THREAD_STATE_BLOCKED_PORT},
    clock::{self, INFINITE, MILLISECOND},
    thread,
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, blocked, call, stale_handle, user_test, without},
};

/// The most user packets that a port holds.
const USER_PACKETS: u64 = 2048;

fn port() -> Port {
    Port::create().expect("a port")
}

user_test! {
    fn create_refuses_options() {
        let mut out = 0;
        for options in [2, 4, 1 << 31] {
            assert_eq!(call!(zx_port_create(options, &mut out)), Status::INVALID_ARGS, "{options:#x}");
        }
    }

    fn create_refuses_bad_pointers() {
        let memory = BadMemory::new();
        for (kind, address) in memory.unwritable(4) {
            assert_eq!(call!(zx_port_create(0, address as _)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn packets_come_out_as_they_went_in() {
        let port = port();
        port.queue(u64::MAX, [1, 2, 3, u64::MAX]).expect("queue");
        let packet = port.wait_packet(INFINITE).expect("a packet");
        assert_eq!((packet.key, packet.payload), (u64::MAX, [1, 2, 3, u64::MAX]));
        assert_eq!((packet.kind, packet.status), (u32::from(PKT_TYPE_USER), Status::OK));
    }

    fn packets_come_out_in_order() {
        let port = port();
        for key in 0..100 {
            port.queue(key, [key; 4]).expect("queue");
        }
        for key in 0..100 {
            assert_eq!(port.wait_packet(0).expect("a packet").key, key);
        }
    }

    fn empty_port_times_out() {
        let port = port();
        let deadline = clock::deadline_after(3 * MILLISECOND);
        assert_eq!(port.wait_packet(deadline), Err(Status::TIMED_OUT));
        assert!(clock::monotonic() >= deadline);
    }

    fn packet_beats_a_passed_deadline() {
        let port = port();
        port.queue(1, [0; 4]).expect("queue");
        assert_eq!(port.wait_packet(0).map(|packet| packet.key), Ok(1));
    }

    fn full_port_is_should_wait_and_loses_nothing() {
        let port = port();
        for key in 0..USER_PACKETS {
            port.queue(key, [0; 4]).expect("queue");
        }
        assert_eq!(port.queue(0, [0; 4]), Err(Status::SHOULD_WAIT));
        for key in 0..USER_PACKETS {
            assert_eq!(port.wait_packet(0).expect("a packet").key, key);
        }
        port.queue(9, [0; 4]).expect("there is room again");
    }

    fn packets_of_signals_have_room_in_a_full_port() {
        let (port, event) = (port(), Event::create().expect("an event"));
        for key in 0..2 * USER_PACKETS {
            event.wait_async(&port, USER_PACKETS + key, Signals::EVENT_SIGNALED, 0).expect("armed");
        }
        for key in 0..USER_PACKETS {
            port.queue(key, [0; 4]).expect("queue");
        }
        event.signal(Signals::empty(), Signals::EVENT_SIGNALED).expect("signal");
        assert_eq!(port.queue(0, [0; 4]), Err(Status::SHOULD_WAIT));
        for key in 0..3 * USER_PACKETS {
            assert_eq!(port.wait_packet(0).expect("a packet").key, key);
        }
        assert_eq!(port.wait_packet(0), Err(Status::TIMED_OUT));
    }

    fn closing_the_port_ends_waits_and_queues() {
        let port = Port::create().expect("a port");
        let raw = port.raw();
        let waiter = blocked(THREAD_STATE_BLOCKED_PORT, move || {
            let mut packet = PortPacket::default();
            call!(zx_port_wait(raw, INFINITE, &mut packet))
        });
        let packet = PortPacket::default();
        let full = thread::spawn("queues", move || loop {
            match call!(zx_port_queue(raw, &packet)) {
                Status::OK | Status::SHOULD_WAIT => {}
                status => return status,
            }
        });
        drop(port);
        let ended = waiter.join().expect("it returns");
        assert!([Status::CANCELED, Status::OK].contains(&ended), "{ended:?}");
        assert_eq!(full.expect("a thread").join(), Some(Status::BAD_HANDLE));
    }

    #[needs("cpus=1,2,4")]
    fn one_waiter_per_packet() {
        let port = Arc::new(port());
        let waiters = [0; 3].map(|_| {
            let port = port.clone();
            blocked(THREAD_STATE_BLOCKED_PORT, move || port.wait_packet(INFINITE).map(|packet| packet.key))
        });
        for key in [1, 2, 4] {
            port.queue(key, [0; 4]).expect("queue");
        }
        let sum: u64 = waiters
            .into_iter()
            .map(|waiter| waiter.join().expect("it returns").expect("a packet"))
            .sum();
        assert_eq!(sum, 7);
    }

    fn queue_and_wait_need_their_rights() {
        let port = port();
        let (mute, deaf) = (without(&port, Rights::WRITE), without(&port, Rights::READ));
        assert_eq!(mute.queue(0, [0; 4]), Err(Status::ACCESS_DENIED));
        assert_eq!(deaf.wait_packet(0), Err(Status::ACCESS_DENIED));
    }

    fn nothing_is_bad_handle() {
        let mut packet = hafnon_user::Packet::default();
        for raw in [0, NO_HANDLE, stale_handle()] {
            assert_eq!(call!(zx_port_queue(raw, &packet)), Status::BAD_HANDLE);
            assert_eq!(call!(zx_port_wait(raw, 0, &mut packet)), Status::BAD_HANDLE);
            assert_eq!(call!(zx_port_cancel(raw, raw, 0)), Status::BAD_HANDLE);
        }
    }

    fn wrong_type_is_told() {
        let event = Event::create().expect("an event");
        let mut packet = hafnon_user::Packet::default();
        assert_eq!(call!(zx_port_queue(event.raw(), &packet)), Status::WRONG_TYPE);
        assert_eq!(call!(zx_port_wait(event.raw(), 0, &mut packet)), Status::WRONG_TYPE);
    }

    fn bad_pointers_are_refused() {
        let (memory, port) = (BadMemory::new(), port());
        for (kind, address) in memory.unreadable(48) {
            assert_eq!(call!(zx_port_queue(port.raw(), address as _)), Status::INVALID_ARGS, "{kind}");
        }
        assert_eq!(port.wait_packet(0), Err(Status::TIMED_OUT), "nothing was queued");
        for (kind, address) in memory.unwritable(48) {
            port.queue(1, [0; 4]).expect("queue");
            assert_eq!(call!(zx_port_wait(port.raw(), 0, address as _)), Status::INVALID_ARGS, "{kind}");
        }
    }
}
