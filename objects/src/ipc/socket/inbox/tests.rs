//! The lengths of datagrams: as many as there are, and memory for few when there are none.

use super::*;
use alloc::vec;

/// For how many lengths there is memory.
fn room(inbox: &Inbox) -> usize {
    inbox.datagrams.as_ref().map_or(0, VecDeque::capacity)
}

#[test]
fn an_empty_inbox_keeps_memory_for_a_few_lengths() {
    for (count, grown, left) in [(1, 4, 4), (KEPT, KEPT, KEPT), (KEPT + 1, 2 * KEPT, 0)] {
        let mut inbox = Inbox::new(true);
        for length in 1..=count {
            inbox.push(&vec![1; length]).expect("there is memory");
        }
        for length in 1..=count {
            assert_eq!(room(&inbox), grown);
            assert_eq!(inbox.front(), Ok(length), "{count}");
            inbox.remove(1);
        }
        assert_eq!((room(&inbox), inbox.len()), (left, 0));
        inbox.push(b"as ever").expect("there is memory");
        inbox.push(b"whole").expect("there is memory");
        assert_eq!((inbox.front(), inbox.len()), (Ok(7), 12));
    }
}

#[test]
fn a_stream_has_no_lengths() {
    let mut inbox = Inbox::new(false);
    for _ in 0..2 {
        inbox.push(b"some").expect("there is memory");
        inbox.push(b"more").expect("there is memory");
        assert_eq!(inbox.front(), Ok(8));
        inbox.remove(3);
        assert_eq!(inbox.front(), Ok(5));
        inbox.remove(5);
        assert!(inbox.datagrams.is_none());
        assert_eq!(inbox.front(), Err(Status::SHOULD_WAIT));
    }
}
