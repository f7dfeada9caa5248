//! The declared system calls, with their states: what is missing is a list that
//! a command prints.

use abi::{Abi, CALLS, CallInfo};
use anyhow::Result;
use serde_json::json;

use super::print;

/// Prints every declared call (of one ABI, if one is given) and, for a person, the counts.
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
    print(&text);
    Ok(0)
}

fn object(call: &CallInfo) -> String {
    json!({"abi": call.abi.name(), "name": call.name, "state": call.state()}).to_string()
}

fn row(call: &CallInfo) -> String {
    format!("{:<10}{:<48}{}", call.abi.name(), call.name, call.state())
}

fn summary(abi: Abi, calls: &[&CallInfo]) -> String {
    let done = calls.iter().filter(|call| call.done).count();
    let missing = calls.len() - done;
    format!("{abi}: {} calls, {done} done, {missing} missing", calls.len())
}
