//! A value of any type that fits, in room that is there already: what an enum of these types would be, without a list
//! of them. So whoever keeps a wait between two polls need not know the kinds of waits that there are.
//!
//! ```text
//!   nothing ── keep::<T>() ──▶ a T, at rest ── Kept::go_on() ──▶ a T that goes on: `going_on()` shows it as `D`
//!                                  ▲ │ keep::<U>(): another                 │
//!                                  └─┴───────────── rest() ◀────────────────┘
//! ```
//! The value stays when it rests, so that the next one of its type need not be made anew.

use core::any::TypeId;
use core::cell::UnsafeCell;
use core::marker::{PhantomData, PhantomPinned};
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::ptr::{self, NonNull};

/// A trait object type that a `T` can be seen as.
pub trait See<T> {
    /// The same value, all of it.
    fn see(value: &mut T) -> &mut Self;
}

/// Room of so many bytes, aligned to 8, for a value that can be seen as `D`.
pub struct InPlace<D: ?Sized, const SIZE: usize> {
    /// The type of the value that is in the room.
    kind: Option<&'static Kind>,
    /// The value in the room, while it goes on.
    going_on: Option<NonNull<D>>,
    room: Room<SIZE>,
    _pinned: PhantomPinned,
}

/// Memory for the value, which others may know and change while it goes on, such as the queue that a wait is in.
#[repr(C, align(8))]
struct Room<const SIZE: usize>(UnsafeCell<MaybeUninit<[u8; SIZE]>>);

/// What a type is known by. No two types have the same address of it, as their contents differ.
struct Kind {
    #[expect(dead_code, reason = "it tells one from another")]
    id: TypeId,
    drop: unsafe fn(*mut u8),
}

/// The kind that a type is.
trait IsKind {
    const KIND: &'static Kind;
}

impl<T: 'static> IsKind for T {
    const KIND: &'static Kind = &Kind {
        id: TypeId::of::<T>(),
        // SAFETY: whoever calls it has a `T` there, which is not used any more.
        drop: |value| unsafe { ptr::drop_in_place(value.cast::<T>()) },
    };
}

// SAFETY: only what is `Send` is kept.
unsafe impl<D: ?Sized, const SIZE: usize> Send for InPlace<D, SIZE> {}

impl<D: ?Sized, const SIZE: usize> InPlace<D, SIZE> {
    /// With nothing in it.
    pub const fn new() -> Self {
        Self {
            kind: None,
            going_on: None,
            room: Room(UnsafeCell::new(MaybeUninit::uninit())),
            _pinned: PhantomPinned,
        }
    }

    /// The `T` that is kept; made now, if there is another value or none. It is at rest.
    #[inline]
    pub fn keep<T: Send + 'static>(
        mut self: Pin<&mut Self>,
        new: impl FnOnce() -> T,
    ) -> Kept<'_, D, SIZE, T> {
        // SAFETY: nothing is moved out of it: the value is dropped where it is.
        let this = unsafe { self.as_mut().get_unchecked_mut() };
        this.going_on = None;
        if !this.keeps::<T>() {
            this.fill(new);
        }
        Kept { place: self, _value: PhantomData }
    }

    /// Keeps this value, and none that was there before. It is at rest.
    pub fn put<T: Send + 'static>(mut self: Pin<&mut Self>, value: T) -> Kept<'_, D, SIZE, T> {
        // SAFETY: nothing is moved out of it.
        unsafe { self.as_mut().get_unchecked_mut() }.fill(|| value);
        Kept { place: self, _value: PhantomData }
    }

    /// Whether a value goes on.
    #[inline]
    pub fn goes_on(&self) -> bool {
        self.going_on.is_some()
    }

    /// The value that goes on.
    #[inline]
    pub fn going_on(self: Pin<&mut Self>) -> Option<Pin<&mut D>> {
        // SAFETY: it is the value in the room, as was checked; it is pinned as in `keep`.
        self.going_on.map(|mut value| unsafe { Pin::new_unchecked(value.as_mut()) })
    }

    /// What went on is at rest.
    #[inline]
    pub fn rest(self: Pin<&mut Self>) {
        // SAFETY: nothing is moved out of it.
        unsafe { self.get_unchecked_mut() }.going_on = None;
    }

    fn keeps<T: 'static>(&self) -> bool {
        // Equal addresses are equal contents, and so equal types. One type may have several addresses, where it is
        // kept in several places of the program: then it is made anew.
        self.kind.is_some_and(|kind| ptr::eq(kind, T::KIND))
    }

    fn place(&self) -> *mut u8 {
        self.room.0.get().cast()
    }

    fn fill<T: 'static>(&mut self, new: impl FnOnce() -> T) {
        const { assert!(size_of::<T>() <= SIZE && align_of::<T>() <= align_of::<Room<SIZE>>(), "it does not fit") };
        self.clear();
        // SAFETY: the room is large enough and aligned, as was checked above, and empty.
        unsafe { self.place().cast::<T>().write(new()) };
        self.kind = Some(T::KIND);
    }

    fn clear(&mut self) {
        self.going_on = None;
        if let Some(kind) = self.kind.take() {
            // SAFETY: a value of this kind is there, and not for anybody any more.
            unsafe { (kind.drop)(self.place()) };
        }
    }
}

/// A value that is kept.
pub struct Kept<'a, D: ?Sized, const SIZE: usize, T> {
    place: Pin<&'a mut InPlace<D, SIZE>>,
    _value: PhantomData<&'a mut T>,
}

impl<D: ?Sized + See<T>, const SIZE: usize, T> Kept<'_, D, SIZE, T> {
    /// The value.
    #[inline]
    pub fn value(&mut self) -> Pin<&mut T> {
        // SAFETY: a `T` is there, as it was when this was made. It is pinned: it is not moved before it is dropped, as
        // the place is not.
        unsafe { Pin::new_unchecked(&mut *self.place.as_mut().get_unchecked_mut().place().cast::<T>()) }
    }

    /// It goes on.
    ///
    /// # Panics
    /// If `D` sees something else than the value itself.
    #[inline]
    pub fn go_on(mut self) {
        // SAFETY: nothing is moved out of it.
        let place = unsafe { self.place.as_mut().get_unchecked_mut() };
        // SAFETY: a `T` is there.
        let seen = D::see(unsafe { &mut *place.place().cast::<T>() });
        // What is seen lives as long as the value, as it is the value.
        assert!(
            ptr::addr_eq(seen, place.place()) && size_of_val(seen) == size_of::<T>(),
            "it sees another value"
        );
        place.going_on = Some(NonNull::from(seen));
    }
}

impl<D: ?Sized, const SIZE: usize> Default for InPlace<D, SIZE> {
    fn default() -> Self {
        Self::new()
    }
}

impl<D: ?Sized, const SIZE: usize> Drop for InPlace<D, SIZE> {
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{InPlace, See};
    use core::pin::{Pin, pin};
    use std::boxed::Box;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    trait Named {
        fn name(self: Pin<&mut Self>) -> &'static str;
    }

    impl<T: Named + 'static> See<T> for dyn Named {
        fn see(value: &mut T) -> &mut Self {
            value
        }
    }

    struct First(u64);
    struct Second {
        _drops: CountDrop,
        _large: [u64; 4],
    }
    struct CountDrop(Arc<AtomicUsize>);

    impl Named for First {
        fn name(mut self: Pin<&mut Self>) -> &'static str {
            self.0 += 1;
            "first"
        }
    }

    impl Named for Second {
        fn name(self: Pin<&mut Self>) -> &'static str {
            "second"
        }
    }

    impl Drop for CountDrop {
        fn drop(&mut self) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    type Place = InPlace<dyn Named, 48>;

    #[test]
    fn a_value_is_kept_until_another_comes() {
        let drops = Arc::new(AtomicUsize::new(0));
        let second = || Second { _drops: CountDrop(drops.clone()), _large: [0; 4] };
        {
            let mut place = pin!(Place::default());
            assert_eq!(place.as_mut().keep(|| First(5)).value().0, 5);
            place.as_mut().keep(second);
            assert_eq!(drops.load(Relaxed), 0);
            assert_eq!(place.as_mut().keep(|| First(7)).value().0, 7, "another one is made");
            assert_eq!(drops.load(Relaxed), 1, "the value before it is dropped, once");
            place.as_mut().put(second());
            place.as_mut().put(second());
            assert_eq!(drops.load(Relaxed), 2, "one that is put there is another one");
        }
        assert_eq!(drops.load(Relaxed), 3, "the last one goes with the place");
    }

    #[test]
    fn it_is_made_once_where_it_is_kept() {
        let mut place = pin!(Place::new());
        let made: u64 = (0..10).map(|number| place.as_mut().keep(|| First(number)).value().0).sum();
        assert_eq!(made, 0, "the first one stays");
    }

    #[test]
    fn only_what_goes_on_is_shown() {
        let mut place = pin!(Place::new());
        assert!(!place.goes_on() && place.as_mut().going_on().is_none());
        place.as_mut().put(First(0));
        assert!(!place.goes_on(), "it is at rest at first");
        place.as_mut().put(First(0)).go_on();
        assert!(place.goes_on());
        assert_eq!(place.as_mut().going_on().expect("it goes on").name(), "first");
        place.as_mut().rest();
        assert!(place.as_mut().going_on().is_none());
        place.as_mut().put(First(9)).go_on();
        place.as_mut().put(First(9));
        assert!(!place.goes_on(), "whoever begins anew rests first");
        place.as_mut().keep(|| First(1)).go_on();
        place.as_mut().keep(|| First(2));
        assert!(!place.goes_on(), "so does what was kept");
    }

    #[test]
    fn a_value_that_can_not_be_made_leaves_nothing() {
        let drops = Arc::new(AtomicUsize::new(0));
        let mut place = Box::pin(Place::new());
        place.as_mut().keep(|| Second { _drops: CountDrop(drops.clone()), _large: [0; 4] });
        let attempt = std::panic::AssertUnwindSafe(|| {
            place.as_mut().keep::<First>(|| panic!("it can not be made"));
        });
        assert!(std::panic::catch_unwind(attempt).is_err());
        assert_eq!(drops.load(Relaxed), 1);
        drop(place);
        assert_eq!(drops.load(Relaxed), 1, "nothing is dropped twice");
    }

    #[test]
    #[should_panic = "it sees another value"]
    fn what_is_seen_is_the_value() {
        trait Inner {}
        impl Inner for u64 {}
        impl See<Box<u64>> for dyn Inner {
            fn see(value: &mut Box<u64>) -> &mut Self {
                &mut **value
            }
        }
        let mut place = pin!(InPlace::<dyn Inner, 8>::new());
        place.as_mut().put(Box::new(1u64)).go_on();
    }

    #[test]
    fn it_is_as_large_as_its_room_and_three_words() {
        assert_eq!(size_of::<Place>(), 48 + 3 * size_of::<usize>());
    }
}
