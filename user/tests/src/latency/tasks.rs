//! Killing and ending what is large.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Job, Port, Signals, Status,
    abi::{CHANNEL_READ_MAY_DISCARD, PA_USER0},
    clock::INFINITE,
    handle::Handle,
    task::Task,
};

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

/// Channels with unread messages: an end of each, and the handles of the others.
fn full_channels() -> (Vec<Channel>, Vec<u32>) {
    let channels = (0..CHANNELS).map(|_| {
        let (left, right) = Channel::create().expect("a channel");
        (0..MESSAGES).for_each(|_| left.write(b"unread", vec![]).expect("written"));
        let value = right.raw();
        leak(right);
        (left, value)
    });
    channels.unzip()
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

    /// They nest as deep as they may, and a port observes each, and that it has no children.
    #[needs("counted")]
    fn killing_jobs_in_each_other_that_are_observed() {
        const EACH: u64 = 16;
        let (port, mut jobs) = (Port::create().expect("a port"), vec![job().create_child().expect("a job")]);
        while let Ok(child) = jobs[jobs.len() - 1].create_child() {
            jobs.push(child);
        }
        let told = |jobs: &[Job], signal| {
            for (job, key) in jobs.iter().flat_map(|job| (0..EACH).map(move |key| (job, key))) {
                job.wait_async(&port, key, signal, 0).expect("armed");
            }
            jobs.len() as u64 * EACH
        };
        let inner = jobs.len() - 1;
        let all = told(&jobs[..inner], Signals::JOB_NO_JOBS) + told(&jobs, Signals::JOB_TERMINATED);
        jobs[0].kill().expect("killed");
        jobs[0].wait(Signals::JOB_TERMINATED, INFINITE).expect("it ends");
        for _ in 0..all {
            port.wait_packet(INFINITE).expect("a packet");
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
        let (_lefts, rights) = full_channels();
        assert_eq!(call!(zx_handle_close_many(rights.as_ptr(), rights.len())), Status::OK);
    }

    /// Each is empty at the end of its first turn, all of them in the same round.
    #[needs("counted")]
    fn closing_thousands_of_channels_that_are_empty_at_once() {
        const TURN: usize = 16;
        let with = |messages: &mut dyn Iterator<Item = Vec<Handle>>| {
            let (left, right) = Channel::create().expect("a channel");
            messages.for_each(|handles| left.write(b"", handles).expect("written"));
            Handle::from(right)
        };
        let empty = |_| with(&mut (0..TURN).map(|_| vec![]));
        let middle = |_| with(&mut core::iter::once((0..CHANNELS).map(empty).collect()));
        drop(with(&mut core::iter::once((0..CHANNELS).map(middle).collect())));
    }

    /// A message that is not sent closes its handles.
    #[needs("counted")]
    fn sending_many_channels_full_of_messages_in_vain() {
        let (near, far) = Channel::create().expect("a channel");
        let send = |handles: &[u32], count| {
            call!(zx_channel_write(near.raw(), 0, core::ptr::null(), 0, handles.as_ptr(), count))
        };
        for bad in [0, CHANNELS - 1] {
            let (_lefts, mut rights) = full_channels();
            drop(Handle::from_raw(core::mem::replace(&mut rights[bad], u32::MAX)));
            assert_eq!(send(&rights, CHANNELS as u32), Status::BAD_HANDLE);
        }
        let (_lefts, rights) = full_channels();
        drop(far);
        assert_eq!(send(&rights, CHANNELS as u32), Status::PEER_CLOSED);
    }

    /// A message that is read and does not arrive closes its handles.
    #[needs("counted")]
    fn reading_many_channels_full_of_messages_in_vain() {
        let (near, far) = Channel::create().expect("a channel");
        for options in [CHANNEL_READ_MAY_DISCARD, 0] {
            let (_lefts, rights) = full_channels();
            let rights: Vec<Handle> = rights.into_iter().map(Handle::from_raw).collect();
            near.write(b"", rights).expect("written");
            // There is no room, or it is not there.
            let room = if options == 0 { CHANNELS as u32 } else { 0 };
            let status = super::read_in_vain(&far, options, room);
            assert_eq!(status, if options == 0 { Status::INVALID_ARGS } else { Status::BUFFER_TOO_SMALL });
        }
    }
}
