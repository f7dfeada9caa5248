//! Tasks that die together.

use super::{Log, LogsDrop, Machine, never};
use crate::{Scope, TaskOptions};

fn spawn(scope: &Scope, machine: &Machine, cpu: usize, log: &Log, name: &'static str) {
    let guard = LogsDrop(log.clone(), name);
    let options = TaskOptions::new(name).pinned();
    let task = scope.spawn(machine.cpus[cpu], options, async move {
        let _guard = guard;
        never().await;
    });
    assert!(task.is_ok());
}

#[test]
fn dropping_a_scope_kills_its_tasks_on_their_cpus() {
    let machine = Machine::new(2);
    let log = Log::default();
    let scope = Scope::new();
    spawn(&scope, &machine, 0, &log, "a");
    spawn(&scope, &machine, 1, &log, "b");
    let outsider = machine.spawn(0, "outsider", never());
    (0..2).for_each(|cpu| {
        machine.run(cpu);
    });
    drop(scope);
    assert_eq!(log.take(), [""; 0]);
    machine.run(1);
    assert_eq!(log.take(), ["b"]);
    machine.run(0);
    assert_eq!(log.take(), ["a"]);
    assert!(!outsider.is_finished());
}

#[test]
fn a_scope_can_be_awaited() {
    let machine = Machine::new(1);
    let log = Log::default();
    let scope = std::sync::Arc::new(Scope::new());
    assert!(scope.is_empty());
    spawn(&scope, &machine, 0, &log, "a");
    scope.spawn(machine.cpus[0], TaskOptions::new("ends by itself"), async {}).expect("memory");
    let (inner, inner_log) = (scope.clone(), log.clone());
    machine.spawn(0, "waits", async move {
        inner.empty().await;
        inner_log.add("empty");
    });
    machine.run(0);
    assert_eq!(log.take(), [""; 0]);
    scope.kill_all();
    machine.run(0);
    assert_eq!(log.take(), ["a", "empty"]);
    assert!(scope.is_empty());
    spawn(&scope, &machine, 0, &log, "b");
    assert!(!scope.is_empty(), "a scope can be used again");
}
