//! Output that is long.

use alloc::vec;

use hafnon_user::Status;

use crate::harness::{call, user_test};

/// Bytes of one call.
const LENGTH: usize = 64 * 1024;

user_test! {
    #[needs("counted")]
    fn a_long_text_to_the_console() {
        let mut text = vec![b'.'; LENGTH];
        text[LENGTH - 1] = b'\n';
        assert_eq!(call!(zx_debug_write(text.as_ptr().cast(), text.len())), Status::OK);
    }
}
