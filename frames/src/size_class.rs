//! The size classes of the kernel heap, and how a slab of each is laid out.

/// The object sizes. Powers of two are aligned to their size, all others to 16 bytes. 1 360 is for the tasks of threads,
/// of which there are the most among what is large; twelve fill a slab.
pub const SIZES: [u16; 17] =
    [16, 32, 48, 64, 96, 128, 192, 256, 320, 384, 512, 640, 768, 1024, 1360, 1536, 2048];
/// The number of size classes.
pub const COUNT: usize = SIZES.len();
/// The largest size that has a class.
pub const MAX_SIZE: usize = 2048;
/// Bytes at the start of a slab that hold no objects, at least; see [`offset`].
pub const HEADER: usize = 32;

const GRANULE: usize = 16;

/// The class of each size, in granules, rounded up.
static CLASSES: [u8; MAX_SIZE / GRANULE + 1] = {
    let mut table = [0; MAX_SIZE / GRANULE + 1];
    let (mut granules, mut class) = (0, 0);
    while granules < table.len() {
        if granules * GRANULE > SIZES[class] as usize {
            class += 1;
        }
        table[granules] = class as u8;
        granules += 1;
    }
    table
};

/// The class for objects of `size` bytes aligned to `align`, if they are small enough for one.
#[inline(always)]
pub fn class(size: usize, align: usize) -> Option<usize> {
    let size = if align <= GRANULE { size } else { size.max(align).next_power_of_two() };
    if size > MAX_SIZE {
        return None;
    }
    Some(CLASSES[size.div_ceil(GRANULE)] as usize)
}

/// The order of the block of frames that a slab of the class takes: it holds eight objects or more,
/// except for the largest, where it is seven. Where no such block is free, a slab of one frame holds one or more.
pub const fn order(class: usize) -> usize {
    match SIZES[class] {
        0..=384 => 0,
        385..=768 => 1,
        _ => 2,
    }
}

/// The offset of the first object in a slab: past the header, and aligned.
pub const fn offset(class: usize) -> usize {
    let size = SIZES[class] as usize;
    if size.is_power_of_two() && size > HEADER { size } else { HEADER }
}

/// How many objects a slab of the class holds that takes a block of frames of this order.
pub const fn capacity(class: usize, order: usize) -> usize {
    ((4096 << order) - offset(class)) / SIZES[class] as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_gets_the_smallest_class_that_fits() {
        for size in 0..=MAX_SIZE {
            let class = class(size, 8).unwrap();
            assert!(SIZES[class] as usize >= size);
            assert!(class == 0 || (SIZES[class - 1] as usize) < size);
        }
        assert_eq!(class(MAX_SIZE + 1, 8), None);
        assert_eq!(class(40, 16), class(48, 1), "every class is aligned to 16");
        assert_eq!(class(40, 32), class(64, 1));
    }

    #[test]
    fn objects_lie_behind_the_header_and_inside() {
        for (class, size) in SIZES.iter().enumerate() {
            assert!(offset(class) >= HEADER);
            for order in [0, order(class)] {
                let capacity = capacity(class, order);
                assert!(capacity > 0, "class {class}");
                assert!(offset(class) + capacity * *size as usize <= 4096 << order, "class {class}");
            }
        }
        assert_eq!([0, 9, 10, 12, 13, 15].map(order), [0, 0, 1, 1, 2, 2]);
    }

    #[test]
    fn objects_are_aligned() {
        for align in [1, 16, 32, 64, 128, 256, 512, 1024, 2048] {
            for size in [1, 24, 100, 600, 2048] {
                let class = class(size, align).unwrap();
                let (size, align) = (SIZES[class] as usize, if align <= 16 { 16 } else { align });
                assert!(size.is_multiple_of(align) && offset(class).is_multiple_of(align));
            }
        }
        assert_eq!(class(8, 4096), None);
    }

    #[test]
    fn slabs_waste_less_than_an_eighth() {
        for (class, size) in SIZES.iter().enumerate() {
            let capacity = capacity(class, order(class));
            let used = capacity * *size as usize;
            assert!(capacity >= 7 && used * 8 >= (4096 << order(class)) * 7, "class {class}");
        }
    }
}
