//! User memory, as addresses that can not be dereferenced.
//!
//! System calls get their pointer arguments as [`In`], [`Out`], [`InOut`], [`InSlice`] and [`OutSlice`].
//! They hold any address a program likes to pass. Copying checks that it is a user address, and survives
//! that nothing is mapped there: the instructions that touch user memory are listed in the section
//! `.fixups`, where the trap handler finds the place to continue at, with the faulting address in rax.
//! The fault is then given to the [fault handler](set_fault_handler), and the copy goes on where it
//! stopped; a fault that is not resolved is INVALID_ARGS, or NO_MEMORY where a page could not be had. The two calls
//! that tell more of it have [`InSlice::with_page`] and [`OutSlice::fill`].
//!
//! All of this acts on the address space that is active on this CPU.

use super::copy::{self, copy_from_user, copy_to_user, retry};
use super::frames;
use super::layout::PAGE_SIZE;
use abi::Status;
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::mem::{MaybeUninit, transmute_copy};
use core::slice;
use objects::memory::vmar::FaultError;
use zerocopy::{FromBytes, Immutable, IntoBytes};

pub use super::copy::{Fault, set_fault_handler};

/// A user address that a `T` is read from.
pub struct In<T>(u64, PhantomData<fn() -> T>);

/// A user address that a `T` is written to.
pub struct Out<T>(u64, PhantomData<fn(T)>);

/// A user address that a `T` is read from and written to.
pub struct InOut<T>(u64, PhantomData<fn(T) -> T>);

/// A user address that a number of `T` are read from.
pub struct InSlice<T>(u64, usize, PhantomData<fn() -> T>);

/// A user address that a number of `T` are written to.
pub struct OutSlice<T>(u64, usize, PhantomData<fn(T)>);

macro_rules! pointer {
    ($name:ident $(, $length:ident)?) => {
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}

        impl<T> $name<T> {
            /// What a program passed: any value will do.
            #[inline(always)]
            pub const fn new(address: u64 $(, $length: usize)?) -> Self {
                Self(address $(, $length)?, PhantomData)
            }

            /// The address.
            #[inline(always)]
            pub const fn address(self) -> u64 {
                self.0
            }

            /// Whether the address is 0, which means "none" for optional arguments.
            #[inline(always)]
            pub const fn is_null(self) -> bool {
                self.0 == 0
            }
        }
    };
}

macro_rules! slice {
    ($name:ident) => {
        pointer!($name, length);

        impl<T> $name<T> {
            /// The number of elements that the program says there are.
            #[inline(always)]
            pub const fn len(self) -> usize {
                self.1
            }

            /// Whether the program says there is nothing.
            #[inline(always)]
            pub const fn is_empty(self) -> bool {
                self.1 == 0
            }

            /// The elements from `start` on, at most `length`.
            pub const fn part(self, start: usize, length: usize) -> Self {
                let start = if start < self.1 { start } else { self.1 };
                let rest = self.1 - start;
                let length = if length < rest { length } else { rest };
                Self::new(self.0.saturating_add(start.saturating_mul(size_of::<T>()) as u64), length)
            }
        }
    };
}

pointer!(In);
pointer!(Out);
pointer!(InOut);
slice!(InSlice);
slice!(OutSlice);

impl<T: FromBytes> In<T> {
    /// Reads the value.
    #[inline]
    pub fn read(self) -> Result<T, Status> {
        read(self.0)
    }
}

impl<T: IntoBytes + Immutable> Out<T> {
    /// Writes a value.
    #[inline]
    pub fn write(self, value: &T) -> Result<(), Status> {
        write(self.0, value)
    }

    /// Writes a value, unless the address is 0.
    #[inline]
    pub fn write_optional(self, value: &T) -> Result<(), Status> {
        if self.is_null() { Ok(()) } else { self.write(value) }
    }
}

impl<T: FromBytes + IntoBytes + Immutable> InOut<T> {
    /// Reads the value.
    #[inline]
    pub fn read(self) -> Result<T, Status> {
        read(self.0)
    }

    /// Writes a value.
    #[inline]
    pub fn write(self, value: &T) -> Result<(), Status> {
        write(self.0, value)
    }
}

impl<T: FromBytes> InSlice<T> {
    /// Reads one element; INVALID_ARGS beyond the end.
    pub fn read_at(self, index: usize) -> Result<T, Status> {
        if index >= self.1 {
            return Err(Status::INVALID_ARGS);
        }
        read(self.part(index, 1).0)
    }

    /// Reads as many elements as `buffer` has; INVALID_ARGS when the program says there are fewer.
    pub fn read_into(self, buffer: &mut [T]) -> Result<(), Status> {
        // SAFETY: a slice of values as one of possibly uninitialised ones: only whole values are written
        // there, and any bytes are a value.
        self.read_uninit(unsafe { &mut *(core::ptr::from_mut(buffer) as *mut [MaybeUninit<T>]) })
    }

    /// Reads as [`Self::read_into`] does. All of `buffer` is initialised if the result is `Ok`.
    pub fn read_uninit(self, buffer: &mut [MaybeUninit<T>]) -> Result<(), Status> {
        if buffer.len() > self.1 {
            return Err(Status::INVALID_ARGS);
        }
        copy_from_user(self.0, as_bytes_mut(buffer)).map_err(refused)
    }

    /// Reads all elements into a new vector; OUT_OF_RANGE for more than `most`, NO_MEMORY when there is
    /// none.
    pub fn read_vec(self, most: usize) -> Result<Vec<T>, Status> {
        if self.1 > most {
            return Err(Status::OUT_OF_RANGE);
        }
        let mut values = room_for(self.1)?;
        self.read_uninit(&mut values.spare_capacity_mut()[..self.1])?;
        // SAFETY: that many values have been initialised, and any bytes are a value.
        unsafe { values.set_len(self.1) };
        Ok(values)
    }
}

impl InSlice<u8> {
    /// Reads all bytes onto the stack, and has them used. They are a page at most, or it panics. An error tells why
    /// they can not be read.
    pub fn with_page<R>(self, with: impl FnOnce(&[u8]) -> R) -> Result<R, FaultError> {
        let mut page = [const { MaybeUninit::<u8>::uninit() }; PAGE_SIZE as usize];
        let part = &mut page[..self.1];
        copy_from_user(self.0, part)?;
        // SAFETY: that part has been initialised.
        Ok(with(unsafe { &*(core::ptr::from_ref(part) as *const [u8]) }))
    }
}

impl<T: IntoBytes + Immutable> OutSlice<T> {
    /// Writes one element; INVALID_ARGS beyond the end.
    pub fn write_at(self, index: usize, value: &T) -> Result<(), Status> {
        if index >= self.1 {
            return Err(Status::INVALID_ARGS);
        }
        write(self.part(index, 1).0, value)
    }

    /// Writes the elements of `values` to the start; INVALID_ARGS when there is no room for them.
    pub fn write_slice(self, values: &[T]) -> Result<(), Status> {
        if values.len() > self.1 {
            return Err(Status::INVALID_ARGS);
        }
        copy_to_user(self.0, values.as_bytes()).map_err(refused)
    }

    /// Writes `values`, which are as many as there is room for, or it panics. An error tells why they can not be
    /// written.
    pub fn fill(self, values: &[T]) -> Result<(), FaultError> {
        assert_eq!(values.len(), self.1, "a part of a buffer, and what is for it");
        copy_to_user(self.0, values.as_bytes())
    }
}

/// What memory that can not be accessed is to a call, unless its document says otherwise.
pub fn refused(reason: FaultError) -> Status {
    match reason {
        FaultError::NoMemory | FaultError::OverLimit | FaultError::Unpaid => Status::NO_MEMORY,
        FaultError::NotMapped | FaultError::Denied | FaultError::OutOfRange => Status::INVALID_ARGS,
    }
}

/// Resolves a fault, so that the access can be tried again; INVALID_ARGS if nothing may be accessed there,
/// NO_MEMORY if there is none for the page.
#[cold]
pub fn resolve(fault: Fault) -> Result<(), Status> {
    copy::resolve(fault).map_err(refused)
}

/// Room for so many values; NO_MEMORY when there is none beyond the reserve that is kept for small
/// objects. Little room comes out of that reserve, without a check for each.
#[inline(always)]
fn room_for<T>(length: usize) -> Result<Vec<T>, Status> {
    const SMALL: usize = 1024;
    if !frames::admit() {
        return Err(Status::NO_MEMORY);
    }
    if length.saturating_mul(size_of::<T>()) <= SMALL {
        return Ok(Vec::with_capacity(length));
    }
    let mut values = Vec::new();
    values.try_reserve_exact(length).map_err(|_| Status::NO_MEMORY)?;
    Ok(values)
}

/// Reads a futex's value, resolving a fault; INVALID_ARGS where nothing is or when it is not aligned.
pub fn load_u32(address: u64) -> Result<u32, Status> {
    retry(|| try_load_u32(address)).map_err(refused)
}

/// Reads a futex's value, in one access. A fault is not handled, so that a lock may be held: give it to
/// [`resolve`] without the lock, and try again. An address that is not aligned, or is no user address,
/// gives a fault that can not be resolved.
#[inline]
pub fn try_load_u32(address: u64) -> Result<u32, Fault> {
    if !address.is_multiple_of(4) {
        return Err(Fault { address: Fault::NOWHERE, write: false });
    }
    copy::load_u32(address)
}

/// Reads a value, in one access if it has the size of a register.
#[inline]
fn read<T: FromBytes>(address: u64) -> Result<T, Status> {
    // SAFETY (of all three): a `T` is that large, all its bytes are initialised, and any are a value.
    match size_of::<T>() {
        // SAFETY: see above.
        4 => Ok(unsafe { transmute_copy(&retry(|| copy::load_u32(address)).map_err(refused)?) }),
        // SAFETY: see above.
        8 => Ok(unsafe { transmute_copy(&retry(|| copy::load_u64(address)).map_err(refused)?) }),
        _ => {
            let mut value = MaybeUninit::uninit();
            copy_from_user(address, as_bytes_mut(slice::from_mut(&mut value))).map_err(refused)?;
            // SAFETY: see above.
            Ok(unsafe { value.assume_init() })
        }
    }
}

/// Writes a value, in one access if it has the size of a register.
#[inline]
fn write<T: IntoBytes + Immutable>(address: u64, value: &T) -> Result<(), Status> {
    let bytes = value.as_bytes();
    let written = match size_of::<T>() {
        4 => retry(|| copy::store_u32(address, u32::from_ne_bytes(*bytes.first_chunk().expect("4 bytes")))),
        8 => retry(|| copy::store_u64(address, u64::from_ne_bytes(*bytes.first_chunk().expect("8 bytes")))),
        _ => copy_to_user(address, bytes),
    };
    written.map_err(refused)
}

/// The bytes of values that need not be initialised.
fn as_bytes_mut<T>(values: &mut [MaybeUninit<T>]) -> &mut [MaybeUninit<u8>] {
    // SAFETY: the same memory; bytes need no alignment, and may be uninitialised.
    unsafe { slice::from_raw_parts_mut(values.as_mut_ptr().cast(), size_of_val(values)) }
}
