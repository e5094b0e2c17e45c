use super::{EnumClass, RecordClass};
use spelunk_object::Object;
use spelunk_program::{Error, Program, Symbol, SymbolIndex};
use spelunk_types::QualifiedType;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// An argument or a result of a helper.
pub enum Value {
    /// Nothing.
    None,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// A floating-point number.
    Float(f64),
    /// Text.
    Str(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An object.
    Object(Object),
    /// A type.
    Type(QualifiedType),
    /// A symbol.
    Symbol(Symbol),
    /// Symbols that can be registered as a finder.
    SymbolIndex(Arc<SymbolIndex>),
    /// A tuple.
    Tuple(Vec<Value>),
    /// A list.
    List(Vec<Value>),
    /// A mapping, in order.
    Map(Vec<(Value, Value)>),
    /// Values made one by one.
    Iter(Box<dyn HelperIter>),
    /// An instance of a class of ours; as many values as the class has fields.
    Record(&'static RecordClass, Vec<Value>),
    /// A member of an enumeration of ours, by its value.
    Enum(&'static EnumClass, i64),
    /// A function of the front end.
    Callback(Arc<dyn Callback>),
    /// A value of the front end that the engine only hands on.
    Foreign(Arc<dyn Any + Send + Sync>),
}

/// Makes values one by one. Dropped when the user stops early.
pub trait HelperIter: Send {
    /// The next value, or `None` at the end. After an error it may be asked again only if it says so.
    ///
    /// # Errors
    ///
    /// If target memory cannot be read or makes no sense.
    fn next(&mut self, program: &Program) -> Result<Option<Value>, Error>;
}

/// A function that the user gave, such as a comparison for `rb_find()`.
pub trait Callback: Send + Sync {
    /// Calls it.
    ///
    /// # Errors
    ///
    /// What the function raised, as a foreign error that comes out unharmed.
    fn call(&self, program: &Program, arguments: Vec<Value>) -> Result<Value, Error>;
}

impl Value {
    /// An iterator's value.
    pub(crate) fn iter(iter: impl HelperIter + 'static) -> Self {
        Self::Iter(Box::new(iter))
    }

    /// An iterator over values that are there already.
    pub(crate) fn ready<V: Into<Value>>(values: impl Iterator<Item = V> + Send + 'static) -> Self {
        struct Ready<I>(I);
        impl<V: Into<Value>, I: Iterator<Item = V> + Send> HelperIter for Ready<I> {
            fn next(&mut self, _: &Program) -> Result<Option<Value>, Error> {
                Ok(self.0.next().map(Into::into))
            }
        }
        Self::iter(Ready(values))
    }

    /// The name of the kind of value, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Str(_) => "str",
            Self::Bytes(_) => "bytes",
            Self::Object(_) => "Object",
            Self::Type(_) => "Type",
            Self::Symbol(_) => "Symbol",
            Self::SymbolIndex(_) => "SymbolIndex",
            Self::Tuple(_) => "tuple",
            Self::List(_) => "list",
            Self::Map(_) => "dict",
            Self::Iter(_) => "iterator",
            Self::Record(class, _) => class.name,
            Self::Enum(class, _) => class.name,
            Self::Callback(_) => "function",
            Self::Foreign(_) => "object",
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

macro_rules! from {
    ($($from:ty => $variant:ident,)*) => {
        $(impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

from! {
    bool => Bool,
    u32 => Int,
    u64 => Int,
    i64 => Int,
    i128 => Int,
    String => Str,
    &str => Str,
    Vec<u8> => Bytes,
    Object => Object,
}

impl<V: Into<Value>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

impl<A: Into<Value>, B: Into<Value>> From<(A, B)> for Value {
    fn from((a, b): (A, B)) -> Self {
        Self::Tuple(vec![a.into(), b.into()])
    }
}
