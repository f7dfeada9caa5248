//! The configuration space of PCI devices, by the two ports that every PC has for it: the first 256 bytes of each function.

use waitq::sync::Mutex;
use x86_64::instructions::port::Port;

const ENABLE: u32 = 1 << 31;

/// The port that takes the address, and the one where the word is.
struct Ports {
    address: Port<u32>,
    data: Port<u32>,
}

static PORTS: Mutex<Ports> = Mutex::new(Ports { address: Port::new(0xcf8), data: Port::new(0xcfc) });

/// What is written to find a word; `None` where these ports do not reach.
fn address(bus: u8, device: u8, function: u8, offset: u16) -> Option<u32> {
    let inside = device < 32 && function < 8 && offset < 256;
    let device = u32::from(bus) << 16 | u32::from(device) << 11 | u32::from(function) << 8;
    inside.then_some(ENABLE | device | u32::from(offset & !3))
}

/// A word; all ones where there is none.
pub fn read(bus: u8, device: u8, function: u8, offset: u16) -> u32 {
    let Some(address) = address(bus, device, function, offset) else { return u32::MAX };
    let mut ports = PORTS.lock();
    // SAFETY: reading a configuration space has no effect on memory.
    unsafe {
        ports.address.write(address);
        ports.data.read()
    }
}

/// Writes a word. It may let the device reach memory: without a translation of what devices reach, a driver is trusted with
/// what it tells its device.
pub fn write(bus: u8, device: u8, function: u8, offset: u16, value: u32) {
    let Some(address) = address(bus, device, function, offset) else { return };
    let mut ports = PORTS.lock();
    // SAFETY: the device alone is changed; what it does then is its driver's business, as said above.
    unsafe {
        ports.address.write(address);
        ports.data.write(value);
    }
}
