#include "shared.h"
struct opaque { struct only_b { short s; char c; } inner; _Bool flag; };
struct opaque opaque = { { 1, 2 }, 1 };
struct opaque *hidden = &opaque;
struct never *pointer;
int shared_count = 7;
const struct point origin = { 3, 4 };
int sizes[5] = { 1, 2, 3 };
volatile unsigned long counters[2][3];
static const signed char *const letters[] = { (const signed char *)"a", 0 };
static struct aligned *same; static struct table *tables; static struct inside insides[2]; static struct packed *packs;
#ifdef __GNUC__
#ifndef __clang__
struct network network = { 80, 0x7f000001, 4, 0x123, 0.5, { 1, 2 }, 3 };
#endif
#endif
/* Of the same name as one of the other unit, with the same meaning there. */
static int print(void) { return 2; }
int visit(node_t *node, visitor_t visitor)
{
    static long visits;
    struct local { int l; struct { int m; } inner; } local = { (int)++visits, { 3 } };
    enum local_color { LOCAL_RED, LOCAL_BLUE = 3 } color = LOCAL_BLUE;
    counters[1][2] = local.l + color;
    same = 0; tables = 0; packs = 0; insides[0].kind = 1;
    {
        static struct { int in_block; } block = { 1 };
        counters[0][0] = block.in_block;
    }
    return visitor(node, (void *)letters) + distance(&node->place) + print();
}
