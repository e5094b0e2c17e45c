#include "shared.hpp"
int target(int v) { return v; }
extern const int pointed = 3;
namespace shapes {
class square : public shape {
public:
    square(int size) : shape(color::red), size(size) {}
    int area() const override { return size * shapes::twice(size); }
private:
    int size;
};
triangle corners;
detail::secret *secret;
int &reference = corners.elements[0].x;
defaults<> by_default; defaults<char> half; defaults<point, color> none;
values<true, 'x', color::green, ~0UL, second_plain> constants;
values<false, '\n', color(7), 3, first_plain> other_constants;
numbers<-3, 4u, -5, 'c', u'x', -6> numbered; decltype(numbered)::inside in_first; numbers<3, 0xffffffffu, 5, '\'', u'\n', 6>::inside in_numbered;
template <short S, unsigned U, long long L, signed char C, char16_t W, int I> int numbers<S, U, L, C, W, I>::count = I;
array<int (*(*)(const char *, ...))[3], 1> deep_array; array<void (point::*)(int), 2> methods; array<int point::*, 1> fields_of;
array<const volatile int *const, 1> *qualified; pack<const point, volatile int, int &&, int[3], int (&)[2], bool, wchar_t, WIDE, void> *various;
very_wide very_wide_one; pack<> no_pack; pack<int> one_pack; pack<int, point *, const char &> three_pack;
nested_template<array, unsigned long> nested; triple<long> three;
addresses<&pointed, target, &point::y> places; addresses<nullptr, nullptr, nullptr> no_places;
array<array<const char *, 2>, 3> arrays; array<int (*)(point), 1> function_array; array<shape::part, 1> part_array;
int point::*data_pointer = &point::y; int (point::*function_pointer)() const = &point::sum;
bottom lowest; both two(corners.elements[0]); derived_from_nothing derived; versioned newest; hidden_in_header in_header;
shape::mixed mixed; shape::state state = shape::hidden; shape::part_pointer parts; sized size = large_size; declared *late;
decltype(nullptr) null; char16_t utf16; char32_t utf32; wchar_t wide; bool truth;
auto lambda = [](int x) { return x + 1; };
thread_local int each_thread = 5;
struct outer { struct inner; inner *pointer; }; struct outer::inner { int value; outer *back; };
outer surrounding; outer::inner surrounded;
using alias = const volatile point *const;
alias aliased = nullptr;
struct fields { int a : 5; bool b : 1; color c : 4; unsigned long long d : 33; } bits = { 3, true, color::green, 0x123456789 };
}
namespace { struct unnamed { long l; } here; int in_unnamed = 3; }
static int in_file = 4;
static int local_types(int n)
{
    struct local { int l; } local = { n };
    static int calls = 0;
    auto closure = [&local](int k) { return local.l + k; };
    return closure(++calls);
}
int main(int argc, char **argv)
{
    shapes::square square(argc);
    here.l = argc + in_unnamed + in_file + local_types(argc);
    shapes::late = nullptr;
    return square.area() + shapes::shape::count + shapes::corners.first().sum() + (shapes::secret != nullptr)
        + shapes::identity<short>(3) + shapes::identity('c') + shapes::shapes_of(1, 'c', shapes::corners) + shapes::numbers<-3, 4u, -5, 'c', u'x', -6>::count + shapes::variable_template<4> + shapes::inline_variable
        + square.of(3.5) + square.twice() + shapes::detail::number + of_c(3) + shapes::lambda(2);
}
