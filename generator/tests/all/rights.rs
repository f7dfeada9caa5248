//! What a call of one ABI is refused without a right is not had without it by the call of another that does the same,
//! by that name or another.

use super::spec;
use hafnon_generator::{
    model::{Abi, ArgKind, Call, Direction, Spec},
    types::Type,
};

/// Calls of Magenta's that Zircon has under another name.
const RENAMED: [(&str, &str); 10] = [
    ("handle_wait_many", "object_wait_many"),
    ("handle_wait_one", "object_wait_one"),
    ("log_create", "debuglog_create"),
    ("log_read", "debuglog_read"),
    ("log_write", "debuglog_write"),
    ("num_cpus", "system_get_num_cpus"),
    ("port_bind", "object_wait_async"),
    ("time_get", "clock_get_monotonic"),
    ("version_get", "system_get_version_string"),
    ("waitset_add", "object_wait_async"),
];

/// Kinds of objects of Magenta's that Zircon has as another.
const OTHER_KINDS: [(&str, &str); 2] = [("io_port", "port"), ("waitset", "port")];

/// Families of objects that Zircon has nothing of any more, but for the calls that are [`RENAMED`].
const ONLY_MAGENTA: [&str; 2] = ["datapipe", "waitset"];

/// Handles that a call of Magenta's does without, and why it may.
const EXPLAINED: [(&str, &str); 3] = [
    // Its futexes name no owners.
    ("futex_requeue", "thread"),
    ("futex_wait", "thread"),
    // It refuses the only option that takes the resource: `user::magenta::log` shows that.
    ("log_create", "resource"),
];

/// What a call takes by handle: the kind of object, and the rights of the handle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Demand<'a> {
    kind: &'a str,
    optional: bool,
    rights: &'a [String],
}

/// What a call takes by handle, those of one kind in order, without handles that are `explained`. Handles in memory are
/// looked up by handlers, so that only their being there is declared.
fn demands<'a>(spec: &'a Spec, call: &'a Call, explained: &[&str]) -> Vec<Demand<'a>> {
    let mut demands: Vec<_> = call
        .args
        .iter()
        .filter_map(|arg| match &arg.kind {
            ArgKind::Handle { object, rights, optional, .. } => {
                let kind = OTHER_KINDS.iter().find(|(theirs, _)| theirs == object);
                Some(Demand { kind: kind.map_or(object, |kind| kind.1), optional: *optional, rights })
            }
            ArgKind::Pointer { direction: Direction::In | Direction::InOut, target, optional, .. }
                if has_handles(spec, target) =>
            {
                Some(Demand { kind: "in memory", optional: *optional, rights: &[] })
            }
            _ => None,
        })
        .filter(|demand| !explained.contains(&demand.kind))
        .collect();
    demands.sort_by_key(|demand| demand.kind);
    demands
}

fn has_handles(spec: &Spec, target: &Type) -> bool {
    match target {
        Type::Scalar(scalar) => scalar.name == "handle",
        Type::Struct(name) => spec
            .structs
            .iter()
            .filter(|structure| structure.name == *name)
            .flat_map(|structure| &structure.fields)
            .any(|field| has_handles(spec, &field.type_)),
        _ => false,
    }
}

/// What a call that demands `theirs` does without, though one that does the same demands `ours`.
fn lacks(theirs: &[Demand<'_>], ours: &[Demand<'_>]) -> Option<String> {
    if theirs.len() != ours.len() {
        return Some(format!("{} handles, not {}", theirs.len(), ours.len()));
    }
    let lacks = |theirs: &Demand<'_>, ours: &Demand<'_>| {
        theirs.kind != ours.kind
            || (theirs.optional && !ours.optional)
            || ours.rights.iter().any(|right| !theirs.rights.contains(right))
    };
    theirs
        .iter()
        .zip(ours)
        .find(|(theirs, ours)| lacks(theirs, ours))
        .map(|(theirs, ours)| format!("{theirs:?}, not {ours:?}"))
}

#[test]
fn no_abi_does_without_a_right_that_another_demands() {
    let spec = spec();
    let find = |name: &str| spec.calls.iter().find(|call| call.abi == Abi::Zircon && call.name == name);
    let done = spec.calls.iter().filter(|call| call.abi == Abi::Magenta && call.done);
    for theirs in done {
        let renamed = RENAMED.iter().find(|(name, _)| *name == theirs.name);
        assert!(renamed.is_none() || find(&theirs.name).is_none(), "{} has one name", theirs.name);
        let Some(ours) = find(renamed.map_or(&theirs.name, |(_, name)| name)) else {
            let alone = renamed.is_none() && ONLY_MAGENTA.contains(&theirs.family.as_str());
            assert!(alone, "{}: which call of Zircon's does the same?", theirs.name);
            continue;
        };
        let explained: Vec<_> =
            EXPLAINED.iter().filter(|(name, _)| *name == theirs.name).map(|(_, kind)| *kind).collect();
        let (here, there) = (demands(&spec, theirs, &[]), demands(&spec, ours, &[]));
        assert_eq!(
            lacks(&here, &there).is_some(),
            !explained.is_empty(),
            "{}: {here:?}, {there:?}",
            theirs.name
        );
        let missing = lacks(&here, &demands(&spec, ours, &explained));
        assert_eq!(missing, None, "mx_{} and zx_{}", theirs.name, ours.name);
    }
    let names = || spec.calls.iter().filter(|call| call.abi == Abi::Magenta).map(|call| call.name.as_str());
    for name in RENAMED.iter().chain(&EXPLAINED).map(|(name, _)| *name) {
        assert!(names().any(|known| known == name), "{name} is no call of Magenta's");
    }
}

#[test]
fn what_is_lacking_is_noticed() {
    let (read, none) = ([String::from("READ")], []);
    let demand = |kind, optional, rights| Demand { kind, optional, rights };
    let full = [demand("vmo", false, &read), demand("job", true, &none)];
    assert_eq!(lacks(&full, &full), None);
    assert_eq!(lacks(&[full[0].clone()], &[demand("vmo", true, &none)]), None, "more may be demanded");
    for fewer in [
        vec![],
        vec![full[0].clone()],
        vec![demand("vmo", true, &read), full[1].clone()],
        vec![demand("vmo", false, &none), full[1].clone()],
        vec![demand("vmar", false, &read), full[1].clone()],
    ] {
        assert!(lacks(&fewer, &full).is_some(), "{fewer:?}");
    }
}
