//! What both forms of calls on channels answer alike, asked where the tests of one form do not ask the other.

use hafnon_user::{
    AsHandle, Channel, Rights, Signals, Status,
    abi::{
        CHANNEL_MAX_MSG_BYTES, CHANNEL_MAX_MSG_HANDLES, CHANNEL_WRITE_USE_IOVEC, ChannelCallArgs,
        ChannelCallEtcArgs, HANDLE_OP_DUPLICATE, HandleDisposition, OBJ_TYPE_NONE,
    },
    clock::INFINITE,
    handle::Handle,
    thread,
};

use crate::harness::{NO_HANDLE, call, user_test};

/// Length of the transaction identifier.
const TXID: u32 = 4;
/// A byte, or handle, more than a message can have.
const TOO_LONG: usize = CHANNEL_MAX_MSG_BYTES as usize + 1;
const TOO_MANY: usize = CHANNEL_MAX_MSG_HANDLES as usize + 1;

fn channel() -> (Channel, Channel) {
    Channel::create().expect("a channel")
}

/// Makes a call of each form; what they answer.
fn both(end: u32, bytes: &[u8], handles: &[u32], deadline: i64) -> [Status; 2] {
    both_with(0, end, bytes, handles, deadline)
}

fn both_with(options: u32, end: u32, bytes: &[u8], handles: &[u32], deadline: i64) -> [Status; 2] {
    let mut dispositions = handles.iter().map(|handle| disposition(*handle)).collect::<alloc::vec::Vec<_>>();
    let (wr_bytes, wr_num_bytes) = (bytes.as_ptr().expose_provenance() as u64, bytes.len() as u32);
    let wr_num_handles = handles.len() as u32;
    let wr_handles = dispositions.as_mut_ptr().expose_provenance() as u64;
    let mut etc =
        ChannelCallEtcArgs { wr_bytes, wr_handles, wr_num_bytes, wr_num_handles, ..Default::default() };
    let wr_handles = handles.as_ptr().expose_provenance() as u64;
    let plain = ChannelCallArgs { wr_bytes, wr_handles, wr_num_bytes, wr_num_handles, ..Default::default() };
    let (mut count, mut handle_count) = (0, 0);
    [
        call!(zx_channel_call_etc(end, options, deadline, &mut etc, &mut count, &mut handle_count)),
        call!(zx_channel_call(end, options, deadline, &plain, &mut count, &mut handle_count)),
    ]
}

/// Writes no bytes with each form; what they answer.
fn writes(options: u32, end: u32, handles: &[u32]) -> [Status; 2] {
    let mut dispositions = handles.iter().map(|handle| disposition(*handle)).collect::<alloc::vec::Vec<_>>();
    let (bytes, count) = (core::ptr::null(), handles.len() as u32);
    [
        call!(zx_channel_write_etc(end, options, bytes, 0, dispositions.as_mut_ptr(), count)),
        call!(zx_channel_write(end, options, bytes, 0, handles.as_ptr(), count)),
    ]
}

fn disposition(handle: u32) -> HandleDisposition {
    HandleDisposition {
        operation: HANDLE_OP_DUPLICATE,
        handle,
        kind: OBJ_TYPE_NONE,
        rights: Rights::SAME_RIGHTS,
        result: Status::OK,
    }
}

user_test! {
    fn nothing_to_read() {
        let (near, far) = channel();
        let (mut bytes, mut handles, null) = (0, 0, core::ptr::null_mut());
        let mut read = || {
            call!(zx_channel_read_etc(near.raw(), 0, null, null.cast(), 0, 0, &mut bytes, &mut handles))
        };
        assert_eq!(read(), Status::SHOULD_WAIT);
        drop(far);
        assert_eq!(read(), Status::PEER_CLOSED);
    }

    fn requests_are_limited() {
        let (near, far) = channel();
        let long = alloc::vec![0; TOO_LONG];
        assert_eq!(both(near.raw(), &long, &[], INFINITE), [Status::OUT_OF_RANGE; 2]);
        let event = Handle::from(hafnon_user::Event::create().expect("an event")).into_raw();
        let many = [event; TOO_MANY];
        assert_eq!(both(near.raw(), &[0; TXID as usize], &many, INFINITE), [Status::OUT_OF_RANGE; 2]);
        assert_eq!(call!(zx_handle_close(event)), Status::BAD_HANDLE, "channel_call has consumed it");
        assert_eq!(far.read().err(), Some(Status::SHOULD_WAIT));
    }

    fn wrong_options_are_told_before_a_wrong_channel() {
        let (near, _far) = channel();
        let event = Handle::from(hafnon_user::Event::create().expect("an event"));
        let no_rights = Handle::from(near).replace(Rights::TRANSFER).expect("a handle");
        let txid = [0; TXID as usize];
        for (end, status) in [
            (NO_HANDLE, Status::BAD_HANDLE),
            (event.raw(), Status::WRONG_TYPE),
            (no_rights.raw(), Status::ACCESS_DENIED),
        ] {
            for options in [1, 3, 1 << 31] {
                assert_eq!(both_with(options, end, &txid, &[], INFINITE), [Status::INVALID_ARGS; 2], "{status:?}");
                assert_eq!(writes(options, end, &[]), [Status::INVALID_ARGS; 2], "{status:?}");
            }
            for options in [0, CHANNEL_WRITE_USE_IOVEC] {
                assert_eq!(writes(options, end, &[]), [status; 2]);
            }
            assert_eq!(both(end, &txid, &[], INFINITE), [status; 2]);
            // So is a request that is too short to have an identifier; of pieces nobody has asked how long.
            assert_eq!(both(end, &txid[1..], &[], INFINITE), [Status::INVALID_ARGS; 2]);
            assert_eq!(both_with(CHANNEL_WRITE_USE_IOVEC, end, &[], &[], INFINITE), [status; 2]);
        }
        let raw = event.into_raw();
        assert_eq!(writes(1, NO_HANDLE, &[raw]), [Status::INVALID_ARGS; 2]);
        assert_eq!(call!(zx_handle_close(raw)), Status::BAD_HANDLE, "channel_write has consumed it");
    }

    fn a_call_can_not_send_its_channel() {
        let (near, far) = channel();
        let raw = Handle::from(near).into_raw();
        let mut count = [0; 2];
        let list = [raw];
        let args = ChannelCallArgs {
            wr_bytes: (&raw const count).expose_provenance() as u64,
            wr_handles: list.as_ptr().expose_provenance() as u64,
            wr_num_bytes: TXID,
            wr_num_handles: 1,
            ..Default::default()
        };
        let [bytes, handles] = &mut count;
        assert_eq!(call!(zx_channel_call(raw, 0, INFINITE, &args, bytes, handles)), Status::NOT_SUPPORTED);
        assert_eq!(call!(zx_handle_close(raw)), Status::BAD_HANDLE, "it is consumed");
        assert_eq!(far.read().err(), Some(Status::PEER_CLOSED));
    }

    fn without_reply_either_call_times_out() {
        let (near, far) = channel();
        assert_eq!(both(near.raw(), &[0; TXID as usize], &[], 0), [Status::TIMED_OUT; 2]);
        assert_eq!((far.read().is_ok(), far.read().is_ok()), (true, true), "both were sent");
    }

    fn closing_the_handle_cancels_either_call() {
        let (near, far) = channel();
        let raw = Handle::from(near).into_raw();
        let closer = thread::spawn("closer", move || {
            far.wait(Signals::CHANNEL_READABLE, INFINITE).expect("a request arrives");
            call!(zx_handle_close(raw))
        });
        let answers = both(raw, &[0; TXID as usize], &[], INFINITE);
        assert_eq!(answers, [Status::CANCELED, Status::BAD_HANDLE], "the second finds it closed");
        assert_eq!(closer.expect("a thread").join().expect("it returns"), Status::OK);
    }
}
