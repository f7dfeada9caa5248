//! The C headers compile, alone and together, as C and as C++, and agree with Rust about sizes.

use super::{root, spec};
use hafnon_generator::emit::c_headers;
use hafnon_generator::model::Abi;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const C: &[&str] = &["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-nostdlib", "-ffreestanding"];
const HOSTED: &[&str] = &["-std=gnu11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-nostdlib"];
const CPP: &[&str] = &["-std=c++17", "-Wall", "-Wextra", "-Werror", "-nostdlib", "-ffreestanding"];
const OLDER_CPP: &[&str] = &["-std=c++11", "-Wall", "-Wextra", "-Werror", "-nostdlib"];

/// Compiles a source against the committed headers; panics with what the compiler says.
fn compile(compiler: &str, flags: &[&str], name: &str, text: &str) {
    let source = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&source, text).expect("the test's own directory is writable");
    let mut command = Command::new(compiler);
    command.args(flags).arg("-I").arg(root().join(c_headers::DIRECTORY)).arg("-c").arg(&source);
    let output = command.arg("-o").arg(source.with_extension("o")).output().expect("the compiler starts");
    assert!(output.status.success(), "{compiler} {name}:\n{}", String::from_utf8_lossy(&output.stderr));
}

/// Names under which C programs include the headers.
fn headers() -> impl Iterator<Item = String> {
    let directories =
        ["magenta/", "magenta/syscalls/", "zircon/", "zircon/syscalls/", "", "sys/"].into_iter();
    let names = directories.flat_map(|directory| {
        let entries =
            fs::read_dir(root().join(c_headers::DIRECTORY).join(directory)).expect("the headers are there");
        entries.flatten().map(move |entry| format!("{directory}{}", entry.file_name().display()))
    });
    names.filter(|name| name.ends_with(".h"))
}

/// A header that would not would lack constants without any error.
#[test]
fn each_header_takes_its_section() {
    let sections = c_headers::sections(&spec());
    for header in headers().chain(sections.keys().cloned()) {
        let text = fs::read_to_string(root().join(c_headers::DIRECTORY).join(&header)).unwrap_or_default();
        let takes: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("#define HAFNON_DECLARED_")).collect();
        let own = c_headers::section(&header);
        let wanted = sections.contains_key(&header).then(|| own.trim_start_matches("HAFNON_DECLARED_"));
        assert_eq!(takes, Vec::from_iter(wanted), "{header}");
        assert_eq!(text.matches("#include <hafnon/declared.h>").count(), takes.len(), "{header}");
    }
}

/// A program that includes everything and checks the size of every structure. One header makes a macro of a word that
/// the others may want to use.
fn everything(assert: &str) -> String {
    let includes: String = headers().map(|name| format!("#include <{name}>\n")).collect();
    let sizes: String = spec()
        .structs
        .iter()
        .map(|item| {
            let prefix = Abi::of_header(&item.header).prefix();
            format!("{assert}(sizeof({prefix}_{0}_t) == {1}, \"{0}\");\n", item.name, item.size)
        })
        .collect();
    format!("#include <stdnoreturn.h>\n{includes}{sizes}")
}

#[test]
fn headers_compile_together() {
    compile("gcc", C, "all.c", &everything("_Static_assert"));
    compile("gcc", HOSTED, "all_hosted.c", &everything("_Static_assert"));
}

#[test]
fn headers_compile_in_cpp() {
    if Command::new("g++").arg("--version").output().is_err() {
        eprintln!("no g++ here: not tested as C++");
        return;
    }
    compile("g++", CPP, "all.cc", &everything("static_assert"));
    compile("g++", OLDER_CPP, "all_older.cc", &everything("static_assert"));
}

#[test]
fn numbers_of_calls_compile() {
    let mut program =
        "#include <magenta/mx-syscall-numbers.h>\n#include <zircon/zx-syscall-numbers.h>\n".to_owned();
    for call in spec().calls.iter().filter(|call| call.abi.has_functions()) {
        let Some(number) = call.full_number() else { continue };
        let name = format!("{}_SYS_{}", call.abi.prefix().to_uppercase(), call.name);
        program += &format!("_Static_assert({name} == {number}, \"{name}\");\n");
    }
    compile("gcc", C, "numbers.c", &program);
}

#[test]
fn headers_compile_alone() {
    for name in headers() {
        let file = format!("alone_{}.c", name.replace('/', "_"));
        let program = format!("#include <{name}>\nint alone(void);\nint alone(void) {{ return 0; }}\n");
        compile("gcc", C, &file, &program);
        compile("gcc", HOSTED, &file, &program);
    }
}

#[test]
fn programs_for_zircon_compile() {
    let program = r#"
        #include <zircon/process.h>
        #include <zircon/processargs.h>
        #include <zircon/status.h>
        #include <zircon/syscalls.h>

        static zx_futex_t word;

        zx_status_t program(void);
        zx_status_t program(void) {
            zx_handle_t a, b, port;
            zx_status_t status = zx_channel_create(0, &a, &b);
            if (status != ZX_OK) return status;
            char bytes[4] = {1, 2, 3, 4};
            zx_channel_write(a, 0, bytes, sizeof(bytes), NULL, 0);
            zx_channel_call_args_t args = {.wr_bytes = bytes, .wr_num_bytes = 4, .rd_bytes = bytes, .rd_num_bytes = 4};
            uint32_t actual_bytes, actual_handles;
            zx_channel_call(a, 0, zx_deadline_after(ZX_MSEC(5)), &args, &actual_bytes, &actual_handles);
            zx_port_create(0, &port);
            zx_object_wait_async(b, port, 7, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, ZX_WAIT_ASYNC_ONCE);
            zx_port_packet_t packet = {.key = 1, .type = ZX_PKT_TYPE_USER, .user = {.u64 = {1, 2, 3, 4}}};
            zx_port_queue(port, &packet);
            zx_port_wait(port, ZX_TIME_INFINITE, &packet);
            if (ZX_PKT_IS_SIGNAL_ONE(packet.type)) status = (zx_status_t)packet.signal.observed;
            zx_info_handle_basic_t info;
            zx_object_get_info(a, ZX_INFO_HANDLE_BASIC, &info, sizeof(info), NULL, NULL);
            zx_wait_item_t items[] = {{.handle = a, .waitfor = ZX_CHANNEL_READABLE, .pending = 0}};
            zx_object_wait_many(items, 1, ZX_TIME_INFINITE);
            zx_futex_wait(&word, 0, ZX_HANDLE_INVALID, zx_clock_get_monotonic());
            zx_vaddr_t address;
            zx_vmar_map(zx_vmar_root_self(), ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, a, 0, ZX_PAGE_SIZE, &address);
            zx_object_set_property(zx_process_self(), ZX_PROP_NAME, "name", 4);
            _zx_handle_close(zx_take_startup_handle(PA_HND(PA_USER0, 0)));
            return zx_status_get_string(status)[0];
        }
    "#;
    compile("gcc", C, "program.c", program);
}

#[test]
fn programs_for_magenta_compile() {
    let program = r#"
        #include <magenta/syscalls.h>
        #include <magenta/syscalls/datapipe.h>
        #include <magenta/syscalls/log.h>
        #include <magenta/syscalls/object.h>
        #include <magenta/syscalls/port.h>

        static mx_futex_t word;

        mx_status_t program(void);
        mx_status_t program(void) {
            mx_handle_t a, b, port, set, producer, consumer, log;
            mx_status_t status = mx_channel_create(0, &a, &b);
            if (status != NO_ERROR) return status;
            uint32_t actual_bytes, actual_handles;
            char bytes[4] = {1, 2, 3, 4};
            mx_channel_write(a, 0, bytes, sizeof(bytes), NULL, 0);
            mx_channel_read(b, 0, bytes, sizeof(bytes), &actual_bytes, NULL, 0, &actual_handles);
            mx_signals_t observed;
            status = mx_handle_wait_one(a, MX_CHANNEL_READABLE | MX_SIGNAL_PEER_CLOSED, MX_MSEC(5), &observed);
            if (status == ERR_REMOTE_CLOSED || status == MX_ERR_TIMED_OUT) return status;
            mx_wait_item_t items[] = {{.handle = a, .waitfor = MX_CHANNEL_READABLE, .pending = 0}};
            mx_handle_wait_many(items, 1, MX_TIME_INFINITE);
            mx_port_create(0, &port);
            mx_port_bind(port, 7, b, MX_CHANNEL_READABLE);
            struct {
                mx_packet_header_t hdr;
                char payload[8];
            } packet = {{.key = 1, .type = MX_PORT_PKT_TYPE_USER, .extra = 2}, "payload"};
            mx_port_queue(port, &packet, sizeof(packet));
            mx_io_packet_t told;
            mx_port_wait(port, MX_TIME_INFINITE, &told, sizeof(told));
            if (told.hdr.type == MX_PORT_PKT_TYPE_IOSN) status = (mx_status_t)told.signals;
            mx_waitset_create(0, &set);
            mx_waitset_add(set, 9, a, MX_SIGNAL_SIGNALED);
            mx_waitset_result_t results[2];
            uint32_t count = 2;
            mx_waitset_wait(set, 0, results, &count);
            mx_datapipe_create(0, 1, 0, &consumer, &producer);
            mx_size_t actual;
            mx_datapipe_write(producer, MX_DATAPIPE_WRITE_FLAG_ALL_OR_NONE, bytes, 4, &actual);
            mx_log_create(MX_LOG_FLAG_READABLE, &log);
            char record[MX_LOG_RECORD_MAX];
            mx_log_read(log, sizeof(record), record, 0);
            mx_futex_wait(&word, 0, MX_SEC(1));
            mx_nanosleep(MX_USEC(3));
            char version[32];
            mx_version_get(version, sizeof(version));
            return _mx_time_get(MX_CLOCK_MONOTONIC) > mx_num_cpus() ? mx_handle_close(a) : MX_OK;
        }
    "#;
    compile("gcc", C, "magenta.c", program);
}
