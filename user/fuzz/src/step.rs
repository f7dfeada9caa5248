//! A step: a call with eight arguments, each chosen with a preference for what gets past the first check.

use core::fmt;

use hafnon_user::{Rights, abi, clock};

use crate::{
    random::Random,
    table::{Access, Argument, CALLS, Call, Kind, PROPERTIES, TOPICS},
    world::{ARENA_BYTES, PLACE_BYTES, World},
};

/// A call about to be made.
pub struct Step {
    call: &'static Call,
    arguments: [Value; 8],
    /// What the memory that arguments point to is filled with.
    content: u64,
}

/// An argument before it is made.
#[derive(Clone, Copy)]
enum Value {
    /// This number.
    Number(u64),
    /// The handle in this slot, which may be closed by now.
    Slot(usize),
    /// The address of this slot.
    PlaceOfSlot(usize),
    /// The address of memory of its own, filled with something sensible.
    Place(usize),
    /// An address in the arena, parts of which are unmapped, read-only, or will be.
    Arena(usize),
    /// So many nanoseconds from now.
    Soon(i64),
    /// The address of code that a thread may begin at.
    Entry,
}

const NUMBERS: [u64; 22] = [
    0,
    1,
    2,
    3,
    4,
    7,
    8,
    16,
    32,
    63,
    64,
    65,
    255,
    1000,
    4095,
    4096,
    4097,
    8192,
    65_536,
    1 << 20,
    1 << 40,
    u64::MAX,
];

/// Addresses that no program has.
const BAD_ADDRESSES: [u64; 6] =
    [0, 1, 0x7fff_ffff_f000, 0x0000_8000_0000_0000, 0xffff_8000_0000_0000, u64::MAX - 3];

impl Step {
    /// The step that `random` chooses in `world`. The first steps of a thread create objects.
    pub fn choose(random: &mut Random, world: &World, first: bool) -> Self {
        let call = choose_call(random, first);
        let mut step = Self { call, arguments: [Value::Number(0); 8], content: random.next() };
        for (position, argument) in call.arguments.iter().enumerate() {
            step.arguments[position] = match argument.kind {
                Kind::Scalar { .. } => scalar(random, call, argument),
                Kind::Handle { object, optional, .. } => handle(random, world, object, optional),
                Kind::Pointer { access, element, length, optional } => {
                    let lone = length.is_none() && element == size_of::<u32>() && access == Access::Out;
                    pointer(random, world, call, position, lone, optional)
                }
            };
        }
        // Only now: a length may stand before or behind what it measures.
        for argument in call.arguments {
            if let Kind::Pointer { length: Some(length), element, .. } = argument.kind {
                step.arguments[length] = Value::Number(count(random, element));
            }
        }
        step
    }

    /// Makes the call; whether it succeeded, as far as its result tells.
    pub fn make(&self, world: &World, thread: usize) -> bool {
        let mut random = Random::of(&[self.content]);
        let mut arguments = [0; 8];
        for (argument, value) in arguments.iter_mut().zip(self.arguments) {
            if let Value::Place(place) = value {
                world.fill(thread, place, &mut random);
            }
            *argument = value.resolve(world, thread);
        }
        // SAFETY: that it may end badly for this process is the purpose; the kernel has to stand it.
        unsafe { (self.call.make)(&arguments) >= 0 }
    }
}

fn choose_call(random: &mut Random, first: bool) -> &'static Call {
    loop {
        let call = random.pick(CALLS);
        let rare = call.prints && !random.one_in(200)
            || call.ends_the_caller && !random.one_in(30)
            || call.name.contains("syscall_test") && !random.one_in(10);
        if !(rare || first && !call.name.ends_with("_create")) {
            return call;
        }
    }
}

fn scalar(random: &mut Random, call: &Call, argument: &Argument) -> Value {
    match argument.name {
        "deadline" => deadline(random),
        "timeout" | "nanoseconds" => Value::Number(random.below(100_000) as u64),
        "options" | "flags" => Value::Number(options(random, call.options)),
        "rights" => Value::Number(match random.below(4) {
            0 => random.next() & 0x7f_ffff,
            1 => u64::from(Rights::BASIC.bits()),
            _ => u64::from(Rights::SAME_RIGHTS.bits()),
        }),
        "topic" => Value::Number(*random.pick(TOPICS)),
        "property" => Value::Number(*random.pick(PROPERTIES)),
        "signals" | "waitfor" | "set_mask" | "clear_mask" => Value::Number(1 << random.below(32)),
        "entry" | "thread_entry" if !random.one_in(8) => Value::Entry,
        "stack" if !random.one_in(8) => Value::Place(PLACE_BYTES - 8),
        "addr" => match random.below(4) {
            0 => Value::Number(*random.pick(&BAD_ADDRESSES)),
            _ => Value::Arena(random.below(ARENA_BYTES) & !0xfff),
        },
        "vmar_offset" | "vmo_offset" | "offset" => Value::Number((random.below(20) as u64) << 12),
        "koid" => Value::Number(1024 + random.below(4096) as u64),
        _ => number(random),
    }
}

fn number(random: &mut Random) -> Value {
    Value::Number(match random.below(8) {
        0 => random.next(),
        1..5 => *random.pick(&NUMBERS[..9]),
        _ => *random.pick(&NUMBERS),
    })
}

fn deadline(random: &mut Random) -> Value {
    match random.below(300) {
        0 => Value::Number(i64::MAX as u64),
        1..120 => Value::Number(0),
        120..150 => Value::Soon(-1000),
        150..280 => Value::Soon(20_000),
        _ => Value::Soon(500_000),
    }
}

fn options(random: &mut Random, known: u64) -> u64 {
    match random.below(8) {
        0 => 1 << random.below(32),
        1..4 => known & random.next(),
        // Placement and permission of mappings need several at once.
        4 => u64::from(abi::VM_PERM_READ | abi::VM_PERM_WRITE | abi::VM_SPECIFIC),
        _ => 0,
    }
}

fn handle(random: &mut Random, world: &World, object: &str, optional: bool) -> Value {
    match random.below(16) {
        0 => Value::Number(random.next() & 0xffff_ffff),
        1 if optional => Value::Number(0),
        2 | 3 => Value::Slot(world.any_slot(random)),
        _ => Value::Slot(world.slot_for(random, object)),
    }
}

fn pointer(
    random: &mut Random,
    world: &World,
    call: &Call,
    position: usize,
    may_be_handle: bool,
    optional: bool,
) -> Value {
    if may_be_handle && !random.one_in(6) {
        let created = call.name.strip_suffix("_create").and_then(|name| name.split_once('_'));
        return Value::PlaceOfSlot(match created {
            Some((_, object)) => world.slot_for(random, object),
            None => world.any_slot(random),
        });
    }
    match random.below(8) {
        0 if optional => Value::Number(0),
        // The vDSO's own code would fault.
        0 if !call.local => Value::Number(*random.pick(&BAD_ADDRESSES)),
        1 | 2 if !call.local => Value::Arena(random.below(ARENA_BYTES)),
        _ => Value::Place(position * (PLACE_BYTES / 8) + 8 * random.below(4)),
    }
}

/// How many elements a pointer points to: usually few, sometimes as many as a limit, or more than there is memory.
fn count(random: &mut Random, element: usize) -> u64 {
    match random.below(16) {
        0 => *random.pick(&NUMBERS),
        1 => 64,
        2 => (65_536 / element.max(1)) as u64,
        _ if element == 1 => 8 * random.below(16) as u64,
        _ => random.below(6) as u64,
    }
}

impl Value {
    fn resolve(self, world: &World, thread: usize) -> usize {
        match self {
            Self::Number(number) => number as usize,
            Self::Slot(slot) => world.handle(slot) as usize,
            Self::PlaceOfSlot(slot) => world.address_of_slot(slot),
            Self::Place(place) => world.place(thread, place),
            Self::Arena(offset) => world.arena() + offset,
            Self::Soon(after) => clock::deadline_after(after) as usize,
            Self::Entry => crate::worker::entry as *const () as usize,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.call.name)?;
        for (position, argument) in self.call.arguments.iter().enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            write!(f, "{comma}{} = {}", argument.name, self.arguments[position])?;
        }
        write!(f, ") content {:#x}", self.content)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) if *number < 0x1_0000 => write!(f, "{number}"),
            Self::Number(number) => write!(f, "{number:#x}"),
            Self::Slot(slot) => write!(f, "handle[{slot}]"),
            Self::PlaceOfSlot(slot) => write!(f, "&handle[{slot}]"),
            Self::Place(place) => write!(f, "place+{place:#x}"),
            Self::Arena(offset) => write!(f, "arena+{offset:#x}"),
            Self::Soon(after) => write!(f, "now{after:+}"),
            Self::Entry => write!(f, "entry"),
        }
    }
}
