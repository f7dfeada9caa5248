//! Sockets: streams of bytes, or datagrams, in both directions.

use crate::{
    Result,
    handle::{AsHandle, Handle, check, object},
    info, sys,
};

object! {
    /// One end of a socket.
    Socket
}

impl Socket {
    /// Both ends of a new stream.
    pub fn create_stream() -> Result<(Self, Self)> {
        Self::create(abi::SOCKET_STREAM)
    }

    /// Both ends of a new socket for datagrams.
    pub fn create_datagram() -> Result<(Self, Self)> {
        Self::create(abi::SOCKET_DATAGRAM)
    }

    fn create(options: u32) -> Result<(Self, Self)> {
        let (mut left, mut right) = (Handle::INVALID, Handle::INVALID);
        // SAFETY: both places outlive the call.
        check(unsafe { sys::zx_socket_create(options, &mut left, &mut right) })?;
        Ok((Self(Handle::from_raw(left)), Self(Handle::from_raw(right))))
    }

    /// Writes as many bytes as there is room for, or all of a datagram; how many.
    pub fn write(&self, bytes: &[u8]) -> Result<usize> {
        let mut actual = 0;
        // SAFETY: the bytes outlive the call and are as many as passed.
        check(unsafe {
            sys::zx_socket_write(self.raw(), 0, bytes.as_ptr().cast(), bytes.len(), &mut actual)
        })?;
        Ok(actual)
    }

    /// Reads what there is, or the first datagram, of which the part that does not fit is lost; how many
    /// bytes.
    pub fn read(&self, bytes: &mut [u8]) -> Result<usize> {
        self.read_with(0, bytes)
    }

    /// Reads, and leaves everything in the socket.
    pub fn peek(&self, bytes: &mut [u8]) -> Result<usize> {
        self.read_with(abi::SOCKET_PEEK, bytes)
    }

    fn read_with(&self, options: u32, bytes: &mut [u8]) -> Result<usize> {
        let mut actual = 0;
        // SAFETY: the buffer outlives the call and has the length passed.
        check(unsafe {
            sys::zx_socket_read(self.raw(), options, bytes.as_mut_ptr().cast(), bytes.len(), &mut actual)
        })?;
        Ok(actual)
    }

    /// Allows or disables writing at this end and at the other: `SOCKET_DISPOSITION_*`, or 0 to keep it.
    pub fn set_disposition(&self, own: u32, peer: u32) -> Result<()> {
        // SAFETY: the call takes no pointer.
        check(unsafe { sys::zx_socket_set_disposition(self.raw(), own, peer) })
    }

    /// Disables writing at this end, at the other, or both: `SOCKET_SHUTDOWN_*`.
    pub fn shutdown(&self, options: u32) -> Result<()> {
        // SAFETY: the call takes no pointer.
        check(unsafe { sys::zx_socket_shutdown(self.raw(), options) })
    }

    /// Reads a threshold in bytes: `PROP_SOCKET_RX_THRESHOLD` or `PROP_SOCKET_TX_THRESHOLD`.
    pub fn threshold(&self, property: u32) -> Result<usize> {
        let mut value = 0usize;
        // SAFETY: `value` outlives the call.
        check(unsafe {
            sys::zx_object_get_property(self.raw(), property, (&raw mut value).cast(), size_of::<usize>())
        })?;
        Ok(value)
    }

    /// Sets a threshold; 0 for none.
    pub fn set_threshold(&self, property: u32, value: usize) -> Result<()> {
        // SAFETY: `value` outlives the call.
        check(unsafe {
            sys::zx_object_set_property(self.raw(), property, (&raw const value).cast(), size_of::<usize>())
        })
    }

    /// How full the socket is.
    pub fn info(&self) -> Result<abi::InfoSocket> {
        info::get(self, abi::INFO_SOCKET)
    }
}
