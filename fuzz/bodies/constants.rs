//! Text as macros, a line each, and the value of the first, in a target of hostile types.

use super::hostile_target::HostileTarget;
use spelunk_base::Language;
use spelunk_object::{MacroDefinition, Object, Result, Scope, Target, evaluate_constant};

struct Lines<'a>(&'a str, &'a dyn Target);

impl Scope for Lines<'_> {
    fn find_macro(&self, name: &str) -> Result<Option<MacroDefinition>> {
        let found = self.0.lines().find_map(|line| line.strip_prefix(name));
        Ok(found.and_then(|behind| match behind.strip_prefix('(') {
            None => Some(MacroDefinition {
                parameters: None,
                body: behind.strip_prefix(' ')?.into(),
            }),
            Some(behind) => {
                let (names, body) = behind.split_once(')')?;
                Some(MacroDefinition {
                    parameters: Some(names.split(',').map(Into::into).collect()),
                    body: body.into(),
                })
            }
        }))
    }

    fn find_object(&self, name: &str) -> Result<Option<Object>> {
        let ty = spelunk_object::find_type(self.1, name, None)?;
        Ok(ty.map(|ty| Object::at(ty, 0x1000)))
    }
}

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let Some(target) = HostileTarget::new(data) else {
        return;
    };
    let text = String::from_utf8_lossy(data);
    let first = text.lines().next().unwrap_or_default();
    for language in [Language::C, Language::Cpp] {
        let _ = evaluate_constant(&target, &Lines(&text, &target), language, first);
    }
}
