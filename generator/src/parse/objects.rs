//! Kinds of objects: `[objects]`, a table of `name = { type, rights, family, ... }`.

use super::{Error, Result, entry};
use crate::model::{Abi, Call, Made, ObjectKind};
use crate::types::camel;
use serde::Deserialize;
use toml::Table;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawObject {
    #[serde(rename = "type")]
    type_: u32,
    abi: Option<String>,
    rights: Option<String>,
    rights_of: Option<String>,
    family: Option<String>,
    rust: Option<String>,
    made: Option<String>,
}

/// The kinds, and what new handles to them get, as lines of a list of constants.
pub(super) fn parse(table: Table) -> Result<(Vec<ObjectKind>, Vec<String>)> {
    let (mut kinds, mut rights): (Vec<ObjectKind>, _) = (Vec::new(), Vec::new());
    for (name, value) in table {
        let place = format!("object {name}");
        let raw: RawObject = entry(&place, value)?;
        let (kind, line) = object(name, raw).map_err(|error| error.at(&place))?;
        if kinds.iter().any(|known| (known.abi, known.type_) == (kind.abi, kind.type_)) {
            return Err(Error::new("its type is that of another").at(place));
        }
        kinds.push(kind);
        rights.extend(line);
    }
    Ok((kinds, rights))
}

fn object(name: String, raw: RawObject) -> Result<(ObjectKind, Option<String>)> {
    let abi = match &raw.abi {
        None => Abi::Zircon,
        Some(abi) => *Abi::ALL
            .iter()
            .find(|known| known.name() == abi)
            .ok_or_else(|| Error::new(format!("unknown ABI `{abi}`")))?,
    };
    let own = name.to_uppercase();
    let (line, rights) = match (raw.rights, raw.rights_of) {
        (Some(rights), None) => (Some(format!("{own} = {rights}")), own),
        (None, Some(other)) => (None, other),
        _ => return Err(Error::new("it needs `rights` or `rights_of`, and only one of them")),
    };
    let made = raw.made.as_deref().map(made).transpose()?;
    let rust = raw.rust.unwrap_or_else(|| camel(&name));
    Ok((ObjectKind { name, abi, type_: raw.type_, rights, family: raw.family, rust, made }, line))
}

/// `call(argument, argument)`.
fn made(text: &str) -> Result<Made> {
    let parts = text.strip_suffix(')').and_then(|text| text.split_once('('));
    let (call, args) = parts.ok_or_else(|| Error::new(format!("`{text}` is no call")))?;
    Ok(Made { call: call.to_string(), args: args.split(',').map(|arg| arg.trim().to_string()).collect() })
}

/// What makes an object is a call that there is, with as many arguments.
pub(super) fn check_made(kinds: &[ObjectKind], calls: &[Call]) -> Result<()> {
    for kind in kinds {
        let Some(Made { call: name, args }) = &kind.made else { continue };
        let known = |call: &&Call| call.abi == kind.abi && call.name == *name && call.done;
        let fits = calls.iter().find(known).is_some_and(|call| call.args.len() == args.len());
        if !fits {
            let message = format!("there is no `{name}` with {} arguments to make one", args.len());
            return Err(Error::new(message).at(format!("object {}", kind.name)));
        }
    }
    Ok(())
}
