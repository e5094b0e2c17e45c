/* Definitions that both units have. */
#ifdef __SIZEOF_INT128__
#define WIDE __int128
#else
#define WIDE long long
#endif
#ifdef __SIZEOF_FLOAT128__
#define QUAD __float128
#else
#define QUAD long double
#endif
enum color { RED, GREEN = 5, BLUE };
enum __attribute__((packed)) tiny { TINY_LOW = -1, TINY_HIGH = 100 };
enum wide { WIDE_LOW = -5, WIDE_HIGH = 0x7fffffffffffffffLL };
enum huge { HUGE = 0xffffffffffffffffULL };
enum bits { HIGH_BIT = 0x80000000u, BYTE = 0xff, WORD = 0xffff };
union word { int i; float f; unsigned char bytes[4]; };
struct point { int x, y; };
struct node { struct node *next; struct point place; union word word; enum color color; int small : 3; unsigned large : 13; };
typedef struct node node_t;
typedef int (*visitor_t)(const node_t *node, void *data);
struct opaque;
struct never;
typedef struct { int unnamed; } typedef_only;
struct fields {
    unsigned a : 3, b : 29;
    unsigned : 0;
    signed char c : 4;
    _Bool flag : 1;
    unsigned long long d : 40;
    unsigned long long e : 24, f : 1;
    enum color color : 4;
    int : 5;
    short g : 9;
};
struct __attribute__((packed)) packed { char c; int i; long long wide : 37; unsigned over : 30; short s; };
struct inside {
    int kind;
    union { struct { char c; short s; }; long l; float _Complex z; };
    struct { int deep; struct { int deeper; } named; } outer;
    union { int bits : 7; unsigned char byte; } bitwise;
};
struct flexible { unsigned count; struct point points[]; };
struct empty_array { int before; int none[0]; char after; };
struct empty {};
struct aligned { char c; _Alignas(32) char far; int i; } __attribute__((aligned(64)));
typedef int aligned_int __attribute__((aligned(16)));
typedef float vector __attribute__((vector_size(16)));
typedef int handler(struct node *, const char *restrict, ...);
typedef void nothing;
struct table {
    handler *handlers[3];
    int (*(*deep)(int (*)(void), struct never *))[2][5];
    int matrix[2][3][4];
    const volatile int *const volatile *qualified;
    nothing *data;
    _Atomic int atomic;
    vector lanes;
    aligned_int over;
};
#if defined(__GNUC__) && !defined(__clang__) && !defined(__cplusplus)
struct __attribute__((scalar_storage_order("big-endian"))) network {
    unsigned short port; unsigned address; unsigned version : 4, length : 12; float ratio; unsigned short list[2]; long long wide;
};
extern struct network network;
#endif
extern int shared_count;
extern const struct point origin;
extern int sizes[];
static inline int distance(const struct point *point) { return point->x + point->y; }
