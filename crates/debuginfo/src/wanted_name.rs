use crate::entry::ANONYMOUS_NAMESPACE;
use crate::index::NameKey;
use crate::simple_names;

/// A name that is looked for, as indices have it: made once, whatever the number of files.
pub(crate) struct WantedName<'a> {
    written: &'a str,
    key: NameKey<'a>,
    simple: Option<NameKey<'static>>,
}

impl<'a> WantedName<'a> {
    pub(crate) fn new(written: &'a str) -> Self {
        // The index leaves out what has no name.
        let key = match written.contains(ANONYMOUS_NAMESPACE) {
            true => NameKey::new(written.replace(&format!("{ANONYMOUS_NAMESPACE}::"), "")),
            false => NameKey::new(written),
        };
        let simple = simple_names::without_arguments(key.name());
        Self {
            written,
            simple: simple.map(NameKey::new),
            key,
        }
    }

    /// As it was asked for.
    pub(crate) fn as_written(&self) -> &'a str {
        self.written
    }

    /// As the index has it.
    pub(crate) fn key(&self) -> &NameKey<'a> {
        &self.key
    }

    /// As the index has it where compilers leave out the arguments of templates, if there are any.
    pub(crate) fn simple(&self) -> Option<&NameKey<'static>> {
        self.simple.as_ref()
    }
}
