use crate::{PrimitiveTypes, Printers, Result, ShortName};
use spelunk_base::{Language, Platform};
use spelunk_types::{QualifiedType, TypeKinds, TypeStore};

/// The program that objects belong to, as far as they need to know it.
pub trait Target: Send + Sync {
    /// The types that all of the target's objects have.
    fn types(&self) -> &TypeStore;

    /// The machine, where it is known.
    fn platform(&self) -> Option<Platform>;

    /// The language of type names and literals.
    fn language(&self) -> Language {
        Language::C
    }

    /// Fills `buf` with the bytes at virtual `address`.
    ///
    /// # Errors
    ///
    /// A fault if not all of them can be read.
    fn read(&self, address: u64, buf: &mut [u8]) -> Result<()>;

    /// A type of one of these kinds by its name, or tag without the keyword. `filename` says
    /// which file defines it. Called for the basic types of C, too.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged where it is needed, or a user's finder failed.
    fn find_type(
        &self,
        kinds: TypeKinds,
        name: &str,
        filename: Option<&str>,
    ) -> Result<Option<QualifiedType>>;

    /// The whole names of the types of these kinds that a name fits which leaves out scopes or
    /// template arguments, each once. Asked only where there is no type called `name` itself.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged where it is needed.
    fn find_whole_names(&self, _kinds: TypeKinds, _name: &ShortName) -> Result<Vec<Box<str>>> {
        Ok(Vec::new())
    }

    /// The symbol that `address` stands in.
    ///
    /// # Errors
    ///
    /// If a user's finder failed.
    fn symbolize(&self, _address: u64) -> Result<Option<SymbolOffset>> {
        Ok(None)
    }

    /// Where the basic types of C are remembered once found: a field of the target,
    /// `PrimitiveTypes::default()` at first.
    fn primitives(&self) -> &PrimitiveTypes;

    /// What shows the classes of libraries; `None` where all are shown as they are.
    fn printers(&self) -> Option<&Printers> {
        None
    }
}

/// What is in a target's memory, to a target that looks like it but for that.
pub(crate) trait Memory: Send + Sync {
    /// As [`Target::read`], of the memory of `target` where this has none of its own.
    fn read(&self, target: &dyn Target, address: u64, buf: &mut [u8]) -> Result<()>;
}

/// A target with other memory.
pub(crate) struct WithMemory<'a, M> {
    pub(crate) target: &'a dyn Target,
    pub(crate) memory: M,
}

impl<M: Memory> Target for WithMemory<'_, M> {
    fn types(&self) -> &TypeStore {
        self.target.types()
    }

    fn platform(&self) -> Option<Platform> {
        self.target.platform()
    }

    fn language(&self) -> Language {
        self.target.language()
    }

    fn read(&self, address: u64, buf: &mut [u8]) -> Result<()> {
        self.memory.read(self.target, address, buf)
    }

    fn find_type(
        &self,
        kinds: TypeKinds,
        name: &str,
        filename: Option<&str>,
    ) -> Result<Option<QualifiedType>> {
        self.target.find_type(kinds, name, filename)
    }

    fn find_whole_names(&self, kinds: TypeKinds, name: &ShortName) -> Result<Vec<Box<str>>> {
        self.target.find_whole_names(kinds, name)
    }

    fn symbolize(&self, address: u64) -> Result<Option<SymbolOffset>> {
        self.target.symbolize(address)
    }

    fn primitives(&self) -> &PrimitiveTypes {
        self.target.primitives()
    }

    fn printers(&self) -> Option<&Printers> {
        self.target.printers()
    }
}

/// A place relative to a symbol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SymbolOffset {
    /// The symbol's name.
    pub name: Box<str>,
    /// Distance from its start, in bytes.
    pub offset: u64,
}
