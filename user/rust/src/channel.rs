//! Channels: messages of bytes and handles, in both directions.

use alloc::vec::Vec;

use abi::Status;

use crate::{
    Result,
    handle::{AsHandle, Handle, check, object},
    sys,
};

object! {
    /// One end of a channel.
    Channel
}

/// The most bytes that one message carries.
pub const MAX_BYTES: usize = abi::CHANNEL_MAX_MSG_BYTES as usize;
/// The most handles that one message carries.
pub const MAX_HANDLES: usize = abi::CHANNEL_MAX_MSG_HANDLES as usize;

/// A message that was read.
#[derive(Debug, Default)]
pub struct Message {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The handles, in the order they were sent; closed with the message if not taken.
    pub handles: Vec<Handle>,
}

impl Channel {
    /// Both ends of a new channel.
    pub fn create() -> Result<(Self, Self)> {
        let (mut left, mut right) = (Handle::INVALID, Handle::INVALID);
        // SAFETY: both places outlive the call.
        check(unsafe { sys::zx_channel_create(0, &mut left, &mut right) })?;
        Ok((Self(Handle::from_raw(left)), Self(Handle::from_raw(right))))
    }

    /// Sends a message. The handles are consumed, also on an error.
    pub fn write(&self, bytes: &[u8], handles: Vec<Handle>) -> Result<()> {
        let raw = into_raw(handles);
        // SAFETY: both buffers outlive the call and have the lengths passed.
        check(unsafe {
            sys::zx_channel_write(
                self.raw(),
                0,
                bytes.as_ptr().cast(),
                bytes.len() as u32,
                raw.as_ptr(),
                raw.len() as u32,
            )
        })
    }

    /// Reads the first message into `bytes` and raw `handles`; the numbers of bytes and handles it had.
    /// `BUFFER_TOO_SMALL` comes with the numbers that are needed, and keeps the message.
    pub fn read_raw(&self, bytes: &mut [u8], handles: &mut [u32]) -> (Status, usize, usize) {
        let (mut byte_count, mut handle_count) = (0, 0);
        // SAFETY: the buffers outlive the call and have the lengths passed.
        let status = unsafe {
            sys::zx_channel_read(
                self.raw(),
                0,
                bytes.as_mut_ptr().cast(),
                handles.as_mut_ptr(),
                bytes.len() as u32,
                handles.len() as u32,
                &mut byte_count,
                &mut handle_count,
            )
        };
        (Status::from_raw(status), byte_count as usize, handle_count as usize)
    }

    /// Reads the first message, of any size. `SHOULD_WAIT` when there is none.
    pub fn read(&self) -> Result<Message> {
        let mut bytes = Vec::new();
        let mut handles = Vec::new();
        loop {
            let (status, byte_count, handle_count) = self.read_raw(&mut bytes, &mut handles);
            if status != Status::BUFFER_TOO_SMALL {
                check(status.raw())?;
                bytes.truncate(byte_count);
                handles.truncate(handle_count);
                return Ok(Message { bytes, handles: from_raw(&handles) });
            }
            bytes.resize(byte_count, 0);
            handles.resize(handle_count, Handle::INVALID);
        }
    }

    /// Sends `request` and waits for its reply, which has the same first four bytes: the transaction
    /// identifier, which the kernel writes. The handles are consumed, also on an error.
    pub fn call(
        &self,
        request: &mut [u8],
        handles: Vec<Handle>,
        reply: &mut [u8],
        deadline: i64,
    ) -> Result<(usize, Vec<Handle>)> {
        let raw = into_raw(handles);
        let mut received = [Handle::INVALID; MAX_HANDLES];
        let arguments = abi::ChannelCallArgs {
            wr_bytes: request.as_ptr().expose_provenance() as u64,
            wr_handles: raw.as_ptr().expose_provenance() as u64,
            rd_bytes: reply.as_mut_ptr().expose_provenance() as u64,
            rd_handles: received.as_mut_ptr().expose_provenance() as u64,
            wr_num_bytes: request.len() as u32,
            wr_num_handles: raw.len() as u32,
            rd_num_bytes: reply.len() as u32,
            rd_num_handles: received.len() as u32,
        };
        let (mut byte_count, mut handle_count) = (0, 0);
        // SAFETY: all buffers outlive the call and have the lengths passed.
        check(unsafe {
            sys::zx_channel_call(self.raw(), 0, deadline, &arguments, &mut byte_count, &mut handle_count)
        })?;
        Ok((byte_count as usize, from_raw(&received[..handle_count as usize])))
    }
}

/// Gives up ownership of handles that a call is about to consume.
pub(crate) fn into_raw(handles: Vec<Handle>) -> Vec<u32> {
    handles.into_iter().map(Handle::into_raw).collect()
}

fn from_raw(raw: &[u32]) -> Vec<Handle> {
    raw.iter().copied().map(Handle::from_raw).collect()
}
