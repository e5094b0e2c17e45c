use gimli::{DwLang, constants as dw};
use spelunk_base::Language;

/// Whether it is a version of C++.
pub(crate) fn is_cpp(language: DwLang) -> bool {
    matches!(
        language,
        dw::DW_LANG_C_plus_plus
            | dw::DW_LANG_C_plus_plus_03
            | dw::DW_LANG_C_plus_plus_11
            | dw::DW_LANG_C_plus_plus_14
            | dw::DW_LANG_C_plus_plus_17
            | dw::DW_LANG_C_plus_plus_20
    )
}

/// The language as the rest of the program knows it.
pub(crate) fn language(language: DwLang) -> Language {
    if is_cpp(language) {
        Language::Cpp
    } else if language == dw::DW_LANG_Rust {
        Language::Rust
    } else {
        Language::C
    }
}
