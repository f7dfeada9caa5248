//! Telling one task when there is much less, or much more, free memory than there was.
//!
//! Whoever takes or gives back memory where that may wake a task, in no allocator, [notes](note) how much is free.
//! So the task learns of what happens elsewhere, in the kernel heap, with the next such note: the next call that
//! creates something, or needs a page.
//!
//! [`is_ordinary`] is also all that such a call asks as long as there is enough of everything. So nothing is
//! ordinary while something wants a closer look: see `begin_scrutiny`.

use super::frames;
use core::future::poll_fn;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use core::task::{Poll, Waker};
use spin::Once;
use waitq::sync::Mutex;

/// From how many free frames on, and up to how many, the task need not be told. All numbers, if nobody waits.
static START: AtomicUsize = AtomicUsize::new(0);
static END: AtomicUsize = AtomicUsize::new(usize::MAX);
/// The part of these numbers that is plenty: where it begins, and how wide it is.
static ORDINARY: AtomicUsize = AtomicUsize::new(0);
static WIDTH: AtomicUsize = AtomicUsize::new(0);

/// For how many reasons everybody is to look closer; no number is ordinary unless there is none. An end may be told
/// before its beginning. `WIDTH` changes with it, under its lock, inside of which no other is taken.
static SCRUTINIES: Mutex<isize> = Mutex::new(0);

/// Somebody wants the task to look.
static CALLED: AtomicBool = AtomicBool::new(false);
static WATCHER: Once<Waker> = Once::new();

/// Whether this many free frames are plenty, and no news. If not, neither need be so.
#[inline]
pub fn is_ordinary(free: usize) -> bool {
    free.wrapping_sub(ORDINARY.load(Relaxed)) < WIDTH.load(Relaxed)
}

/// Tells the task, if it is to be told.
#[inline]
pub fn note(free: usize) {
    if !is_ordinary(free) {
        tell_news(free);
    }
}

#[cold]
fn tell_news(free: usize) {
    if !(START.load(Relaxed)..END.load(Relaxed)).contains(&free) {
        stop();
        wake();
    }
}

fn wake() {
    // Not consumed: nothing is freed here.
    if let Some(watcher) = WATCHER.get() {
        watcher.wake_by_ref();
    }
}

/// Has the task look, whatever is free.
pub fn call() {
    CALLED.store(true, SeqCst);
    wake();
}

/// For one reason more nothing is ordinary, such as a CPU whose stock is not full, or a job with more memory than it
/// may have.
pub(super) fn begin_scrutiny() {
    change_scrutinies(1);
}

/// One of these reasons is gone.
pub(super) fn end_scrutiny() {
    change_scrutinies(-1);
}

/// With the last reason, every number is news, so that the task begins anew to say what is ordinary.
fn change_scrutinies(by: isize) {
    let mut count = SCRUTINIES.lock();
    *count += by;
    match *count {
        0 => START.store(usize::MAX, Relaxed),
        _ => WIDTH.store(0, Relaxed),
    }
}

/// What [`objects::account`] tells of a job.
pub fn note_limit(is_over: bool) {
    change_scrutinies(if is_over { 1 } else { -1 });
}

/// From now on every number is news to nobody.
fn stop() {
    WIDTH.store(0, Relaxed);
    START.store(0, Relaxed);
    END.store(usize::MAX, Relaxed);
}

/// From now on other numbers than these are news. Who reads the old beginning and the new width, or the other way
/// round, may be told too much; but what lies in the reserve, before every beginning, is in none of these ranges.
fn watch(range: &Range<usize>) {
    let plenty = range.start.max(frames::plenty());
    START.store(range.start, Relaxed);
    END.store(range.end, Relaxed);
    ORDINARY.store(plenty, Relaxed);
    let count = SCRUTINIES.lock();
    WIDTH.store(if *count == 0 { range.end.saturating_sub(plenty) } else { 0 }, Relaxed);
}

/// Waits until another number of frames is free than one of these, or somebody [calls](call). There is one task, always the same, that may.
pub async fn left(range: Range<usize>) {
    poll_fn(|context| {
        WATCHER.call_once(|| context.waker().clone());
        watch(&range);
        if range.contains(&frames::readily_free()) && !CALLED.swap(false, SeqCst) {
            return Poll::Pending;
        }
        stop();
        Poll::Ready(())
    })
    .await;
}
