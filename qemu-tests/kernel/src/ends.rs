//! How a machine ends, as the runner on the host sees it.

use hafnon_kernel::kernel_test;

kernel_test! {
    /// A panic is told with its message and a stack.
    #[needs("expect=panic")]
    async fn a_panic_is_reported() {
        panic!("on purpose");
    }
}
