//! Lists whose length user code chooses, read in parts: each part under the lock of the list, and others get their turn
//! in between.
//!
//! What is in the list the whole time is in one part, once. What comes or goes meanwhile is in one or in none.

use crate::core::base::Koid;
use alloc::collections::BTreeMap;
use core::ops::Bound::{Excluded, Unbounded};

/// How many entries are looked at in one go.
const PART: usize = 64;

/// Visits the entries behind the id `after`, a part of them. The id of the last one; nothing if that was the last part.
pub(crate) fn visit_part<T>(
    list: &BTreeMap<Koid, T>,
    after: Koid,
    mut visit: impl FnMut(Koid, &T),
) -> Option<Koid> {
    let mut last = None;
    let mut entries = list.range((Excluded(after), Unbounded));
    for (koid, entry) in entries.by_ref().take(PART) {
        visit(*koid, entry);
        last = Some(*koid);
    }
    entries.next().and(last)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn koids(list: &BTreeMap<Koid, ()>) -> (Vec<Koid>, usize) {
        let (mut seen, mut after, mut parts) = (Vec::new(), Some(0), 0);
        while let Some(from) = after {
            after = visit_part(list, from, |koid, ()| seen.push(koid));
            parts += 1;
        }
        (seen, parts)
    }

    #[test]
    fn parts_make_up_the_list() {
        for length in [0, 1, PART - 1, PART, PART + 1, 3 * PART] {
            let list: BTreeMap<Koid, ()> = (1..=length as Koid).map(|koid| (2 * koid, ())).collect();
            let (seen, parts) = koids(&list);
            assert!(seen.iter().eq(list.keys()), "{length}");
            assert_eq!(parts, length.div_ceil(PART).max(1), "{length}");
        }
    }
}
