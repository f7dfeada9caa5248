//! The declared system calls, with their states: what is missing is a list that
//! a command prints.

use abi::{Abi, CALLS, CallInfo, Choice};
use anyhow::Result;
use serde_json::json;

use crate::output;

/// Prints every declared call (of one ABI, if one is given), below it the topics and properties that it lacks, and, for
/// a person, the counts.
pub fn list(only: Option<Abi>, json: bool) -> Result<u8> {
    let mut text = String::new();
    for abi in Abi::ALL.into_iter().filter(|abi| only.is_none_or(|only| only == *abi)) {
        let calls: Vec<&CallInfo> = CALLS.iter().filter(|call| call.abi == abi).collect();
        for call in &calls {
            text += &if json { object(call) } else { row(call) };
            text.push('\n');
        }
        if !json {
            text += &format!("{}\n\n", summary(abi, &calls));
        }
    }
    output::write(text.as_bytes())?;
    Ok(0)
}

fn object(call: &CallInfo) -> String {
    let missing: Vec<&str> = missing(call).collect();
    json!({"abi": call.abi.name(), "name": call.name, "state": call.state(), "missing": missing}).to_string()
}

fn row(call: &CallInfo) -> String {
    let mut row = format!("{:<10}{:<48}{}", call.abi.name(), call.name, call.state());
    for name in missing(call) {
        row += &format!("\n{:<10}  {name:<46}missing", "");
    }
    row
}

/// What a call that is there can not be asked for.
fn missing(call: &CallInfo) -> impl Iterator<Item = &'static str> {
    call.choices.iter().filter(|choice: &&Choice| call.done && !choice.done).map(|choice| choice.name)
}

fn summary(abi: Abi, calls: &[&CallInfo]) -> String {
    let [done, partly, missing] =
        ["done", "partly", "missing"].map(|state| calls.iter().filter(|call| call.state() == state).count());
    let partly = if partly == 0 { String::new() } else { format!("{partly} partly, ") };
    format!("{abi}: {} calls, {done} done, {partly}{missing} missing", calls.len())
}
