//! handle_close, handle_close_many, handle_duplicate, handle_replace.

use hafnon_user::{AsHandle, Event, Rights, Signals, Status, handle::Handle, info};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, stale_handle, user_test, without},
};

fn event() -> Event {
    Event::create().expect("an event")
}

fn is_open(raw: u32) -> bool {
    call!(zx_object_signal(raw, 0, 0)) == Status::OK
}

user_test! {
    fn close_of_zero_is_ok() {
        assert_eq!(call!(zx_handle_close(0)), Status::OK);
    }

    fn close_of_nothing_is_bad_handle() {
        assert_eq!(call!(zx_handle_close(NO_HANDLE)), Status::BAD_HANDLE);
        assert_eq!(call!(zx_handle_close(u32::MAX)), Status::BAD_HANDLE);
    }

    fn close_twice_is_bad_handle() {
        assert_eq!(call!(zx_handle_close(stale_handle())), Status::BAD_HANDLE);
    }

    fn values_have_both_low_bits_set() {
        assert_eq!(event().raw() & 3, 3);
    }

    fn value_with_other_low_bits_is_bad_handle() {
        let event = event();
        assert!(is_open(event.raw()));
        for low in 0..3 {
            assert!(!is_open(event.raw() & !3 | low), "low bits {low}");
        }
    }

    fn stale_value_never_names_a_new_object() {
        let stale = stale_handle();
        for _ in 0..100 {
            let event = event();
            assert_ne!(event.raw(), stale);
            assert!(!is_open(stale));
        }
    }

    fn close_many_closes_all() {
        let raw = [event(), event(), event()].map(|event| Handle::from(event).into_raw());
        assert_eq!(call!(zx_handle_close_many(raw.as_ptr(), raw.len())), Status::OK);
        assert!(raw.iter().all(|&raw| !is_open(raw)));
    }

    fn close_many_goes_on_after_a_bad_one() {
        let good = Handle::from(event()).into_raw();
        let raw = [NO_HANDLE, 0, good];
        assert_eq!(call!(zx_handle_close_many(raw.as_ptr(), raw.len())), Status::BAD_HANDLE);
        assert!(!is_open(good));
    }

    fn close_many_of_the_same_twice_is_bad_handle() {
        let good = Handle::from(event()).into_raw();
        let raw = [good, good];
        assert_eq!(call!(zx_handle_close_many(raw.as_ptr(), raw.len())), Status::BAD_HANDLE);
        assert!(!is_open(good));
    }

    fn close_many_of_zeros_is_ok() {
        assert_eq!(call!(zx_handle_close_many([0, 0].as_ptr(), 2)), Status::OK);
        assert_eq!(call!(zx_handle_close_many(core::ptr::null(), 0)), Status::OK);
    }

    fn close_many_refuses_bad_pointers() {
        let memory = BadMemory::new();
        for (kind, address) in memory.unreadable(8) {
            assert_eq!(call!(zx_handle_close_many(address as _, 2)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn duplicate_names_the_same_object() {
        let event = event();
        let other = event.duplicate(Rights::SAME_RIGHTS).expect("a duplicate");
        assert_ne!(event.raw(), other.raw());
        let (one, two) = (info::basic(&event).expect("info"), info::basic(&other).expect("info"));
        assert_eq!((one.koid, one.rights), (two.koid, two.rights));
        drop(event);
        other.signal(Signals::empty(), Signals::USER_SIGNAL_0).expect("the object lives on");
    }

    fn duplicate_can_drop_rights() {
        let event = event();
        let fewer = event.duplicate(Rights::WAIT | Rights::INSPECT).expect("a duplicate");
        assert_eq!(info::basic(&fewer).expect("info").rights, Rights::WAIT | Rights::INSPECT);
        let denied = fewer.signal(Signals::empty(), Signals::USER_SIGNAL_0);
        assert_eq!(denied, Err(Status::ACCESS_DENIED));
    }

    fn duplicate_cannot_add_rights() {
        assert_eq!(event().duplicate(Rights::READ), Err(Status::INVALID_ARGS));
    }

    fn duplicate_refuses_unknown_rights() {
        let event = event();
        let mut out = 0;
        for rights in [1 << 21, 1 << 30, u32::MAX] {
            let status = call!(zx_handle_duplicate(event.raw(), rights, &mut out));
            assert_eq!(status, Status::INVALID_ARGS, "{rights:#x}");
        }
    }

    fn duplicate_needs_the_right() {
        let event = without(&event(), Rights::DUPLICATE);
        assert_eq!(event.duplicate(Rights::SAME_RIGHTS), Err(Status::ACCESS_DENIED));
    }

    fn duplicate_of_nothing_is_bad_handle() {
        let mut out = 0;
        for raw in [0, NO_HANDLE, stale_handle()] {
            let status = call!(zx_handle_duplicate(raw, Rights::SAME_RIGHTS.bits(), &mut out));
            assert_eq!(status, Status::BAD_HANDLE, "{raw:#x}");
        }
    }

    fn duplicate_refuses_bad_pointers() {
        let (memory, event) = (BadMemory::new(), event());
        for (kind, address) in memory.unwritable(4) {
            let status = call!(zx_handle_duplicate(event.raw(), Rights::SAME_RIGHTS.bits(), address as _));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
        assert_eq!(info::handle_count(&event), Ok(1));
    }

    fn replace_invalidates_the_old_one() {
        let handle = Handle::from(event());
        let old = handle.raw();
        let new = handle.replace(Rights::WAIT | Rights::INSPECT).expect("a replacement");
        assert!(!is_open(old));
        assert_eq!(info::basic(&new).expect("info").rights, Rights::WAIT | Rights::INSPECT);
        assert_eq!(info::handle_count(&new), Ok(1));
    }

    fn replace_with_more_rights_closes_the_handle() {
        let handle = Handle::from(event());
        let old = handle.raw();
        assert_eq!(handle.replace(Rights::EXECUTE), Err(Status::INVALID_ARGS));
        assert_eq!(call!(zx_handle_close(old)), Status::BAD_HANDLE);
    }

    fn replace_needs_no_right() {
        let bare = event().duplicate(Rights::NONE).expect("a bare handle");
        Handle::from(bare).replace(Rights::SAME_RIGHTS).expect("a replacement");
    }

    fn replace_of_nothing_is_bad_handle() {
        let mut out = 0;
        for raw in [0, NO_HANDLE, stale_handle()] {
            let status = call!(zx_handle_replace(raw, Rights::SAME_RIGHTS.bits(), &mut out));
            assert_eq!(status, Status::BAD_HANDLE, "{raw:#x}");
        }
    }
}
