use gimli::{DwLang, constants as dw};
use spelunk_base::Language;

/// The language as the rest of the program knows it.
pub(crate) fn language(language: DwLang) -> Language {
    match language {
        dw::DW_LANG_C_plus_plus
        | dw::DW_LANG_C_plus_plus_03
        | dw::DW_LANG_C_plus_plus_11
        | dw::DW_LANG_C_plus_plus_14
        | dw::DW_LANG_C_plus_plus_17
        | dw::DW_LANG_C_plus_plus_20 => Language::Cpp,
        dw::DW_LANG_Rust => Language::Rust,
        _ => Language::C,
    }
}
