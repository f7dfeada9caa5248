//! nanosleep, random numbers, and what the vDSO answers by itself.

use core::ffi::CStr;

use hafnon_user::{
    Status,
    abi::{CPRNG_ADD_ENTROPY_MAX_LEN, FEATURE_KIND_CPU, FEATURE_KIND_VM, HAS_CPU_FEATURES},
    clock::{self, INFINITE, MILLISECOND},
    sys,
};

use crate::{
    bad_memory::BadMemory,
    harness::{call, user_test},
};

user_test! {
    fn monotonic_never_goes_back() {
        let mut last = clock::monotonic();
        for _ in 0..10_000 {
            let now = clock::monotonic();
            assert!(now >= last);
            last = now;
        }
        assert!(last > 0);
    }

    #[needs("counted")]
    fn sleep_lasts_as_long_as_asked() {
        let deadline = clock::deadline_after(5 * MILLISECOND);
        clock::sleep_until(deadline).expect("sleep");
        let late = clock::monotonic() - deadline;
        assert!((0..2 * clock::SECOND).contains(&late), "{late} ns late");
    }

    fn sleep_into_the_past_returns() {
        for deadline in [0, -1, i64::MIN] {
            clock::sleep_until(deadline).expect("sleep");
        }
    }

    #[needs("counted")]
    fn ticks_and_nanoseconds_agree() {
        let per_second = call_ticks_per_second();
        assert!(per_second > 1_000_000);
        let (time, ticks) = (clock::monotonic(), clock::ticks());
        clock::sleep(20 * MILLISECOND).expect("sleep");
        let (time, ticks) = (clock::monotonic() - time, clock::ticks() - ticks);
        let from_ticks = (ticks as i128 * i128::from(clock::SECOND) / i128::from(per_second)) as i64;
        assert!((from_ticks - time).abs() < time / 10, "{from_ticks} ns by ticks, {time} ns by the clock");
    }

    fn deadline_after_saturates() {
        assert_eq!(clock::deadline_after(INFINITE), INFINITE);
        assert!(clock::deadline_after(i64::MIN) < 0);
        let now = clock::monotonic();
        assert!(clock::deadline_after(clock::SECOND) >= now + clock::SECOND);
    }

    fn system_facts_make_sense() {
        // SAFETY: the calls take no pointers.
        let (page, cpus, memory, line) = unsafe {
            (
                sys::zx_system_get_page_size(),
                sys::zx_system_get_num_cpus(),
                sys::zx_system_get_physmem(),
                sys::zx_system_get_dcache_line_size(),
            )
        };
        assert_eq!(page, 4096);
        assert!((1..=512).contains(&cpus), "{cpus} CPUs");
        assert!(memory >= 16 << 20, "{memory} bytes");
        assert!(line.is_power_of_two() && line >= 16, "a line of {line} bytes");
    }

    fn version_is_text() {
        // SAFETY: the call takes no pointer, and returns a NUL-terminated string.
        let (version, text) = unsafe {
            let version = sys::zx_system_get_version_string();
            (version, CStr::from_ptr(version.c_str as *const _))
        };
        let text = text.to_str().expect("it is UTF-8");
        assert_eq!(text.len(), version.length);
        assert!(!text.is_empty());
    }

    fn features_are_known_by_kind() {
        let mut features = 0;
        assert_eq!(call!(zx_system_get_features(FEATURE_KIND_CPU, &mut features)), Status::OK);
        assert_ne!(features & HAS_CPU_FEATURES, 0);
        assert_eq!(call!(zx_system_get_features(FEATURE_KIND_VM, &mut features)), Status::OK);
        assert_eq!(features, 0, "what can be executed can be read");
        assert_eq!(call!(zx_system_get_features(77, &mut features)), Status::NOT_SUPPORTED);
    }

    fn random_bytes_differ() {
        let (mut one, mut two) = ([0u8; 64], [0u8; 64]);
        // SAFETY: the buffers have the lengths passed.
        unsafe {
            sys::zx_cprng_draw(one.as_mut_ptr().cast(), one.len());
            sys::zx_cprng_draw(two.as_mut_ptr().cast(), two.len());
        }
        assert!(one != two && one != [0; 64]);
    }

    fn any_number_of_random_bytes_can_be_drawn() {
        let mut bytes = alloc::vec![0u8; 100_001];
        // SAFETY: the buffer is longer than the length passed.
        unsafe { sys::zx_cprng_draw(bytes.as_mut_ptr().cast(), 100_000) };
        let mut counts = [0u32; 256];
        bytes[..100_000].iter().for_each(|&byte| counts[usize::from(byte)] += 1);
        // About 390 each; 200 would be off by ten standard deviations.
        assert!(counts.iter().all(|count| (200..600).contains(count)), "{counts:?}");
        assert!(bytes[..100_000].chunks(8).skip(1).all(|part| part != &bytes[..8]));
        assert_eq!(bytes[100_000], 0);
        // SAFETY: no bytes are written.
        unsafe { sys::zx_cprng_draw(core::ptr::null_mut(), 0) };
    }

    fn entropy_is_taken_up_to_the_limit() {
        let (memory, bytes) = (BadMemory::new(), [7u8; CPRNG_ADD_ENTROPY_MAX_LEN + 1]);
        for length in [0, 1, 33, CPRNG_ADD_ENTROPY_MAX_LEN] {
            assert_eq!(call!(zx_cprng_add_entropy(bytes.as_ptr().cast(), length)), Status::OK);
        }
        let status = call!(zx_cprng_add_entropy(bytes.as_ptr().cast(), bytes.len()));
        assert_eq!(status, Status::INVALID_ARGS);
        for (kind, bad) in memory.unreadable(8) {
            assert_eq!(call!(zx_cprng_add_entropy(bad as _, 8)), Status::INVALID_ARGS, "{kind}");
        }
    }
}

fn call_ticks_per_second() -> i64 {
    // SAFETY: the call takes no pointer.
    unsafe { sys::zx_ticks_per_second() }
}
