//! A kernel with one service, which says every second that the machine is alive.
#![no_std]
#![no_main]

use hafnon_kernel::{arch::time, println, sched::run};
use hafnon_zircon::Zircon;

hafnon_kernel::kernel!(personalities: [Zircon], services: [heartbeat]);

/// While it waits it is a suspended future: no stack, no thread.
async fn heartbeat() {
    let mut next = time::now() as u64;
    loop {
        next += 1_000_000_000;
        run::timers().sleep_until(next).await;
        println!("alive for {} s", next / 1_000_000_000);
    }
}
