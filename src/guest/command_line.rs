//! The kernel's command line: words of the form `KEY=VALUE`.

/// Bytes of a command line that the kernel keeps: `boot::COMMAND_LINE_CAPACITY` there.
pub const LONGEST_COMMAND_LINE: usize = 4096;

/// A word of the command line that holds any argument: bytes that a word can not hold are
/// written as `%` and two hexadecimal digits.
pub fn word(key: &str, value: &str) -> String {
    let mut word = format!("{key}=");
    for byte in value.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' {
            word.push(byte.into());
        } else {
            word += &format!("%{byte:02x}");
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn spaces_do_not_split_an_argument() {
        assert_eq!(word("arg", "plain-text.1"), "arg=plain-text.1");
        assert_eq!(word("arg", "a b%"), "arg=a%20b%25");
        assert_eq!(word("arg", ""), "arg=");
    }
}
