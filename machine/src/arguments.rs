//! QEMU's command line for a machine.

use std::{ffi::OsString, path::Path};

use crate::{Accelerator, Boot, Machine};

/// Descriptors that QEMU inherits. 0 to 2 are the standard streams.
pub const CONTROL: i32 = 3;
/// QEMU's end of the monitor's socket pair.
pub const MONITOR: i32 = 4;
/// The ramdisk.
pub const RAMDISK: i32 = 5;
/// The listening socket for a debugger.
pub const DEBUGGER: i32 = 6;

/// What QEMU 7 and later make of `machine`.
pub fn arguments(machine: &Machine) -> Vec<OsString> {
    let mut all = Arguments(Vec::new());
    all.hardware(machine);
    all.streams();
    all.boot(&machine.boot);
    if machine.debugger.is_some() {
        all.add(&["-S", "-gdb", "chardev:debugger", "-chardev"]);
        all.add(&[&format!("socket,id=debugger,fd={DEBUGGER},server=on,wait=off")]);
    }
    all.0
}

/// What QEMU needs to make the hardware of `machine`, obey the monitor on its standard input, and nothing more.
pub fn hardware(machine: &Machine) -> Vec<OsString> {
    let mut all = Arguments(Vec::new());
    all.hardware(machine);
    all.add(&["-S", "-monitor", "stdio"]);
    all.0
}

struct Arguments(Vec<OsString>);

impl Arguments {
    fn add(&mut self, words: &[&str]) {
        self.0.extend(words.iter().map(OsString::from));
    }

    fn hardware(&mut self, machine: &Machine) {
        let (accelerator, cpu) = match machine.accelerator {
            Accelerator::Tcg => ("tcg", "max"),
            Accelerator::Kvm => ("kvm", "host"),
        };
        let cpu = machine.cpu.as_deref().unwrap_or(cpu);
        let cpus = machine.cpus.to_string();
        self.add(&["-nodefaults", "-no-user-config", "-display", "none"]);
        self.add(&["-machine", "q35", "-cpu", cpu, "-accel", accelerator]);
        self.add(&["-smp", &cpus, "-m", &machine.memory]);
        if machine.counted {
            self.add(&["-icount", "shift=0,sleep=off"]);
        }
        // A guest that resets itself (a triple fault does) stops, with its registers kept.
        self.add(&["-no-reboot", "-no-shutdown"]);
        self.add(&["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]);
        for device in &machine.devices {
            self.add(&["-device", device]);
        }
    }

    fn streams(&mut self) {
        self.add(&["-chardev", "stdio,id=console,signal=off"]);
        self.add(&["-serial", "chardev:console"]);
        self.add(&["-chardev", &format!("socket,id=control,fd={CONTROL}")]);
        self.add(&["-serial", "chardev:control"]);
        self.add(&["-chardev", &format!("socket,id=monitor,fd={MONITOR}")]);
        self.add(&["-mon", "chardev=monitor,mode=control"]);
    }

    fn boot(&mut self, boot: &Boot) {
        match boot {
            Boot::Direct { kernel, ramdisk, words } => {
                self.add(&["-kernel"]);
                self.0.push(kernel.into());
                if ramdisk.is_some() {
                    self.add(&["-initrd", &format!("/proc/self/fd/{RAMDISK}")]);
                }
                self.add(&["-append", &words.join(" ")]);
            }
            Boot::Disk { image, firmware } => {
                // The boot stages want a screen. Writes stay in memory, so that an image
                // is the same after a run and may be booted twice at once.
                self.add(&["-vga", "std", "-drive"]);
                self.0.push(option("if=ide,format=raw,snapshot=on,file=", image));
                if let Some(firmware) = firmware {
                    self.firmware(firmware);
                }
            }
        }
    }

    fn firmware(&mut self, firmware: &Path) {
        if firmware.ends_with("OVMF.fd") {
            self.add(&["-bios"]);
            self.0.push(firmware.into());
        } else {
            self.add(&["-drive"]);
            self.0.push(option("if=pflash,format=raw,readonly=on,file=", firmware));
        }
    }
}

/// An option that ends in a file name; QEMU wants commas in it doubled.
fn option(prefix: &str, file: &Path) -> OsString {
    format!("{prefix}{}", file.display().to_string().replace(',', ",,")).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mute;

    fn line(machine: &Machine) -> String {
        let words = arguments(machine);
        words.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn direct_boot() {
        let words = vec!["run=bin/init".into(), "arg=1".into()];
        let mut machine = Machine::new(Boot::Direct { kernel: "k.elf".into(), ramdisk: None, words }, Mute);
        machine.cpus = 4;
        machine.counted = true;
        let line = line(&machine);
        assert!(line.contains("-kernel k.elf -append run=bin/init arg=1"), "{line}");
        assert!(line.contains("-smp 4 -m 512M -icount shift=0,sleep=off"), "{line}");
        assert!(!line.contains("-initrd") && !line.contains("-gdb"), "{line}");
    }

    #[test]
    fn image_names_may_hold_commas() {
        let boot = Boot::Disk { image: "a,b.img".into(), firmware: Some("/x/OVMF.fd".into()) };
        let line = line(&Machine::new(boot, Mute));
        assert!(line.contains("file=a,,b.img"), "{line}");
        assert!(line.contains("-bios /x/OVMF.fd"), "{line}");
    }

    #[test]
    fn firmware_without_a_place_for_variables_is_flash() {
        let boot = Boot::Disk { image: "a.img".into(), firmware: Some("/x,y/OVMF_CODE_4M.fd".into()) };
        let line = line(&Machine::new(boot, Mute));
        assert!(
            line.contains("-drive if=pflash,format=raw,readonly=on,file=/x,,y/OVMF_CODE_4M.fd"),
            "{line}"
        );
        assert!(!line.contains("-bios"), "{line}");
    }

    #[test]
    fn options_reach_qemu() {
        let boot = Boot::Direct { kernel: "k.elf".into(), ramdisk: None, words: Vec::new() };
        let machine =
            Machine { memory: "64M".into(), cpu: Some("qemu64".into()), ..Machine::new(boot, Mute) };
        let line = line(&machine);
        assert!(line.contains("-cpu qemu64 -accel tcg -smp 2 -m 64M"), "{line}");
    }
}
