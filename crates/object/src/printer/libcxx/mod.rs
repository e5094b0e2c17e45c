//! The classes of libc++, LLVM's standard library, as versions 14 to 20 lay them out
//! (`libcxx/include` in LLVM's source), with the ABI that is everyone's: version 1.

mod holder;
mod list;
mod map;
mod pair;
mod sequence;
mod string;
mod text;

use super::parts;
use super::table::Table;
use spelunk_base::Language;

/// The classes that are known.
pub(super) const TABLE: Table = Table {
    language: Language::Cpp,
    namespace: Some("std::__1::"),
    types: &[
        ("std::__deque_iterator", holder::iterator),
        ("std::__wrap_iter", holder::iterator),
        ("std::array", sequence::array),
        ("std::atomic", holder::atomic),
        ("std::basic_string", string::string),
        ("std::basic_string_view", string::string_view),
        ("std::bitset", text::bitset),
        ("std::chrono::duration", text::duration),
        ("std::chrono::time_point", text::time_point),
        ("std::chrono::year_month_day", text::date),
        ("std::complex", text::complex),
        ("std::deque", sequence::deque),
        ("std::filesystem::path", holder::path),
        ("std::forward_list", list::forward_list),
        ("std::function", holder::function),
        ("std::list", list::list),
        ("std::map", map::map),
        ("std::multimap", map::map),
        ("std::multiset", map::set),
        ("std::optional", holder::optional),
        ("std::pair", parts::pair),
        ("std::priority_queue", holder::adaptor),
        ("std::queue", holder::adaptor),
        ("std::reference_wrapper", holder::reference_wrapper),
        ("std::set", map::set),
        ("std::shared_ptr", holder::shared_pointer),
        ("std::span", sequence::span),
        ("std::stack", holder::adaptor),
        ("std::tuple", holder::tuple),
        ("std::unique_ptr", holder::unique_pointer),
        ("std::unordered_map", map::unordered_map),
        ("std::unordered_multimap", map::unordered_map),
        ("std::unordered_multiset", map::unordered_set),
        ("std::unordered_set", map::unordered_set),
        ("std::valarray", sequence::valarray),
        ("std::variant", holder::variant),
        ("std::vector", sequence::vector),
        ("std::weak_ptr", holder::shared_pointer),
    ],
    other: |_, _, _| Ok(None),
};
