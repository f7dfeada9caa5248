//! The calls: `[calls.<abi>.<family>]` tables of `name = { number, state, sig, ... }`.

use super::signature::Names;
use super::{Error, Result, entry, signature, values};
use crate::model::{
    Abi, Arg, ArgKind, Call, Choice, ConstantGroup, Lookup, MAX_NUMBER, ObjectKind, Returns, Rights,
};
use crate::types::Type;
use serde::Deserialize;
use toml::Table;

/// Registers that carry arguments.
const MAX_ARGS: usize = 8;

/// What a call answers that would put more handles into a table than a job may have.
const TOO_MANY_HANDLES: &str = "NO_RESOURCES";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCall {
    number: Option<u32>,
    state: String,
    #[serde(default)]
    blocking: bool,
    #[serde(default)]
    parks: bool,
    #[serde(default)]
    long: bool,
    #[serde(default)]
    creates: bool,
    #[serde(default)]
    adds: bool,
    #[serde(default)]
    vdso: bool,
    via: Option<String>,
    returns: Option<String>,
    #[serde(default)]
    sig: String,
    #[serde(default)]
    options: String,
    #[serde(default)]
    errors: String,
}

pub(super) fn parse(
    mut table: Table,
    structs: &[String],
    rights: &Rights,
    objects: &[ObjectKind],
    constants: &[ConstantGroup],
) -> Result<Vec<Call>> {
    let names = Names { structs, rights: &rights.values, objects };
    let mut calls = Vec::new();
    for abi in Abi::ALL {
        let families = table.remove(abi.name()).unwrap_or_else(|| Table::new().into());
        let families: Table = entry(abi.name(), families)?;
        for (family, value) in families {
            let family_calls: Table = entry(&family, value)?;
            for (name, value) in family_calls {
                let place = format!("{} call {name}", abi.name());
                let raw: RawCall = entry(&place, value)?;
                let call = options(&raw.options, constants)
                    .and_then(|options| call(abi, &family, name, raw, options, &names))
                    .map(|call| Call { choices: choices(&call, constants), ..call })
                    .and_then(checked)
                    .map_err(|error| error.at(place))?;
                calls.push(call);
            }
        }
    }
    if let Some(unknown) = table.keys().next() {
        return Err(Error::new(format!("unknown ABI `{unknown}`")));
    }
    check_unique(&calls)?;
    Ok(calls)
}

/// The bits of all constants that are named, and of numbers.
fn options(text: &str, constants: &[ConstantGroup]) -> Result<u64> {
    let find = |name: &str| {
        constants
            .iter()
            .flat_map(|group| &group.values)
            .find(|value| value.name == name)
            .map(|value| value.value)
    };
    text.split_whitespace().try_fold(0, |bits, name| {
        let value = values::operand(name, &find).ok().and_then(|value| u64::try_from(value).ok());
        value.map(|value| bits | value).ok_or_else(|| Error::new(format!("there is no constant `{name}`")))
    })
}

/// What the constants of the call's ABI choose among.
fn choices(call: &Call, constants: &[ConstantGroup]) -> Vec<Choice> {
    let own = |group: &&ConstantGroup| {
        call.abi == Abi::of_header(&group.header) && group.chooses.contains(&call.name)
    };
    let choices = |group: &ConstantGroup| {
        let choice = |name: &String| Choice { name: name.clone(), done: !group.missing.contains(name) };
        group.values.iter().map(|value| choice(&value.name)).collect::<Vec<_>>()
    };
    constants.iter().filter(own).flat_map(choices).collect()
}

fn call(abi: Abi, family: &str, name: String, raw: RawCall, options: u64, names: &Names<'_>) -> Result<Call> {
    let done = match raw.state.as_str() {
        "done" => true,
        "missing" => false,
        other => return Err(Error::new(format!("state `{other}` is neither `done` nor `missing`"))),
    };
    let returns = match raw.returns.as_deref() {
        None | Some("status") => Returns::Status,
        Some("void") => Returns::Void,
        Some("noreturn") => Returns::NoReturn,
        Some(other) => Returns::Value(
            Type::named(other, names.structs)
                .ok_or_else(|| Error::new(format!("unknown return type `{other}`")))?,
        ),
    };
    let args = signature::parse(&raw.sig, names)?;
    let RawCall { number, blocking, parks, long, creates, adds, vdso, via, .. } = raw;
    Ok(Call {
        abi,
        family: family.to_string(),
        name,
        number,
        done,
        blocking: blocking || parks,
        parks,
        long,
        creates,
        adds,
        vdso,
        via,
        returns,
        args,
        options,
        choices: Vec::new(),
        errors: errors(&raw.errors, adds),
    })
}

/// The statuses that are listed, and the one with which a handle more can be refused.
fn errors(listed: &str, adds: bool) -> Vec<String> {
    let mut errors: Vec<String> = listed.split_whitespace().map(str::to_string).collect();
    if adds && !errors.iter().any(|error| error == TOO_MANY_HANDLES) {
        errors.push(TOO_MANY_HANDLES.to_string());
    }
    errors
}

/// What must hold for every single call.
fn checked(call: Call) -> Result<Call> {
    let numbered = call.number.is_some();
    if numbered == (call.vdso || call.via.is_some()) {
        return Err(Error::new("it needs a number, or `vdso = true`, or `via`, and only one of them"));
    }
    if call.number.is_some_and(|number| number >= MAX_NUMBER) {
        return Err(Error::new(format!("numbers end at {}", MAX_NUMBER - 1)));
    }
    if call.args.len() > MAX_ARGS {
        return Err(Error::new(format!("{} arguments are more than {MAX_ARGS}", call.args.len())));
    }
    if call.options != 0 && !call.args.iter().any(|arg| arg.name == "options") {
        return Err(Error::new("it has bits for `options`, and no such argument"));
    }
    if call.long && ((call.blocking && !call.parks) || call.returns != Returns::Status) {
        return Err(Error::new("`long` is for calls that return a status and do not block anyway"));
    }
    if call.creates && call.parks {
        return Err(Error::new("a call that parks does not create: it could not wait for memory as well"));
    }
    if call.returns != Returns::Status && (call.creates || call.args.iter().any(fails_early)) {
        return Err(Error::new(
            "a call that returns no status cannot fail before its handler: no `creates`, raw handles",
        ));
    }
    Ok(call)
}

fn fails_early(arg: &Arg) -> bool {
    matches!(arg.kind, ArgKind::Handle { lookup: Lookup::Early | Lookup::Held, .. })
}

fn check_unique(calls: &[Call]) -> Result<()> {
    for (index, call) in calls.iter().enumerate() {
        for other in calls[..index].iter().filter(|other| other.abi == call.abi) {
            if other.name == call.name || (call.number.is_some() && other.number == call.number) {
                let message = format!("{} and {} share a name or number", other.name, call.name);
                return Err(Error::new(message).at(call.abi.name()));
            }
        }
        let known = |via: &String| calls.iter().any(|other| other.abi == call.abi && other.name == *via);
        if call.via.as_ref().is_some_and(|via| !known(via)) {
            return Err(Error::new("`via` names no call").at(&call.name));
        }
    }
    Ok(())
}
