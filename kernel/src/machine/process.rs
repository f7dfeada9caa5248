//! The machine's side of processes: an address space with page tables, and where the vDSO lies in it.

use crate::arch::cpu;
use crate::machine::entropy;
use crate::mm::{AddressSpace, layout};
use crate::personality::{self, AnyPersonality};
use abi::{Rights, Status};
use alloc::sync::Arc;
use core::any::Any;
use core::ops::Range;
use core::sync::atomic::{AtomicU64, Ordering};
use executor::{NOMINAL_WEIGHT, TaskGroup};
use objects::account::{self, Charge, Payer};
use objects::memory::{Frame, PageTable, Protection, Work};
use objects::vmar::FaultError;
use objects::{Job, KILLED, Process, Vmar};

/// The rights of the handle to a new process's root VMAR.
pub const ROOT_VMAR_RIGHTS: Rights =
    Rights::DEFAULT_VMAR.union(Rights::READ).union(Rights::WRITE).union(Rights::EXECUTE);

/// What the kernel keeps for a process.
pub struct Machine {
    /// What a system call of it means.
    pub personality: &'static dyn AnyPersonality,
    /// Its translations.
    pub space: AddressSpace,
    /// Its threads, which compete for the CPUs as one.
    pub tasks: TaskGroup,
    /// Where the vDSO image begins; 0 until it is mapped.
    vdso_base: AtomicU64,
    /// Where its code begins.
    vdso_code: AtomicU64,
}

impl Machine {
    /// Where the vDSO image begins; 0 if it is not mapped.
    pub fn vdso_base(&self) -> u64 {
        self.vdso_base.load(Ordering::Relaxed)
    }

    /// Notes where the vDSO's code was mapped and sealed, which is once; or 0, before that is taken back.
    pub fn set_vdso(&self, base: u64, code: u64) {
        self.vdso_base.store(base, Ordering::Relaxed);
        self.vdso_code.store(code, Ordering::Relaxed);
    }

    /// Where the vDSO's code begins; 0 if it is not mapped.
    #[inline]
    pub fn vdso_code(&self) -> u64 {
        self.vdso_code.load(Ordering::Relaxed)
    }
}

impl PageTable for Machine {
    fn map(&self, address: u64, frame: Frame, protection: Protection) -> Result<(), FaultError> {
        self.space.map(address, frame, protection)
    }

    fn unmap(&self, range: &mut Range<u64>, work: &mut Work) {
        self.space.unmap(range, work);
    }

    fn protect(&self, range: &mut Range<u64>, protection: Protection, work: &mut Work) {
        self.space.protect(range, protection, work);
    }
}

/// What the kernel keeps for the process whose address space a VMAR is part of.
pub fn of_vmar(vmar: &Vmar) -> Option<&Machine> {
    (&**vmar.table() as &dyn Any).downcast_ref()
}

/// A new process in `job`, with an empty address space.
///
/// # Errors
/// `NO_MEMORY`; `BAD_STATE` when the job was killed, `ACCESS_DENIED` when it grants no personality.
pub fn create(job: Arc<Job>, name: &[u8]) -> Result<Arc<Process>, Status> {
    let personality = personality::of_job(&job).ok_or(Status::ACCESS_DENIED)?;
    account::release_some();
    let payer = Payer::new(&job);
    let space = AddressSpace::new(Charge::to(payer.clone()))?;
    let tasks = TaskGroup::new(cpu::count(), NOMINAL_WEIGHT).map_err(|_| Status::NO_MEMORY)?;
    let machine = Arc::new(Machine {
        personality,
        space,
        tasks,
        vdso_base: AtomicU64::new(0),
        vdso_code: AtomicU64::new(0),
    });
    let root = Vmar::root(layout::USER_BASE..layout::USER_END, machine.clone(), &entropy::SOURCE);
    let process = Process::new(job, payer, name, root, machine, entropy::number() as u32)?;
    // From here on the job's grants stay, as there is a process in it. Before, they may have become less.
    if personality.bit() & process.job().personalities() == 0 {
        process.kill(KILLED);
        return Err(Status::ACCESS_DENIED);
    }
    Ok(process)
}

/// What the kernel keeps for a process; `None` for one that [`create`] did not make.
pub fn machine(process: &Process) -> Option<Arc<Machine>> {
    process.machine().clone().downcast().ok()
}
