//! Resource: the authority over a part of the machine. For now the root resource, which is all of it.

use crate::core::base::Base;
use crate::core::name::Name;
use crate::object::KernelObject;
use alloc::sync::Arc;

/// A resource.
pub struct Resource {
    base: Base,
    name: Name,
}

impl Resource {
    /// The root resource, `ZX_RSRC_KIND_ROOT`.
    pub fn root() -> Arc<Self> {
        Arc::new(Self { base: Base::new(), name: Name::new(b"root") })
    }
}

impl KernelObject for Resource {
    fn base(&self) -> &Base {
        &self.base
    }

    fn name(&self) -> Option<&Name> {
        Some(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_resource_is_known_by_its_name() {
        let resource = Resource::root();
        assert!(resource.name().is_some_and(|name| name.get().starts_with(b"root\0")));
        assert_eq!(resource.base().related_koid(), 0);
    }
}
