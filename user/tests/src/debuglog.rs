//! debuglog_create, debuglog_write, debuglog_read.

use hafnon_user::{
    AsHandle, Debuglog, Event, Handle, Rights, Signals, Status,
    abi::{LOG_FLAG_READABLE, LOG_INFO, LOG_RECORD_DATA_MAX, LogRecord},
    clock, info,
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, first_thread, process, resource, stale_handle, user_test, without},
};

fn view(readable: bool) -> Debuglog {
    Debuglog::create(resource(), readable).expect("a view")
}

/// A readable view that has read everything there is.
fn fresh() -> Debuglog {
    let view = view(true);
    while view.read().is_ok() {}
    view
}

fn koid(object: &impl AsHandle) -> u64 {
    info::basic(object).expect("every handle here has INSPECT").koid
}

user_test! {
    fn records_tell_who_wrote_them_and_when() {
        let view = fresh();
        assert_eq!(view.read().err(), Some(Status::SHOULD_WAIT));
        assert_eq!(view.wait(Signals::LOG_READABLE, 0), Err(Status::TIMED_OUT));
        let before = clock::monotonic();
        self::view(false).write(b"hello\0there").expect("written");
        view.wait(Signals::LOG_READABLE, 0).expect("readable");
        let (record, text) = view.read().expect("a record");
        assert_eq!(text, b"hello\0there");
        assert_eq!((record.pid, record.tid), (koid(&process()), koid(first_thread())));
        assert_eq!((i32::from(record.severity), record.flags), (LOG_INFO, 0));
        assert!((before..=clock::monotonic()).contains(&record.timestamp));
        view.write(&[7; 1000]).expect("written");
        let (next, text) = view.read().expect("a record");
        assert_eq!((next.sequence, text.len()), (record.sequence + 1, LOG_RECORD_DATA_MAX));
        assert_eq!(view.wait(Signals::LOG_READABLE, 0), Err(Status::TIMED_OUT));
    }

    fn records_are_cut_to_the_buffer() {
        let (view, mut buffer) = (fresh(), [0u8; 256]);
        for (room, expected) in [(0, 0), (10, 10), (35, 35), (256, 36)] {
            view.write(b"text").expect("written");
            let read = call!(zx_debuglog_read(view.raw(), 0, buffer.as_mut_ptr().cast(), room));
            assert_eq!(read.raw(), expected);
        }
        assert_eq!(buffer[size_of::<LogRecord>()..][..4], *b"text");
    }

    fn create_needs_the_root_resource_and_good_options() {
        let mut out = 0;
        for options in [1, 0x10, LOG_FLAG_READABLE as u32 | 1] {
            let status = call!(zx_debuglog_create(resource().raw(), options, &mut out));
            assert_eq!(status, Status::INVALID_ARGS, "{options:#x}");
        }
        let event = Event::create().expect("an event");
        assert_eq!(Debuglog::create(&event, true).err(), Some(Status::WRONG_TYPE));
        assert_eq!(Debuglog::create(&event, false).err(), Some(Status::WRONG_TYPE));
        for bad in [NO_HANDLE, stale_handle()] {
            assert_eq!(call!(zx_debuglog_create(bad, 0, &mut out)), Status::BAD_HANDLE);
        }
    }

    fn without_a_resource_a_view_is_only_written() {
        let (reader, mut out) = (fresh(), 0);
        assert_eq!(call!(zx_debuglog_create(0, LOG_FLAG_READABLE as u32, &mut out)), Status::BAD_HANDLE);
        assert_eq!(call!(zx_debuglog_create(0, 1, &mut out)), Status::INVALID_ARGS);
        assert_eq!(call!(zx_debuglog_create(0, 0, &mut out)), Status::OK);
        let writer = Debuglog::from(Handle::from_raw(out));
        assert_eq!(info::basic(&writer).expect("info").rights, Rights::DEFAULT_LOG);
        writer.write(b"from anyone").expect("written");
        assert_eq!(reader.read().expect("a record").1, b"from anyone");
        assert_eq!(writer.read().err(), Some(Status::ACCESS_DENIED));
    }

    fn readers_are_few() {
        let mut readers: [Option<Debuglog>; 200] = [const { None }; 200];
        let refused = readers.iter_mut().find_map(|place| match Debuglog::create(resource(), true) {
            Ok(reader) => {
                *place = Some(reader);
                None
            }
            Err(status) => Some(status),
        });
        assert_eq!(refused, Some(Status::NO_RESOURCES));
        view(false).write(b"to all").expect("written");
        readers[0] = None;
        view(true).read().expect("room again, and a record");
    }

    fn rights_and_options_are_checked() {
        let (mute, mut buffer) = (without(&view(true), Rights::WRITE), [0u8; 256]);
        assert_eq!(view(false).read().err(), Some(Status::ACCESS_DENIED));
        assert_eq!(mute.write(b"x"), Err(Status::ACCESS_DENIED));
        let view = view(true);
        assert_eq!(call!(zx_debuglog_write(view.raw(), 1, buffer.as_ptr().cast(), 1)), Status::INVALID_ARGS);
        let read = call!(zx_debuglog_read(view.raw(), 1, buffer.as_mut_ptr().cast(), 256));
        assert_eq!(read, Status::INVALID_ARGS);
        // They are looked at before the handle.
        let write = call!(zx_debuglog_write(NO_HANDLE, 1, buffer.as_ptr().cast(), 1));
        let read = call!(zx_debuglog_read(NO_HANDLE, 1, buffer.as_mut_ptr().cast(), 256));
        assert_eq!([write, read], [Status::INVALID_ARGS; 2]);
        let event = Debuglog::from(Handle::from(Event::create().expect("an event")));
        assert_eq!(event.write(b"x"), Err(Status::WRONG_TYPE));
        assert_eq!(event.read().err(), Some(Status::WRONG_TYPE));
    }

    fn bad_pointers_are_refused() {
        let (memory, view) = (BadMemory::new(), fresh());
        for (kind, bad) in memory.unreadable(8) {
            assert_eq!(call!(zx_debuglog_write(view.raw(), 0, bad as _, 8)), Status::INVALID_ARGS, "{kind}");
        }
        for (kind, bad) in memory.unwritable(8) {
            view.write(b"x").expect("written");
            assert_eq!(call!(zx_debuglog_read(view.raw(), 0, bad as _, 8)), Status::INVALID_ARGS, "{kind}");
        }
        for (kind, bad) in memory.unwritable(4) {
            let status = call!(zx_debuglog_create(resource().raw(), 0, bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
    }
}
