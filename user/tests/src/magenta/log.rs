//! log_create, log_write, log_read.

use alloc::vec::Vec;

use hafnon_user::{
    Debuglog, Rights, Signals, Status,
    abi::{LOG_RECORD_DATA_MAX, LOG_RECORD_MAX, LogRecord, zerocopy::FromBytes},
    clock,
    handle::Handle,
    info,
};

use super::{event, owned};
use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, resource, user_test},
};

const READABLE: u32 = 0x4000_0000;

/// A log to be written.
fn log() -> Handle {
    let mut out = 0;
    assert_eq!(call!(mx_log_create(0, &mut out)), Status::OK);
    owned(out)
}

fn write(log: &Handle, text: &[u8], options: u32) -> Status {
    call!(mx_log_write(log.raw(), text.len() as u32, text.as_ptr(), options))
}

/// The next record and its text.
fn read(log: &Handle) -> Result<(LogRecord, Vec<u8>), Status> {
    let mut bytes = [0; LOG_RECORD_MAX];
    let status = call!(mx_log_read(log.raw(), bytes.len() as u32, bytes.as_mut_ptr(), 0));
    if status.raw() < 0 {
        return Err(status);
    }
    let (head, text) = bytes[..status.raw() as usize].split_at(size_of::<LogRecord>());
    Ok((LogRecord::read_from_bytes(head).expect("a head"), text.to_vec()))
}

/// A log to be read whose earlier records have been read.
fn drained() -> Handle {
    let log = Handle::from(Debuglog::create(resource(), true).expect("a view"));
    while read(&log).is_ok() {}
    log
}

user_test! {
    fn what_is_written_is_read() {
        let log = drained();
        assert_eq!(write(&log, b"a line", 0x1234), Status::OK);
        let (head, text) = read(&log).expect("a record");
        assert_eq!((text.as_slice(), usize::from(head.datalen)), (&b"a line"[..], 6));
        assert_eq!((head.severity, head.flags), (0x34, 0x12), "the low and the high half of the flags");
        assert_eq!(head.pid, info::basic(&crate::harness::process()).expect("info").koid);
        assert!(head.timestamp > 0 && head.timestamp <= clock::monotonic());
    }

    fn readable_follows_the_records() {
        let log = drained();
        let active = || {
            let mut observed = 0;
            call!(mx_handle_wait_one(log.raw(), 0, 0, &mut observed));
            Signals::from_bits_retain(observed)
        };
        assert_eq!(active(), Signals::LOG_WRITABLE);
        assert_eq!(write(&log, b"", 0), Status::OK);
        assert_eq!(active(), Signals::LOG_WRITABLE | Signals::LOG_READABLE);
        assert_eq!(read(&log).map(|(_, text)| text), Ok(Vec::new()));
        assert_eq!(read(&log), Err(Status::SHOULD_WAIT));
    }

    fn a_view_to_be_read_takes_the_resource() {
        let mut out = 0;
        assert_eq!(call!(mx_log_create(READABLE, &mut out)), Status::ACCESS_DENIED);
        let log = log();
        assert_eq!(write(&log, b"from anyone", 0), Status::OK);
        assert!(!info::basic(&log).expect("info").rights.contains(Rights::READ));
        assert_eq!(read(&log), Err(Status::ACCESS_DENIED));
    }

    fn create_refuses() {
        let mut out = 0;
        for options in [1, READABLE | 1, 1 << 31] {
            assert_eq!(call!(mx_log_create(options, &mut out)), Status::INVALID_ARGS, "{options:#x}");
        }
        for (kind, bad) in BadMemory::new().unwritable(4) {
            assert_eq!(call!(mx_log_create(0, bad as _)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn write_refuses() {
        let (log, event) = (drained(), event());
        assert_eq!(write(&log, &[b'x'; LOG_RECORD_DATA_MAX + 1], 0), Status::OUT_OF_RANGE);
        assert_eq!(write(&log, b"x", 0x1_0000), Status::INVALID_ARGS);
        assert_eq!(write(&event, b"x", 0), Status::WRONG_TYPE);
        assert_eq!(call!(mx_log_write(NO_HANDLE, 1, b"x".as_ptr(), 0)), Status::BAD_HANDLE);
        for (kind, bad) in BadMemory::new().unreadable(8) {
            assert_eq!(call!(mx_log_write(log.raw(), 8, bad as _, 0)), Status::INVALID_ARGS, "{kind}");
        }
        assert_eq!(read(&log), Err(Status::SHOULD_WAIT), "nothing was written");
        assert_eq!(write(&log, &[b'x'; LOG_RECORD_DATA_MAX], 0), Status::OK);
    }

    fn read_refuses() {
        let (log, event, mut bytes) = (drained(), event(), [0; LOG_RECORD_MAX]);
        assert_eq!(write(&log, b"kept", 0), Status::OK);
        let (size, buffer) = (LOG_RECORD_MAX as u32, bytes.as_mut_ptr());
        assert_eq!(call!(mx_log_read(log.raw(), size - 1, buffer, 0)), Status::BUFFER_TOO_SMALL);
        assert_eq!(call!(mx_log_read(log.raw(), size, buffer, 1)), Status::INVALID_ARGS);
        assert_eq!(call!(mx_log_read(event.raw(), size, buffer, 0)), Status::WRONG_TYPE);
        assert_eq!(call!(mx_log_read(NO_HANDLE, size, buffer, 0)), Status::BAD_HANDLE);
        assert_eq!(read(&log).map(|(_, text)| text), Ok(b"kept".to_vec()));
    }
}
