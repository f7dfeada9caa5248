//! Handle values that nobody owns: threads close, transfer, replace and duplicate the very same two, and wait
//! through them. Who comes second has a stale value in hand, often in the middle of a call.

use core::sync::atomic::Ordering::SeqCst;

use hafnon_user::{Channel, Result, Rights, Status, clock, handle::Handle};

use crate::{
    harness::{call, user_test},
    stress::{Random, leaves_nothing},
    stress_handles::{SIGNAL, Shared, event, fight},
};

user_test! {
    /// A value is taken out once, whoever tries, and every wait through it ends.
    #[needs("cpus=4 timeout=120")]
    fn fought_over_by_all() {
        leaves_nothing(|rounds| fight(2, 3, change, rounds));
    }
}

/// Does something with one of the values, over and over. Who has another for it then puts that into the slot,
/// and closes what was there: a stale value, or one that somebody else has put there meanwhile.
fn change(shared: &Shared, seed: u64, rounds: u64) {
    let mut random = Random::new(seed);
    let ends = Channel::create().expect("a channel");
    while !shared.is_done(rounds) {
        let slot = shared.slot(&mut random);
        match changed(slot.load(SeqCst), &mut random, &ends) {
            Ok(Some(next)) => {
                random.dawdle();
                drop(Handle::from_raw(slot.swap(next.into_raw(), SeqCst)));
            }
            Ok(None) => {}
            Err(Status::BAD_HANDLE) => {
                // Lets those run who would put a handle there.
                clock::yield_now();
                continue;
            }
            Err(status) => panic!("{status:?}"),
        }
        shared.note_change();
    }
}

/// What belongs into the slot of this value, if not itself. An error: somebody else was faster.
fn changed(raw: u32, random: &mut Random, (near, far): &(Channel, Channel)) -> Result<Option<Handle>> {
    const SAME: u32 = Rights::SAME_RIGHTS.bits();
    let mut next = Handle::INVALID;
    match random.below(5) {
        0 => {
            done(call!(zx_handle_close(raw)))?;
            return Ok(Some(event()));
        }
        1 => {
            near.write(&[], [Handle::from_raw(raw)].into())?;
            random.dawdle();
            return Ok(far.read()?.handles.pop());
        }
        2 => done(call!(zx_handle_replace(raw, SAME, &mut next)))?,
        3 => done(call!(zx_handle_duplicate(raw, SAME, &mut next)))?,
        _ => {
            done(call!(zx_object_signal(raw, 0, SIGNAL.bits())))?;
            done(call!(zx_object_signal(raw, SIGNAL.bits(), 0)))?;
            return Ok(None);
        }
    }
    Ok(Some(Handle::from_raw(next)))
}

fn done(status: Status) -> Result<()> {
    Status::ok(status.raw())
}
