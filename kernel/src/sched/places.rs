//! The places for waits for several objects, which all threads have in common, and the task that makes them.

use crate::mm::frames;
use objects::wait::Places;
use spin::Once;

static PLACES: Once<Places> = Once::new();

/// The places.
pub fn places() -> &'static Places {
    PLACES.call_once(Places::default)
}

/// Makes the first places.
pub fn prepare() {
    places().prepare(frames::admit);
}

/// Makes places as long as there are too few, for ever: the life of a kernel task.
pub async fn make() {
    places().fill(frames::admit).await;
}
