//! Making a list small that fails as a whole: Zeller's and Hildebrandt's *ddmin* (Simplifying and isolating
//! failure-inducing input, 2002), with a limit of the number of trials.

/// The most trials of one list.
const TRIALS: usize = 150;

/// A part of `items`, in their order, that still `fails`; no part of it of the last size tried fails without the rest.
pub fn minimise<T: Clone>(items: Vec<T>, mut fails: impl FnMut(&[T]) -> bool) -> Vec<T> {
    let (mut items, mut pieces, mut trials) = (items, 2, 0);
    while items.len() >= 2 && trials < TRIALS {
        let size = items.len().div_ceil(pieces);
        let found = (0..items.len()).step_by(size).find_map(|start| {
            trials += 1;
            let end = (start + size).min(items.len());
            let rest: Vec<T> = [&items[..start], &items[end..]].concat();
            (trials <= TRIALS && !rest.is_empty() && fails(&rest)).then_some(rest)
        });
        match found {
            Some(rest) => {
                items = rest;
                pieces = (pieces - 1).max(2);
            }
            None if size == 1 => break,
            None => pieces = (pieces * 2).min(items.len()),
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_matter_goes() {
        let fails = |kept: &[u32]| [7, 61, 62].iter().all(|item| kept.contains(item));
        assert_eq!(minimise((0..100).collect(), fails), [7, 61, 62]);
        assert_eq!(minimise(vec![1, 2, 3], |_| true).len(), 1);
    }

    #[test]
    fn trials_have_an_end() {
        let mut trials = 0;
        let left = minimise((0..100_000).collect(), |kept: &[u32]| {
            trials += 1;
            kept.len() > 99_990
        });
        assert!(trials <= TRIALS && left.len() > 99_990);
    }
}
