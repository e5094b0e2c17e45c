// Definitions that both units have.
#ifdef __SIZEOF_INT128__
#define WIDE __int128
enum { LARGE_SHIFT = 100 };
#else
#define WIDE long long
enum { LARGE_SHIFT = 60 };
#endif
extern "C" int of_c(int);
namespace shapes {
enum class color : unsigned char { red = 1, green = 2 };
enum plain { first_plain, second_plain = -2 };
enum sized : long long { small_size = 1, large_size = 0x123456789abL };
enum very_wide : WIDE { wide_low = -((WIDE)3 << (LARGE_SHIFT - 10)), wide_high = (WIDE)1 << LARGE_SHIFT, wide_plain = 5 };
enum class declared : short;
struct point { int x, y; int sum() const { return x + y; } };
template <typename T, int N> struct array { T elements[N]; T first() const { return elements[0]; } };
template <typename T = int, typename U = array<T, 2>> struct defaults { T t; U u; };
template <bool B, char C, color K, unsigned long U, plain P> struct values { static constexpr bool b = B; char c = C; };
template <short S, unsigned U, long long L, signed char C, char16_t W, int I> struct numbers { enum inside { in = I }; static int count; };
template <typename T, typename... U> T shapes_of(T t, U...) { return t; }
template <typename... T> struct pack { int count = sizeof...(T); };
template <template <typename, int> class C, typename T> struct nested_template { C<T, 4> inner; };
template <const int *P, int (*F)(int), int point::*M> struct addresses { int a; };
template <typename T> using triple = array<T, 3>;
class shape {
public:
    static int count;
    static constexpr int limit = 9;
    static const long other_limit = 10;
    struct part { point from, to; };
    enum state { drawn, hidden = 7 };
    union mixed { int i; double d; };
    typedef part *part_pointer;
    class later;
    explicit shape(color c);
    virtual ~shape();
    virtual int area() const = 0;
    int twice() const;
    static int number(shape &, const shape &&);
    shape &operator+=(int);
    operator bool() const;
    template <typename T> int of(T) const { return sizeof(T); }
    int state_bits : 3;
    state current;
protected:
    color own;
    part *parts;
    mutable later *next;
    int shape::*member;
    int (shape::*method)() const;
private:
    friend struct point;
    int hidden_part;
};
struct base { virtual ~base(); int in_base; };
struct left : virtual base { int in_left; };
struct right : virtual base { int in_right; };
struct bottom final : left, private right { int in_bottom; bottom(); };
struct both : point, protected array<int, 2> { point &reference; const int &&moved; both(point &p); };
struct nothing {};
struct derived_from_nothing : nothing { char c; };
namespace detail { struct secret; extern secret instance; extern int number; }
inline namespace v2 { struct versioned { int v; }; }
namespace { struct hidden_in_header { int h; }; }
typedef array<point, 3> triangle;
inline int twice(int value) { return 2 * value; }
template <typename T> T identity(T value) { return value; }
template <int N> constexpr int variable_template = N * 2;
inline int inline_variable = 4;
}
