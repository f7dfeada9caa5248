//! A small declaration, and what each emitter makes of it.

use hafnon_generator::emit::{abi, dispatcher, docs, fuzz, matrix, user, vdso};
use hafnon_generator::model::Abi;
use hafnon_generator::model::Spec;
use hafnon_generator::parse::parse;
use hafnon_generator::shown::Shown;

const HEAD: &str = r#"
[status]
OK = { value = 0, about = "Fine." }
BAD_HANDLE = { value = -11, about = "No handle." }
[rights]
values = ["NONE = 0", "READ = 4", "WRITE = 8"]
groups = ["IO = READ | WRITE"]
defaults = ["OTHER = READ"]
[objects]
job = { type = 17, family = "task", rust = "JobGroup", rights_of = "OTHER" }
channel = { type = 4, family = "ipc", rights = "IO", made = "channel_create(HANDLE_FLAG, out)" }
guest = { type = 20, rights = "READ" }
pipe = { type = 4, abi = "magenta", family = "magenta", rights = "IO" }
[signals]
values = ["CHANNEL_READABLE = 1 << 0"]
[constants.handles]
about = "Handle values."
header = "types.h"
type = "handle"
values = ["HANDLE_INVALID = 0", "HANDLE_FLAG = 4"]
[constants.types]
about = "Kinds of objects."
header = "types.h"
type = "obj_type"
objects = true
values = ["OBJ_TYPE_NONE = 0", "OBJ_TYPE_OLD = OBJ_TYPE_CHANNEL"]
[constants.topics]
about = "What regions tell."
header = "types.h"
type = "u32"
values = ["TOPIC_ONE = 1", "TOPIC_TWO = 2"]
chooses = "region_list"
missing = "TOPIC_TWO"
[constants.numbers]
about = "What some calls alone understand."
header = "types.h"
type = "u32"
values = ["INFO_ONE = 3", "INFO_TWO = 0x10", "PROP_ONE = 9"]
[structs.wait_item]
about = "An item."
header = "types.h"
size = 12
fields = ["handle: handle", "waitfor: signals", "pending: signals"]
[structs.record]
about = "A record."
header = "types.h"
size = 20
fields = ["type: u32", "data: u64[2]"]
"#;

const CALLS: &str = r#"
[calls.zircon.channel]
channel_write = { number = 0, state = "done", sig = "handle: handle<channel, WRITE, late>, bytes: in<void>[n]?, n: u32", errors = "BAD_HANDLE" }
channel_create = { number = 1, state = "done", creates = true, sig = "options: u32, out: out<handle>", options = "HANDLE_FLAG 4", errors = "BAD_HANDLE" }
[calls.zircon.region]
region_map = { number = 4, state = "done", sig = "region: handle<channel, READ WRITE, held>, other: handle<any, held>, old: handle<task, raw>?, length: u64" }
region_list = { number = 5, state = "done", long = true, sig = "region: handle<any, READ>, n: u64" }
[calls.zircon.object]
object_wait = { number = 3, state = "done", blocking = true, sig = "handle: handle<any, READ>, deadline: time" }
object_park = { number = 6, state = "done", parks = true, sig = "handle: handle<any, READ>, deadline: time" }
object_rest = { number = 7, state = "done", blocking = true, parks = true, sig = "deadline: time" }
[calls.zircon.time]
ticks_get = { vdso = true, state = "done", returns = "ticks" }
[calls.zircon.thread]
thread_exit = { number = 2, state = "missing", returns = "noreturn" }
thread_four = { number = 20, state = "missing", sig = "a: int, b: int, c: int, d: int" }
thread_seven = { number = 21, state = "missing", sig = "a: int, b: int, c: int, d: int, e: int, f: int, g: int" }
[calls.zircon.process]
process_exit = { number = 22, state = "done", returns = "noreturn", sig = "code: i64" }
process_count = { number = 23, state = "done", returns = "u64" }
process_wake_thread_exit = { number = 24, state = "done", sig = "waits: signals, rights: rights, status: status, items: in<wait_item>[count], count: size" }
process_version = { vdso = true, state = "done", returns = "string_view" }
[calls.magenta.channel]
channel_eight = { number = 0, state = "missing", sig = "a: int, b: int, c: int, d: int, e: int, f: int, g: int, h: int" }
"#;

fn spec() -> Spec {
    parse(&format!("{HEAD}{CALLS}")).expect("the declaration is right")
}

/// What is wrong with a declaration of these calls.
fn mistake(calls: &str) -> String {
    parse(&format!("{HEAD}{calls}")).expect_err("the declaration is wrong").to_string()
}

#[test]
fn tests_know_the_arguments_of_calls_that_are_done() {
    let (spec, rows) = (spec(), "[channel_write]\nBAD_HANDLE = \"channel::test\"");
    let text = matrix::emit(&spec, &Shown::parse(rows, &spec).expect("the rows are right"));
    assert_contains(
        &text,
        &[
            r#"Kind::Handle { object: "channel", rights: &[Rights::WRITE], optional: false }"#,
            "Kind::Pointer { access: Access::In, element: 1, length: Some(2), optional: true }",
            "options: 0x4,",
            "errors: &[Status::BAD_HANDLE],\n        shown_elsewhere: &[Status::BAD_HANDLE],",
            "errors: &[Status::BAD_HANDLE],\n        shown_elsewhere: &[],",
            "unsafe { i64::from(sys::zx_channel_create(a[0] as _, a[1] as _)) }",
            "fn channel_write() {\n        check(&CALLS[0]);",
            "fn ticks_get() {",
            "make: |a| unsafe { sys::zx_process_exit(a[0] as _) },",
            "make: |_| unsafe { i64::try_from(sys::zx_process_count()).unwrap_or(i64::MAX) },",
            "make: |_| unsafe { sys::zx_ticks_get() },",
            "make: |_| unsafe { let _ = sys::zx_process_version(); 0 },",
            "Kind::Scalar { size: 4 }",
            "Kind::Pointer { access: Access::In, element: 12, length: Some(4), optional: false }",
        ],
    );
    assert!(!text.contains("\"thread_exit\""), "it is missing");
}

#[test]
fn kinds_of_objects_are_listed_where_they_are_needed() {
    let spec = spec();
    let tests = matrix::emit(&spec, &Shown::default());
    assert_contains(
        &tests,
        &[
            r#"pub const KINDS: [&str; 3] = ["channel", "job", "pipe"];"#,
            r#"pub const TASKS: [&str; 1] = ["job"];"#,
            r#"pub const NON_TASKS: [&str; 2] = ["channel", "pipe"];"#,
            r#""channel" => call!(zx_channel_create(hafnon_user::abi::HANDLE_FLAG as _, &mut out)),"#,
        ],
    );
    assert_contains(
        &abi::emit(&spec),
        &[
            "const DEFAULT_OTHER = 0x4;",
            "const DEFAULT_CHANNEL = 0xc;",
            "            ipc Channel OBJ_TYPE_CHANNEL DEFAULT_CHANNEL;\n            \
             task JobGroup OBJ_TYPE_JOB DEFAULT_OTHER;\n            \
             magenta Pipe OBJ_TYPE_PIPE DEFAULT_PIPE;\n        }",
            "pub const OBJ_TYPE_NONE: u32 = 0;\n/// Kinds of objects.\npub const OBJ_TYPE_OLD: u32 = 4;\n",
            "pub const OBJ_TYPE_GUEST: u32 = 20;",
        ],
    );
}

#[test]
fn the_fuzzer_knows_what_calls_do_to_it() {
    let text = fuzz::emit(&spec());
    assert_contains(
        &text,
        &[
            "pub static CALLS: &[Call] = &[\n    Call {\n        name: \"zx_channel_write\",\n        ends_the_caller: false,\n",
            "        name: \"zx_process_exit\",\n        ends_the_caller: true,\n        prints: false,\n        local: false,\n",
            "        name: \"zx_process_wake_thread_exit\",\n        ends_the_caller: true,\n",
            "        name: \"zx_ticks_get\",\n        ends_the_caller: false,\n        prints: false,\n        local: true,\n",
            "options: 0x4,\n",
            "pub static TOPICS: &[u64] = &[3, 16];\npub static PROPERTIES: &[u64] = &[9];\n",
        ],
    );
    assert!(!text.contains("zx_thread_four"), "it is missing");
}

fn assert_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[test]
fn abi_has_names_and_numbers() {
    assert_contains(
        &abi::emit(&spec()),
        &[
            "pub const BAD_HANDLE: Status = Status(-11);",
            "const DEFAULT_CHANNEL = 0xc;",
            "pub const HANDLE_INVALID: RawHandle = 0;",
            "size_of::<WaitItem>() == 12",
            "    pub kind: u32,\n    pub data: [u64; 2],\n}",
            "/// What Zircon calls put into rax.\npub mod zircon {\n",
            "/// What Magenta calls put into rax.\npub mod magenta {\n    /// Number of `channel_eight`.\n    pub const",
            "abi: Abi::Zircon, name: \"channel_write\", number: Some(0)",
            "abi: Abi::Magenta, name: \"channel_eight\", number: Some(512)",
            "pub const CHANNEL_CREATE: u32 = 1;",
            "pub const CHANNEL_EIGHT: u32 = 512;",
            "pub const ALL: [Abi; 4] = [Abi::Zircon, Abi::Magenta, Abi::Veridian, Abi::Linux];",
            "            Abi::Veridian => \"veridian\",\n",
            "choices: &[Choice { name: \"TOPIC_ONE\", done: true }, Choice { name: \"TOPIC_TWO\", done: false }] },",
        ],
    );
}

#[test]
fn dispatcher_decodes_arguments() {
    assert_contains(
        &dispatcher::emit(&spec(), Abi::Zircon),
        &[
            "pub const ENTRIES: [Entry; 25]",
            "caller.object::<objects::Channel>(HandleArgument::new(args[0] as RawHandle), Rights::WRITE), \
             user::InSlice::<u8>::new(args[1], args[2] as u32 as usize))",
            "\nfn enter_zircon_channel_create(caller: &Caller, args: &Args, _: Pin<&mut Blocked>) -> Poll<i64> {\n    \
             creating(caller, || Poll::Ready(status(zircon_channel_create(caller, args))))\n}\n",
            "    if let abi::zircon::CHANNEL_CREATE = number\n        && let Err(refused) = caller.admit().await",
            "        abi::zircon::CHANNEL_CREATE => status(zircon_channel_create(caller, args)),",
            "    crate::channel::channel_create(caller, args[0] as u32, user::Out::<RawHandle>::new(args[1]))",
            "let handle = caller.any(HandleArgument::new(args[0] as RawHandle), Rights::READ)?;\n    \
             crate::object::object_wait(caller, handle, args[1] as i64).await",
            "        abi::zircon::OBJECT_WAIT => status(zircon_object_wait(caller, args).await),",
            "fn zircon_object_park(caller: &Caller, args: &Args, blocked: Pin<&mut Blocked>) -> Poll<Result<(), Status>> {",
            "    crate::object::object_park(caller, handle, args[1] as i64, blocked)\n",
        ],
    );
}

/// Magenta's processes may make Zircon's calls, too.
#[test]
fn a_table_contains_that_of_its_base() {
    let text = dispatcher::emit(&spec(), Abi::Magenta);
    assert_contains(
        &text,
        &[
            "pub const ENTRIES: [Entry; 513] = [\n    hafnon_zircon::table::ENTRIES[0],\n",
            "    hafnon_zircon::table::ENTRIES[24],\n    unknown,\n",
            "    unknown,\n    missing,\n];",
            "        _ => hafnon_zircon::table::blocking(number, caller, args).await,\n",
        ],
    );
    assert!(!text.contains("zircon_channel_write") && !text.contains("_ => i64::from"), "{text}");
}

#[test]
fn calls_that_park_have_an_entry_and_no_other_way() {
    let text = dispatcher::emit(&spec(), Abi::Zircon);
    assert_contains(
        &text,
        &[
            "    enter_zircon_object_park,\n",
            "\nfn enter_zircon_object_park(caller: &Caller, args: &Args, blocked: Pin<&mut Blocked>) -> Poll<i64> {\n    \
             zircon_object_park(caller, args, blocked).map(status)\n}\n",
            "    zircon_object_rest(caller, args, blocked).map(status)\n",
        ],
    );
    assert!(
        !text.contains("abi::zircon::OBJECT_PARK") && !text.contains("abi::zircon::OBJECT_REST"),
        "{text}"
    );
}

#[test]
fn dispatcher_gives_rights_with_their_object() {
    assert_contains(
        &dispatcher::emit(&spec(), Abi::Zircon),
        &["    let region = caller.held::<objects::Channel>(HandleArgument::new(args[0] as RawHandle), \
             Rights::from_bits_retain(Rights::READ.bits() | Rights::WRITE.bits()))?;\n    \
             let other = caller.any_held(HandleArgument::new(args[1] as RawHandle), Rights::NONE)?;\n    \
             crate::region::region_map(caller, region, other, \
             HandleArgument::new(args[2] as RawHandle), args[3])\n"],
    );
}

#[test]
fn dispatcher_has_two_handlers_for_long_calls() {
    let lookup = "let region = caller.any(HandleArgument::new(args[0] as RawHandle), Rights::READ)?;";
    assert_contains(
        &dispatcher::emit(&spec(), Abi::Zircon),
        &[
            "    enter_zircon_region_list,\n",
            "    zircon_region_list(caller, args).map(status)\n",
            "        abi::zircon::REGION_LIST => status(zircon_region_list_long(caller, args).await),\n",
            &format!(
                "\nfn zircon_region_list(caller: &Caller, args: &Args) -> Poll<Result<(), Status>> {{\n    {lookup}\n    \
                 crate::region::region_list(caller, region, args[1])\n}}\n"
            ),
            &format!(
                "\nasync fn zircon_region_list_long(caller: &Caller, args: &Args) -> Result<(), Status> {{\n    {lookup}\n    \
                 crate::region::region_list_long(caller, region, args[1]).await\n}}\n"
            ),
        ],
    );
}

#[test]
fn missing_calls_have_no_handler() {
    let text = dispatcher::emit(&spec(), Abi::Zircon);
    assert!(!text.contains("zircon_thread_exit"), "{text}");
    assert_contains(
        &text,
        &[
            "    missing,\n    asynchronous,\n    enter_",
            "    unknown,\n    missing,\n    missing,\n    enter_",
        ],
    );
}

#[test]
fn vdso_moves_arguments_and_numbers() {
    let text = vdso::emit(&spec());
    assert_contains(
        &text,
        &[
            "zx_channel_write:\n    mov eax, 0x0\n    syscall\n    ret",
            "zx_thread_exit:\n    mov eax, 0x2\n    syscall\n    ud2",
            "zx_thread_four:\n    mov r10, rcx\n    mov eax, 0x14\n    syscall\n    ret",
            "zx_thread_seven:\n    push r12\n    mov r10, rcx\n    mov r12, [rsp + 16]\n    mov eax, 0x15\n    \
             syscall\n    pop r12\n    ret",
            "mx_channel_eight:\n    push r12\n    push r13\n    mov r10, rcx\n    mov r12, [rsp + 24]\n    \
             mov r13, [rsp + 32]\n    mov eax, 0x200\n    syscall\n    pop r13\n    pop r12\n    ret",
        ],
    );
    assert!(!text.contains("ticks_get"), "the vDSO's own functions are written by hand");
}

#[test]
fn user_stubs_jump_through_their_record() {
    assert_contains(
        &user::emit(&spec()),
        &[
            "pub fn zx_channel_write(handle: abi::RawHandle, bytes: *const u8, n: u32) -> i32;",
            "pub fn zx_thread_exit() -> !;",
            "pub fn zx_ticks_get() -> i64;",
            "pub fn zx_process_version() -> abi::StringView;",
            "pub fn zx_process_wake_thread_exit(waits: u32, rights: u32, status: i32, items: *const abi::WaitItem, \
             count: usize) -> i32;",
            "zx_ticks_get:\n    jmp qword ptr [rip + .Limport_zx_ticks_get]",
            ".pushsection hafnon_imports, \"awo\", @progbits, .text.zx_ticks_get",
            // A record: the address, where the name is, and its hash.
            ".Limport_zx_ticks_get:\n    .quad 0\n    .long .Lname_zx_ticks_get - .Limport_zx_ticks_get\n    .long 0x2373734",
        ],
    );
}

#[test]
fn reference_shows_signatures() {
    assert_contains(
        &docs::emit(&spec()),
        &[
            "| region_list | 5 | partly | `(region: handle<any, READ>, n: u64) -> status` |  | not yet: TOPIC_TWO |",
            "| channel_create | 1 | done | `(options: u32, out: out<handle>) -> status` |",
            "| [Zircon](#zircon) | 11 | 1 | 3 |",
        ],
    );
}

/// Limits of a declaration, met exactly and exceeded.
#[test]
fn rules_of_calls_have_limits() {
    let declared = |line: &str| parse(&format!("{HEAD}{CALLS}[calls.zircon.more]\n{line}")).err();
    let mistake = |line: &str| declared(line).expect("it is wrong").to_string();
    assert_eq!(declared(r#"a = { number = 511, state = "done" }"#), None);
    assert_eq!(mistake(r#"a = { number = 512, state = "done" }"#), "zircon call a: numbers end at 511");
    let args = |count: usize| (0..count).map(|index| format!("a{index}: u32")).collect::<Vec<_>>().join(", ");
    let call = |count| format!(r#"a = {{ number = 9, state = "missing", sig = "{}" }}"#, args(count));
    assert_eq!(declared(&call(8)), None);
    assert_eq!(mistake(&call(9)), "zircon call a: 9 arguments are more than 8");
}

/// A call is reached in one way: by a number, in the vDSO, or through another call of its ABI.
#[test]
fn a_call_is_reached_in_one_way() {
    let one_way = "zircon call a: it needs a number, or `vdso = true`, or `via`, and only one of them";
    let call = |text: &str| parse(&format!("{HEAD}{CALLS}[calls.zircon.more]\n{text}"));
    let mistake = |text: &str| call(text).expect_err("it is wrong").to_string();
    assert_eq!(mistake(r#"a = { number = 9, vdso = true, state = "done" }"#), one_way);
    assert_eq!(mistake(r#"a = { number = 9, via = "object_wait", state = "done" }"#), one_way);
    assert!(call(r#"a = { via = "object_wait", state = "done" }"#).is_ok());
    assert_eq!(mistake(r#"a = { via = "channel_eight", state = "done" }"#), "a: `via` names no call");
    assert_eq!(
        mistake(r#"channel_write = { number = 9, state = "done" }"#),
        "zircon: channel_write and channel_write share a name or number"
    );
    // Other ABIs have names and numbers of their own.
    let magenta = "[calls.magenta.more]\nchannel_write = { number = 3, state = \"done\" }";
    assert!(parse(&format!("{HEAD}{CALLS}{magenta}")).is_ok());
}

/// What decides for the handler must be something that can fail: a call without a status can create nothing.
#[test]
fn calls_without_status_fail_in_no_wrapper() {
    let call = |text: &str| mistake(&format!("[calls.zircon.more]\n{text}"));
    let early = "zircon call a: a call that returns no status cannot fail before its handler: no `creates`, raw handles";
    assert_eq!(call(r#"a = { number = 9, state = "done", returns = "void", creates = true }"#), early);
    let fine = r#"a = { number = 9, state = "done", returns = "void", sig = "h: handle<any, raw>" }"#;
    assert!(parse(&format!("{HEAD}{CALLS}[calls.zircon.more]\n{fine}")).is_ok());
    assert_eq!(
        call(r#"a = { number = 9, state = "done", returns = "colour" }"#),
        "zircon call a: unknown return type `colour`"
    );
}

/// Statuses are numbers that no other has, and none is positive: a positive result of a call is no error.
#[test]
fn statuses_are_their_own() {
    let with = |line: &str| {
        let text = format!("{HEAD}{CALLS}").replace("[rights]\n", &format!("{line}\n[rights]\n"));
        parse(&text).err().map(|error| error.to_string())
    };
    let wrong = |name: &str| Some(format!("status {name}: the number must be negative and its own"));
    assert_eq!(with(r#"OTHER = { value = -12, about = "" }"#), None);
    assert_eq!(with(r#"OTHER = { value = -11, about = "" }"#), wrong("OTHER"));
    assert_eq!(with(r#"OTHER = { value = 1, about = "" }"#), wrong("OTHER"));
}

#[test]
fn choices_are_checked() {
    let with = |missing: &str| {
        let text = format!("{HEAD}{CALLS}").replace("missing = \"TOPIC_TWO\"", missing);
        parse(&text)
    };
    assert_eq!(
        with(r#"missing = "TOPIC_THREE""#).expect_err("it is wrong").to_string(),
        "constants topics: `TOPIC_THREE` is missing, and not among the values"
    );
    let state =
        |spec: Spec| spec.calls.iter().find(|call| call.name == "region_list").map(|call| call.state());
    assert_eq!(state(with("").expect("right")), Some("done"));
    assert_eq!(state(spec()), Some("partly"));
}

#[test]
fn mistakes_name_the_call() {
    let call = |text: &str| mistake(&format!("[calls.zircon.channel]\n{text}"));
    assert_eq!(
        call(r#"a = { number = 1, state = "maybe" }"#),
        "zircon call a: state `maybe` is neither `done` nor `missing`"
    );
    assert_eq!(
        call(r#"a = { state = "done" }"#),
        "zircon call a: it needs a number, or `vdso = true`, or `via`, and only one of them"
    );
    assert_eq!(
        call(r#"a = { number = 1, state = "done", sig = "x: nothing" }"#),
        "zircon call a: argument `x`: unknown type `nothing`"
    );
    assert_eq!(
        call("a = { number = 1, state = \"done\" }\nb = { number = 1, state = \"done\" }"),
        "zircon: a and b share a name or number"
    );
    assert_eq!(
        call(r#"a = { number = 1, state = "done", returns = "u64", sig = "h: handle<channel>" }"#),
        "zircon call a: a call that returns no status cannot fail before its handler: no `creates`, raw handles"
    );
    assert_eq!(
        call(r#"a = { number = 1, state = "done", parks = true, creates = true }"#),
        "zircon call a: a call that parks does not create: it could not wait for memory as well"
    );
    assert_eq!(
        call(r#"a = { number = 1, state = "done", long = true, parks = true, returns = "u64" }"#),
        "zircon call a: `long` is for calls that return a status and do not block anyway"
    );
    for clash in [r#"blocking = true"#, r#"returns = "u64""#] {
        assert_eq!(
            call(&format!(r#"a = {{ number = 1, state = "done", long = true, {clash} }}"#)),
            "zircon call a: `long` is for calls that return a status and do not block anyway"
        );
    }
    for flag in ["", ", held"] {
        assert_eq!(
            call(&format!(
                r#"a = {{ number = 1, state = "done", returns = "void", sig = "h: handle<any{flag}>" }}"#
            )),
            "zircon call a: a call that returns no status cannot fail before its handler: no `creates`, raw handles"
        );
    }
    assert!(
        call(r#"a = { number = 1, state = "done", speed = 3 }"#)
            .starts_with("zircon call a: unknown field `speed`")
    );
    assert_eq!(
        call(r#"a = { number = 1, state = "done", errors = "OK" }"#),
        "zircon call a: there is no error `OK`"
    );
    assert_eq!(
        call(r#"a = { number = 1, state = "done", options = "X" }"#),
        "zircon call a: there is no constant `X`"
    );
    assert_eq!(
        call(r#"a = { number = 1, state = "done", options = "HANDLE_FLAG" }"#),
        "zircon call a: it has bits for `options`, and no such argument"
    );
    assert_eq!(mistake("[calls.plan9.x]"), "unknown ABI `plan9`");
    assert_eq!(mistake("[calls.zircon.x]"), "there is no call `region_list` to choose for");
}
