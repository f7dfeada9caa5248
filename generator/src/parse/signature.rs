//! Signatures: `handle: handle<channel, WRITE, late>, bytes: in<void>[num_bytes]?, num_bytes: u32`.

use super::{Error, Result};
use crate::model::{Arg, ArgKind, Direction, Lookup, ObjectKind, Value};
use crate::types::Type;

/// What names may occur in a signature.
pub(super) struct Names<'a> {
    /// Structures.
    pub(super) structs: &'a [String],
    /// Rights.
    pub(super) rights: &'a [Value],
    /// Kinds of objects.
    pub(super) objects: &'a [ObjectKind],
}

/// Parses the arguments of a call.
pub(super) fn parse(text: &str, names: &Names<'_>) -> Result<Vec<Arg>> {
    let mut args: Vec<Arg> = Vec::new();
    for part in split_arguments(text) {
        let (name, type_) = part
            .split_once(':')
            .ok_or_else(|| Error::new(format!("argument `{}` has no `:`", part.trim())))?;
        let name = name.trim().to_string();
        if args.iter().any(|arg| arg.name == name) {
            return Err(Error::new(format!("argument `{name}` occurs twice")));
        }
        let kind = kind(type_.trim(), names).map_err(|error| error.at(format!("argument `{name}`")))?;
        args.push(Arg { name, kind });
    }
    check_lengths(&args)?;
    Ok(args)
}

/// Splits at the commas that are not inside angle brackets.
fn split_arguments(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0);
    for (index, letter) in text.char_indices() {
        match letter {
            '<' => depth += 1,
            '>' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn kind(text: &str, names: &Names<'_>) -> Result<ArgKind> {
    let Some((head, rest)) = text.split_once('<') else {
        return scalar(text, names.structs).map(ArgKind::Scalar);
    };
    let (inner, tail) = rest.split_once('>').ok_or_else(|| Error::new(format!("`{text}` lacks a `>`")))?;
    match head {
        "handle" => handle(inner, tail, names),
        "in" => pointer(Direction::In, inner, tail, names.structs),
        "out" => pointer(Direction::Out, inner, tail, names.structs),
        "inout" => pointer(Direction::InOut, inner, tail, names.structs),
        "ptr" | "const_ptr" => {
            Ok(ArgKind::Address { target: any_type(inner, names.structs)?, constant: head == "const_ptr" })
        }
        _ => Err(Error::new(format!("unknown type `{text}`"))),
    }
}

fn scalar(text: &str, structs: &[String]) -> Result<Type> {
    match any_type(text, structs)? {
        type_ @ Type::Scalar(_) if !type_.is("void") && !type_.is("handle") => Ok(type_),
        _ => Err(Error::new(format!("`{text}` cannot be passed by value"))),
    }
}

fn any_type(text: &str, structs: &[String]) -> Result<Type> {
    Type::named(text, structs).ok_or_else(|| Error::new(format!("unknown type `{text}`")))
}

/// The type of a structure's field: any type by name, or a pointer.
pub(super) fn field_type(text: &str, structs: &[String]) -> Result<Type> {
    let Some((head, rest)) = text.split_once('<') else {
        return any_type(text, structs);
    };
    let target = Box::new(any_type(rest.trim_end_matches('>'), structs)?);
    match head {
        "ptr" => Ok(Type::Pointer { target, constant: false }),
        "const_ptr" => Ok(Type::Pointer { target, constant: true }),
        _ => Err(Error::new(format!("unknown type `{text}`"))),
    }
}

/// `object, RIGHT RIGHT, flag`, and a `?` or nothing behind the `>`.
fn handle(inner: &str, tail: &str, names: &Names<'_>) -> Result<ArgKind> {
    let optional = match tail {
        "" => false,
        "?" => true,
        other => return Err(Error::new(format!("`{other}` is no `?`"))),
    };
    let mut parts = inner.split(',').map(str::trim);
    let object = parts.next().unwrap_or_default().to_string();
    let groups = ["any", "task"].iter().copied();
    if !groups.chain(names.objects.iter().map(|kind| kind.name.as_str())).any(|known| known == object) {
        return Err(Error::new(format!("there is no kind of object `{object}`")));
    }
    let (mut rights, mut lookup) = (Vec::new(), Lookup::Early);
    for part in parts {
        match part {
            "held" => lookup = Lookup::Held,
            "late" => lookup = Lookup::Late,
            "raw" => lookup = Lookup::Raw,
            _ => rights.extend(part.split_whitespace().map(str::to_string)),
        }
    }
    match rights.iter().find(|right| !names.rights.iter().any(|value| value.name == **right)) {
        Some(unknown) => {
            Err(Error::new(format!("`{unknown}` is neither a right nor `held`, `late` or `raw`")))
        }
        None => Ok(ArgKind::Handle { object, rights, lookup, optional }),
    }
}

/// What follows the `>`: `[length]`, `?`, both or nothing.
fn pointer(direction: Direction, inner: &str, tail: &str, structs: &[String]) -> Result<ArgKind> {
    let (tail, optional) = tail.strip_suffix('?').map_or((tail, false), |tail| (tail, true));
    let len = match tail.strip_prefix('[').and_then(|tail| tail.strip_suffix(']')) {
        Some(len) => Some(len.trim().to_string()),
        None if tail.is_empty() => None,
        None => return Err(Error::new(format!("`{tail}` is not a length in brackets"))),
    };
    let target = any_type(inner, structs)?;
    if target.is("void") && len.is_none() {
        return Err(Error::new("a pointer to void needs a length"));
    }
    Ok(ArgKind::Pointer { direction, target, len, optional })
}

/// Every length must be another argument, and a plain number.
fn check_lengths(args: &[Arg]) -> Result<()> {
    for arg in args {
        let ArgKind::Pointer { len: Some(len), .. } = &arg.kind else { continue };
        let found = args.iter().find(|other| other.name == *len);
        if !matches!(found, Some(Arg { kind: ArgKind::Scalar(_), .. })) {
            return Err(Error::new(format!(
                "argument `{}`: its length `{len}` is no number among the arguments",
                arg.name
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Abi;

    fn parsed(text: &str) -> Result<Vec<Arg>> {
        let structs = ["wait_item".to_string()];
        let rights =
            [Value { name: "READ".to_string(), value: 4 }, Value { name: "WRITE".to_string(), value: 8 }];
        let objects = ["channel", "thread", "vmo"].map(|name| ObjectKind {
            name: name.to_string(),
            abi: Abi::Zircon,
            type_: 0,
            rights: String::new(),
            family: None,
            rust: String::new(),
            made: None,
        });
        parse(text, &Names { structs: &structs, rights: &rights, objects: &objects })
    }

    fn mistake(text: &str) -> String {
        parsed(text).unwrap_err().to_string()
    }

    #[test]
    fn every_kind_of_argument() {
        let args = parsed(
            "h: handle<channel, READ WRITE, late>, items: inout<wait_item>[n]?, n: size, p: const_ptr<futex>",
        );
        let args = args.unwrap();
        assert_eq!(args.len(), 4);
        let rights = vec!["READ".to_string(), "WRITE".to_string()];
        assert_eq!(
            args[0].kind,
            ArgKind::Handle { object: "channel".to_string(), rights, lookup: Lookup::Late, optional: false }
        );
        assert!(
            matches!(&args[1].kind, ArgKind::Pointer { direction: Direction::InOut, optional: true, len: Some(n), .. } if n == "n")
        );
        assert!(matches!(&args[3].kind, ArgKind::Address { constant: true, .. }));
    }

    #[test]
    fn handles_may_be_optional() {
        let args = parsed("h: handle<thread, raw>?").unwrap();
        assert!(matches!(&args[0].kind, ArgKind::Handle { optional: true, lookup: Lookup::Raw, .. }));
        assert_eq!(mistake("h: handle<thread>[n]"), "argument `h`: `[n]` is no `?`");
    }

    #[test]
    fn no_arguments() {
        assert_eq!(parsed("").unwrap(), []);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(mistake("a"), "argument `a` has no `:`");
        assert_eq!(mistake("a: u33"), "argument `a`: unknown type `u33`");
        assert_eq!(mistake("a: wait_item"), "argument `a`: `wait_item` cannot be passed by value");
        assert_eq!(
            mistake("a: handle<vmo, REED>"),
            "argument `a`: `REED` is neither a right nor `held`, `late` or `raw`"
        );
        assert_eq!(mistake("a: handle<vom>"), "argument `a`: there is no kind of object `vom`");
        assert_eq!(mistake("a: in<u8>[n]"), "argument `a`: its length `n` is no number among the arguments");
        assert_eq!(mistake("a: out<void>"), "argument `a`: a pointer to void needs a length");
        assert_eq!(mistake("a: u32, a: u32"), "argument `a` occurs twice");
        assert_eq!(mistake("a: in<u8"), "argument `a`: `in<u8` lacks a `>`");
    }
}
