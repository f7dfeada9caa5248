//! Channels: messages of 64 bytes, each in memory of its own, as a kernel cannot lend the sender's.
//! All on this project's executor, so that only the channels differ.

use crate::HAFNON;
use crate::cases::{Case, Row};
use executor::TaskOptions;
use executor::host::LocalRunner;
use objects::wait::{Deadline, wait_on};
use objects::{Channel, HandleId, Handles, Message};
use std::future::Future;
use std::hint::black_box;
use std::sync::Arc;
use tokio::sync::mpsc;

const SIZE: usize = 64;

/// A fresh message.
fn bytes() -> Box<[u8]> {
    Box::new(black_box([7; SIZE]))
}

/// One end of a two-way channel.
trait End: Send + Sized + 'static {
    fn pair(runner: &LocalRunner) -> (Self, Self);
    fn send(&self, message: Box<[u8]>) -> impl Future<Output = ()> + Send;
    fn receive(&mut self) -> impl Future<Output = Box<[u8]>> + Send;
    fn send_now(&self, message: Box<[u8]>);
    fn receive_now(&mut self) -> Box<[u8]>;
}

/// An end of a channel of this project: handles could travel too, and other waits see its signals.
struct Hafnon {
    end: Arc<Channel>,
    never: Deadline,
}

impl End for Hafnon {
    fn pair(runner: &LocalRunner) -> (Self, Self) {
        let never = Deadline { at: i64::MAX, timers: runner.executor().timers() };
        let (near, far) = Channel::new();
        (Self { end: near, never }, Self { end: far, never })
    }

    async fn send(&self, message: Box<[u8]>) {
        self.send_now(message);
    }

    async fn receive(&mut self) -> Box<[u8]> {
        use objects::KernelObject;
        let signals = &self.end.base().signals;
        let (status, _) =
            wait_on(signals, abi::Signals::CHANNEL_READABLE, HandleId::KERNEL, || true, self.never).await;
        status.expect("there is no deadline");
        self.receive_now()
    }

    fn send_now(&self, bytes: Box<[u8]>) {
        let message = Message { bytes, handles: Handles::default() };
        assert!(self.end.write(message).is_ok());
    }

    fn receive_now(&mut self) -> Box<[u8]> {
        self.end.read(0, false, |_, _| Ok(true)).expect("a message is there").bytes
    }
}

/// An end of a channel of another crate, which has one way: two of them, with room for one message each.
macro_rules! two_one_way_channels {
    ($name:ident, $new:path, $sender:ty, $receiver:ty) => {
        struct $name($sender, $receiver);

        impl End for $name {
            fn pair(_runner: &LocalRunner) -> (Self, Self) {
                let (to_far, from_near) = $new(1);
                let (to_near, from_far) = $new(1);
                (Self(to_far, from_far), Self(to_near, from_near))
            }

            async fn send(&self, message: Box<[u8]>) {
                self.0.send(message).await.expect("open");
            }

            async fn receive(&mut self) -> Box<[u8]> {
                self.1.recv().await.expect("open")
            }

            fn send_now(&self, message: Box<[u8]>) {
                self.0.try_send(message).expect("room");
            }

            fn receive_now(&mut self) -> Box<[u8]> {
                self.1.try_recv().expect("a message")
            }
        }
    };
}

two_one_way_channels!(Tokio, mpsc::channel, mpsc::Sender<Box<[u8]>>, mpsc::Receiver<Box<[u8]>>);
two_one_way_channels!(
    AsyncChannel,
    async_channel::bounded,
    async_channel::Sender<Box<[u8]>>,
    async_channel::Receiver<Box<[u8]>>
);

fn ping_pong<E: End>(operations: u64) {
    let runner = LocalRunner::new();
    let (mut near, mut far) = E::pair(&runner);
    let echo = async move {
        for _ in 0..operations {
            let message = far.receive().await;
            drop(message);
            far.send(bytes()).await;
        }
    };
    let caller = async move {
        for _ in 0..operations {
            near.send(bytes()).await;
            drop(near.receive().await);
        }
    };
    runner.executor().spawn(TaskOptions::new("echo"), echo).expect("memory");
    let caller = runner.executor().spawn(TaskOptions::new("caller"), caller).expect("memory");
    runner.run_until_idle();
    assert!(caller.is_finished());
}

fn send_and_receive<E: End>(operations: u64) {
    let (near, mut far) = E::pair(&LocalRunner::new());
    for _ in 0..operations {
        near.send_now(bytes());
        drop(black_box(far.receive_now()));
    }
}

fn cases<E: End>(name: &'static str) -> [Case; 2] {
    [
        Case::speed(Row::SendReceive, name, send_and_receive::<E>),
        Case::speed(Row::ChannelPingPong, name, ping_pong::<E>),
    ]
}

/// The cases of all channels.
pub fn all() -> Vec<Case> {
    let lists = [cases::<Hafnon>(HAFNON), cases::<Tokio>("tokio"), cases::<AsyncChannel>("async-channel")];
    lists.into_iter().flatten().collect()
}
