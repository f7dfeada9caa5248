//! Who ends for a page that somebody needs, and that a job is to pay for which has as much as it may.
//!
//! ```text
//!   a page fault, whose page is charged from the job of who made the VMO upwards, and refused at one job
//!     ├─ the process that needs it is in that job, or below it ─▶ the limit is for that process, too: an error
//!     ├─ somebody else lives in that job, or below it ──────────▶ one of them ends; tried again
//!     └─ nobody does ──────────────────────────────────▶ the limit is for nobody: it is charged there
//!                                                        all the same, if no job above refuses it
//! ```
//! So who gave the memory away goes, and not who uses it. As who pays is who made it, that need not give any memory back:
//! the VMO may live on, and whoever is in the job ends then, one after the other. They are those who were there when the
//! claim began, so nobody can have it go on for ever by starting processes; a claim that outlives them is paid.

use super::Job;
use crate::core::account::Ledger;
use crate::core::base::{Base, Koid};
use crate::memory::vmar::FaultError;
use crate::memory::vmo::Vmo;
use crate::object::KernelObject;
use crate::task::Process;
use crate::wait::wait_for_sure;
use abi::Signals;
use alloc::sync::Arc;

/// A page that a process needs, and that somebody else is to pay for.
pub struct Claim<'a> {
    process: &'a Process,
    /// Where the process needs it.
    address: u64,
    /// An id that is higher than those of all that were there when it began.
    newest: Koid,
}

impl<'a> Claim<'a> {
    /// Of this process, which has been refused the page at this address: [`FaultError::Unpaid`].
    pub fn new(process: &'a Process, address: u64) -> Self {
        Self { process, address, newest: Base::new().koid() }
    }

    /// Whether it is refused still.
    pub fn is_refused(&self) -> bool {
        self.refusing().is_some()
    }

    fn refusing(&self) -> Option<Arc<Ledger>> {
        let (vmo, offset) = self.process.root().mapped_at(self.address)?;
        vmo.refusing(offset, None)
    }

    /// Whether a limit is for the process that needs it.
    fn is_for_it(&self, refusing: &Ledger) -> bool {
        self.process.job().ledger().is_within(refusing)
    }

    /// Whether the lowest limit that refuses it is for the process that needs it, too.
    pub fn is_own(&self) -> bool {
        self.refusing().is_some_and(|refusing| self.is_for_it(&refusing))
    }

    /// The lowest job that refuses it, above the one whose limit is for nobody; whose limit it is in `deserted` then.
    ///
    /// # Errors
    /// `Unpaid`: the limit is for the process that needs it, too.
    fn limiting_job(
        &self,
        vmo: &Vmo,
        offset: u64,
        deserted: &mut Option<Arc<Ledger>>,
    ) -> Result<Option<Arc<Job>>, FaultError> {
        while let Some(refusing) = vmo.refusing(offset, deserted.as_deref()) {
            if self.is_for_it(&refusing) {
                return Err(FaultError::Unpaid);
            }
            let job = refusing.owner::<Job>();
            *deserted = Some(refusing);
            if job.is_some() {
                return Ok(job);
            }
        }
        Ok(None)
    }

    /// A step towards the page: `end` is to kill somebody, whose end is awaited, or nobody needs to end. It is worth
    /// another attempt then, once what is on its way to be free is so.
    ///
    /// # Errors
    /// `Unpaid`: the limit is for the process that needs it, too.
    pub async fn press(&self, end: impl Fn(&Arc<Process>)) -> Result<(), FaultError> {
        let Some((vmo, offset)) = self.process.root().mapped_at(self.address) else { return Ok(()) };
        let mut deserted = None;
        while let Some(job) = self.limiting_job(&vmo, offset, &mut deserted)? {
            if job.evict_one(self, &end).await {
                return Ok(());
            }
        }
        // A limit that is lower now refuses the next attempt, too.
        _ = deserted.map(|ledger| vmo.pay_beyond(offset, &ledger));
        Ok(())
    }
}

impl Job {
    /// Has one of those end who are here or below and were there when the claim began, if that is refused still, and
    /// awaits it, or the end of who has to already; false if there is none.
    #[expect(
        clippy::manual_async_fn,
        reason = "one would keep its arguments twice, and this is a part of each thread"
    )]
    fn evict_one(
        self: &Arc<Self>,
        claim: &Claim<'_>,
        end: &impl Fn(&Arc<Process>),
    ) -> impl Future<Output = bool> {
        async move {
            let (last, evictions) = self.state.lock().evicted.clone();
            let is_awaited =
                |process: &Arc<Process>| process.base().koid() < claim.newest && !has_ended(process);
            if let Some(process) = last.upgrade().filter(is_awaited) {
                ended(process).await;
                return true;
            }
            let Some(process) = self.to_be_evicted(claim.newest).await else { return false };
            if claim.is_refused() && self.evicts(&process, evictions) {
                end(&process);
                ended(process).await;
            }
            true
        }
    }

    /// Notes that a process is the next to end, unless somebody else has had one end since there were so many.
    fn evicts(&self, process: &Arc<Process>, evictions: u64) -> bool {
        let mut state = self.state.lock();
        let is_next = state.evicted.1 == evictions;
        if is_next {
            state.evicted = (Arc::downgrade(process), evictions + 1);
        }
        is_next
    }
}

fn has_ended(process: &Process) -> bool {
    process.base().signals.get().contains(Signals::PROCESS_TERMINATED)
}

/// Completes at its end: a process that is about to end does so whatever it does.
fn ended(process: Arc<Process>) -> impl Future<Output = ()> {
    wait_for_sure(process, Signals::PROCESS_TERMINATED, || true)
}
