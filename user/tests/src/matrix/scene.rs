//! A call about to be made: its arguments and what they refer to.

use alloc::{boxed::Box, vec::Vec};

use hafnon_user::{
    AsHandle, Mapping, Rights,
    abi::zerocopy::{Immutable, IntoBytes},
    thread::JoinHandle,
    vmar::PAGE_SIZE,
};

use super::{Access, Call, Kind, objects, prepare};
use crate::{bad_memory::BadMemory, harness::call};

/// How much memory there is for each pointer argument, in bytes: as many fit into the page that there is.
const PLACE: usize = 512;

/// Arguments with which a call succeeds, until one is made wrong.
pub struct Scene<'a> {
    pub call: &'static Call,
    pub arguments: [usize; 8],
    /// Of each pointer, how many bytes it points to.
    pub lengths: [usize; 8],
    /// Handles that the call closes whatever its outcome, each with the argument that names it.
    consumed: Vec<(usize, u32)>,
    memory: &'a BadMemory,
    /// The handles that were there before.
    before: Vec<u32>,
    /// A thread that the call talks to, and the handle that it needs.
    partner: Option<(JoinHandle<()>, u32)>,
    /// A pointer points to pages that are not there yet.
    fresh: bool,
    /// What there is to be done when the call has been made.
    at_end: Vec<Box<dyn FnOnce()>>,
}

impl<'a> Scene<'a> {
    pub fn new(call: &'static Call, memory: &'a BadMemory) -> Self {
        let before = objects::open();
        let mut scene = Self {
            call,
            arguments: [0; 8],
            lengths: [0; 8],
            consumed: Vec::new(),
            memory,
            before,
            partner: None,
            fresh: false,
            at_end: Vec::new(),
        };
        for (position, argument) in call.arguments.iter().enumerate() {
            scene.fill_in(position, &argument.kind);
        }
        prepare::prepare(&mut scene);
        scene
    }

    /// The argument that most calls are content with.
    fn fill_in(&mut self, position: usize, kind: &Kind) {
        match *kind {
            Kind::Scalar { .. } | Kind::Handle { optional: true, .. } => {}
            Kind::Handle { object, rights, .. } => {
                let rights = rights.iter().fold(Rights::NONE, |all, right| all | *right);
                self.arguments[position] = objects::make(object, rights) as usize;
            }
            Kind::Pointer { element, length, .. } => {
                let count = match length {
                    None => 1,
                    Some(length) => {
                        self.arguments[length] = if element == 1 { 8 } else { 2 };
                        self.arguments[length]
                    }
                };
                self.lengths[position] = element * count;
                self.arguments[position] = self.place(position);
                self.put(position, &[0u8; PLACE]);
            }
        }
    }

    /// Good memory for the argument at this position, whether it is a pointer or not.
    pub fn place(&self, position: usize) -> usize {
        self.memory.good() + position * PLACE
    }

    /// Fills the memory of this position.
    pub fn put(&self, position: usize, value: &(impl IntoBytes + Immutable + ?Sized)) {
        let bytes = value.as_bytes();
        assert!(bytes.len() <= PLACE);
        put_at(self.place(position), bytes);
    }

    /// The bytes of a pointer argument, as they are now.
    pub fn bytes(&self, position: usize) -> Vec<u8> {
        let mut bytes = alloc::vec![0; self.lengths[position]];
        let place = core::ptr::with_exposed_provenance::<u8>(self.place(position));
        // SAFETY: the page is readable and nobody has a mutable reference into it.
        unsafe { core::ptr::copy_nonoverlapping(place, bytes.as_mut_ptr(), bytes.len()) };
        bytes
    }

    /// The argument of this name.
    pub fn get(&self, name: &str) -> usize {
        self.arguments[self.call.position(name)]
    }

    /// Changes a number.
    pub fn set(&mut self, name: &str, value: usize) {
        self.arguments[self.call.position(name)] = value;
    }

    /// The argument of this name, if the call has one.
    pub fn find(&self, name: &str) -> Option<usize> {
        let position = self.call.arguments.iter().position(|argument| argument.name == name);
        position.map(|position| self.arguments[position])
    }

    /// Changes a handle.
    pub fn set_handle(&mut self, name: &str, raw: u32) {
        self.set(name, raw as usize);
    }

    /// Gives a pointer other bytes to point to, and with them their length.
    pub fn point(&mut self, name: &str, value: &(impl IntoBytes + Immutable + ?Sized)) {
        let position = self.call.position(name);
        self.put(position, value);
        self.resize(name, size_of_val(value));
        self.arguments[position] = self.place(position);
    }

    /// As [`Scene::point`], to memory elsewhere.
    pub fn point_far(&mut self, name: &str, address: usize, value: &(impl IntoBytes + Immutable + ?Sized)) {
        put_at(address, value.as_bytes());
        self.point_to(name, address, size_of_val(value));
    }

    /// Gives a pointer other memory to point to.
    pub fn point_to(&mut self, name: &str, address: usize, length: usize) {
        self.resize(name, length);
        self.arguments[self.call.position(name)] = address;
    }

    /// How many bytes there are of each element that a pointer points to.
    pub fn element(&self, name: &str) -> usize {
        match self.call.arguments[self.call.position(name)].kind {
            Kind::Pointer { element, .. } => element,
            _ => panic!("{name} is no pointer"),
        }
    }

    /// Says how many bytes a pointer points to.
    pub fn resize(&mut self, name: &str, length: usize) {
        let position = self.call.position(name);
        self.lengths[position] = length;
        if let Kind::Pointer { element, length: Some(count), .. } = self.call.arguments[position].kind {
            self.arguments[count] = length / element;
        }
    }

    /// The call closes this handle, which the argument names, also when it fails.
    pub fn consume(&mut self, name: &str, raw: u32) {
        self.consumed.push((self.call.position(name), raw));
    }

    /// Has a pointer point to as many bytes, no page of which is there yet.
    pub fn point_to_fresh(&mut self, name: &str, length: usize) {
        let fresh = Mapping::anonymous(length.next_multiple_of(PAGE_SIZE), 0).expect("memory");
        self.point_to(name, fresh.address(), length);
        self.at_end(move || drop(fresh));
        self.fresh = true;
    }

    /// Does that with each pointer that the kernel only writes to.
    pub fn write_to_fresh(&mut self) {
        for (position, argument) in self.call.arguments.iter().enumerate() {
            let Kind::Pointer { access: Access::Out, length, .. } = argument.kind else { continue };
            let count = length.map_or(1, |length| self.arguments[length]);
            if self.arguments[position] != 0 && count != 0 {
                self.point_to_fresh(argument.name, self.lengths[position]);
            }
        }
    }

    /// Whether it has such a pointer.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// Forgets what the call closes.
    pub fn consume_no_more(&mut self) {
        self.consumed.clear();
    }

    /// Does this when the call has been made.
    pub fn at_end(&mut self, then: impl FnOnce() + 'static) {
        self.at_end.push(Box::new(then));
    }

    /// The call talks to this thread, which owns this handle, and ends when the other end of that is closed.
    pub fn talk_to(&mut self, thread: JoinHandle<()>, handle: u32) {
        self.partner = Some((thread, handle));
    }

    /// Handles that must be gone after the call has failed, and those that may be: they belong to the partner,
    /// or the list that names them is what is wrong.
    pub fn consumed(&self, wrong: Option<usize>) -> (Vec<u32>, Vec<u32>) {
        let mut must = Vec::new();
        // The partner closes its end when it has answered.
        let mut may = self.partner.iter().map(|(_, end)| *end).collect::<Vec<_>>();
        for &(position, raw) in &self.consumed {
            match self.call.arguments[position].kind {
                // Whatever handle is passed now.
                Kind::Handle { .. } => must.push(self.arguments[position] as u32),
                _ if wrong == Some(position) => may.push(raw),
                _ => must.push(raw),
            }
        }
        (must, may)
    }

    /// Makes the call.
    pub fn make(&self) -> i64 {
        // SAFETY: each argument is what the call can take, or something that it must refuse.
        unsafe { (self.call.make)(&self.arguments) }
    }

    /// Has a pointer point to memory that is bad in the way of this name. There is something to transfer, even
    /// if the call succeeds with nothing.
    pub fn spoil(&mut self, position: usize, how: &str) {
        let length = self.lengths[position];
        if let Kind::Pointer { element, length: Some(count), .. } = self.call.arguments[position].kind {
            self.arguments[count] = length / element;
        }
        assert!(length >= 2, "{}: too short to straddle anything", self.call.name);
        self.memory.fill(&self.bytes(position));
        let bad = self.memory.unwritable(length);
        let found = bad.iter().find(|(kind, _)| *kind == how).expect("a known kind of bad memory");
        self.arguments[position] = found.1;
    }
}

impl Drop for Scene<'_> {
    /// Closes all handles that have come since the scene was set.
    fn drop(&mut self) {
        self.at_end.drain(..).for_each(|then| then());
        let (thread, end) = self.partner.take().unzip();
        let kept = [thread.as_ref().map(|thread| thread.thread().raw()), end];
        for raw in objects::open() {
            if !self.before.contains(&raw) && !kept.contains(&Some(raw)) {
                call!(zx_handle_close(raw));
            }
        }
        // The partner ends now, and what it may have got from the call with it.
        drop(thread);
    }
}

/// Writes bytes to an address.
fn put_at(address: usize, bytes: &[u8]) {
    let place = core::ptr::with_exposed_provenance_mut::<u8>(address);
    // SAFETY: the memory is writable and nobody has a reference into it.
    unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), place, bytes.len()) };
}
