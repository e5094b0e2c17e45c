#include "shared.hpp"
extern "C" int of_c(int v) { return v; }
namespace shapes {
namespace detail { struct secret { point place; array<char, 5> text; bool flag; }; secret instance; int number = 3; }
enum class declared : short { now = -3 };
declared now = declared::now;
int shape::count = 1;
class shape::later { public: int value; later *self; };
static shape::later later_one;
shape::shape(color c) : current(drawn), own(c), parts(nullptr), next(&later_one) { count++; }
shape::~shape() { count--; }
int shape::twice() const { return 2 * area(); }
int shape::number(shape &, const shape &&) { return count; }
shape &shape::operator+=(int) { return *this; }
shape::operator bool() const { return true; }
base::~base() {}
bottom::bottom() : in_bottom(1) { (void)inline_variable; }
both::both(point &p) : reference(p), moved(static_cast<const int &&>(p.x)) {}
hidden_in_header again;
values<true, 'x', color::green, ~0UL, second_plain> constants_again;
}
