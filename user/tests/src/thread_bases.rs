//! PROP_REGISTER_FS and PROP_REGISTER_GS: the bases of a thread's segments, which thread-local storage is made of.

use alloc::{sync::Arc, vec::Vec};
use core::{
    arch::asm,
    sync::atomic::{AtomicU32, Ordering::SeqCst},
};

use hafnon_user::{
    AsHandle, Status,
    abi::{PROP_REGISTER_FS as FS, PROP_REGISTER_GS as GS},
    clock, futex, sys,
    thread::{self, JoinHandle},
};

use crate::{
    bad_memory::BadMemory,
    harness::{call, first_thread, process, user_test},
};

/// Sets a base of the calling thread, whose handle is `thread`.
fn set(thread: u32, property: u32, base: usize) -> Status {
    call!(zx_object_set_property(thread, property, (&raw const base).cast(), size_of::<usize>()))
}

fn get(thread: u32, property: u32) -> usize {
    let mut base = 0usize;
    let status = call!(zx_object_get_property(thread, property, (&raw mut base).cast(), size_of::<usize>()));
    assert_eq!(status, Status::OK);
    base
}

/// The word at the base.
fn word_at(property: u32) -> u64 {
    let word;
    // SAFETY: the tests set the base to the address of a word that they keep.
    unsafe {
        match property {
            FS => asm!("mov {}, fs:[0]", out(reg) word, options(nostack, readonly, preserves_flags)),
            _ => asm!("mov {}, gs:[0]", out(reg) word, options(nostack, readonly, preserves_flags)),
        }
    }
    word
}

fn address(word: &u64) -> usize {
    core::ptr::from_ref(word).expose_provenance()
}

/// Runs `main` on a new thread with that thread's own handle.
fn spawn<T: Send + 'static>(main: impl FnOnce(u32) -> T + Send + 'static) -> JoinHandle<T> {
    let handle = Arc::new(AtomicU32::new(0));
    let told = handle.clone();
    let started = thread::spawn("with bases", move || {
        // The value is there already, or comes with a wake.
        let _ = futex::wait(&told, 0);
        main(told.load(SeqCst))
    });
    let started = started.expect("a thread");
    handle.store(started.thread().raw(), SeqCst);
    futex::wake(&handle, 1).expect("wake");
    started
}

user_test! {
    fn a_base_is_set_and_read() {
        let (one, other) = (1u64, 2u64);
        let thread = first_thread().raw();
        for property in [FS, GS] {
            assert_eq!(get(thread, property), 0);
            for word in [&one, &other] {
                assert_eq!(set(thread, property, address(word)), Status::OK);
                assert_eq!((get(thread, property), word_at(property)), (address(word), *word));
            }
        }
        assert_eq!((get(thread, FS), get(thread, GS)), (address(&other), address(&other)));
    }

    fn a_base_stays_over_waits() {
        let word = 7u64;
        let thread = first_thread().raw();
        for property in [FS, GS] {
            assert_eq!(set(thread, property, address(&word)), Status::OK);
        }
        for _ in 0..10 {
            clock::sleep(clock::MILLISECOND).expect("sleep");
            assert_eq!((word_at(FS), word_at(GS)), (7, 7));
        }
    }

    fn each_thread_has_its_own() {
        let threads: Vec<_> = (1..=8u64).map(|number| spawn(move |thread| {
            let words = [number, number << 32];
            assert_eq!(set(thread, FS, address(&words[0])), Status::OK);
            assert_eq!(set(thread, GS, address(&words[1])), Status::OK);
            for _ in 0..200 {
                // SAFETY: the call takes no pointer.
                unsafe { sys::zx_thread_legacy_yield(0) };
                assert_eq!([word_at(FS), word_at(GS)], words);
                assert_eq!(get(thread, FS), address(&words[0]));
            }
        })).collect();
        assert!(threads.into_iter().all(|thread| thread.join().is_some()));
    }

    fn only_the_thread_itself_may() {
        let done = Arc::new(AtomicU32::new(0));
        let told = done.clone();
        let other = spawn(move |_| while futex::wait(&told, 0).is_ok() {});
        let mut base = 0usize;
        for property in [FS, GS] {
            assert_eq!(set(other.thread().raw(), property, 0), Status::ACCESS_DENIED);
            let place = (&raw mut base).cast();
            let status = call!(zx_object_get_property(other.thread().raw(), property, place, 8));
            assert_eq!(status, Status::ACCESS_DENIED);
        }
        done.store(1, SeqCst);
        futex::wake(&done, 1).expect("woken");
        assert!(other.join().is_some());
    }

    fn only_threads_have_bases() {
        let process = process();
        assert_eq!(set(process.raw(), FS, 0), Status::WRONG_TYPE);
        assert_eq!(set(process.raw(), GS, 0), Status::WRONG_TYPE);
    }

    fn only_user_addresses_are_bases() {
        let thread = first_thread().raw();
        for property in [FS, GS] {
            for bad in [1 << 47, 1 << 63, 0xffff_8000_0000_0000, 0x7fff_ffff_f000, usize::MAX] {
                assert_eq!(set(thread, property, bad), Status::INVALID_ARGS, "{bad:#x}");
            }
            assert_eq!(get(thread, property), 0);
        }
    }

    fn short_buffers_and_bad_pointers_are_refused() {
        let (thread, mut base) = (first_thread().raw(), 0usize);
        for property in [FS, GS] {
            let place = (&raw mut base).cast();
            let status = call!(zx_object_set_property(thread, property, place, 7));
            assert_eq!(status, Status::BUFFER_TOO_SMALL);
            let status = call!(zx_object_get_property(thread, property, place, 7));
            assert_eq!(status, Status::BUFFER_TOO_SMALL);
        }
        let memory = BadMemory::new();
        for (kind, bad) in memory.unreadable(8) {
            let status = call!(zx_object_set_property(thread, FS, bad as _, 8));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
        for (kind, bad) in memory.unwritable(8) {
            let status = call!(zx_object_get_property(thread, FS, bad as _, 8));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
    }
}
