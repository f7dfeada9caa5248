//! `object_get_info`, one typed function for each topic that the programs here ask.

use alloc::vec::Vec;

use abi::{
    Status,
    zerocopy::{FromBytes, IntoBytes},
};

use crate::{
    Result,
    handle::{AsHandle, check},
    sys,
};

/// Asks for `topic` into `buffer`: the status, and the numbers of records written and available.
pub fn query(raw: u32, topic: u32, buffer: &mut [u8]) -> (Status, usize, usize) {
    let (mut actual, mut available) = (0, 0);
    // SAFETY: the buffer outlives the call and has the length passed.
    let status = unsafe {
        sys::zx_object_get_info(
            raw,
            topic,
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            &mut actual,
            &mut available,
        )
    };
    (Status::from_raw(status), actual, available)
}

/// The one record of `topic`.
pub fn get<T: FromBytes + IntoBytes>(object: &impl AsHandle, topic: u32) -> Result<T> {
    let mut record = T::new_zeroed();
    check(query(object.raw(), topic, record.as_mut_bytes()).0.raw())?;
    Ok(record)
}

/// Identity, rights and type.
pub fn basic(object: &impl AsHandle) -> Result<abi::InfoHandleBasic> {
    get(object, abi::INFO_HANDLE_BASIC)
}

/// The number of handles to the object in the whole system.
pub fn handle_count(object: &impl AsHandle) -> Result<u32> {
    get::<abi::InfoHandleCount>(object, abi::INFO_HANDLE_COUNT).map(|info| info.handle_count)
}

/// State and exit code of a process.
pub fn process(process: &impl AsHandle) -> Result<abi::InfoProcess> {
    get(process, abi::INFO_PROCESS)
}

/// State of a thread.
pub fn thread(thread: &impl AsHandle) -> Result<abi::InfoThread> {
    get(thread, abi::INFO_THREAD)
}

/// The kernel's use of memory; asks the root resource.
pub fn kernel_memory(resource: &impl AsHandle) -> Result<abi::InfoKmemStats> {
    get(resource, abi::INFO_KMEM_STATS)
}

/// The handles in a process's table.
pub fn total_handles(process: &impl AsHandle) -> Result<usize> {
    let stats: abi::InfoProcessHandleStats = get(process, abi::INFO_PROCESS_HANDLE_STATS)?;
    Ok(stats.handle_count.iter().map(|&count| count as usize).sum())
}

/// A list of koids: `INFO_JOB_CHILDREN`, `INFO_JOB_PROCESSES` or `INFO_PROCESS_THREADS`.
pub fn koids(object: &impl AsHandle, topic: u32) -> Result<Vec<u64>> {
    let (status, _, available) = query(object.raw(), topic, &mut []);
    check(status.raw())?;
    let mut koids = alloc::vec![0u64; available];
    let (status, actual, _) = query(object.raw(), topic, koids.as_mut_bytes());
    check(status.raw())?;
    koids.truncate(actual);
    Ok(koids)
}
