//! The pages of VMOs that are gone. Other tests leave and free pages at the same time, in the same place.

use super::*;
use crate::testing::poll;
use core::pin::pin;
use core::task::{Context, Waker};
use std::task::Wake;

/// Counts how often it is woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

#[test]
fn a_few_pages_go_with_their_vmo() {
    let (frames, vmo) = watched(64 * 64, 0);
    touch(&vmo, [0, 63, 64, 64 * 64 - 1]);
    assert_eq!((freed_by(|| drop(vmo)), frames.used()), (4, 0));
    let (frames, empty) = watched(1, 0);
    assert_eq!((freed_by(|| drop(empty)), frames.used()), (0, 0));
}

#[test]
fn more_than_a_few_and_those_of_a_high_tree_are_left() {
    let (several, vmo) = watched(5, 0);
    touch(&vmo, 0..5);
    assert_eq!(freed_by(|| drop(vmo)), 0);
    free_all(|| several.used());
    let (far, vmo) = watched(64 * 64 + 1, 0);
    touch(&vmo, [64 * 64]);
    assert_eq!(freed_by(|| drop(vmo)), 0);
    free_all(|| far.used());
}

#[test]
fn the_pages_of_a_large_vmo_are_freed_a_table_at_a_time() {
    let (frames, vmo) = watched(5000, 0);
    commit_all(&vmo);
    assert_eq!(freed_by(|| drop(vmo)), 0, "nothing yet");
    wait_until(|| {
        assert!(freed_by(free_some) <= 64);
        frames.used() == 0
    });
}

#[test]
fn it_is_idle_when_nothing_is_left_nor_in_hands() {
    let (frames, vmo) = watched(200, 0);
    commit_all(&vmo);
    frames.asks.store(true, Relaxed);
    drop(vmo);
    wait_until(|| {
        // In this order: what was left before it was idle is gone.
        let (is_idle, used) = (is_idle(), frames.used());
        assert!(!is_idle || used == 0, "idle with {used} frames");
        free_some();
        is_idle
    });
    assert_eq!(frames.idle.load(Relaxed), 0, "a table is in hands while its frames are freed");
}

#[test]
fn the_kernels_task_frees_a_few_tables_in_a_turn() {
    let (frames, vmo) = watched(1000, 0);
    commit_all(&vmo);
    let mut task = pin!(free_what_is_left());
    drop(vmo);
    wait_until(|| {
        let freed = freed_by(|| assert!(poll(task.as_mut()).is_pending(), "it has no end"));
        assert!(freed <= 4 * 64, "{freed} frames in a turn");
        frames.used() == 0
    });
}

#[test]
fn the_kernels_task_waits_until_something_is_left() {
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(wakes.clone());
    let mut context = Context::from_waker(&waker);
    let mut task = pin!(free_what_is_left());
    // It wakes itself as long as there is something to do, also for others.
    wait_until(|| {
        let before = wakes.0.load(Relaxed);
        assert!(task.as_mut().poll(&mut context).is_pending());
        wakes.0.load(Relaxed) == before
    });
    let before = wakes.0.load(Relaxed);
    let (frames, vmo) = watched(10, 0);
    commit_all(&vmo);
    drop(vmo);
    assert!(wakes.0.load(Relaxed) > before);
    wait_until(|| {
        assert!(poll(task.as_mut()).is_pending());
        frames.used() == 0
    });
}
