//! The debug log, of which there is one, and the task that tells its readers.

use objects::Log;
use spin::Once;

static LOG: Once<Log> = Once::new();

/// The log.
pub fn log() -> &'static Log {
    LOG.call_once(Log::default)
}

/// Tells readers of the log what is written, for ever: the life of a kernel task.
pub async fn tell_readers() {
    log().tell_readers().await;
}

/// Completes when all readers of the log have been told of what was written before.
pub async fn told() {
    log().told().await;
}
