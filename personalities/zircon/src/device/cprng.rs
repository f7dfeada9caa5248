//! Random numbers for user code.

use abi::Status;
use hafnon_kernel::machine::entropy;
use hafnon_kernel::machine::pressure::bring_in;
use hafnon_kernel::mm::user::{InSlice, OutSlice};
use hafnon_kernel::sched::Caller;
use hafnon_kernel::sched::steps::next_step;
use objects::memory::{PAGE_SIZE, Protection};
use objects::vmar::FaultError;

/// How many bytes are drawn between yields.
const STEP: usize = abi::CPRNG_DRAW_MAX_LEN;
const _: () = assert!(STEP <= PAGE_SIZE as usize);

const WRITE: Protection = Protection { write: true, ..Protection::NONE };

/// Fills a buffer. There is no error to report: a caller whose buffer can not be written is ended, and one for which there
/// is no memory waits, as for a page fault.
#[expect(
    clippy::manual_async_fn,
    reason = "an async function keeps its arguments twice, and every thread would have room for them"
)]
pub fn cprng_draw(caller: &Caller, mut rest: OutSlice<u8>) -> impl Future<Output = ()> {
    async move {
        while !rest.is_empty() {
            if let Err(reason) = draw_part(rest.part(0, STEP)) {
                next_step().await;
                // A part lies in two pages at most.
                let [first, last] = ends(rest.part(0, STEP));
                if !is_worth_waiting(reason)
                    || bring_in(&caller.process, first, WRITE).await.is_err()
                    || bring_in(&caller.process, last, WRITE).await.is_err()
                {
                    return caller.end_process("a buffer for random bytes that can not be written");
                }
                continue;
            }
            rest = rest.part(STEP, rest.len());
            if !rest.is_empty() {
                next_step().await;
            }
        }
    }
}

fn is_worth_waiting(reason: FaultError) -> bool {
    matches!(reason, FaultError::NoMemory | FaultError::Unpaid)
}

/// The addresses of the first and the last byte.
fn ends(buffer: OutSlice<u8>) -> [u64; 2] {
    [buffer.address(), buffer.address().saturating_add(buffer.len().saturating_sub(1) as u64)]
}

/// Fills a buffer of at most `STEP` bytes.
pub fn draw_part(buffer: OutSlice<u8>) -> Result<(), FaultError> {
    let mut bytes = [0; STEP];
    let bytes = &mut bytes[..buffer.len()];
    entropy::fill(bytes);
    buffer.fill(bytes)
}

/// Mixes up to `CPRNG_ADD_ENTROPY_MAX_LEN` bytes into the generator.
pub fn cprng_add_entropy(_caller: &Caller, buffer: InSlice<u8>) -> Result<(), Status> {
    let mut bytes = [0; abi::CPRNG_ADD_ENTROPY_MAX_LEN];
    let bytes = bytes.get_mut(..buffer.len()).ok_or(Status::INVALID_ARGS)?;
    buffer.read_into(bytes)?;
    entropy::add(bytes);
    Ok(())
}
