//! Shorthand for looking at the kernel's structures.

use spelunk_base::{ByteOrder, Language};
use spelunk_memory::AddressSpace;
use spelunk_object::{Object, Value, lookup_type, sizeof};
use spelunk_program::{Error, ObjectKinds, Program, Result};
use spelunk_types::{QualifiedType, TypeData};

/// The type called `name`: `struct task_struct`.
pub(crate) fn type_named(program: &Program, name: &str) -> Result<QualifiedType> {
    lookup_type(program, name, None).map_err(|error| with_remedy(program, error.into()))
}

/// Says what is missing where a name was not found because nothing is there to find it in.
fn with_remedy(program: &Program, error: Error) -> Error {
    let main = program.main_module().ok();
    let is_loaded = main.is_some_and(|kernel| kernel.debug_file().is_some());
    if is_loaded || !error.is_lookup() || !program.debug_info().files().is_empty() {
        return error;
    }
    let release = program.os().and_then(|os| os.release());
    let release = release.unwrap_or("of unknown release");
    Error::new(
        error.kind().clone(),
        format!(
            "{error}: debugging information of Linux {release} is not loaded; install the package that has its vmlinux, or \
             give that with -s or load_debug_info()"
        ),
    )
}

/// The type called `name`, if debugging information has it.
pub(crate) fn find_type_named(program: &Program, name: &str) -> Result<Option<QualifiedType>> {
    Ok(spelunk_object::find_type(program, name, None)?)
}

/// Whether the structure called `name` (`struct page`) has a member called `member`.
pub(crate) fn has_member(program: &Program, ty: QualifiedType, member: &str) -> Result<bool> {
    let ty = spelunk_object::unaliased(program.types(), ty)?;
    Ok(spelunk_object::find_member(program.types(), ty.id, member)?.is_some())
}

/// The pointer type to `ty`.
pub(crate) fn pointer_type(program: &Program, ty: QualifiedType) -> Result<QualifiedType> {
    let size = word_size(program) as u64;
    let order = byte_order(program);
    let pointer = program.types().pointer(ty, size, order, Language::C)?;
    Ok(pointer.into())
}

/// What the pointer type `ty` points to.
pub(crate) fn referenced_type(program: &Program, ty: QualifiedType) -> Result<QualifiedType> {
    let types = program.types();
    match types.get(spelunk_object::unaliased(types, ty)?.id)?.data {
        TypeData::Pointer { referenced, .. } => Ok(referenced),
        _ => Err(Error::type_(format!(
            "must be a pointer, not '{}'",
            spelunk_object::type_name(program.types(), ty)?
        ))),
    }
}

/// The pointer to the object of type `ty` at `address`.
pub(crate) fn pointer(program: &Program, ty: QualifiedType, address: u64) -> Result<Object> {
    integer(program, pointer_type(program, ty)?, address)
}

/// The value `value` of the integer or pointer type `ty`.
pub(crate) fn integer(program: &Program, ty: QualifiedType, value: u64) -> Result<Object> {
    Ok(Object::from_value(program, ty, &Value::from(value), None)?)
}

/// The value `value` of the integer or pointer type called `ty`.
pub(crate) fn integer_named(program: &Program, ty: &str, value: u64) -> Result<Object> {
    integer(program, type_named(program, ty)?, value)
}

/// The variable called `name`.
pub(crate) fn variable(program: &Program, name: &str) -> Result<Object> {
    let found = program.object(name, ObjectKinds::ANY, None);
    found.map_err(|error| with_remedy(program, error))
}

/// The variable called `name`, if there is one.
pub(crate) fn find_variable(program: &Program, name: &str) -> Result<Option<Object>> {
    program.find_object(name, ObjectKinds::ANY, None)
}

/// The member called `name`, if the structure has one.
pub(crate) fn find_member(
    program: &Program,
    object: &Object,
    name: &str,
) -> Result<Option<Object>> {
    match object.member(program, name) {
        Ok(member) => Ok(Some(member)),
        Err(error) if error.is_lookup() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The first of `names` that the structure has a member for. The newest name goes first.
pub(crate) fn any_member(program: &Program, object: &Object, names: &[&str]) -> Result<Object> {
    for name in names {
        if let Some(member) = find_member(program, object, name)? {
            return Ok(member);
        }
    }
    Err(Error::lookup(format!(
        "'{}' has none of the members that this needs: {}; the kernel is of a version that is not known yet",
        spelunk_object::type_name(program.types(), object.ty()).unwrap_or_default(),
        names.join(", ")
    )))
}

/// The value of the integer or pointer member called `name`.
pub(crate) fn member_value(program: &Program, object: &Object, name: &str) -> Result<u64> {
    Ok(object.member(program, name)?.to_u64(program)?)
}

/// Bytes of a pointer or `unsigned long`.
pub(crate) fn word_size(program: &Program) -> usize {
    program
        .platform()
        .map_or(8, |platform| usize::from(platform.address_size()))
}

/// The byte order of the target.
pub(crate) fn byte_order(program: &Program) -> ByteOrder {
    program
        .platform()
        .map_or(ByteOrder::Little, |platform| platform.byte_order)
}

/// Fills `buf` from virtual `address` on.
pub(crate) fn read(program: &Program, address: u64, buf: &mut [u8]) -> Result<()> {
    program.read_into(AddressSpace::Virtual, address, buf)
}

/// The `size` bytes at virtual `address`, where the size comes from debugging information or memory: no more is
/// allocated than can be read.
pub(crate) fn read_bytes(program: &Program, address: u64, size: u64) -> Result<Vec<u8>> {
    program.read(AddressSpace::Virtual, address, size)
}

/// The text at virtual `address`, up to its NUL; no more than `max_size` bytes.
pub(crate) fn read_c_string(program: &Program, address: u64, max_size: usize) -> Result<Vec<u8>> {
    program.read_c_string(AddressSpace::Virtual, address, max_size)
}

/// The pointer or `unsigned long` at `address`.
pub(crate) fn read_word(program: &Program, address: u64) -> Result<u64> {
    read_uint(program, address, word_size(program))
}

/// The unsigned integer of `size` bytes (8 at most) at `address`.
pub(crate) fn read_uint(program: &Program, address: u64, size: usize) -> Result<u64> {
    let mut bytes = [0; 8];
    let (bytes, _) = bytes.split_at_mut(size.min(8));
    read(program, address, bytes)?;
    Ok(byte_order(program).uint(bytes))
}

/// The pointers or `unsigned long`s that stand in `bytes`.
pub(crate) fn parse_words(program: &Program, bytes: &[u8]) -> Vec<u64> {
    let order = byte_order(program);
    bytes
        .chunks_exact(word_size(program))
        .map(|word| order.uint(word))
        .collect()
}

/// A fault that a NULL or impossible pointer stands for.
pub(crate) fn bad_pointer(message: String, address: u64) -> Error {
    Error::fault(message, address)
}

/// Where a member stands in a structure: looked up once, read often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// Distance from the start of the structure, in bytes.
    pub(crate) offset: u64,
    /// Size, in bytes.
    pub(crate) size: u64,
}

impl Field {
    /// The part of `ty` that `designator` (`mnt.mnt_root`) names.
    pub(crate) fn new(program: &Program, ty: QualifiedType, designator: &str) -> Result<Self> {
        let part = Object::at(ty, 0).subobject(program, designator)?;
        Ok(Self {
            offset: part.address().unwrap_or(0),
            size: sizeof(program.types(), part.ty())?,
        })
    }

    /// The part of the structure called `ty`.
    pub(crate) fn of(program: &Program, ty: &str, designator: &str) -> Result<Self> {
        Self::new(program, type_named(program, ty)?, designator)
    }

    /// Its integer value in the structure at `base`.
    pub(crate) fn read(&self, program: &Program, base: u64) -> Result<u64> {
        let size = usize::try_from(self.size).unwrap_or(8);
        read_uint(program, self.at(base), size)
    }

    /// Its address in the structure at `base`.
    pub(crate) fn at(&self, base: u64) -> u64 {
        base.wrapping_add(self.offset)
    }

    /// Its integer value in the structure of which these are the bytes.
    pub(crate) fn parse(&self, order: ByteOrder, bytes: &[u8]) -> u64 {
        let start = usize::try_from(self.offset).unwrap_or(usize::MAX);
        let size = usize::try_from(self.size.min(8)).unwrap_or(8);
        let field = bytes.get(start..).and_then(|rest| rest.get(..size));
        order.uint(field.unwrap_or(&[]))
    }
}
