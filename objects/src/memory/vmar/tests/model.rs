//! Random calls on a small address space, against a model that knows each page.

use super::*;
use proptest::prelude::*;

const PAGES: usize = 48;
const VMO_PAGES: u64 = 16;

/// What a page of the root VMAR is.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Page {
    Free,
    /// Part of the child region that begins at this page.
    Child(usize),
    Mapped {
        vmo: usize,
        index: u64,
        protection: Protection,
    },
}

#[derive(Clone, Debug)]
enum Step {
    Map { overwrite: bool, at: usize, pages: usize, vmo: usize, index: u64, writable: bool },
    MapAnywhere { pages: usize, vmo: usize },
    Allocate { at: usize, pages: usize },
    Unmap { at: usize, pages: usize },
    Protect { at: usize, pages: usize, options: u32 },
    Touch { at: usize, write: bool },
    Decommit { vmo: usize, index: u64, pages: u64 },
    Populate { at: usize, pages: usize },
}

fn steps() -> impl Strategy<Value = Step> {
    let place = || (0..PAGES, 1..9usize);
    prop_oneof![
        4 => (any::<bool>(), place(), 0..2usize, 0..VMO_PAGES, any::<bool>()).prop_map(
            |(overwrite, (at, pages), vmo, index, writable)| Step::Map { overwrite, at, pages, vmo, index, writable }
        ),
        1 => (1..9usize, 0..2usize).prop_map(|(pages, vmo)| Step::MapAnywhere { pages, vmo }),
        1 => place().prop_map(|(at, pages)| Step::Allocate { at, pages }),
        3 => place().prop_map(|(at, pages)| Step::Unmap { at, pages }),
        3 => (place(), prop::sample::select(&[0, READ, WRITE][..]))
            .prop_map(|((at, pages), options)| Step::Protect { at, pages, options }),
        6 => (0..PAGES, any::<bool>()).prop_map(|(at, write)| Step::Touch { at, write }),
        1 => (0..2usize, 0..VMO_PAGES, 1..9u64)
            .prop_map(|(vmo, index, pages)| Step::Decommit { vmo, index, pages }),
        1 => place().prop_map(|(at, pages)| Step::Populate { at, pages }),
    ]
}

struct Model {
    world: World,
    vmos: Vec<Arc<Vmo>>,
    pages: [Page; PAGES],
}

impl Model {
    fn new() -> Self {
        let world = World::with_root(PAGE..(PAGES as u64 + 1) * PAGE);
        let vmos = (0..2).map(|_| world.vmo(VMO_PAGES)).collect();
        Self { world, vmos, pages: [Page::Free; PAGES] }
    }

    /// The pages of a range, unless it leaves the region.
    fn slice(&mut self, at: usize, pages: usize) -> Option<&mut [Page]> {
        self.pages.get_mut(at..at + pages)
    }

    fn fill(&mut self, at: usize, pages: usize, vmo: usize, index: u64, protection: Protection) {
        for (page, number) in self.pages[at..at + pages].iter_mut().zip(0..) {
            *page = Page::Mapped { vmo, index: index + number, protection };
        }
    }

    fn run(&mut self, step: &Step) {
        match *step {
            Step::Map { overwrite, at, pages, vmo, index, writable } => {
                let options = if writable { WRITE } else { READ };
                self.map(if overwrite { OVERWRITE } else { SPECIFIC } | options, at, pages, vmo, index);
            }
            Step::MapAnywhere { pages, vmo } => self.map_anywhere(pages, vmo),
            Step::Allocate { at, pages } => self.allocate(at, pages),
            Step::Unmap { at, pages } => self.unmap(at, pages),
            Step::Protect { at, pages, options } => self.protect(at, pages, options),
            Step::Touch { at, write } => self.touch(at, write),
            Step::Decommit { vmo, index, pages } => self.decommit(vmo, index, pages),
            Step::Populate { at, pages } => self.populate(at, pages),
        }
    }

    fn map(&mut self, options: u32, at: usize, pages: usize, vmo: usize, index: u64) {
        let expected = match self.slice(at, pages) {
            None => Err(Status::INVALID_ARGS),
            Some(range) if options & SPECIFIC != 0 && range.iter().any(|page| *page != Page::Free) => {
                Err(Status::NO_MEMORY)
            }
            Some(range) if range.iter().any(|page| matches!(page, Page::Child(_))) => {
                Err(Status::INVALID_ARGS)
            }
            Some(_) => Ok((at as u64 + 1) * PAGE),
        };
        let asked = request(&self.vmos[vmo], options, at as u64, pages as u64);
        let asked = MapRequest { vmo_offset: index * PAGE, ..asked };
        let outcome = map_request(&self.world.root, &asked);
        if outcome.is_err() && expected.is_err() {
            return;
        }
        assert_eq!(outcome, expected);
        self.fill(at, pages, vmo, index, Protection::from_options(options));
    }

    fn map_anywhere(&mut self, pages: usize, vmo: usize) {
        let fits = self.pages.windows(pages).any(|window| window.iter().all(|page| *page == Page::Free));
        match map(&self.world.root, &self.vmos[vmo], READ, 0, pages as u64) {
            Err(status) => assert_eq!((status, fits), (Status::NO_MEMORY, false)),
            Ok(address) => {
                let at = (address / PAGE) as usize - 1;
                assert!(self.pages[at..at + pages].iter().all(|page| *page == Page::Free));
                self.fill(at, pages, vmo, 0, LOAD);
            }
        }
    }

    fn allocate(&mut self, at: usize, pages: usize) {
        let outcome = allocate(&self.world.root, SPECIFIC | CAN_ALL, at as u64, pages as u64);
        let expected = match self.slice(at, pages) {
            None => Err(Status::INVALID_ARGS),
            Some(range) if range.iter().any(|page| *page != Page::Free) => Err(Status::NO_MEMORY),
            Some(range) => {
                range.fill(Page::Child(at));
                Ok(())
            }
        };
        assert_eq!(outcome.map(drop), expected);
    }

    fn unmap(&mut self, at: usize, pages: usize) {
        let (inside, all) = (at..at + pages, self.pages);
        let is_cut = |page: &Page| match page {
            Page::Child(_) => {
                all.iter().enumerate().any(|(at, other)| other == page && !inside.contains(&at))
            }
            _ => false,
        };
        let expected = match self.slice(at, pages) {
            None => Err(Status::INVALID_ARGS),
            Some(range) if range.iter().all(|page| *page == Page::Free) => Err(Status::NOT_FOUND),
            Some(range) if range.iter().any(is_cut) => Err(Status::INVALID_ARGS),
            Some(range) => {
                range.fill(Page::Free);
                Ok(())
            }
        };
        assert_eq!(unmap(&self.world.root, at as u64, pages as u64), expected);
    }

    fn protect(&mut self, at: usize, pages: usize, options: u32) {
        let new = Protection::from_options(options);
        let expected = match self.slice(at, pages) {
            None => Err(Status::INVALID_ARGS),
            Some(range) => match range.iter().find(|page| !matches!(page, Page::Mapped { .. })) {
                Some(Page::Free) => Err(Status::NOT_FOUND),
                Some(_) => Err(Status::INVALID_ARGS),
                None => Ok(()),
            },
        };
        let outcome = protect(&self.world.root, options, at as u64, pages as u64);
        assert_eq!(outcome.is_ok(), expected.is_ok(), "{outcome:?}, but {expected:?}");
        if outcome.is_ok() {
            for page in &mut self.pages[at..at + pages] {
                if let Page::Mapped { protection, .. } = page {
                    *protection = new;
                }
            }
        }
    }

    fn touch(&mut self, at: usize, write: bool) {
        let access = if write { STORE } else { LOAD };
        let expected = match self.pages[at] {
            Page::Mapped { protection, index, .. } if protection.allows(access) => match index < VMO_PAGES {
                true => Ok(()),
                false => Err(FaultError::OutOfRange),
            },
            Page::Mapped { .. } => Err(FaultError::Denied),
            _ => Err(FaultError::NotMapped),
        };
        assert_eq!(self.world.root.fault((at as u64 + 1) * PAGE + 7, access), expected);
    }

    fn decommit(&mut self, vmo: usize, index: u64, pages: u64) {
        let mut range = index * PAGE..(index + pages).min(VMO_PAGES) * PAGE;
        drop(self.vmos[vmo].decommit(&mut range).unwrap());
        assert!(range.is_empty());
    }

    fn populate(&mut self, at: usize, pages: usize) {
        let mapped = |page: &Page| matches!(page, Page::Mapped { .. });
        let all = self.slice(at, pages).is_some_and(|range| range.iter().all(mapped));
        let mut range = (at as u64 + 1) * PAGE..(at + pages + 1) as u64 * PAGE;
        let mut outcome = Ok(());
        until_done(|| {
            outcome = self.world.root.populate(&mut range);
            outcome.is_err() || range.is_empty()
        });
        assert_eq!(outcome, if all { Ok(()) } else { Err(Status::BAD_STATE) });
    }

    /// Every translation is what the model says; the accounts are right.
    fn check(&self) {
        for (address, frame, allowed) in self.world.table.translations() {
            let Page::Mapped { vmo, index, protection } = self.pages[(address / PAGE) as usize - 1] else {
                panic!("a translation of {address:#x}, where nothing is mapped");
            };
            assert_eq!((self.vmos[vmo].lookup_or_commit(index), allowed), (Ok(frame), protection));
        }
        let mapped = self.pages.iter().filter(|page| matches!(page, Page::Mapped { .. })).count() as u64;
        assert_eq!(self.world.root.mapped_bytes(), mapped * PAGE);
        assert_eq!(self.world.mappings().iter().map(|(_, pages)| pages).sum::<u64>(), mapped);
        let views: usize = self.vmos.iter().map(|vmo| vmo.info().mappings).sum();
        assert_eq!(self.world.mappings().len(), views);
        // Nothing is leaving here, so what is listed is what counts; but not the root.
        let mut listed = 0;
        self.world.root.visit(1, |_| {
            listed += 1;
            true
        });
        assert_eq!(self.world.entries(), listed);
        let committed: u64 = self.vmos.iter().map(|vmo| vmo.info().committed / PAGE).sum();
        assert_eq!(self.world.frames.used() as u64, committed);
    }
}

proptest! {
    #[test]
    fn the_address_space_is_what_the_model_says(steps in prop::collection::vec(steps(), 1..80)) {
        let mut model = Model::new();
        for step in &steps {
            model.run(step);
            model.check();
        }
        let Model { world, vmos, .. } = model;
        end(&world.root);
        prop_assert_eq!(world.table.mapped(), 0);
        prop_assert!(vmos.iter().all(|vmo| vmo.info().mappings == 0));
        drop(vmos);
        // Pages of VMOs that are gone are freed by whoever has the time: here, tests that run at the same time.
        let all_free = || {
            crate::memory::vmo::free_some();
            world.frames.used() == 0
        };
        prop_assert!((0..1_000_000).any(|_| all_free()));
    }
}
