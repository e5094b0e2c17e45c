use super::{Callback, Value};
use spelunk_object::{Object, lookup_type};
use spelunk_program::{Error, Program};
use spelunk_types::QualifiedType;
use std::any::Any;
use std::sync::Arc;

/// The arguments of a call, converted by the front end as the helper's record says.
#[derive(Debug)]
pub struct Args(Vec<Value>);

impl Args {
    /// These arguments: one for each parameter, defaults filled in.
    #[must_use]
    pub fn new(values: Vec<Value>) -> Self {
        Self(values)
    }

    pub(crate) fn object(&self, index: usize) -> Result<&Object, Error> {
        match self.value(index) {
            Value::Object(object) => Ok(object),
            _ => self.wrong(index, "an Object"),
        }
    }

    /// The object, or `None` where `None` was given or a program stands for it.
    pub(crate) fn optional_object(&self, index: usize) -> Result<Option<&Object>, Error> {
        match self.value(index) {
            Value::None => Ok(None),
            _ => self.object(index).map(Some),
        }
    }

    pub(crate) fn int(&self, index: usize) -> Result<i128, Error> {
        match self.value(index) {
            Value::Int(value) => Ok(*value),
            Value::Bool(value) => Ok(i128::from(*value)),
            _ => self.wrong(index, "an integer"),
        }
    }

    /// An address, or another number that the kernel keeps in an `unsigned long`.
    pub(crate) fn address(&self, index: usize) -> Result<u64, Error> {
        self.unsigned(index, "address: it does not fit 64 bits")
    }

    /// The number of a CPU. -1 is what a kernel that has not crashed keeps in `crashing_cpu`.
    pub(crate) fn cpu(&self, index: usize) -> Result<u32, Error> {
        self.unsigned(index, "number of a CPU")
    }

    /// A number that is not negative, and not too large for what it is a number of.
    pub(crate) fn unsigned<T: TryFrom<i128>>(&self, index: usize, what: &str) -> Result<T, Error> {
        let value = self.int(index)?;
        T::try_from(value).map_err(|_| Error::overflow(format!("{value} is no {what}")))
    }

    pub(crate) fn bool(&self, index: usize) -> Result<bool, Error> {
        match self.value(index) {
            Value::Bool(value) => Ok(*value),
            _ => self.wrong(index, "a truth value"),
        }
    }

    pub(crate) fn str(&self, index: usize) -> Result<&str, Error> {
        match self.value(index) {
            Value::Str(value) => Ok(value),
            _ => self.wrong(index, "a string"),
        }
    }

    pub(crate) fn bytes(&self, index: usize) -> Result<&[u8], Error> {
        match self.value(index) {
            Value::Bytes(value) => Ok(value),
            Value::Str(value) => Ok(value.as_bytes()),
            _ => self.wrong(index, "a string or bytes"),
        }
    }

    pub(crate) fn optional_bytes(&self, index: usize) -> Result<Option<&[u8]>, Error> {
        match self.value(index) {
            Value::None => Ok(None),
            _ => self.bytes(index).map(Some),
        }
    }

    pub(crate) fn ty(&self, program: &Program, index: usize) -> Result<QualifiedType, Error> {
        match self.value(index) {
            Value::Type(ty) => Ok(*ty),
            Value::Str(name) => Ok(lookup_type(program, name, None)?),
            _ => self.wrong(index, "a Type or its name"),
        }
    }

    pub(crate) fn callback(&self, index: usize) -> Result<&Arc<dyn Callback>, Error> {
        match self.value(index) {
            Value::Callback(callback) => Ok(callback),
            _ => self.wrong(index, "a function"),
        }
    }

    pub(crate) fn foreign(&self, index: usize) -> Result<&Arc<dyn Any + Send + Sync>, Error> {
        match self.value(index) {
            Value::Foreign(value) => Ok(value),
            _ => self.wrong(index, "an object"),
        }
    }

    pub(crate) fn value(&self, index: usize) -> &Value {
        self.0.get(index).unwrap_or(&Value::None)
    }

    fn wrong<T>(&self, index: usize, expected: &str) -> Result<T, Error> {
        let found = self.value(index).kind();
        let number = index.saturating_add(1);
        Err(Error::type_(format!(
            "argument {number} must be {expected}, not {found}"
        )))
    }
}
