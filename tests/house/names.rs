//! What a source file names: its `use` lines, and paths in the middle of the code, as far as they begin with `crate`,
//! `self` or `super`. Comments, strings and tests are left out.
//!
//! This is no parser of Rust. It knows comments, literals and paths, and that is enough for a path that somebody means
//! to write; who wants to hide one from it, can.

/// A path from the root of the crate on, without `crate`.
pub type Name = Vec<String>;

/// A piece of the code: a word, `::`, or any other character by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Token {
    Word(String),
    PathSeparator,
    Other(char),
}

impl Token {
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// The code of a file, in pieces.
pub fn tokens(text: &str) -> Vec<Token> {
    pieces(&without_comments(text))
}

/// The code of a file, in pieces, without what is there for tests alone.
pub fn tokens_that_ship(text: &str) -> Vec<Token> {
    pieces(&without_tests(&without_comments(text)))
}

fn pieces(code: &str) -> Vec<Token> {
    let (mut tokens, mut rest) = (Vec::new(), code);
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|c: char| !is_of_word(c)).unwrap_or(rest.len());
        if length > 0 {
            tokens.push(Token::Word(rest[..length].into()));
            rest = &rest[length..];
        } else if let Some(behind) = rest.strip_prefix("::") {
            tokens.push(Token::PathSeparator);
            rest = behind;
        } else {
            tokens.extend((!first.is_whitespace()).then_some(Token::Other(first)));
            rest = &rest[first.len_utf8()..];
        }
    }
    tokens
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Everything that a file names which is this module of its crate.
pub fn names(module: &[&str], text: &str) -> Vec<Name> {
    let tokens = tokens_that_ship(text);
    let mut names = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let begins = matches!(token.word(), Some("crate" | "self" | "super"))
            && tokens.get(at + 1) == Some(&Token::PathSeparator)
            && (at == 0 || tokens[at - 1] != Token::PathSeparator);
        if begins {
            paths(&tokens[at..], &[], &mut |path, _| names.extend(resolved(module, path)));
        }
    }
    names
}

/// Hands on each path that begins with the first of these tokens, with the name that it gets in a `use` line, and returns
/// how many tokens they are.
pub fn paths(tokens: &[Token], before: &[String], found: &mut impl FnMut(&[String], &str)) -> usize {
    let (mut path, mut at) = (before.to_vec(), 0);
    loop {
        match tokens.get(at) {
            Some(Token::Word(word)) => path.push(word.clone()),
            Some(Token::Other('{')) => return at + group(&tokens[at..], &path, found),
            Some(Token::Other('*')) => path.push("*".into()),
            _ => break,
        }
        at += 1;
        if tokens.get(at) != Some(&Token::PathSeparator) {
            break;
        }
        at += 1;
    }
    let last = path.last().map_or("", String::as_str);
    let renamed = match &tokens[at.min(tokens.len())..] {
        [Token::Word(keyword), Token::Word(name), ..] if keyword == "as" => Some(name),
        _ => None,
    };
    found(&path, renamed.map_or(last, String::as_str));
    at + if renamed.is_some() { 2 } else { 0 }
}

/// [`paths`] in braces.
fn group(tokens: &[Token], before: &[String], found: &mut impl FnMut(&[String], &str)) -> usize {
    let mut at = 1;
    loop {
        match tokens.get(at) {
            Some(Token::Word(_) | Token::Other('{' | '*')) => at += paths(&tokens[at..], before, found),
            Some(Token::Other('}')) => return at + 1,
            Some(_) => at += 1,
            None => return at,
        }
    }
}

/// A path of a module, from the root of the crate on; nothing if it leads out of that.
fn resolved(module: &[&str], path: &[String]) -> Option<Name> {
    let mut whole: Name = module.iter().map(|name| (*name).to_owned()).collect();
    for segment in path {
        match segment.as_str() {
            "crate" => whole.clear(),
            "self" => {}
            "super" => drop(whole.pop()?),
            _ => whole.push(segment.clone()),
        }
    }
    Some(whole)
}

/// The text with blanks for comments, strings and characters.
fn without_comments(text: &str) -> String {
    let (mut code, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(raw) = raw_string(rest, code.chars().next_back()) {
            raw
        } else if first == '"' {
            quoted(rest, '"')
        } else if first == '\'' && is_character(rest) {
            quoted(rest, '\'')
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        code.push(' ');
        rest = &rest[length..];
    }
    code
}

/// How long a comment is that may have others in it.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// How long the raw string is that begins here, if one does.
fn raw_string(text: &str, before: Option<char>) -> Option<usize> {
    let behind = text.strip_prefix('r').filter(|_| before.is_none_or(|c| !is_of_word(c) || c == 'b'))?;
    let hashes = behind.len() - behind.trim_start_matches('#').len();
    let content = behind[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = content.find(&end).map_or(content.len(), |at| at + end.len());
    Some(text.len() - content.len() + length)
}

/// How long a literal is, up to the mark that is not escaped.
fn quoted(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == mark => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether a character begins here; else it is a lifetime.
fn is_character(text: &str) -> bool {
    let mut behind = text.chars().skip(1);
    behind.next() == Some('\\') || behind.next() == Some('\'')
}

/// What stands in front of an item that is there for tests alone.
const FOR_TESTS: [&str; 2] = ["#[cfg(test)]", "#[cfg(all(test"];

/// The code without items that are there for tests alone.
fn without_tests(code: &str) -> String {
    let (mut kept, mut rest) = (String::with_capacity(code.len()), code);
    while let Some(at) = FOR_TESTS.iter().filter_map(|attribute| rest.find(attribute)).min() {
        kept.push_str(&rest[..at]);
        rest = &rest[at + item(&rest[at..])..];
    }
    kept + rest
}

/// How long an item is: up to its semicolon, or to the end of its braces.
fn item(code: &str) -> usize {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

#[test]
fn names_are_found_wherever_they_stand() {
    let text = r##"
//! Not [`this`](crate::comment::Link), /* nor */ this: crate::comment.
use crate::core::{base::{Base, Koid as Id}, closing::*};
use super::Port; // in the parent
pub use self::child::Thing;
use core::sync::atomic::AtomicU64; /* crate::a /* crate::b */ crate::c */
fn call<'a>(x: &'a str) -> char {
    let text = ("crate::text", r#"a "crate::raw" one"#, 'c', '\'', "\" crate::escaped");
    crate::task::job::end::<u8>(text);
    $crate::object::name!();
    super::super::wait::until()
}
#[cfg(all(test, not(loom)))]
mod tests {
    use crate::everything::Name;
    fn nested() { crate::more(); }
}
#[cfg(test)]
mod tests;
fn behind() { crate::last; }
"##;
    let names: Vec<String> = names(&["wait", "port"], text).iter().map(|name| name.join("::")).collect();
    let expected = [
        "core::base::Base",
        "core::base::Koid",
        "core::closing::*",
        "wait::Port",
        "wait::port::child::Thing",
        "task::job::end",
        "object::name",
        "wait::until",
        "last",
    ];
    assert_eq!(names, expected);
}
