//! Structures: fields as `name: type` or `name: type[count]`, in the order of memory.

use super::{Error, Result, entry, signature};
use crate::model::{Field, Struct};
use serde::Deserialize;
use toml::Table;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStruct {
    about: String,
    header: String,
    size: usize,
    fields: Vec<String>,
    c: Option<String>,
}

pub(super) fn parse(table: Table, names: &[String]) -> Result<Vec<Struct>> {
    table
        .into_iter()
        .map(|(name, value)| {
            let place = format!("struct {name}");
            let raw: RawStruct = entry(&place, value)?;
            let fields: Result<Vec<Field>> = raw.fields.iter().map(|text| field(text, names)).collect();
            let fields = fields.map_err(|error| error.at(place))?;
            Ok(Struct { name, about: raw.about, header: raw.header, size: raw.size, fields, c: raw.c })
        })
        .collect()
}

fn field(text: &str, names: &[String]) -> Result<Field> {
    let (name, rest) =
        text.split_once(':').ok_or_else(|| Error::new(format!("field `{text}` has no `:`")))?;
    let (type_, count) = match rest.trim().split_once('[') {
        Some((type_, count)) => (type_, Some(count.trim_end_matches(']'))),
        None => (rest.trim(), None),
    };
    let count = count
        .map(|count| count.parse().map_err(|_| Error::new(format!("field `{text}`: `{count}` is no number"))))
        .transpose()?;
    let type_ = signature::field_type(type_, names).map_err(|error| error.at(format!("field `{text}`")))?;
    Ok(Field { name: name.trim().to_string(), type_, count })
}
