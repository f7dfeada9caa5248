//! Tasks on several CPUs: where they run, how they are woken, moved and killed.

use crate::cpus::{self, last, spawn_on};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::pending;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use executor::{Outcome, Scope, TaskOptions, TaskRef, TaskState, waiting_for, yield_now};
use hafnon_kernel::{arch::cpu, arch::time, kernel_test, sched::run};
use waitq::WaitQueue;

/// Whose turn it is.
type Turn = WaitQueue<(), usize>;

/// Takes every turn that falls to this CPU, on a ring of all.
async fn take_turns(turn: Arc<Turn>, rounds: usize) {
    let mine = cpu::index();
    for mut next in (0..rounds).filter(|round| round % cpu::count() == mine) {
        while turn.with(|turn, _| *turn) != next {
            turn.wait_unless((), |turn, _| *turn == next).await;
        }
        assert_eq!(cpu::index(), mine);
        next += 1;
        turn.with(|turn, waiters| {
            *turn = next;
            waiters.wake_all();
        });
    }
}

/// Notes the CPU that drops it.
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(cpu::index(), SeqCst);
    }
}

/// Counts down when it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

async fn until(task: &TaskRef, state: TaskState) {
    while task.state() != state {
        yield_now().await;
    }
}

kernel_test! {
    /// A pinned task is polled by its CPU, whatever goes on around it.
    #[needs("cpus=1,2,4")]
    async fn pinned_tasks_stay() {
        let spread = (0..3 * cpu::count()).map(|_| {
            let task = async {
                for _ in 0..100 {
                    yield_now().await;
                }
            };
            run::executor().spawn(TaskOptions::new("free"), task).expect("memory")
        });
        let mut tasks: Vec<_> = spread.collect();
        for home in (0..cpu::count()).chain(0..cpu::count()) {
            tasks.push(spawn_on(home, async move {
                for _ in 0..100 {
                    assert_eq!(cpu::index(), home);
                    yield_now().await;
                }
            }));
        }
        cpus::join(tasks).await;
    }

    /// A wake reaches a CPU that has nothing else to do, and has halted.
    #[needs("cpus=1,2,4 timeout=60")]
    async fn wakes_reach_halted_cpus() {
        let turn = Arc::new(Turn::new(0));
        let spawn = |cpu| spawn_on(cpu, take_turns(turn.clone(), 1000));
        cpus::join((0..cpu::count()).map(spawn).collect()).await;
        assert_eq!(turn.with(|turn, _| *turn), 1000);
    }

    /// CPUs without work come to take part in that of another.
    #[needs("cpus=2,4 timeout=60")]
    async fn idle_cpus_steal() {
        static SEEN: AtomicU64 = AtomicU64::new(0);
        let all = (1 << cpu::count()) - 1;
        let spawn = |_| {
            let task = async move {
                while SEEN.fetch_or(1 << cpu::index(), SeqCst) != all {
                    yield_now().await;
                }
            };
            run::executor().spawn(TaskOptions::new("busy"), task).expect("memory")
        };
        cpus::join((0..2 * cpu::count()).map(spawn).collect()).await;
        assert_eq!(SEEN.load(SeqCst), all);
    }

    /// Two tasks that cannot go on without each other, and do not give way, need two CPUs.
    #[needs("cpus=2,4")]
    async fn a_ready_task_does_not_wait_beside_an_idle_cpu() {
        static THERE: AtomicUsize = AtomicUsize::new(0);
        let spawn = |_| {
            let task = async {
                THERE.fetch_add(1, SeqCst);
                while THERE.load(SeqCst) != 2 {
                    core::hint::spin_loop();
                }
            };
            run::executor().spawn(TaskOptions::new("together"), task).expect("memory")
        };
        cpus::join((0..2).map(spawn).collect()).await;
    }

    /// A killed task's future is dropped by the CPU that it is on, not by the killer.
    #[needs("cpus=1,2,4")]
    async fn a_kill_drops_the_future_at_home() {
        for home in 0..cpu::count() {
            let by = Arc::new(AtomicUsize::new(usize::MAX));
            let guard = Dropped(by.clone());
            let task = spawn_on(home, async move {
                let _guard = guard;
                pending().await
            });
            until(&task, TaskState::Parked).await;
            task.kill();
            assert_eq!(task.join().await, Outcome::Killed);
            assert_eq!((by.load(SeqCst), task.stats().polls), (home, 1));
        }
    }

    /// Killing races with waking and with moving: each task is dropped once.
    #[needs("cpus=2,4 timeout=60")]
    async fn kills_race_with_wakes() {
        let left = Arc::new(AtomicUsize::new(200));
        for round in 0..200 {
            let guard = Counted(left.clone());
            let executor = run::group().members()[round % cpu::count()];
            let task = async move {
                let _guard = guard;
                loop {
                    yield_now().await;
                }
            };
            let task = executor.spawn(TaskOptions::new("killed"), task).expect("memory");
            let other = task.clone();
            let waker = spawn_on(last(), async move {
                while !other.is_finished() {
                    other.wake();
                    yield_now().await;
                }
            });
            yield_now().await;
            task.kill();
            assert_eq!(task.join().await, Outcome::Killed);
            assert_eq!(left.load(SeqCst), 199 - round);
            cpus::join(alloc::vec![waker]).await;
        }
    }

    /// A list of all tasks tells where each is and what it waits for.
    #[needs("cpus=1,2")]
    async fn tasks_are_listed() {
        let options = TaskOptions::new("listed").pinned().id(4711);
        let task = waiting_for("a test", 42, pending());
        let task = run::group().members()[last()].spawn(options, task).expect("memory");
        until(&task, TaskState::Parked).await;
        let listed = || {
            let mut found = None;
            run::group().for_each_task(|info| if info.id == 4711 { found = Some(*info) });
            found
        };
        let info = listed().expect("it is there");
        assert_eq!((info.name, info.cpu, info.state), ("listed", last(), TaskState::Parked));
        assert_eq!((info.waiting_for, info.stats.polls), (Some(("a test", 42)), 1));
        task.kill();
        task.join().await;
        assert!(listed().is_none());
    }

    /// A poll of 20 ms. Whether it is reported depends on the budget, which the test of the console sets.
    #[needs("cpus=1")]
    async fn a_long_poll() {
        let task = async {
            let end = time::now() + 20_000_000;
            while time::now() < end {
                core::hint::spin_loop();
            }
        };
        let task = run::executor().spawn(TaskOptions::new("lengthy"), task).expect("memory");
        assert_eq!(task.join().await, Outcome::Finished);
    }

    /// The tasks of a scope die with it, whichever CPUs they are on.
    #[needs("cpus=1,2,4")]
    async fn a_scope_kills_its_tasks() {
        let left = Arc::new(AtomicUsize::new(60));
        let spawn_all = |scope: &Scope| {
            for number in 0..30 {
                let guard = Counted(left.clone());
                let task = async move {
                    let _guard = guard;
                    match number % 3 {
                        0 => pending().await,
                        _ => loop {
                            yield_now().await;
                        },
                    }
                };
                let executor = run::group().members()[number % cpu::count()];
                scope.spawn(executor, TaskOptions::new("scoped"), task).expect("memory");
            }
        };
        let scope = Scope::new();
        spawn_all(&scope);
        yield_now().await;
        assert!(!scope.is_empty());
        scope.kill_all();
        scope.empty().await;
        assert_eq!(left.load(SeqCst), 30);
        spawn_all(&scope);
        drop(scope);
        while left.load(SeqCst) > 0 {
            yield_now().await;
        }
    }
}
