//! channel_call.

use alloc::{sync::Arc, vec, vec::Vec};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use hafnon_user::{
    AsHandle, Channel, Event, Message, Rights, Signals, Status,
    abi::ChannelCallArgs,
    clock::{self, INFINITE, MILLISECOND},
    handle::Handle,
    thread,
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, user_test},
};

/// Length of the transaction identifier.
const TXID: usize = 4;

fn channel() -> (Channel, Channel) {
    Channel::create().expect("a channel")
}

/// Waits for one message and reads it.
fn receive(end: &Channel) -> Message {
    let readable = end.wait(Signals::CHANNEL_READABLE, INFINITE);
    readable.expect("a message arrives");
    end.read().expect("a message is there")
}

fn txid(message: &Message) -> u32 {
    u32::from_le_bytes(*message.bytes.first_chunk().expect("a transaction identifier"))
}

fn call(end: &Channel, deadline: i64) -> Result<Vec<u8>, Status> {
    let mut reply = [0; 64];
    let (length, _) = end.call(&mut [0; 8], Vec::new(), &mut reply, deadline)?;
    Ok(reply[..length].to_vec())
}

/// Makes the raw call with these arguments.
fn raw_call(raw: u32, options: u32, arguments: &ChannelCallArgs) -> Status {
    let (mut bytes, mut handles) = (0, 0);
    call!(zx_channel_call(raw, options, 0, arguments, &mut bytes, &mut handles))
}

user_test! {
    #[needs("cpus=1,2,4")]
    fn reply_comes_back() {
        let (near, far) = channel();
        let server = thread::spawn("server", move || {
            let request = receive(&far);
            far.write(&[&request.bytes[..TXID], b" reply"].concat(), Vec::new())
        });
        let reply = call(&near, INFINITE).expect("a reply");
        assert_eq!(&reply[TXID..], b" reply");
        server.expect("a thread").join().expect("it returns").expect("it writes");
    }

    fn transaction_identifiers_are_the_kernels_and_differ() {
        let (near, far) = channel();
        let server = thread::spawn("server", move || {
            [0; 3].map(|_| {
                let request = receive(&far);
                far.write(&request.bytes[..TXID], Vec::new()).expect("a reply is sent");
                txid(&request)
            })
        });
        for _ in 0..3 {
            call(&near, INFINITE).expect("a reply");
        }
        let [a, b, c] = server.expect("a thread").join().expect("it returns");
        assert!(a != b && b != c && a != c);
        assert!([a, b, c].iter().all(|txid| *txid >= 0x8000_0000));
    }

    #[needs("cpus=1,2,4")]
    fn calls_while_the_handle_is_replaced_end() {
        let (near, _far) = channel();
        let value = Arc::new(AtomicU32::new(Handle::from(near).into_raw()));
        let current = value.clone();
        let caller = thread::spawn("caller", move || {
            let bytes = [0_u8; 8];
            let arguments = ChannelCallArgs {
                wr_bytes: bytes.as_ptr().expose_provenance() as u64,
                wr_num_bytes: 8,
                ..Default::default()
            };
            // In between, the value is that of no handle.
            (0..3000).all(|_| {
                let status = raw_call(current.load(Relaxed), 0, &arguments);
                [Status::TIMED_OUT, Status::CANCELED, Status::BAD_HANDLE].contains(&status)
            })
        });
        for _ in 0..4000 {
            let mut out = 0;
            let same = Rights::SAME_RIGHTS.bits();
            assert_eq!(call!(zx_handle_replace(value.load(Relaxed), same, &mut out)), Status::OK);
            value.store(out, Relaxed);
        }
        assert_eq!(caller.expect("a thread").join(), Some(true));
        drop(Handle::from_raw(value.load(Relaxed)));
    }

    #[needs("cpus=1,2,4")]
    fn replies_find_their_callers() {
        let (near, far) = channel();
        let near = Arc::new(near);
        let other = near.clone();
        let caller = thread::spawn("caller", move || call(&other, INFINITE)).expect("a thread");
        let first = receive(&far);
        let main = thread::spawn("server", move || {
            let second = receive(&far);
            // The later caller is answered first.
            for (request, text) in [(&second, b"2"), (&first, b"1")] {
                far.write(&[&request.bytes[..TXID], text].concat(), Vec::new()).expect("a reply is sent");
            }
        });
        assert_eq!(call(&near, INFINITE).expect("a reply")[TXID..], *b"2");
        assert_eq!(caller.join().expect("it returns").expect("a reply")[TXID..], *b"1");
        main.expect("a thread").join().expect("it returns");
    }

    fn handles_travel_both_ways() {
        let (near, far) = channel();
        let server = thread::spawn("server", move || {
            let request = receive(&far);
            far.write(&request.bytes[..TXID], request.handles)
        });
        let event = Event::create().expect("an event");
        event.signal(Signals::empty(), Signals::USER_SIGNAL_5).expect("signal");
        let (_, handles) =
            near.call(&mut [0; TXID], vec![event.into()], &mut [0; TXID], INFINITE).expect("a reply");
        let seen = handles[0].wait(Signals::USER_SIGNAL_5, 0).expect("the same event");
        assert_eq!(seen, Signals::USER_SIGNAL_5);
        server.expect("a thread").join().expect("it returns").expect("it writes");
    }

    fn without_reply_times_out() {
        let (near, far) = channel();
        let deadline = clock::deadline_after(5 * MILLISECOND);
        assert_eq!(call(&near, deadline), Err(Status::TIMED_OUT));
        assert!(clock::monotonic() >= deadline);
        assert_eq!(receive(&far).bytes.len(), 8, "the request was sent all the same");
    }

    fn late_reply_goes_to_the_queue() {
        let (near, far) = channel();
        assert_eq!(call(&near, clock::deadline_after(MILLISECOND)), Err(Status::TIMED_OUT));
        let request = receive(&far);
        far.write(&request.bytes[..TXID], Vec::new()).expect("write");
        assert_eq!(txid(&receive(&near)), txid(&request));
    }

    fn other_messages_go_to_the_queue() {
        let (near, far) = channel();
        let server = thread::spawn("server", move || {
            let request = receive(&far);
            far.write(b"something else", Vec::new()).expect("write");
            far.write(&request.bytes[..TXID], Vec::new()).expect("write");
            far
        });
        call(&near, INFINITE).expect("a reply");
        assert_eq!(receive(&near).bytes, b"something else");
        server.expect("a thread").join().expect("it returns");
    }

    #[needs("cpus=1,2,4")]
    fn closing_the_peer_ends_the_call() {
        let (near, far) = channel();
        let closer = thread::spawn("closer", move || {
            receive(&far);
        });
        assert_eq!(call(&near, INFINITE), Err(Status::PEER_CLOSED));
        closer.expect("a thread").join().expect("it returns");
    }

    fn calling_a_closed_peer_is_peer_closed() {
        let (near, far) = channel();
        drop(far);
        assert_eq!(call(&near, INFINITE), Err(Status::PEER_CLOSED));
    }

    fn closing_the_callers_handle_cancels() {
        let (near, far) = channel();
        let raw = near.raw();
        let closer = thread::spawn("closer", move || {
            receive(&far);
            let closed = call!(zx_handle_close(raw));
            (far, closed)
        });
        assert_eq!(call(&near, INFINITE), Err(Status::CANCELED));
        core::mem::forget(near);
        let (_far, closed) = closer.expect("a thread").join().expect("it returns");
        assert_eq!(closed, Status::OK);
    }

    fn transferring_the_callers_handle_cancels() {
        let ((near, far), (carrier, arrival)) = (channel(), channel());
        let raw = near.raw();
        let sender = thread::spawn("sender", move || {
            let request = receive(&far);
            (request, far, call!(zx_channel_write(carrier.raw(), 0, core::ptr::null(), 0, &raw, 1)))
        });
        assert_eq!(call(&near, INFINITE), Err(Status::CANCELED));
        core::mem::forget(near);
        let (request, far, sent) = sender.expect("a thread").join().expect("it returns");
        assert_eq!(sent, Status::OK);
        // The reply comes too late for the caller, and is a message for whoever has the end now.
        far.write(&request.bytes[..TXID], Vec::new()).expect("write");
        let near = Channel::from(receive(&arrival).handles.remove(0));
        assert_eq!(txid(&receive(&near)), txid(&request));
    }

    fn reply_that_does_not_fit_is_told() {
        let (near, far) = channel();
        let server = thread::spawn("server", move || {
            let request = receive(&far);
            far.write(&[&request.bytes[..TXID], &[0; 60][..]].concat(), Vec::new())
        });
        let outcome = near.call(&mut [0; TXID], Vec::new(), &mut [0; 16], INFINITE);
        assert_eq!(outcome.err(), Some(Status::BUFFER_TOO_SMALL));
        server.expect("a thread").join().expect("it returns").expect("it writes");
    }

    fn request_without_identifier_is_refused() {
        let (near, far) = channel();
        let bytes = [0u8; 3];
        let arguments = ChannelCallArgs {
            wr_bytes: bytes.as_ptr().expose_provenance() as u64,
            wr_num_bytes: 3,
            ..Default::default()
        };
        assert_eq!(raw_call(near.raw(), 0, &arguments), Status::INVALID_ARGS);
        assert_eq!(far.read().err(), Some(Status::SHOULD_WAIT));
    }

    fn options_are_refused() {
        let (near, _far) = channel();
        let bytes = [0u8; 4];
        let arguments = ChannelCallArgs {
            wr_bytes: bytes.as_ptr().expose_provenance() as u64,
            wr_num_bytes: 4,
            ..Default::default()
        };
        assert_eq!(raw_call(near.raw(), 1 << 31, &arguments), Status::INVALID_ARGS);
    }

    fn bad_channel_handle_consumes_the_handles() {
        let (bytes, event) = ([0u8; 4], Handle::from(Event::create().expect("an event")).into_raw());
        let arguments = ChannelCallArgs {
            wr_bytes: bytes.as_ptr().expose_provenance() as u64,
            wr_num_bytes: 4,
            wr_handles: (&raw const event).expose_provenance() as u64,
            wr_num_handles: 1,
            ..Default::default()
        };
        assert_eq!(raw_call(NO_HANDLE, 0, &arguments), Status::BAD_HANDLE);
        assert_eq!(call!(zx_handle_close(event)), Status::BAD_HANDLE);
    }

    fn call_needs_both_rights() {
        for missing in [Rights::READ, Rights::WRITE] {
            let (near, _far) = channel();
            let rights = Rights::DEFAULT_CHANNEL.difference(missing);
            let near = Channel::from(Handle::from(near).replace(rights).expect("a replacement"));
            assert_eq!(call(&near, 0), Err(Status::ACCESS_DENIED));
        }
    }

    fn bad_arguments_pointer_is_refused() {
        let (memory, (near, far)) = (BadMemory::new(), channel());
        let (mut bytes, mut handles) = (0, 0);
        for (kind, address) in memory.unreadable(48) {
            let status =
                call!(zx_channel_call(near.raw(), 0, 0, address as _, &mut bytes, &mut handles));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
        assert_eq!(far.read().err(), Some(Status::SHOULD_WAIT));
    }
}
