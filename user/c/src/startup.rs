//! From the startup message to `main`, and what C asks of the message later.

use alloc::{boxed::Box, ffi::CString, string::String, vec::Vec};
use core::{
    ffi::{c_char, c_int},
    ptr::null_mut,
};

use hafnon_user::{
    AsHandle, Startup,
    abi::PA_JOB_DEFAULT,
    handle::Handle,
    startup::{process, root_vmar},
    sync::Mutex,
};

hafnon_user::main!(start);

unsafe extern "C" {
    /// Prepares the first thread, runs `main`, returns what it returns (`start.c`).
    fn hafnon_c_main(argc: c_int, argv: *mut *mut c_char, envp: *mut *mut c_char) -> c_int;
}

/// The handles that nobody has taken yet.
static STARTUP: Mutex<Option<Startup>> = Mutex::new(None);

fn start(startup: &mut Startup) -> i64 {
    let argc = startup.arguments.len() as c_int;
    let (argv, envp) = (strings(&startup.arguments), strings(&startup.environment));
    *STARTUP.lock() = Some(core::mem::take(startup));
    // SAFETY: both arrays end with a null pointer and live as long as the program.
    i64::from(unsafe { hafnon_c_main(argc, argv, envp) })
}

/// An array as `main` gets it. It is never freed, for `main` may keep what is in it.
fn strings(texts: &[String]) -> *mut *mut c_char {
    // The message separates its strings by NULs, so there is none inside of one.
    let text = |text: &String| CString::new(text.as_str()).unwrap_or_default().into_raw();
    let pointers: Vec<*mut c_char> = texts.iter().map(text).chain([null_mut()]).collect();
    Box::leak(pointers.into_boxed_slice()).as_mut_ptr()
}

#[unsafe(no_mangle)]
extern "C" fn zx_take_startup_handle(kind: u32) -> u32 {
    let taken = STARTUP.lock().as_mut().and_then(|startup| startup.take(kind));
    taken.map_or(Handle::INVALID, Handle::into_raw)
}

#[unsafe(no_mangle)]
extern "C" fn zx_process_self() -> u32 {
    process().map_or(Handle::INVALID, |process| process.raw())
}

#[unsafe(no_mangle)]
extern "C" fn zx_vmar_root_self() -> u32 {
    root_vmar().map_or(Handle::INVALID, |root| root.raw())
}

#[unsafe(no_mangle)]
extern "C" fn zx_job_default() -> u32 {
    let startup = STARTUP.lock();
    let job = startup.as_ref().and_then(|startup| startup.handle(PA_JOB_DEFAULT));
    job.map_or(Handle::INVALID, Handle::raw)
}
