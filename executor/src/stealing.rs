//! Moving ready tasks between CPUs: an idle CPU steals, a busy one offers, affinity changes send away.
//!
//! Stealing is opportunistic: a CPU may fall asleep next to a task that was enqueued at that moment.
//! The owner of that task then offers it again at its next dequeue, or when its task goes on in user mode.
//! A wake is no offer yet, as who wakes often waits at once, and the task then runs where it is. Parked
//! tasks stay on their home, which is why a waker may read it.

use crate::executor::{Executor, Platform};
use crate::group::Group;
use crate::run_queue::forget_place;
use crate::task::Task;
use core::ptr;
use core::sync::atomic::Ordering::{Acquire, Relaxed};

impl<P: Platform> Executor<P> {
    /// The group this executor was linked into.
    #[inline(always)]
    pub(crate) fn group(&self) -> Option<&'static Group<P>> {
        // SAFETY: set from a `&'static Group`, or null.
        unsafe { self.group.load(Acquire).as_ref() }
    }

    /// Wakes a sleeping CPU of those in `affinity`, if there is one, so that it comes stealing.
    #[inline(always)]
    pub(crate) fn offer(&'static self, affinity: u64) {
        if let Some(group) = self.group()
            && group.sleepers() & affinity != 0
        {
            group.rouse(affinity);
        }
    }

    /// Offers what waits for its turn here to a CPU that sleeps. By a task that goes on although it may have
    /// woken others, before it does what takes long; one that ends its poll need not, the loop does.
    pub fn offer_ready(&'static self) {
        if self.ready.load(Relaxed) == 0 && !self.has_lone() {
            return;
        }
        let queue = self.queue.lock(&self.platform);
        // SAFETY: tasks in the queue are alive, and so is the lone one while thieves do not have the lock.
        let affinity = |task: Task| unsafe { task.as_ref() }.affinity.load(Relaxed);
        let affinity = self.lone().or(queue.first()).map_or(0, affinity);
        drop(queue);
        self.offer(affinity);
    }

    /// Takes a ready task from another CPU into this one's queue. Whether there was one.
    pub(crate) fn steal(&'static self) -> bool {
        let Some(group) = self.group() else { return false };
        let members = group.members();
        let (before, after) = members.split_at(self.index());
        after[1..].iter().chain(before).any(|peer| peer.has_spare() && self.steal_from(peer))
    }

    /// Whether a thief may find something here: a task that must wait for its turn. A lone task on a
    /// CPU that is on its way to run it is none.
    fn has_spare(&self) -> bool {
        let lone = usize::from(self.has_lone());
        let waiting = self.ready.load(Relaxed) + lone + usize::from(!self.inbox.is_empty());
        waiting > 1 || (waiting == 1 && self.level.is_running())
    }

    fn steal_from(&'static self, peer: &'static Self) -> bool {
        let stolen = {
            let mut queue = peer.queue.lock(&peer.platform);
            if let Some(lone) = peer.take_lone() {
                // SAFETY: the right to enqueue came with it.
                unsafe { queue.push(lone, &peer.pace) };
            }
            queue.take_in(&peer.inbox, &peer.pace);
            let stolen = queue.steal(self.bit(), &peer.pace);
            peer.ready.store(queue.len(), Relaxed);
            stolen
        };
        let Some(task) = stolen else { return false };
        self.adopt(task);
        let mut queue = self.queue.lock(&self.platform);
        // SAFETY: the right to enqueue came with the stolen task.
        unsafe { queue.push_stolen(task, &self.pace) };
        self.ready.store(queue.len(), Relaxed);
        true
    }

    /// Sends a dequeued task that may not run here to a CPU that may run it. Whether there is one: a
    /// task that is pinned, or that no CPU of the group may run, stays.
    #[cold]
    pub(crate) fn send_away(&'static self, task: Task) -> bool {
        // SAFETY: dequeued, so alive and this executor's.
        let affinity = unsafe { task.as_ref() }.affinity.load(Relaxed);
        let allowed = |cpu: &&&'static Self| cpu.bit() & affinity != 0;
        let Some(target) = self.group().and_then(|group| group.members().iter().find(allowed)) else {
            return false;
        };
        // SAFETY: as above.
        forget_place(unsafe { task.as_ref() });
        target.adopt(task);
        // SAFETY: the right to enqueue came with the dequeued task.
        unsafe { target.deliver(task) };
        true
    }

    /// Becomes the home of a task. By whoever has the right to enqueue it.
    fn adopt(&'static self, task: Task) {
        // SAFETY: the right to enqueue keeps it alive.
        unsafe { task.as_ref() }.home.store(ptr::from_ref(self).cast_mut().cast(), Relaxed);
    }
}
