//! A line: where the interrupts of one source arrive. The machine raises it from the interrupt's handler, which does
//! nothing else; whoever drives the device awaits it.

use waitq::WaitQueue;

/// What has arrived.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Arrival {
    /// How many interrupts there have been, ever. What comes before anybody looks is one arrival, as on a real wire.
    pub count: u64,
    /// When the first one came that nobody has seen before, in nanoseconds of the monotonic clock.
    pub since: i64,
}

/// Where interrupts arrive.
pub struct Line {
    queue: WaitQueue<(), Arrived>,
}

impl Default for Line {
    fn default() -> Self {
        Self { queue: WaitQueue::new(Arrived::default()) }
    }
}

/// What has arrived, and how much of that has been seen.
#[derive(Default)]
struct Arrived {
    last: Arrival,
    seen: u64,
}

impl Arrived {
    fn see(&mut self) -> Option<Arrival> {
        (self.seen < self.last.count).then(|| {
            self.seen = self.last.count;
            self.last
        })
    }
}

impl Line {
    /// An interrupt has come. To be called by the machine, with no lock held.
    pub fn raise(&self, now: i64) {
        self.queue.with(|arrived, waiters| {
            if arrived.seen == arrived.last.count {
                arrived.last.since = now;
            }
            arrived.last.count += 1;
            waiters.wake_all();
        });
    }

    /// What has arrived since this was asked last, if anything has.
    pub fn take(&self) -> Option<Arrival> {
        self.queue.with(|arrived, _| arrived.see())
    }

    /// Completes when something has arrived that nobody has seen. Dropped before, it has seen nothing.
    pub async fn next(&self) -> Arrival {
        loop {
            self.queue.wait_unless((), |arrived, ()| arrived.seen < arrived.last.count).await;
            if let Some(arrival) = self.take() {
                return arrival;
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::testing::poll;
    use core::pin::pin;

    #[test]
    fn an_interrupt_is_seen_once_and_told_with_its_time() {
        let line = Line::default();
        assert_eq!(line.take(), None);
        let mut next = pin!(line.next());
        assert!(poll(next.as_mut()).is_pending());
        line.raise(5);
        line.raise(7);
        assert_eq!(poll(next.as_mut()), core::task::Poll::Ready(Arrival { count: 2, since: 5 }));
        assert_eq!(line.take(), None);
        line.raise(9);
        assert_eq!(poll(pin!(line.next())), core::task::Poll::Ready(Arrival { count: 3, since: 9 }));
    }

    #[test]
    fn who_stops_waiting_takes_nothing_away() {
        let line = Line::default();
        {
            let mut next = pin!(line.next());
            assert!(poll(next.as_mut()).is_pending());
            line.raise(1);
        }
        assert_eq!(line.take(), Some(Arrival { count: 1, since: 1 }));
    }

    #[test]
    fn of_two_who_wait_one_sees_it_and_the_other_waits_on() {
        let line = Line::default();
        let (mut one, mut two) = (pin!(line.next()), pin!(line.next()));
        assert!(poll(one.as_mut()).is_pending() && poll(two.as_mut()).is_pending());
        line.raise(1);
        assert!(poll(one.as_mut()).is_ready() && poll(two.as_mut()).is_pending());
        line.raise(2);
        assert!(poll(two.as_mut()).is_ready());
    }
}
