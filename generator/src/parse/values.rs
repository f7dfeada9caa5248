//! Lists of constants: `NAME = 1 << 3`, `NAME = OTHER | ANOTHER`.

use super::{Error, Result};
use crate::model::Value;

/// Evaluates a list of `NAME = value`; values may use names of `known` and earlier names of the list.
pub(super) fn list(lines: &[String], known: &[Value]) -> Result<Vec<Value>> {
    let mut values: Vec<Value> = Vec::new();
    for line in lines {
        let (name, text) = line.split_once('=').ok_or_else(|| Error::new(format!("`{line}` has no `=`")))?;
        let name = name.trim().to_string();
        if values.iter().any(|value| value.name == name) {
            return Err(Error::new(format!("`{name}` is declared twice")));
        }
        let find = |wanted: &str| {
            values.iter().chain(known).find(|value| value.name == wanted).map(|value| value.value)
        };
        let value = evaluate(text, &find).map_err(|error| error.at(&name))?;
        values.push(Value { name, value });
    }
    Ok(values)
}

/// `a | b << c`, where the operands are numbers or names.
fn evaluate(text: &str, find: &dyn Fn(&str) -> Option<i128>) -> Result<i128> {
    text.split('|').try_fold(0, |sum, term| {
        let value = match term.split_once("<<") {
            Some((number, shift)) => operand(number, find)? << operand(shift, find)?,
            None => operand(term, find)?,
        };
        Ok(sum | value)
    })
}

/// A number, or what `find` knows by this name.
pub(super) fn operand(text: &str, find: &dyn Fn(&str) -> Option<i128>) -> Result<i128> {
    let text = text.trim();
    let (digits, sign) = text.strip_prefix('-').map_or((text, 1), |digits| (digits, -1));
    let number = match digits.strip_prefix("0x") {
        Some(hexadecimal) => i128::from_str_radix(hexadecimal, 16).ok(),
        None => digits.parse().ok(),
    };
    number
        .map(|number: i128| number * sign)
        .or_else(|| find(text))
        .ok_or_else(|| Error::new(format!("`{text}` is neither a number nor a name of this list")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluate_list(lines: &[&str]) -> Result<Vec<i128>> {
        let lines: Vec<String> = lines.iter().map(|line| line.to_string()).collect();
        Ok(list(&lines, &[])?.into_iter().map(|value| value.value).collect())
    }

    #[test]
    fn numbers_shifts_and_names() {
        let values =
            evaluate_list(&["A = 1 << 4", "B = 0xf", "C = A | B | 1 << 31", "D = -1024", "E = C | A"]);
        assert_eq!(values.unwrap(), [16, 15, 0x8000_001f, -1024, 0x8000_001f]);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(
            evaluate_list(&["A = B"]).unwrap_err().to_string(),
            "A: `B` is neither a number nor a name of this list"
        );
        assert_eq!(evaluate_list(&["A 1"]).unwrap_err().to_string(), "`A 1` has no `=`");
        assert_eq!(evaluate_list(&["A = 1", "A = 2"]).unwrap_err().to_string(), "`A` is declared twice");
    }
}
