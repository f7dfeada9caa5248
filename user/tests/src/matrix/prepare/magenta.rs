//! What Magenta's own calls need beside good handles and good memory to succeed.

use hafnon_user::{
    Signals, Status,
    abi::{LOG_RECORD_DATA_MAX, LOG_RECORD_MAX, PacketHeader, WaitItem},
};

use super::{event, signal};
use crate::{harness::call, matrix::scene::Scene};

/// What there is to wait for.
const SIGNAL: Signals = Signals::USER_SIGNAL_0;

/// Changes the arguments so that the call succeeds with them, if it is one of Magenta's own forms; whether it is.
pub fn prepare(scene: &mut Scene<'_>) -> bool {
    let (family, _) = scene.call.plain_name().split_once('_').unwrap_or_default();
    match (scene.call.name, family) {
        ("mx_handle_wait_one" | "mx_object_wait_one" | "mx_handle_wait_many" | "mx_object_wait_many", _) => {
            waits(scene);
        }
        (_, "waitset") => waitsets(scene),
        (_, "port") => ports(scene),
        (_, "datapipe") => datapipes(scene),
        ("mx_log_read", _) => {
            let (log, text) = (scene.get("handle") as u32, [b'x'; LOG_RECORD_DATA_MAX]);
            assert_eq!(call!(mx_log_write(log, text.len() as u32, text.as_ptr(), 0)), Status::OK);
            scene.resize("buffer", LOG_RECORD_MAX);
        }
        ("mx_version_get", _) => {
            let mut version = [0; 64];
            assert_eq!(call!(mx_version_get(version.as_mut_ptr(), version.len() as u32)), Status::OK);
            let length = version.iter().position(|byte| *byte == 0).expect("a NUL");
            scene.resize("version", length + 1);
        }
        _ => return false,
    }
    true
}

fn waits(scene: &mut Scene<'_>) {
    if scene.call.name.ends_with("one") {
        signal(scene.get("handle"));
        return scene.set("waitfor", SIGNAL.bits() as usize);
    }
    let items = [event(), event()].map(|handle| {
        signal(handle as usize);
        WaitItem { handle, waitfor: SIGNAL, pending: Signals::empty() }
    });
    scene.point("items", &items);
}

fn waitsets(scene: &mut Scene<'_>) {
    match scene.call.name {
        "mx_waitset_add" => scene.set("signals", SIGNAL.bits() as usize),
        "mx_waitset_remove" | "mx_waitset_wait" => {
            let (waitset, entry) = (scene.get("waitset_handle") as u32, event());
            signal(entry as usize);
            assert_eq!(call!(mx_waitset_add(waitset, 0, entry, SIGNAL.bits())), Status::OK);
            if scene.call.name == "mx_waitset_wait" {
                scene.point("count", &1_u32);
            }
        }
        _ => {}
    }
}

fn ports(scene: &mut Scene<'_>) {
    let packet = [0_u8; size_of::<PacketHeader>()];
    match scene.call.name {
        // One watch for each.
        "mx_port_bind" => scene.set("signals", u32::MAX as usize),
        "mx_port_queue" => scene.point("packet", &packet),
        "mx_port_wait" => {
            let port = scene.get("handle") as u32;
            assert_eq!(call!(mx_port_queue(port, packet.as_ptr(), packet.len())), Status::OK);
            scene.resize("packet", packet.len());
        }
        _ => {}
    }
}

fn datapipes(scene: &mut Scene<'_>) {
    let (mut address, mut room) = (0, 0);
    match scene.call.name {
        "mx_datapipe_create" => scene.set("element_size", 1),
        "mx_datapipe_begin_write" | "mx_datapipe_begin_read" => scene.set("requested", 1),
        "mx_datapipe_end_write" => {
            let end = scene.get("producer") as u32;
            assert_eq!(call!(mx_datapipe_begin_write(end, 0, 1, &mut address, &mut room)), Status::OK);
        }
        "mx_datapipe_end_read" => {
            let end = scene.get("consumer") as u32;
            assert_eq!(call!(mx_datapipe_begin_read(end, 0, 1, &mut address, &mut room)), Status::OK);
        }
        _ => {}
    }
}
