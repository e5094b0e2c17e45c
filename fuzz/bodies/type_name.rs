//! A text as a type name of each language and as a designator, in a target of hostile types.

use super::hostile_target::HostileTarget;
use spelunk_base::Language;
use spelunk_object::{Target, lookup_type, offsetof, type_name};

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let Some(mut target) = HostileTarget::new(data) else {
        return;
    };
    let text = String::from_utf8_lossy(data);
    for language in [Language::C, Language::Cpp, Language::Rust] {
        target.language = language;
        if let Ok(ty) = lookup_type(&target, &text, None)
            && let Ok(name) = type_name(target.types(), ty)
        {
            let _ = lookup_type(&target, &name, None);
        }
        let _ = lookup_type(&target, &text, Some("a.c"));
    }
    for ty in target.all_types() {
        let _ = offsetof(&target, ty, &text);
    }
}
