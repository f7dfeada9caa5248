//! Messages whose receiver goes away while they are sent: each handle is sent or kept, and none is lost.

use alloc::sync::Arc;
use core::sync::atomic::{
    AtomicBool, AtomicU32,
    Ordering::{Relaxed, SeqCst},
};

use hafnon_user::{AsHandle, Channel, Status, clock, handle::Handle, thread};

use super::event;
use crate::{
    harness::{call, user_test},
    stress::{Random, leaves_nothing},
};

/// Messages of a round, unless the receiver is gone before.
const MESSAGES: u64 = 8;

#[derive(Default)]
struct Shared {
    /// The raw handle of the receiver, 0 when it is somebody's to close.
    receiver: AtomicU32,
    /// There will be no other receiver.
    over: AtomicBool,
}

/// Closes one receiver after the other, each some time after it comes.
fn close(shared: &Shared) {
    let mut random = Random::new(1);
    while !shared.over.load(SeqCst) {
        match shared.receiver.swap(0, SeqCst) {
            0 => clock::yield_now(),
            raw => {
                random.dawdle();
                drop(Handle::from_raw(raw));
            }
        }
    }
}

/// Sends an event and a channel end; whether they were sent.
fn send(channel: &Channel) -> bool {
    let (end, _other) = Channel::create().expect("a channel");
    let raw = [event().into_raw(), Handle::from(end).into_raw()];
    let status = call!(mx_channel_write(channel.raw(), 0, core::ptr::null(), 0, raw.as_ptr(), 2));
    let (left, sent) = match status {
        Status::OK => (Status::BAD_HANDLE, true),
        Status::PEER_CLOSED => (Status::OK, false),
        status => panic!("channel_write: {status:?}"),
    };
    assert_eq!(raw.map(|raw| call!(mx_handle_close(raw))), [left; 2], "{status:?}");
    sent
}

user_test! {
    #[needs("cpus=4 timeout=120")]
    fn handles_are_sent_or_kept() {
        leaves_nothing(|rounds| {
            let shared = Arc::new(Shared::default());
            let same = shared.clone();
            let closer = thread::spawn("closer", move || close(&same)).expect("a thread");
            let mut random = Random::new(2);
            for _ in 0..rounds {
                let (near, far) = Channel::create().expect("a channel");
                while shared.receiver.load(Relaxed) != 0 {
                    clock::yield_now();
                }
                shared.receiver.store(Handle::from(far).into_raw(), SeqCst);
                for _ in 0..random.below(MESSAGES) {
                    random.dawdle();
                    if !send(&near) {
                        break;
                    }
                }
            }
            shared.over.store(true, SeqCst);
            closer.join().expect("the closer returns");
            drop(Handle::from_raw(shared.receiver.swap(0, SeqCst)));
        });
    }
}
