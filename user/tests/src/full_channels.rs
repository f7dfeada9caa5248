//! Channels whose reader does not read: an end has 3500 unread messages at most, and who writes one more is killed, since
//! it would go on. The limit is that of the public tests, where the writer gets an exception.

use alloc::{vec, vec::Vec};
use core::ptr::{null, null_mut};

use hafnon_user::{
    AsHandle, Channel, Result, Signals, Startup, Status,
    abi::{CHANNEL_WRITE_USE_IOVEC, PA_USER0, TASK_RETCODE_EXCEPTION_KILL},
    clock,
};

use crate::{
    channel_etc::iovec,
    children::SURVIVED,
    harness::{call, child, user_test},
};

/// Unread messages at most.
const MOST: usize = 3_500;

/// The roles of [`flood`].
const ROLES: [&str; 5] = ["flood-write", "flood-etc", "flood-pieces", "flood-call", "flood-magenta"];

/// What a child with one of these roles does: it writes messages until that ends it.
pub fn flood(startup: &mut Startup, role: &str) -> i64 {
    let channel: Channel = startup.take_object(PA_USER0).expect("a channel");
    let (raw, bytes) = (channel.raw(), b"more".as_ptr());
    let mut request = *b"more";
    for _ in 0..=MOST {
        let status = match role {
            "flood-write" => call!(zx_channel_write(raw, 0, bytes, 4, null(), 0)),
            "flood-etc" => call!(zx_channel_write_etc(raw, 0, bytes, 4, null_mut(), 0)),
            "flood-pieces" => {
                let pieces = [iovec(b"more")];
                let pieces = pieces.as_ptr().cast();
                call!(zx_channel_write(raw, CHANNEL_WRITE_USE_IOVEC, pieces, 1, null(), 0))
            }
            "flood-call" => match channel.call(&mut request, vec![], &mut [0; 4], 0) {
                Err(Status::TIMED_OUT) => Status::OK,
                other => panic!("{other:?}"),
            },
            _ => call!(mx_channel_write(raw, 0, bytes, 4, null(), 0)),
        };
        assert_eq!(status, Status::OK);
    }
    SURVIVED
}

/// Reads all that there is to be read.
fn drain(channel: &Channel) -> usize {
    core::iter::from_fn(|| channel.read().ok()).inspect(|message| assert_eq!(message.bytes.len(), 4)).count()
}

fn fill(channel: &Channel) -> Result<()> {
    (0..MOST).try_for_each(|_| channel.write(b"full", vec![]))
}

user_test! {
    fn who_writes_to_a_full_channel_is_killed() {
        for role in ROLES {
            let (ours, theirs) = Channel::create().expect("a channel");
            let process = child(role, |launch| launch.handle(PA_USER0, theirs));
            assert_eq!(process.wait_exit(), Ok(TASK_RETCODE_EXCEPTION_KILL), "{role}");
            assert_eq!(drain(&ours), MOST, "{role}");
            ours.wait(Signals::CHANNEL_PEER_CLOSED, clock::INFINITE).expect("the writer is gone");
        }
    }

    /// What was read makes room again.
    fn a_channel_may_be_filled_as_often_as_it_is_read() {
        let (left, right) = Channel::create().expect("a channel");
        for _ in 0..3 {
            fill(&left).expect("there is room for all");
            right.write(b"the other way", vec![]).expect("that is not full");
            assert_eq!(drain(&right), MOST);
            assert_eq!(left.read().map(|message| message.bytes), Ok(b"the other way".to_vec()));
        }
    }

    /// A reply that finds its caller is in no queue, so that may be full.
    fn replies_come_through_a_full_channel() {
        let (near, far) = Channel::create().expect("a channel");
        fill(&far).expect("there is room");
        let server = hafnon_user::thread::spawn("server", move || {
            far.wait(Signals::CHANNEL_READABLE, clock::INFINITE).expect("a request");
            let request = far.read().expect("a request");
            far.write(&request.bytes, vec![]).expect("the reply is sent");
            far
        });
        let (mut request, mut reply) = (*b"\0\0\0\0call", [0; 8]);
        let called = near.call(&mut request, Vec::new(), &mut reply, clock::INFINITE);
        assert_eq!(called.map(|(bytes, _)| bytes), Ok(8));
        assert_eq!(&reply[4..], b"call");
        assert_eq!(drain(&near), MOST);
        drop(server.expect("a thread").join().expect("it returns"));
    }
}
