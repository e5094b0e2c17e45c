#include "shared.h"
struct only_a { double d; long long values[3]; const char *text; };
enum { ANONYMOUS = -7, LARGE = 0x7fffffff };
int global = 3;
static node_t head = { 0, { 1, 2 }, { 3 }, BLUE, 1, 2 };
static struct only_a only = { 1.5, { 1, 2, 3 }, "text" };
extern struct opaque *hidden;
extern int visit(node_t *node, visitor_t visitor);
static int print(const node_t *node, void *data) { return node->small + (data == &only) + distance(&node->place); }
char a_char = 'c'; signed char a_signed_char = -1; unsigned char an_unsigned_char = 1;
short a_short; unsigned short an_unsigned_short; long a_long; unsigned long an_unsigned_long;
long long a_long_long; unsigned long long an_unsigned_long_long; _Bool a_bool = 1;
float a_float; double a_double; long double a_long_double;
float _Complex a_float_complex; double _Complex a_double_complex; long double _Complex a_long_double_complex;
WIDE a_wide; unsigned WIDE an_unsigned_wide; QUAD a_quad;
__WCHAR_TYPE__ a_wide_char; __CHAR16_TYPE__ a_char16; __CHAR32_TYPE__ a_char32;
__thread int each_thread = 4;
enum tiny tiny = TINY_LOW; enum wide wide; enum huge huge; enum bits bits; typedef_only only_typedef;
struct fields fields = { 5, 0x1234567, -3, 1, 0xabcdef0123, 0x456789, 1, BLUE, -200 };
struct packed packed = { 'x', -2, -3, 0x2abcdef0, -4 };
struct inside inside; struct flexible flexible = { 1, { { 1, 2 } } }; struct empty_array empty_array; struct empty empty;
struct aligned aligned; struct table table; extern struct never *pointer; handler *handle; nothing *nowhere;
int (*functions[4])(int, char *), matrix[2][3];
static int old_style(first, second) int first; char second; { return first + second; }
static __attribute__((noinline)) int variable(int count) { int vla[count][2]; vla[0][0] = count; return vla[0][0]; }
__attribute__((weak)) int feeble(void) { return 1; }
int main(int argc, char **argv)
{
    head.next = &head;
    int sum = old_style(argc, 'c') + variable(argc) + feeble() + shared_count + origin.x + sizes[1];
    return visit(&head, print) + (hidden != 0) + global + argc + each_thread + sum;
}
