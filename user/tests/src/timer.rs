//! timer_create, timer_set, timer_cancel.

use hafnon_user::{
    AsHandle, Rights, Signals, Status, Timer,
    abi::{CLOCK_MONOTONIC, CLOCK_UTC, InfoKmemStats, TIMER_SLACK_EARLY, TIMER_SLACK_LATE},
    clock::{self, INFINITE, MILLISECOND},
    handle::Handle,
    info,
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, TURNS, call, resource, user_test, without},
};

const SIGNAL: Signals = Signals::TIMER_SIGNALED;

fn timer() -> Timer {
    Timer::create().expect("a timer")
}

fn is_signalled(timer: &Timer) -> bool {
    timer.wait(SIGNAL, 0).is_ok()
}

/// Returns when a timer with this deadline has fired, and so has each one with an earlier deadline.
fn let_pass(deadline: i64) {
    let last = timer();
    last.set(deadline, 0).expect("set");
    last.wait(SIGNAL, INFINITE).expect("fired");
}

/// Bytes of kernel objects.
fn in_use() -> u64 {
    let stats: InfoKmemStats = info::kernel_memory(resource()).expect("the root resource tells");
    stats.ipc_bytes
}

user_test! {
    fn fires_at_its_deadline() {
        let timer = timer();
        let deadline = clock::deadline_after(5 * MILLISECOND);
        timer.set(deadline, 0).expect("set");
        timer.wait(SIGNAL, INFINITE).expect("fired");
        assert!(clock::monotonic() >= deadline);
        assert!(is_signalled(&timer), "it stays signalled");
    }

    fn is_not_signalled_before() {
        let timer = timer();
        assert!(!is_signalled(&timer));
        timer.set(clock::deadline_after(3600 * clock::SECOND), 0).expect("set");
        assert!(!is_signalled(&timer));
    }

    fn deadline_in_the_past_fires_at_once() {
        let timer = timer();
        for deadline in [0, -1, i64::MIN, clock::monotonic()] {
            timer.set(deadline, 0).expect("set");
            timer.wait(SIGNAL, INFINITE).expect("fired");
        }
    }

    fn setting_again_clears_and_starts_anew() {
        let timer = timer();
        timer.set(0, 0).expect("set");
        timer.wait(SIGNAL, INFINITE).expect("fired");
        timer.set(clock::deadline_after(3600 * clock::SECOND), 0).expect("set");
        assert!(!is_signalled(&timer));
    }

    fn setting_again_replaces_the_deadline() {
        let timer = timer();
        timer.set(clock::deadline_after(3600 * clock::SECOND), 0).expect("set");
        timer.set(clock::deadline_after(MILLISECOND), 0).expect("set");
        timer.wait(SIGNAL, INFINITE).expect("fired");
    }

    /// Where instructions are counted it is cancelled before its deadline.
    #[needs("cpus=1 counted")]
    fn cancel_stops_and_clears() {
        let timer = timer();
        let deadline = clock::deadline_after(2 * MILLISECOND);
        timer.set(deadline, 0).expect("set");
        timer.cancel().expect("cancelled");
        let_pass(deadline + MILLISECOND);
        assert!(!is_signalled(&timer));
        timer.set(0, 0).expect("set");
        timer.wait(SIGNAL, INFINITE).expect("fired");
        timer.cancel().expect("cancelled");
        assert!(!is_signalled(&timer));
        timer.cancel().expect("cancelling a stopped timer is fine");
    }

    fn every_slack_mode_works() {
        for mode in [0, TIMER_SLACK_EARLY, TIMER_SLACK_LATE] {
            let mut out = 0;
            assert_eq!(call!(zx_timer_create(mode, CLOCK_MONOTONIC, &mut out)), Status::OK);
            let timer = Timer::from(Handle::from_raw(out));
            timer.set(clock::deadline_after(2 * MILLISECOND), MILLISECOND).expect("set");
            timer.wait(SIGNAL, INFINITE).expect("fired");
        }
    }

    fn create_refuses_other_options_and_clocks() {
        let mut out = 0;
        for options in [3, 4, 1 << 31] {
            let status = call!(zx_timer_create(options, CLOCK_MONOTONIC, &mut out));
            assert_eq!(status, Status::INVALID_ARGS, "options {options:#x}");
        }
        for id in [CLOCK_UTC, 99] {
            assert_eq!(call!(zx_timer_create(0, id, &mut out)), Status::INVALID_ARGS, "clock {id}");
        }
    }

    fn create_refuses_bad_pointers() {
        let memory = BadMemory::new();
        for (kind, address) in memory.unwritable(4) {
            let status = call!(zx_timer_create(0, CLOCK_MONOTONIC, address as _));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
    }

    fn negative_slack_is_out_of_range() {
        let timer = timer();
        timer.set(0, 0).expect("set");
        for slack in [-1, i64::MIN] {
            assert_eq!(timer.set(INFINITE, slack), Err(Status::OUT_OF_RANGE));
            assert_eq!(call!(zx_timer_set(NO_HANDLE, 0, slack)), Status::OUT_OF_RANGE, "it is looked at first");
        }
        assert!(is_signalled(&timer), "what is refused changes nothing");
    }

    fn set_and_cancel_need_the_right() {
        let timer = without(&timer(), Rights::WRITE);
        assert_eq!(timer.set(0, 0), Err(Status::ACCESS_DENIED));
        assert_eq!(timer.cancel(), Err(Status::ACCESS_DENIED));
    }

    fn nothing_is_bad_handle() {
        assert_eq!(call!(zx_timer_set(NO_HANDLE, 0, 0)), Status::BAD_HANDLE);
        assert_eq!(call!(zx_timer_cancel(NO_HANDLE)), Status::BAD_HANDLE);
    }

    fn wrong_type_is_told() {
        let event = hafnon_user::Event::create().expect("an event");
        assert_eq!(call!(zx_timer_set(event.raw(), 0, 0)), Status::WRONG_TYPE);
        assert_eq!(call!(zx_timer_cancel(event.raw())), Status::WRONG_TYPE);
    }

    /// It goes with its last handle, and not with its deadline; nothing of it is left when that has come.
    #[needs("cpus=1 counted")]
    fn a_running_timer_ends_when_it_is_closed() {
        let deadline = clock::deadline_after(clock::SECOND);
        let_pass(0);
        let before = in_use();
        let comes_back = || (0..TURNS).any(|_| {
            clock::yield_now();
            in_use() <= before
        });
        for _ in 0..50 {
            timer().set(deadline, 0).expect("set");
        }
        assert!(comes_back() && clock::monotonic() < deadline, "they are gone before they would fire");
        let_pass(deadline + MILLISECOND);
        assert!(comes_back(), "none of them has fired");
    }
}
