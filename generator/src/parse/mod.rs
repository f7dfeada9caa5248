//! From the text of `syscalls.toml` to the model: TOML first, then the small languages inside its strings.

mod calls;
mod objects;
mod signature;
mod structs;
mod values;

use crate::model::{Abi, Call, ConstantGroup, ObjectKind, Rights, Spec, StatusValue, Value};
use crate::types::Type;
use serde::Deserialize;
use std::fmt;
use toml::Table;

/// What is wrong with the file, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Error(String);

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Error(message.into())
    }

    /// The same error, with the place it was found in front.
    pub(crate) fn at(self, place: impl fmt::Display) -> Self {
        Error(format!("{place}: {}", self.0))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

type Result<T> = std::result::Result<T, Error>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    status: Table,
    rights: RawRights,
    objects: Table,
    signals: RawSignals,
    constants: Table,
    structs: Table,
    calls: Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStatus {
    value: i64,
    about: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRights {
    values: Vec<String>,
    groups: Vec<String>,
    defaults: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSignals {
    values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConstants {
    about: String,
    header: String,
    #[serde(rename = "type")]
    type_: String,
    #[serde(default = "zircon_prefix")]
    prefix: String,
    values: Vec<String>,
    #[serde(default)]
    objects: bool,
    #[serde(default)]
    chooses: String,
    #[serde(default)]
    missing: String,
}

fn zircon_prefix() -> String {
    "ZX_".to_string()
}

/// Parses and checks the text of `syscalls.toml`.
///
/// # Errors
/// One sentence that names the call, structure or constant at fault.
pub fn parse(text: &str) -> Result<Spec> {
    let file: File = toml::from_str(text).map_err(|error| Error::new(error.to_string()))?;
    let names: Vec<String> = file.structs.keys().cloned().collect();
    let (objects, default_rights) = objects::parse(file.objects)?;
    let rights = rights(&file.rights, &default_rights, &objects)?;
    let constants = constants(file.constants, &names, &objects)?;
    let statuses = statuses(file.status)?;
    let calls = calls::parse(file.calls, &names, &rights, &objects, &constants)?;
    check_errors(&calls, &statuses)?;
    check_choices(&calls, &constants)?;
    objects::check_made(&objects, &calls)?;
    Ok(Spec {
        statuses,
        signals: values::list(&file.signals.values, &[]).map_err(|error| error.at("signals"))?,
        structs: structs::parse(file.structs, &names)?,
        calls,
        constants,
        rights,
        objects,
    })
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_string).collect()
}

/// Constants that choose what calls do are about calls that there are.
fn check_choices(calls: &[Call], constants: &[ConstantGroup]) -> Result<()> {
    let known = |name: &&String| calls.iter().any(|call| call.name == **name);
    match constants.iter().flat_map(|group| &group.chooses).find(|name| !known(name)) {
        Some(unknown) => Err(Error::new(format!("there is no call `{unknown}` to choose for"))),
        None => Ok(()),
    }
}

/// What calls fail with are statuses.
fn check_errors(calls: &[Call], statuses: &[StatusValue]) -> Result<()> {
    for call in calls {
        let known = |name: &&String| statuses.iter().any(|status| status.name == **name && status.value < 0);
        if let Some(unknown) = call.errors.iter().find(|name| !known(name)) {
            let place = format!("{} call {}", call.abi.name(), call.name);
            return Err(Error::new(format!("there is no error `{unknown}`")).at(place));
        }
    }
    Ok(())
}

/// Turns one TOML value into what it stands for, naming the place when it does not fit.
fn entry<T: serde::de::DeserializeOwned>(place: &str, value: toml::Value) -> Result<T> {
    value.try_into().map_err(|error: toml::de::Error| Error::new(error.message()).at(place))
}

fn statuses(table: Table) -> Result<Vec<StatusValue>> {
    let mut statuses: Vec<StatusValue> = Vec::new();
    for (name, value) in table {
        let place = format!("status {name}");
        let raw: RawStatus = entry(&place, value)?;
        if raw.value > 0 || statuses.iter().any(|known| known.value == raw.value) {
            return Err(Error::new("the number must be negative and its own").at(place));
        }
        statuses.push(StatusValue { name, value: raw.value, about: raw.about });
    }
    Ok(statuses)
}

/// The rights that are listed, and those of new handles to objects.
fn rights(raw: &RawRights, of_objects: &[String], objects: &[ObjectKind]) -> Result<Rights> {
    let values = values::list(&raw.values, &[]).map_err(|error| error.at("rights"))?;
    let groups = values::list(&raw.groups, &values).map_err(|error| error.at("groups of rights"))?;
    let known = [values.as_slice(), groups.as_slice()].concat();
    let lines = [raw.defaults.as_slice(), of_objects].concat();
    let defaults = values::list(&lines, &known).map_err(|error| error.at("default rights"))?;
    if let Some(object) =
        objects.iter().find(|object| !defaults.iter().any(|known| known.name == object.rights))
    {
        let message = format!("there are no default rights `{}`", object.rights);
        return Err(Error::new(message).at(format!("object {}", object.name)));
    }
    Ok(Rights { values, groups, defaults })
}

fn constants(table: Table, structs: &[String], objects: &[ObjectKind]) -> Result<Vec<ConstantGroup>> {
    table
        .into_iter()
        .map(|(name, value)| {
            let place = format!("constants {name}");
            let raw: RawConstants = entry(&place, value)?;
            let type_ = Type::named(&raw.type_, structs)
                .ok_or_else(|| Error::new(format!("unknown type `{}`", raw.type_)).at(&place))?;
            let types = if raw.objects { types(objects, Abi::of_header(&raw.header)) } else { Vec::new() };
            let mut values = values::list(&raw.values, &types).map_err(|error| error.at(&place))?;
            if raw.objects {
                values.extend(types);
                values.sort_by_key(|value| value.value);
            }
            let (chooses, missing) = (words(&raw.chooses), words(&raw.missing));
            if let Some(unknown) = missing.iter().find(|name| values.iter().all(|value| value.name != **name))
            {
                return Err(
                    Error::new(format!("`{unknown}` is missing, and not among the values")).at(&place)
                );
            }
            let RawConstants { about, header, prefix, .. } = raw;
            Ok(ConstantGroup { about, header, type_, prefix, values, chooses, missing })
        })
        .collect()
}

/// The types of the kinds of objects of an ABI.
fn types(objects: &[ObjectKind], abi: Abi) -> Vec<Value> {
    let own = objects.iter().filter(|object| object.abi == abi);
    own.map(|object| Value { name: object.type_name(), value: object.type_.into() }).collect()
}
