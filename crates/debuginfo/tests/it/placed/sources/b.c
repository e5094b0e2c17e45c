#include "shared.h"
struct opaque { struct only_b { short s; char c; } inner; _Bool flag; };
struct opaque opaque = { { 1, 2 }, 1 };
struct opaque *hidden = &opaque;
volatile unsigned long counters[2][3];
static const signed char *const letters[] = { (const signed char *)"a", 0 };
int visit(node_t *node, visitor_t visitor)
{
    static long visits;
    struct local { int l; } local = { (int)++visits };
    counters[1][2] = local.l;
    return visitor(node, (void *)letters) + distance(&node->place);
}
