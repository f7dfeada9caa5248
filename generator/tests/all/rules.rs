//! Rules of the declaration: a text that breaks one is refused, and the sentence names the place. Those of single
//! calls are in `emitters.rs`, those of signatures and lists beside what reads them.

use hafnon_generator::parse::parse;

/// A declaration with one of each part.
const RIGHT: &str = r#"
[status]
OK = { value = 0, about = "Fine." }
BAD_HANDLE = { value = -11, about = "No handle." }
[rights]
values = ["NONE = 0", "READ = 4"]
groups = ["ALL = READ"]
defaults = ["CHANNEL = ALL | READ"]
[objects]
region = { type = 3, family = "memory", rights = "READ", made = "region_list(0, null, 1)" }
channel = { type = 4, rights_of = "CHANNEL" }
[signals]
values = ["READABLE = 1 << 0"]
[constants.topics]
about = "What regions tell."
header = "types.h"
type = "u32"
values = ["ONE = 1", "TWO = 2"]
chooses = "region_list"
missing = "TWO"
[structs.wait_item]
about = "An item."
header = "types.h"
size = 24
fields = ["handle: handle", "pad: u8[4]", "name: const_ptr<char>", "next: ptr<wait_item>"]
[calls.zircon.region]
region_list = { number = 5, state = "done", sig = "region: handle<any, READ>, out: out<u8>[n], n: u64" }
"#;

/// What is said when `part` of the declaration is `instead`.
fn mistake(part: &str, instead: &str) -> String {
    assert_eq!(RIGHT.matches(part).count(), 1, "`{part}` is there once");
    parse(&RIGHT.replace(part, instead)).expect_err("it is wrong").to_string()
}

/// What is said of these arguments.
fn arguments(text: &str) -> String {
    let said = mistake("region: handle<any, READ>, out: out<u8>[n], n: u64", text);
    said.strip_prefix("zircon call region_list: ").expect("the place").to_owned()
}

#[test]
fn the_declaration_is_right() {
    assert!(parse(RIGHT).is_ok());
}

#[test]
fn parts_are_known() {
    for (part, instead, field) in [
        ("[signals]", "[colours]\n[signals]", "colours"),
        ("about = \"Fine.\"", "about = \"Fine.\", colour = 1", "colour"),
        ("groups =", "colours = []\ngroups =", "colours"),
        ("[signals]", "[signals]\ncolours = []", "colours"),
        ("chooses =", "colour = 1\nchooses =", "colour"),
        ("size = 24", "size = 24\ncolour = 1", "colour"),
    ] {
        assert!(mistake(part, instead).contains(&format!("unknown field `{field}`")), "{instead}");
    }
    assert!(mistake("[signals]\nvalues = [\"READABLE = 1 << 0\"]", "").contains("missing field `signals`"));
    assert_eq!(mistake("[calls.zircon.region]", "[calls.plan9.region]"), "unknown ABI `plan9`");
    assert!(
        mistake("[calls.zircon.region]", "[calls]\nzircon = 3\n[calls.linux.region]").starts_with("zircon: ")
    );
    assert!(
        mistake("[calls.zircon.region]\n", "[calls.zircon]\nregion = 1\n[calls.linux.region]\n")
            .starts_with("region: ")
    );
}

#[test]
fn lists_name_themselves() {
    let unknown = "`WRITE` is neither a number nor a name of this list";
    assert_eq!(mistake("READ = 4", "READ = WRITE"), format!("rights: READ: {unknown}"));
    assert_eq!(mistake("\"ALL = READ\"", "\"ALL = WRITE\""), format!("groups of rights: ALL: {unknown}"));
    assert_eq!(mistake("ALL | READ", "ALL | WRITE"), format!("default rights: CHANNEL: {unknown}"));
    assert_eq!(mistake("1 << 0", "1 << WRITE"), format!("signals: READABLE: {unknown}"));
    assert_eq!(mistake("ONE = 1", "ONE = WRITE"), format!("constants topics: ONE: {unknown}"));
    assert_eq!(mistake("TWO = 2", "ONE = 2"), "constants topics: `ONE` is declared twice");
    assert_eq!(mistake("type = \"u32\"", "type = \"u33\""), "constants topics: unknown type `u33`");
}

#[test]
fn names_stand_for_something() {
    assert_eq!(
        mistake("chooses = \"region_list\"", "chooses = \"region_list region_map\""),
        "there is no call `region_map` to choose for"
    );
    assert_eq!(
        mistake("missing = \"TWO\"", "missing = \"THREE\""),
        "constants topics: `THREE` is missing, and not among the values"
    );
    assert_eq!(
        mistake("n: u64\" }", "n: u64\", errors = \"BAD_HANDLE NO_MEMORY\" }"),
        "zircon call region_list: there is no error `NO_MEMORY`"
    );
}

#[test]
fn kinds_of_objects_are_whole() {
    let region =
        r#"region = { type = 3, family = "memory", rights = "READ", made = "region_list(0, null, 1)" }"#;
    let mistake = |line: &str| mistake(region, line);
    assert_eq!(
        mistake(r#"region = { type = 4, rights = "READ" }"#),
        "object channel: its type is that of another"
    );
    let rights = "object region: it needs `rights` or `rights_of`, and only one of them";
    assert_eq!(mistake("region = { type = 3 }"), rights);
    assert_eq!(mistake(r#"region = { type = 3, rights = "READ", rights_of = "CHANNEL" }"#), rights);
    assert_eq!(
        mistake(r#"region = { type = 3, rights_of = "REGION" }"#),
        "object region: there are no default rights `REGION`"
    );
    assert_eq!(
        mistake(r#"region = { type = 3, rights = "WRITE" }"#),
        "default rights: REGION: `WRITE` is neither a number nor a name of this list"
    );
    assert_eq!(mistake(r#"region = { type = 3, abi = "plan9" }"#), "object region: unknown ABI `plan9`");
    assert!(mistake("region = { type = 3, colour = 1 }").contains("unknown field `colour`"));
    let made = |call: &str| mistake(&format!(r#"region = {{ type = 3, rights = "READ", made = "{call}" }}"#));
    assert_eq!(made("region_list"), "object region: `region_list` is no call");
    assert_eq!(made("region_list(0"), "object region: `region_list(0` is no call");
    let none =
        |call, count| format!("object region: there is no `{call}` with {count} arguments to make one");
    assert_eq!(made("region_list(0, out)"), none("region_list", 2));
    assert_eq!(made("region_map(0, null, 1)"), none("region_map", 3));
    assert_eq!(arguments("h: handle<pipe>"), "argument `h`: there is no kind of object `pipe`");
}

#[test]
fn fields_have_types() {
    assert_eq!(mistake("handle: handle", "handle"), "struct wait_item: field `handle` has no `:`");
    assert_eq!(mistake("u8[4]", "u8[four]"), "struct wait_item: field `pad: u8[four]`: `four` is no number");
    assert_eq!(mistake("u8[4]", "u9[4]"), "struct wait_item: field `pad: u9[4]`: unknown type `u9`");
    assert_eq!(
        mistake("ptr<wait_item>", "ptr<item>"),
        "struct wait_item: field `next: ptr<item>`: unknown type `item`"
    );
    assert_eq!(
        mistake("const_ptr<char>", "in<char>"),
        "struct wait_item: field `name: in<char>`: unknown type `in<char>`"
    );
}

#[test]
fn arguments_have_types() {
    assert_eq!(arguments("n"), "argument `n` has no `:`");
    assert_eq!(arguments("n: u64, n: u32"), "argument `n` occurs twice");
    for by_value in ["wait_item", "void", "handle", "timespec"] {
        assert_eq!(
            arguments(&format!("n: {by_value}")),
            format!("argument `n`: `{by_value}` cannot be passed by value")
        );
    }
    assert_eq!(arguments("n: list<u8>"), "argument `n`: unknown type `list<u8>`");
    for kind in ["in<u9>", "out<u9>", "inout<u9>", "ptr<u9>", "const_ptr<u9>"] {
        assert_eq!(arguments(&format!("n: {kind}")), "argument `n`: unknown type `u9`");
    }
    assert_eq!(arguments("n: in<u8>4"), "argument `n`: `4` is not a length in brackets");
    assert_eq!(arguments("n: in<u8>[m"), "argument `n`: `[m` is not a length in brackets");
    assert_eq!(arguments("n: in<void>?"), "argument `n`: a pointer to void needs a length");
    assert_eq!(arguments("h: handle<any, late>!"), "argument `h`: `!` is no `?`");
    assert_eq!(
        arguments("h: handle<any, READ WRITE>"),
        "argument `h`: `WRITE` is neither a right nor `held`, `late` or `raw`"
    );
    for length in ["m", "n", "h"] {
        assert_eq!(
            arguments(&format!("n: in<u8>[{length}], h: handle<any>")),
            format!("argument `n`: its length `{length}` is no number among the arguments")
        );
    }
}
