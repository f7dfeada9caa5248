//! Payers who may go, but not at once: the last frame of the kernel heap that is charged to somebody comes back in the
//! middle of the heap, where nothing can be freed.
//!
//! They are in a list that is linked through them. Who makes a payer releases two, so there are never more of them
//! than there were payers at one time.
//!
//! Models have no static lists, so this is not part of them.

use super::Payer;
use alloc::sync::Arc;
use waitq::sync::Mutex;

/// What links a payer into the list.
#[derive(Default)]
pub(super) struct ParkedLink(Mutex<Next>);

#[derive(Default)]
struct Next {
    is_parked: bool,
    payer: Option<Arc<Payer>>,
}

/// The first of the list. Locked before any link of it.
static FIRST: Mutex<Option<Arc<Payer>>> = Mutex::new(None);

/// Gives up a reference to a payer, which goes later if it is the last one. Frees nothing.
pub fn park(payer: Arc<Payer>) {
    let mut first = FIRST.lock();
    let mut link = payer.parked.0.lock();
    if link.is_parked {
        drop(link);
        drop(payer); // the list has another reference, and is locked
        return;
    }
    link.is_parked = true;
    link.payer = first.take();
    drop(link);
    *first = Some(payer);
}

/// Lets two payers go.
pub fn release_some() {
    (0..2).for_each(|_| drop(take_first()));
}

fn take_first() -> Option<Arc<Payer>> {
    let mut first = FIRST.lock();
    let payer = first.take()?;
    let link = core::mem::take(&mut *payer.parked.0.lock());
    *first = link.payer;
    Some(payer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Job;
    use alloc::sync::Weak;

    #[test]
    fn a_payer_is_parked_once_and_goes_when_it_is_released() {
        let job = Job::root();
        let payers: [_; 3] = core::array::from_fn(|_| Payer::new(&job));
        let weak: [Weak<_>; 3] = [0, 1, 2].map(|index| Arc::downgrade(&payers[index]));
        for payer in payers {
            park(payer.clone());
            park(payer);
        }
        assert!(weak.iter().all(|payer| payer.strong_count() == 1));
        release_some();
        assert_eq!(weak.iter().filter(|payer| payer.strong_count() == 0).count(), 2);
        release_some();
        assert!(weak.iter().all(|payer| payer.strong_count() == 0));
    }
}
