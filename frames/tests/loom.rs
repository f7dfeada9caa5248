//! Models of the shootdown protocol. A frame is a cell that loom watches: when one
//! CPU may still read it through its TLB while another, sure that none does, writes to it, the model
//! fails.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p hafnon-frames --release --test loom`
#![cfg(loom)]

use frames::flush::Flushes;
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use loom::thread;

const KERNEL: u64 = 1;
const ROOT: u64 = 2;

/// The machine: one page table entry, the frame that it maps, and an interrupt line to CPU 1.
struct Machine {
    flushes: Flushes<3>,
    entry: AtomicU64,
    frame: UnsafeCell<()>,
    is_kicked: AtomicBool,
}

/// CPU 1: the root in its CR3, and its TLB.
struct Processor {
    root: u64,
    cached: Option<u64>,
}

impl Processor {
    /// Writes CR3. Until then, the old translations are used, if only by speculation.
    fn load(&mut self, machine: &Machine, root: u64) {
        self.access(machine);
        (self.root, self.cached) = (root, None);
    }

    /// What a load instruction does: through the TLB to the frame.
    fn access(&mut self, machine: &Machine) {
        if self.root != ROOT {
            return;
        }
        let entry = *self.cached.get_or_insert_with(|| machine.entry.load(Ordering::Relaxed));
        if entry != 0 {
            machine.frame.with(|_| ());
        }
    }

    fn activate(&mut self, machine: &Machine, root: u64) {
        machine.flushes.activate(1, root, |root| self.load(machine, root));
    }

    /// Takes an interrupt if there is one, after whose cause in the order of memory it comes, and does
    /// what is asked.
    fn serve(&mut self, machine: &Machine) {
        machine.is_kicked.swap(false, Ordering::AcqRel);
        machine.flushes.serve(1, |root| self.load(machine, root));
    }
}

impl Machine {
    fn new() -> Arc<Self> {
        let (entry, is_kicked) = (AtomicU64::new(1), AtomicBool::new(false));
        Arc::new(Self { flushes: Flushes::new(), entry, frame: UnsafeCell::new(()), is_kicked })
    }

    fn kick(&self, cpu: usize) {
        assert_eq!(cpu, 1);
        self.is_kicked.swap(true, Ordering::AcqRel);
    }

    /// CPU 0 unmaps the page, and uses the frame again if it may.
    fn unmap(&self, here: usize) {
        self.entry.store(0, Ordering::Relaxed);
        self.flushes.ask(here, 3, ROOT, |cpu| self.kick(cpu));
        let under_way = self.flushes.under_way(3);
        if self.flushes.all_settled() || self.flushes.is_over(under_way) {
            self.reuse();
        }
    }

    fn reuse(&self) {
        self.frame.with_mut(|_| ());
    }
}

fn model(processor: impl Fn(&Machine, &mut Processor) + Send + Sync + Copy + 'static, at_first: u64) {
    loom::model(move || {
        let machine = Machine::new();
        machine.flushes.activate(1, at_first, |_| ());
        let shared = machine.clone();
        let other = thread::spawn(move || {
            let mut cpu = Processor { root: at_first, cached: None };
            processor(&shared, &mut cpu);
            cpu
        });
        machine.unmap(0);
        let mut cpu = other.join().unwrap();
        cpu.serve(&machine);
        assert!(machine.flushes.all_settled());
        cpu.access(&machine);
        machine.reuse();
    });
}

#[test]
fn a_cpu_that_stays_is_asked() {
    model(
        |machine, cpu| {
            cpu.access(machine);
            cpu.serve(machine);
            cpu.access(machine);
        },
        ROOT,
    );
}

#[test]
fn a_cpu_that_enters_is_asked_or_sees_the_change() {
    model(
        |machine, cpu| {
            cpu.activate(machine, ROOT);
            cpu.access(machine);
        },
        KERNEL,
    );
}

#[test]
fn a_cpu_that_leaves_is_asked_until_it_has_left() {
    model(
        |machine, cpu| {
            cpu.access(machine);
            cpu.activate(machine, KERNEL);
        },
        ROOT,
    );
}

#[test]
fn a_cpu_that_leaves_and_comes_back_is_no_exception() {
    model(
        |machine, cpu| {
            cpu.access(machine);
            cpu.activate(machine, KERNEL);
            cpu.activate(machine, ROOT);
            cpu.access(machine);
        },
        ROOT,
    );
}

#[test]
fn a_root_that_dies_is_left() {
    loom::model(|| {
        let machine = Machine::new();
        machine.flushes.activate(1, ROOT, |_| ());
        let shared = machine.clone();
        let other = thread::spawn(move || {
            let mut cpu = Processor { root: ROOT, cached: None };
            cpu.access(&shared);
            cpu.serve(&shared);
            cpu.access(&shared);
            cpu
        });
        machine.flushes.forget(0, 3, ROOT, KERNEL, |cpu| machine.kick(cpu));
        if machine.flushes.all_settled() {
            machine.reuse();
        }
        let mut cpu = other.join().unwrap();
        cpu.serve(&machine);
        assert_eq!(cpu.root, KERNEL);
        machine.reuse();
    });
}

/// One of them may be about to load the root anew, as somebody has asked it to flush before.
#[test]
fn a_root_that_dies_is_left_by_all_cpus() {
    loom::model(|| {
        let machine = Machine::new();
        [0, 1].iter().for_each(|cpu| machine.flushes.activate(*cpu, ROOT, |_| ()));
        machine.flushes.ask(2, 3, ROOT, |_| ());
        machine.flushes.serve(0, |_| ());
        let shared = machine.clone();
        let other = thread::spawn(move || {
            let mut cpu = Processor { root: ROOT, cached: None };
            cpu.serve(&shared);
            cpu.access(&shared);
            cpu
        });
        machine.flushes.forget(2, 3, ROOT, KERNEL, |_| ());
        let under_way = machine.flushes.under_way(3);
        machine.flushes.serve(0, |root| assert_eq!(root, KERNEL));
        if machine.flushes.is_over(under_way) {
            machine.reuse();
        }
        let mut cpu = other.join().unwrap();
        cpu.serve(&machine);
        assert_eq!(cpu.root, KERNEL);
        machine.reuse();
    });
}

#[test]
fn no_request_is_left_without_a_kick() {
    loom::model(|| {
        let machine = Machine::new();
        machine.flushes.activate(1, ROOT, |_| ());
        let (first, second) = (machine.clone(), machine.clone());
        let asking = thread::spawn(move || first.flushes.ask(0, 3, ROOT, |cpu| first.kick(cpu)));
        let asked = thread::spawn(move || Processor { root: ROOT, cached: None }.serve(&second));
        machine.flushes.ask(2, 3, ROOT, |cpu| machine.kick(cpu));
        asking.join().unwrap();
        asked.join().unwrap();
        assert!(!machine.flushes.is_asked(1) || machine.is_kicked.load(Ordering::Relaxed));
    });
}
