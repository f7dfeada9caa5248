//! Rights while handles change hands: a thread uses a value that is only ever that of a poor handle, and another closes and
//! replaces handles, rich ones among them, as fast as it can. What a call may do is decided by the handle that it acts
//! on, so nothing is ever done that takes a rich one; that a value comes back for another handle is out of reach.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};

use hafnon_user::{
    AsHandle, Rights, Status, Vmo,
    abi::{VM_PERM_READ, VM_PERM_WRITE},
    handle::Handle,
    info,
    startup::root_vmar,
    vmar::PAGE_SIZE,
};

use crate::harness::{call, first_thread, process, user_test};

/// How often the poor value is used.
const TRIES: u32 = 3_000;

/// Uses the poor value in one thread, while this one makes and closes handles from `source`: poor ones with `rights`,
/// whose value it shows, and rich ones, which it replaces again and again.
fn fight(source: Handle, rights: Rights, attempt: impl Fn(u32) + Send + 'static) {
    let shown = Arc::new((AtomicU32::new(0), AtomicBool::new(false)));
    let same = shown.clone();
    let user = hafnon_user::thread::spawn("user", move || {
        (0..TRIES).for_each(|_| attempt(same.0.load(SeqCst)));
        same.1.store(true, SeqCst);
    });
    while !shown.1.load(SeqCst) {
        let poor = source.duplicate_handle(rights).expect("a handle");
        shown.0.store(poor.raw(), SeqCst);
        let rich = source.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle");
        drop(poor);
        let rich = rich.replace(Rights::SAME_RIGHTS).expect("a handle");
        drop(rich.replace(Rights::SAME_RIGHTS).expect("a handle"));
    }
    user.expect("a thread").join().expect("the thread returns");
}

user_test! {
    #[needs("cpus=2,4")]
    fn a_poor_handle_never_maps_for_writing() {
        let root = root_vmar().expect("a root region").raw();
        let map = move |value| {
            let (mut address, options) = (0, VM_PERM_READ | VM_PERM_WRITE);
            let status = call!(zx_vmar_map(root, options, 0, value, 0, PAGE_SIZE, &mut address));
            assert!([Status::ACCESS_DENIED, Status::BAD_HANDLE].contains(&status), "{status:?}");
        };
        let vmo = Vmo::create(PAGE_SIZE as u64).expect("a VMO");
        fight(vmo.into(), Rights::READ | Rights::MAP | Rights::DUPLICATE, map);
    }

    #[needs("cpus=2,4")]
    fn a_child_never_has_more_than_the_poor_parent() {
        let rights = Rights::ENUMERATE | Rights::INSPECT;
        let thread = info::basic(first_thread()).expect("info").koid;
        let get_child = move |value| {
            let mut child = 0;
            match call!(zx_object_get_child(value, thread, Rights::SAME_RIGHTS.bits(), &mut child)) {
                Status::OK => {
                    let child = Handle::from_raw(child);
                    assert_eq!(info::basic(&child).expect("info").rights, rights);
                }
                status => assert_eq!(status, Status::BAD_HANDLE),
            }
        };
        fight(process().into(), rights, get_child);
    }
}
