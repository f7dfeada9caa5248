//! What the kernel tells of itself.

use alloc::string::String;
use alloc::vec::Vec;
use core::future::pending;
use executor::{TaskOptions, TaskRef, TaskState, waiting_for};
use hafnon_kernel::machine::{CONSOLE, time};
use hafnon_kernel::overview::{self, Overview};
use hafnon_kernel::sched::run;
use hafnon_kernel::{console, kernel_test, println};
use waitq::sync::Patience;

kernel_test! {
    /// Every task is told, with what it waits for.
    async fn tasks_are_told() {
        let parked = run::executor().spawn(TaskOptions::new("parked").id(4711), waiting_for("a port", 42, pending()));
        let parked = parked.expect("memory");
        while parked.stats().polls == 0 || parked.state() != TaskState::Parked {
            executor::yield_now().await;
        }
        let mut text = String::new();
        let mut walk = Overview::new(Patience::Waits);
        while walk.step(&mut text).expect("a string takes all") {}
        parked.kill();
        let line = text.lines().find(|line| line.starts_with("parked 4711 on CPU ")).expect("its line");
        assert!(line.contains(": parked in a port 42; 1 polls, "), "{line}");
        assert!(text.lines().any(|line| line.starts_with("console input ")), "{text}");
    }

    /// A living kernel takes steps that are no longer than others, their output included, however many tasks there are.
    #[needs("cpus=1 counted")]
    async fn a_step_is_short() {
        let spawn = |id| run::executor().spawn(TaskOptions::new("one of many").id(id), pending());
        let tasks: Vec<_> = (0..500).map(|id| spawn(id + 1).expect("memory")).collect();
        let (mut walk, mut text) = (Overview::new(Patience::Waits), String::new());
        let mut told = 0;
        loop {
            let begin = time::ticks();
            let more = walk.step(&mut text).expect("a string takes all");
            console::write(&text).await;
            let ticks = time::ticks() - begin;
            // Where the console is full, others run meanwhile.
            assert!(ticks < 200_000, "{ticks}: {text}");
            told += text.matches("one of many ").count();
            text.clear();
            if !more {
                break;
            }
            while !CONSOLE.pump() {
                executor::yield_now().await;
            }
        }
        assert_eq!(told, 500);
        tasks.iter().for_each(TaskRef::kill);
    }

    /// What somebody has locked is not waited for.
    async fn what_is_locked_is_left_out() {
        let mut text = String::new();
        let mut once = true;
        run::group().members()[0].for_each_task(|_| if core::mem::take(&mut once) {
            overview::tell_at_once(&mut text);
        });
        assert!(text.contains("(the list of tasks of CPU 0 is locked)"), "{text}");
        assert!(text.ends_with("hafnon: that is all\n"), "{text}");
    }

    /// A kernel that hangs with interrupts off tells it, when the runner asks.
    #[needs("cpus=1,2 timeout=5 expect=hang")]
    async fn a_kernel_that_hangs_is_asked() {
        println!("nothing comes after this");
        loop {
            core::hint::spin_loop();
        }
    }
}
