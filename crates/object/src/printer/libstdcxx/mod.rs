//! The classes of libstdc++, GCC's standard library, as versions 4.9 to 15 lay them out
//! (`libstdc++-v3/include/bits` in GCC's source).

mod any;
mod hash;
mod holder;
mod iterator;
mod list;
mod sequence;
mod string;
mod text;
mod tree;
mod tuple;

use super::parts;
use super::table::Table;
use spelunk_base::Language;

/// The classes that are known.
pub(super) const TABLE: Table = Table {
    language: Language::Cpp,
    namespace: None,
    types: &[
        ("std::__shared_ptr", holder::shared_pointer),
        ("std::_Deque_iterator", iterator::deque),
        ("std::_Fwd_list_const_iterator", iterator::forward_list),
        ("std::_Fwd_list_iterator", iterator::forward_list),
        ("std::_List_const_iterator", iterator::list),
        ("std::_List_iterator", iterator::list),
        ("std::_Rb_tree_const_iterator", iterator::tree),
        ("std::_Rb_tree_iterator", iterator::tree),
        ("std::__detail::_Node_const_iterator", iterator::hash),
        ("std::__detail::_Node_iterator", iterator::hash),
        ("std::any", any::any),
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
        ("std::experimental::optional", holder::optional),
        ("std::filesystem::path", any::path),
        ("std::forward_list", list::forward_list),
        ("std::function", holder::function),
        ("std::initializer_list", sequence::initializer_list),
        ("std::list", list::list),
        ("std::map", tree::map),
        ("std::multimap", tree::map),
        ("std::multiset", tree::set),
        ("std::optional", holder::optional),
        ("std::pair", parts::pair),
        ("std::priority_queue", holder::adaptor),
        ("std::queue", holder::adaptor),
        ("std::reference_wrapper", holder::reference_wrapper),
        ("std::set", tree::set),
        ("std::shared_ptr", holder::shared_pointer),
        ("std::span", sequence::span),
        ("std::stack", holder::adaptor),
        ("std::tuple", tuple::tuple),
        ("std::unique_ptr", tuple::unique_pointer),
        ("std::unordered_map", hash::map),
        ("std::unordered_multimap", hash::map),
        ("std::unordered_multiset", hash::set),
        ("std::unordered_set", hash::set),
        ("std::valarray", sequence::valarray),
        ("std::variant", holder::variant),
        ("std::vector", sequence::vector),
        ("std::weak_ptr", holder::shared_pointer),
        ("__gnu_cxx::__normal_iterator", iterator::pointer),
    ],
    other: |_, _, _| Ok(None),
};
