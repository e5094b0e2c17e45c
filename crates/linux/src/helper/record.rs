use super::{Args, Value};
use spelunk_program::{Error, Program};

/// One helper, complete: what it is called, what it takes, what it gives, what it does.
#[derive(Debug)]
pub struct Helper {
    /// The module below `helpers.linux` that it belongs to: `sched`. (`helpers.linux` itself re-exports all.)
    pub module: &'static str,
    /// Its name: `task_state_to_char`.
    pub name: &'static str,
    /// What may stand in front of the parameters, or be left out.
    pub front: Front,
    /// Its parameters, in order, without what [`front`](Self::front) stands for.
    pub params: &'static [Param],
    /// What becomes of its result.
    pub output: Output,
    /// What it does: prose in reStructuredText, without the parameters.
    pub doc: &'static str,
    /// Does it. The arguments are as many as `params`, plus one in front where `front` is
    /// [`Namespace`](Front::Namespace).
    pub call: fn(&Program, &Args) -> Result<Value, Error>,
}

/// A module below `helpers.linux`, of which helpers are made.
pub(crate) struct HelperModule(pub(crate) &'static str);

impl HelperModule {
    /// The record of a helper in this module.
    pub(crate) const fn helper(
        &self,
        name: &'static str,
        front: Front,
        params: &'static [Param],
        output: Output,
        doc: &'static str,
        call: fn(&Program, &Args) -> Result<Value, Error>,
    ) -> Helper {
        Helper {
            module: self.0,
            name,
            front,
            params,
            output,
            doc,
            call,
        }
    }
}

/// What may stand in front of a helper's parameters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Front {
    /// Nothing: the program is that of the first object among the arguments.
    Nothing,
    /// A program named `prog`, which may be left out: then the program is that of the first object among the
    /// arguments, or else the default program.
    Program,
    /// An object, or a program, or neither. The helper's argument 0 is the object, or
    /// [`Value::None`] where it should take the initial one.
    Namespace {
        /// The parameter's name: `ns`.
        name: &'static str,
        /// The C type: `struct pid_namespace *`.
        c_type: &'static str,
    },
}

/// What becomes of a helper's result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Output {
    /// It is returned. The text is the Python annotation, in which `Object`, `Type` and `Program` are ours, and
    /// names of `typing` and of this crate's classes stand without their module; and what the result is.
    Returns(&'static str, &'static str),
    /// It is [`Value::Str`] or [`Value::Bytes`] and goes as it is to standard output, or to where a parameter of kind
    /// [`File`](ParamKind::File) says; the function returns `None`.
    Prints,
}

/// A parameter of a helper.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: ParamKind,
    /// What it is when left out.
    pub default: Default,
    /// Whether it can only be given by name.
    pub keyword_only: bool,
    /// What it means.
    pub doc: &'static str,
}

/// What a parameter takes, and which [`Value`] the front end makes of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParamKind {
    /// An object of this C type ("any" where the text is empty): [`Value::Object`].
    Object(&'static str),
    /// An integer, or anything that has `__index__`, such as an object of integer or pointer type:
    /// [`Value::Int`].
    Int,
    /// A text: [`Value::Str`].
    Str,
    /// A text or bytes: [`Value::Bytes`].
    Bytes,
    /// A text, bytes or path-like object: [`Value::Bytes`].
    Path,
    /// A type or its name: [`Value::Type`] or [`Value::Str`].
    Type,
    /// A truth value: [`Value::Bool`].
    Bool,
    /// A function: [`Value::Callback`]. The text is its Python annotation: `Callable[[KeyType, Object], int]`.
    Callback(&'static str),
    /// Anything; the helper only hands it on: [`Value::Foreign`]. The text is its Python annotation.
    Any(&'static str),
    /// A truth value or one of these words: [`Value::Bool`] or [`Value::Str`].
    BoolOr(&'static [&'static str]),
    /// A file of the front end's to which it [prints](Output::Prints); the helper sees [`Value::None`].
    File,
}

/// What a parameter is when left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Default {
    /// It cannot be left out.
    Required,
    /// `None`: the helper sees [`Value::None`]. The annotation becomes `Optional[...]`.
    None,
    /// A truth value.
    Bool(bool),
    /// A text.
    Str(&'static str),
}

impl Param {
    /// A parameter that must be given.
    #[must_use]
    pub const fn new(name: &'static str, kind: ParamKind, doc: &'static str) -> Self {
        Self {
            name,
            kind,
            default: Default::Required,
            keyword_only: false,
            doc,
        }
    }

    /// An object of the C type `c_type`.
    #[must_use]
    pub const fn object(name: &'static str, c_type: &'static str) -> Self {
        Self::new(name, ParamKind::Object(c_type), "")
    }

    /// An integer.
    #[must_use]
    pub const fn int(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, ParamKind::Int, doc)
    }

    /// The same, which is `default` when left out.
    #[must_use]
    pub const fn or(mut self, default: Default) -> Self {
        self.default = default;
        self
    }

    /// The same, which can only be given by name.
    #[must_use]
    pub const fn keyword(mut self) -> Self {
        self.keyword_only = true;
        self
    }

    /// The same, with this documentation.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }
}
