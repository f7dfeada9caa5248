//! What a call of one ABI is refused without a right is not had without it by the call of that name in another.

use super::spec;
use hafnon_generator::model::{Abi, ArgKind, Call};

/// Kinds of objects and rights of the handles that a call takes, in order.
fn demands(call: &Call) -> Vec<(&str, &[String])> {
    let demand = |kind: &'_ ArgKind| matches!(kind, ArgKind::Handle { .. });
    let handles = call.args.iter().map(|arg| &arg.kind).filter(|kind| demand(kind));
    handles
        .filter_map(|kind| match kind {
            ArgKind::Handle { object, rights, .. } => Some((object.as_str(), rights.as_slice())),
            _ => None,
        })
        .collect()
}

#[test]
fn no_abi_does_without_a_right_that_another_demands() {
    let spec = spec();
    let done = |abi| spec.calls.iter().filter(move |call| call.abi == abi && call.done);
    let mut compared = 0;
    for theirs in done(Abi::Magenta) {
        let Some(ours) = done(Abi::Zircon).find(|call| call.name == theirs.name) else { continue };
        for (theirs, ours) in demands(theirs).iter().zip(demands(ours)) {
            compared += 1;
            let missing: Vec<_> = ours.1.iter().filter(|right| !theirs.1.contains(right)).collect();
            assert!(missing.is_empty() || theirs.0 != ours.0, "{theirs:?} does without {missing:?}");
        }
    }
    assert!(compared > 10, "{compared} handles of calls that both have");
}
