// Definitions that both units have.
namespace shapes {
enum class color : unsigned char { red = 1, green = 2 };
struct point { int x, y; int sum() const { return x + y; } };
template <typename T, int N> struct array { T elements[N]; T first() const { return elements[0]; } };
class shape {
public:
    static int count;
    struct part { point from, to; };
    explicit shape(color c);
    virtual ~shape();
    virtual int area() const = 0;
protected:
    color own;
    part *parts;
};
namespace detail { struct secret; }
typedef array<point, 3> triangle;
inline int twice(int value) { return 2 * value; }
}
