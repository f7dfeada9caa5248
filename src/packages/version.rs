//! Versions of packages, in the order that Debian's policy gives them (chapter 5.6.12 there):
//! `[EPOCH:]UPSTREAM[-REVISION]`, of which pieces without digits and numbers are compared in turn. A `~`
//! comes before everything, even before the end.

use std::cmp::Ordering;

/// Compares two versions.
pub fn compare(one: &str, other: &str) -> Ordering {
    let (one, other) = (parts(one), parts(other));
    let epochs = one.0.cmp(&other.0);
    epochs.then_with(|| compare_part(one.1, other.1)).then_with(|| compare_part(one.2, other.2))
}

/// Epoch, upstream version and revision.
fn parts(version: &str) -> (u64, &str, &str) {
    let (epoch, rest) = version.split_once(':').unwrap_or(("0", version));
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (epoch.parse().unwrap_or(0), upstream, revision)
}

fn compare_part<'a>(mut one: &'a str, mut other: &'a str) -> Ordering {
    while !one.is_empty() || !other.is_empty() {
        let [(text, rest), (other_text, other_rest)] = [one, other].map(|part| piece(part, |c| !digit(c)));
        let [(number, rest), (other_number, other_rest)] = [rest, other_rest].map(|part| piece(part, digit));
        let order = compare_text(text, other_text).then_with(|| compare_number(number, other_number));
        if order.is_ne() {
            return order;
        }
        (one, other) = (rest, other_rest);
    }
    Ordering::Equal
}

fn digit(character: char) -> bool {
    character.is_ascii_digit()
}

/// The characters that `belongs` says belong together, and the rest.
fn piece(part: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    part.split_at(part.find(|character| !belongs(character)).unwrap_or(part.len()))
}

/// `~` is before the end, the end before letters, and letters before everything else.
fn compare_text(one: &str, other: &str) -> Ordering {
    let weight = |byte: Option<u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(byte),
        Some(byte) => i32::from(byte) + 256,
    };
    let at = |text: &str, index: usize| weight(text.as_bytes().get(index).copied());
    let longest = one.len().max(other.len());
    let orders = (0..longest).map(|index| at(one, index).cmp(&at(other, index)));
    orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Numbers of any length.
fn compare_number(one: &str, other: &str) -> Ordering {
    let [one, other] = [one, other].map(|number| number.trim_start_matches('0'));
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_dpkg_orders_them() {
        let ascending = [
            "0.9~rc1",
            "0.9",
            "0.9-0ubuntu1",
            "0.9-1~deb12u1",
            "0.9-1",
            "0.9-1+b1",
            "0.9-1.1",
            "0.9a",
            "0.9+b",
            "0.10",
            "1.0",
            "1:0.1",
            "1:7.2+dfsg-7+deb12u9",
            "1:7.2+dfsg-7+deb12u18",
            "1:10.0.2~bpo12+1",
            "1:10.0.2",
            "2:1",
        ];
        for (index, one) in ascending.iter().enumerate() {
            assert_eq!(compare(one, one), Ordering::Equal);
            for other in &ascending[index + 1..] {
                assert_eq!(compare(one, other), Ordering::Less, "{one} {other}");
                assert_eq!(compare(other, one), Ordering::Greater, "{one} {other}");
            }
        }
        assert_eq!(compare("1.01", "1.1"), Ordering::Equal);
    }
}
