//! Calls for tests and measurements: some do nothing, and each of these answers the sum of its arguments as status;
//! one makes another call that runs out of memory.

use abi::Status;
use alloc::boxed::Box;
use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;
use hafnon_kernel::config;
use hafnon_kernel::mm::trial::Trial;
use hafnon_kernel::mm::user::{InSlice, Out};
use hafnon_kernel::personality::{Call, Entry};
use hafnon_kernel::sched::{Args, Blocked, Caller};

fn sum(values: &[i32]) -> Result<(), Status> {
    Status::ok(values.iter().fold(0, |sum: i32, value| sum.wrapping_add(*value)))
}

macro_rules! tests {
    ($($name:ident($($arg:ident),*);)*) => {
        $(
            /// Answers the sum of its arguments.
            #[allow(clippy::too_many_arguments)] // reason: that is what it tests
            pub fn $name(_caller: &Caller, $($arg: i32),*) -> Result<(), Status> {
                sum(&[$($arg),*])
            }
        )*
    };
}

tests! {
    syscall_test_0();
    syscall_test_1(a);
    syscall_test_2(a, b);
    syscall_test_3(a, b, c);
    syscall_test_4(a, b, c, d);
    syscall_test_5(a, b, c, d, e);
    syscall_test_6(a, b, c, d, e, f);
    syscall_test_7(a, b, c, d, e, f, g);
    syscall_test_8(a, b, c, d, e, f, g, h);
}

/// Makes another call, in a [`Trial`].
pub async fn syscall_test_without_memory(
    caller: &Caller,
    call: u32,
    args: usize,
    refused: usize,
    lasting: u8,
    requests: usize,
) -> i64 {
    let lasting = lasting != 0;
    let made =
        in_trial(caller, call, args as u64, Trial { refused, lasting, requests: 0 }, requests as u64).await;
    made.unwrap_or_else(|status| i64::from(status.raw()))
}

async fn in_trial(
    caller: &Caller,
    call: u32,
    args: u64,
    mut trial: Trial,
    requests: u64,
) -> Result<i64, Status> {
    if config::value("kernel.trials") != Some("on") {
        return Err(Status::NOT_SUPPORTED);
    }
    let entry = caller.machine.personality.doors().entry_of(call.into()).ok_or(Status::BAD_SYSCALL)?;
    let mut values: Args = Default::default();
    InSlice::new(args, values.len()).read_into(&mut values)?;
    caller.admit().await?;
    let mut made = make(caller, call, entry, &values);
    let answer = poll_fn(|context| trial.during(|| made.as_mut().poll(context))).await;
    Out::<u64>::new(requests).write(&(trial.requests as u64))?;
    Ok(answer)
}

/// The call of a number, from its door to its end, as [`hafnon_kernel::sched::thread`] makes it. What is allocated for that
/// is so before it begins.
fn make<'a>(caller: &'a Caller, call: u32, entry: Entry, args: &'a Args) -> Call<'a> {
    let asynchronous = caller.machine.personality.blocking(call.into(), caller, args);
    Box::pin(async move {
        let Some(task) = executor::current_task().await else { return i64::from(Status::BAD_STATE.raw()) };
        let mut blocked = pin!(Blocked::new(task));
        if let Poll::Ready(answer) = entry(caller, args, blocked.as_mut()) {
            return answer;
        }
        if !blocked.goes_on() {
            return asynchronous.await;
        }
        let mut begun = true;
        poll_fn(|context| {
            let woken = !core::mem::take(&mut begun);
            if woken { blocked.as_mut().poll(caller, context) } else { Poll::Pending }
        })
        .await
    })
}
