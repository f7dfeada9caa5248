//! The processors and their clocks.

use hafnon_kernel::{arch, kernel_test};

kernel_test! {
    /// As many processors run as the machine has.
    #[needs("cpus=1,2,4")]
    async fn every_processor_has_started() {
        assert!(arch::cpu::index() < arch::cpu::count());
    }

    /// Time goes forward.
    async fn the_clock_does_not_go_back() {
        let mut last = arch::time::now();
        for _ in 0..10_000 {
            let now = arch::time::now();
            assert!(now >= last);
            last = now;
        }
    }
}
