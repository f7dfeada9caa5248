//! time_get, num_cpus, version_get: answered without the kernel; cprng_draw.

use hafnon_user::{Status, clock, sys};

use crate::{
    bad_memory::BadMemory,
    harness::{call, user_test},
};

user_test! {
    fn time_is_the_monotonic_clock() {
        let before = clock::monotonic();
        // SAFETY: the call takes no pointer.
        let now = unsafe { sys::mx_time_get(0) };
        assert!(before <= now && now <= clock::monotonic());
    }

    fn there_is_no_other_clock() {
        // SAFETY: the call takes no pointer.
        assert_eq!([1, 2, 3, u32::MAX].map(|id| unsafe { sys::mx_time_get(id) }), [0; 4]);
    }

    fn cpus_are_those_of_zircon() {
        // SAFETY: the calls take no arguments.
        let (ours, theirs) = unsafe { (sys::mx_num_cpus(), sys::zx_system_get_num_cpus()) };
        assert!(ours >= 1);
        assert_eq!(ours, theirs);
    }

    fn version_has_a_nul_and_must_fit() {
        let mut version = [0xff; 64];
        assert_eq!(call!(mx_version_get(version.as_mut_ptr(), 64)), Status::OK);
        let length = version.iter().position(|byte| *byte == 0).expect("a NUL");
        assert!(version.starts_with(b"hafnon "), "{:?}", &version[..length]);
        assert_eq!(version[length + 1..], [0xff; 64][length + 1..], "no more than the string is written");
        let mut short = [0xff; 64];
        for room in [0, length as u32] {
            assert_eq!(call!(mx_version_get(short.as_mut_ptr(), room)), Status::BUFFER_TOO_SMALL);
        }
        assert_eq!(short, [0xff; 64]);
        assert_eq!(call!(mx_version_get(short.as_mut_ptr(), length as u32 + 1)), Status::OK);
        assert_eq!(short, version);
    }

    fn random_bytes_come_with_their_number() {
        let (mut bytes, mut actual) = ([0; 256], 0);
        assert_eq!(call!(mx_cprng_draw(bytes.as_mut_ptr(), 256, &mut actual)), Status::OK);
        assert_eq!(actual, 256);
        assert_ne!(bytes, [0; 256]);
    }

    fn too_many_random_bytes_are_refused() {
        let (mut bytes, mut actual) = ([0; 257], 9);
        assert_eq!(call!(mx_cprng_draw(bytes.as_mut_ptr(), 257, &mut actual)), Status::INVALID_ARGS);
        assert_eq!((bytes, actual), ([0; 257], 9));
        assert_eq!(call!(mx_cprng_add_entropy(bytes.as_ptr(), 257)), Status::INVALID_ARGS);
        assert_eq!(call!(mx_cprng_add_entropy(bytes.as_ptr(), 256)), Status::OK);
    }

    fn random_bytes_need_good_pointers() {
        let (memory, mut bytes, mut actual) = (BadMemory::new(), [0; 8], 0);
        for (kind, bad) in memory.unwritable(8) {
            let status = call!(mx_cprng_draw(bad as _, 8, &mut actual));
            assert_eq!(status, Status::INVALID_ARGS, "buffer: {kind}");
            let status = call!(mx_cprng_draw(bytes.as_mut_ptr(), 8, bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "actual: {kind}");
        }
        for (kind, bad) in memory.unreadable(8) {
            assert_eq!(call!(mx_cprng_add_entropy(bad as _, 8)), Status::INVALID_ARGS, "{kind}");
        }
    }
}
