//! Killing and ending what is large.

use alloc::{vec, vec::Vec};

use hafnon_user::{AsHandle, Channel, Job, Signals, Status, abi::PA_USER0, clock::INFINITE, task::Task};

use crate::harness::{call, child, job, user_test};

/// Children of a job.
const CHILDREN: usize = 100_000;

/// How many channels are closed in one call, and with how many messages in each.
const CHANNELS: usize = 64;
const MESSAGES: usize = 300;

/// Keeps a handle for as long as the process lives.
fn leak<T>(object: T) {
    core::mem::forget(object);
}

user_test! {
    #[needs("counted")]
    fn killing_a_job_of_100_000_children() {
        let top = job().create_child().expect("a job");
        let children: Vec<Job> = (0..CHILDREN).map(|_| top.create_child().expect("a job")).collect();
        top.kill().expect("killed");
        assert_eq!(children[CHILDREN - 1].create_child().err(), Some(Status::BAD_STATE), "from that moment");
        top.wait(Signals::JOB_TERMINATED, INFINITE).expect("it ends");
        for child in &children {
            child.wait(Signals::JOB_TERMINATED, 0).expect("before its parent");
        }
    }

    /// What is left of processes takes turns.
    #[needs("counted")]
    fn a_small_process_ends_while_a_large_one_does() {
        let (near, far) = Channel::create().expect("a channel");
        let large = child("wait-handles", |launch| launch.handle(PA_USER0, far));
        near.wait(Signals::CHANNEL_READABLE, INFINITE).expect("it has its handles");
        let (near, far) = Channel::create().expect("a channel");
        let small = child("wait-sleep", |launch| launch.handle(PA_USER0, far));
        near.wait(Signals::CHANNEL_READABLE, INFINITE).expect("it waits");
        large.kill().expect("killed");
        small.kill().expect("killed");
        small.wait_terminated().expect("it ends");
        assert_eq!(large.wait(Signals::TASK_TERMINATED, 0).err(), Some(Status::TIMED_OUT), "still at it");
        large.wait_terminated().expect("it ends");
    }

    #[needs("counted")]
    fn closing_many_channels_full_of_messages() {
        let mut ends = Vec::new();
        for _ in 0..CHANNELS {
            let (left, right) = Channel::create().expect("a channel");
            (0..MESSAGES).for_each(|_| left.write(b"unread", vec![]).expect("written"));
            ends.push((left, right.raw()));
            leak(right);
        }
        let rights: Vec<u32> = ends.iter().map(|(_, right)| *right).collect();
        assert_eq!(call!(zx_handle_close_many(rights.as_ptr(), rights.len())), Status::OK);
    }
}
