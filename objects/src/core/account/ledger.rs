//! Ledgers: what each job has, with all jobs below it.
//!
//! A ledger lives longer than its job if something is still charged to it, and a charge may be taken or given back
//! with any lock held. So a ledger is no object, and nothing here takes a lock or allocates: all of it is atomics.

use crate::core::room::NoMemory;
use alloc::sync::{Arc, Weak};
use core::any::Any;
use spin::Once;
use waitq::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};

/// See [`set_alarm`].
static ALARM: Once<fn(bool)> = Once::new();

/// Sets what is told when a job comes to have more memory than it may (`true`), and when it has no more than that
/// again (`false`), of each such job in turn. It may be called with any lock held. Can be set once.
pub fn set_alarm(alarm: fn(bool)) {
    ALARM.call_once(|| alarm);
}

/// How much there is of one thing, and how much there may be.
struct Account {
    used: AtomicU64,
    limit: AtomicU64,
}

impl Account {
    fn new() -> Self {
        Self { used: AtomicU64::new(0), limit: AtomicU64::new(u64::MAX) }
    }

    fn used(&self) -> u64 {
        self.used.load(SeqCst)
    }

    fn limit(&self) -> u64 {
        self.limit.load(SeqCst)
    }

    /// Takes more, if that does not exceed the limit.
    fn add(&self, amount: u64) -> bool {
        let mut used = self.used.load(Relaxed);
        // By hand, as loom has no `try_update`.
        while let Some(sum) = used.checked_add(amount).filter(|sum| *sum <= self.limit()) {
            match self.used.compare_exchange_weak(used, sum, SeqCst, Relaxed) {
                Ok(_) => return true,
                Err(now) => used = now,
            }
        }
        false
    }

    /// Takes more, whatever the limit is.
    fn overdraw(&self, amount: u64) {
        self.used.fetch_add(amount, SeqCst);
    }

    fn has_room(&self, amount: u64) -> bool {
        self.used().checked_add(amount).is_some_and(|sum| sum <= self.limit())
    }

    fn subtract(&self, amount: u64) {
        self.used.fetch_sub(amount, SeqCst);
    }
}

/// What a job and those below it have.
pub(crate) struct Ledger {
    parent: Option<Arc<Self>>,
    /// Whose it is, as long as that is there.
    owner: Once<Weak<dyn Any + Send + Sync>>,
    /// The pages of VMOs and the frames that the kernel holds, in pages.
    pages: Account,
    handles: Account,
    /// It has more pages than it may, and the alarm was told so.
    over_limit: AtomicBool,
}

impl Ledger {
    /// Nothing, without limits.
    pub fn new(parent: Option<Arc<Self>>) -> Arc<Self> {
        Arc::new(Self {
            parent,
            owner: Once::new(),
            pages: Account::new(),
            handles: Account::new(),
            over_limit: AtomicBool::new(false),
        })
    }

    /// This one, that of the parent, and so on.
    fn and_above(&self) -> impl Iterator<Item = &Self> {
        core::iter::successors(Some(self), |ledger| ledger.parent.as_deref())
    }

    /// Says whose it is, once.
    pub fn set_owner(&self, owner: Weak<dyn Any + Send + Sync>) {
        self.owner.call_once(|| owner);
    }

    /// Whose it is, if that is there still.
    pub fn owner<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.owner.get()?.upgrade()?.downcast().ok()
    }

    /// Whether this is `other`, or below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.and_above().any(|ledger| core::ptr::eq(ledger, other))
    }

    /// The lowest one that refuses so many pages more, from this one on, or above one that is given.
    pub fn refusing(self: &Arc<Self>, pages: u64, above: Option<&Self>) -> Option<Arc<Self>> {
        let first = above.map_or_else(|| Some(self.clone()), |below| below.parent.clone());
        core::iter::successors(first, |ledger| ledger.parent.clone())
            .find(|ledger| !ledger.pages.has_room(pages))
    }

    pub fn pages(&self) -> u64 {
        self.pages.used()
    }

    pub fn page_limit(&self) -> u64 {
        self.pages.limit()
    }

    /// Says how many pages there may be. What there is beyond that stays.
    pub fn set_page_limit(&self, pages: u64) {
        self.change_pages(|account| account.limit.store(pages, SeqCst));
    }

    pub fn handle_limit(&self) -> u64 {
        self.handles.limit()
    }

    pub fn set_handle_limit(&self, handles: u64) {
        self.handles.limit.store(handles, SeqCst);
    }

    /// Charges pages.
    ///
    /// # Errors
    /// `NoMemory` when that exceeds a limit, here or above; then nothing is charged.
    pub fn charge_pages(&self, pages: u64) -> Result<(), NoMemory> {
        let add = |ledger: &Self| ledger.change_pages(|account| account.add(pages));
        let take_back = |ledger: &Self| ledger.change_pages(|account| account.subtract(pages));
        if self.charge(add, take_back) { Ok(()) } else { Err(NoMemory) }
    }

    /// Charges pages that are taken whatever the limits are.
    pub fn overdraw_pages(&self, pages: u64) {
        for ledger in self.and_above() {
            ledger.change_pages(|account| account.overdraw(pages));
        }
    }

    /// Charges pages, whatever the limits are here and up to `last`.
    ///
    /// # Errors
    /// `NoMemory` when that exceeds a limit above `last`; then nothing is charged.
    pub fn charge_pages_beyond(&self, pages: u64, last: &Self) -> Result<(), NoMemory> {
        if let Some(above) = &last.parent {
            above.charge_pages(pages)?;
        }
        for ledger in self.and_above() {
            ledger.change_pages(|account| account.overdraw(pages));
            if core::ptr::eq(ledger, last) {
                break;
            }
        }
        Ok(())
    }

    /// Gives back pages that were charged here.
    pub fn give_back_pages(&self, pages: u64) {
        for ledger in self.and_above() {
            ledger.change_pages(|account| account.subtract(pages));
        }
    }

    /// Charges handles; `false`, and nothing is charged, when that exceeds a limit, here or above.
    pub fn charge_handles(&self, handles: u64) -> bool {
        self.charge(|ledger| ledger.handles.add(handles), |ledger| ledger.handles.subtract(handles))
    }

    /// Gives back handles that were charged here.
    pub fn give_back_handles(&self, handles: u64) {
        self.and_above().for_each(|ledger| ledger.handles.subtract(handles));
    }

    /// Has something added here and above, or nowhere if it is refused somewhere.
    fn charge(&self, add: impl Fn(&Self) -> bool, take_back: impl Fn(&Self)) -> bool {
        let refuses = self.and_above().position(|ledger| !add(ledger));
        if let Some(refuses) = refuses {
            self.and_above().take(refuses).for_each(take_back);
        }
        refuses.is_none()
    }

    /// Changes how many pages there are or may be, be it only for a moment: the one place where that is done, as the
    /// mark may be wrong after each such change.
    fn change_pages<R>(&self, change: impl FnOnce(&Account) -> R) -> R {
        let result = change(&self.pages);
        self.reassess();
        result
    }

    /// Whether there are more pages than there may be, here or above.
    pub fn is_over_limit(&self) -> bool {
        self.and_above().any(|ledger| ledger.over_limit.load(Relaxed))
    }

    /// Tells the alarm what has changed. Who changes the numbers looks at the mark afterwards, and who changes the mark
    /// looks at the numbers again, so the last of them leaves both in accord.
    fn reassess(&self) {
        loop {
            // Models take an access that is sequentially consistent for less than that, but not a fence.
            #[cfg(loom)]
            waitq::sync::atomic::fence(SeqCst);
            let is_over = self.pages.used() > self.pages.limit();
            if self.over_limit.load(SeqCst) == is_over {
                return;
            }
            if self.over_limit.swap(is_over, SeqCst) != is_over
                && let Some(alarm) = ALARM.get()
            {
                alarm(is_over);
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use core::cell::Cell;

    std::thread_local! {
        /// How many ledgers came to be over their limit, less those that are no more, as this thread was told: tests
        /// beside this one have ledgers of their own.
        static OVER: Cell<isize> = const { Cell::new(0) };
    }

    fn alarm(is_over: bool) {
        OVER.set(OVER.get() + if is_over { 1 } else { -1 });
    }

    /// Sorted into one test, as there is one alarm.
    #[test]
    fn the_alarm_knows_who_has_more_than_it_may() {
        set_alarm(alarm);
        let root = Ledger::new(None);
        let [one, other] = [(); 2].map(|()| Ledger::new(Some(root.clone())));
        one.set_page_limit(10);
        one.overdraw_pages(10);
        assert!(!one.is_over_limit());
        one.overdraw_pages(1);
        assert!(one.is_over_limit() && !root.is_over_limit() && !other.is_over_limit());
        assert_eq!(OVER.get(), 1);
        root.set_page_limit(5);
        assert!(other.is_over_limit(), "as all have more than they may");
        assert_eq!((OVER.get(), other.charge_pages(1)), (2, Err(NoMemory)));
        root.set_page_limit(12);
        assert_eq!((OVER.get(), other.charge_pages(1)), (1, Ok(())));
        one.give_back_pages(1);
        assert!(OVER.get() == 0 && !one.is_over_limit());
        one.overdraw_pages(1);
        one.set_page_limit(u64::MAX);
        assert!(OVER.get() == 0 && !one.is_over_limit());
        one.give_back_pages(11);
        other.give_back_pages(1);
        assert_eq!((root.pages(), one.pages()), (0, 0));

        one.set_page_limit(3);
        let told = std::thread::scope(|scope| {
            let change = || {
                for _ in 0..20_000 {
                    one.overdraw_pages(1);
                    one.give_back_pages(1);
                }
                OVER.get()
            };
            [(); 4].map(|()| scope.spawn(change)).map(|thread| thread.join().expect("it ends"))
        });
        assert!(told.iter().sum::<isize>() == 0 && !one.is_over_limit(), "no change was lost");
    }

    #[test]
    fn there_is_no_limit_until_it_is_set() {
        let ledger = Ledger::new(None);
        assert_eq!((ledger.page_limit(), ledger.handle_limit()), (u64::MAX, u64::MAX));
        ledger.set_page_limit(70);
        ledger.set_handle_limit(80);
        assert_eq!((ledger.page_limit(), ledger.handle_limit()), (70, 80));
    }

    #[test]
    fn handles_are_charged_here_and_above_or_nowhere() {
        let root = Ledger::new(None);
        let [one, other] = [(); 2].map(|()| Ledger::new(Some(root.clone())));
        root.set_handle_limit(10);
        one.set_handle_limit(12);
        assert!(!one.charge_handles(11), "more than there may be above");
        assert!(one.charge_handles(10), "what failed was taken back");
        assert!(!other.charge_handles(1) && !root.charge_handles(1));
        one.give_back_handles(4);
        assert!(!other.charge_handles(5));
        assert!(other.charge_handles(4));
        root.set_handle_limit(u64::MAX);
        assert!(!one.charge_handles(7), "more than there may be here");
        assert!(one.charge_handles(6) && root.pages() == 0);
        assert!(!one.charge_handles(u64::MAX), "more than can be counted");
    }
}
