//! The classes of locks, numbered as they come.

use core::any;
use core::ptr;
use core::slice;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize};

/// How many classes there may be: the kernel has some fifty, and the tests of a crate add theirs.
pub(super) const CLASSES: usize = 192;

/// How many names: the compiler may make one more than once.
const NAMES: usize = 512;

/// A class of locks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Class(u8);

const _: () = assert!(CLASSES <= u8::MAX as usize + 1);

/// A name, and the number of its class.
struct Name {
    /// Null as long as there is none; the others are written before.
    text: AtomicPtr<u8>,
    length: AtomicUsize,
    number: AtomicUsize,
}

/// All names that were seen, each at the place that its address says, or behind it.
static TABLE: [Name; NAMES] = [const {
    Name { text: AtomicPtr::new(ptr::null_mut()), length: AtomicUsize::new(0), number: AtomicUsize::new(0) }
}; NAMES];
/// How many classes there are, and their names.
static COUNT: AtomicUsize = AtomicUsize::new(0);
static NAME_OF: [AtomicUsize; CLASSES] = [const { AtomicUsize::new(0) }; CLASSES];
/// Whether a name is being added.
static ADDING: AtomicBool = AtomicBool::new(false);

impl Name {
    /// The name here, and its class, if there is one.
    fn get(&self) -> Option<(&'static str, Class)> {
        let text = self.text.load(Acquire);
        if text.is_null() {
            return None;
        }
        // SAFETY: `add` wrote both parts of a static text before its pointer.
        let text =
            unsafe { core::str::from_utf8_unchecked(slice::from_raw_parts(text, self.length.load(Relaxed))) };
        Some((text, Class(self.number.load(Relaxed) as u8)))
    }
}

impl Class {
    /// That of locks which guard such a value.
    pub fn of<T>() -> Self {
        let name = any::type_name::<T>();
        Self::known(name).unwrap_or_else(|| Self::add(name))
    }

    /// That of this number.
    pub fn numbered(number: usize) -> Self {
        Self(number as u8)
    }

    /// Its number.
    pub fn number(self) -> usize {
        usize::from(self.0)
    }

    /// Its name: the type.
    pub fn name(self) -> &'static str {
        TABLE[NAME_OF[self.number()].load(Relaxed)].get().map_or("?", |(name, _)| name)
    }

    /// That of a name at this very place.
    fn known(name: &'static str) -> Option<Self> {
        let is_it = |have: &str| ptr::eq(have.as_ptr(), name.as_ptr()) && have.len() == name.len();
        places(name)
            .map_while(|place| TABLE[place].get())
            .find(|(have, _)| is_it(have))
            .map(|(_, class)| class)
    }

    #[cold]
    fn add(name: &'static str) -> Self {
        while ADDING.swap(true, Acquire) {
            core::hint::spin_loop();
        }
        // Another CPU may just have added it.
        let class = Self::known(name).or_else(|| Self::add_alone(name));
        ADDING.store(false, Release);
        class.expect("there is room for the classes of locks")
    }

    /// Adds a name, and a class unless one has this name already, with the table to oneself.
    fn add_alone(name: &'static str) -> Option<Self> {
        let place = places(name).find(|place| TABLE[*place].get().is_none())?;
        let same = TABLE.iter().filter_map(Name::get).find(|(have, _)| *have == name);
        let number = same.map_or_else(|| COUNT.load(Relaxed), |(_, class)| class.number());
        if same.is_none() {
            NAME_OF.get(number)?.store(place, Relaxed);
            COUNT.store(number + 1, Relaxed);
        }
        let Name { text, length, number: numbered } = &TABLE[place];
        length.store(name.len(), Relaxed);
        numbered.store(number, Relaxed);
        text.store(name.as_ptr().cast_mut(), Release);
        Some(Self(number as u8))
    }
}

/// Where in the table a name may be, in their order.
fn places(name: &str) -> impl Iterator<Item = usize> {
    let first = name.as_ptr().addr().wrapping_mul(0x9e37_79b9) >> 8;
    (first..first + NAMES).map(|place| place % NAMES)
}
