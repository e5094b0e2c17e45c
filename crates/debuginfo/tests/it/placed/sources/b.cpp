#include "shared.hpp"
namespace shapes {
namespace detail { struct secret { point place; array<char, 5> text; bool flag; }; secret instance; }
int shape::count = 1;
shape::shape(color c) : own(c), parts(nullptr) { count++; }
shape::~shape() { count--; }
}
