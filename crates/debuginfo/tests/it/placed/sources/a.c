#include "shared.h"
struct only_a { double d; long long values[3]; const char *text; };
enum { ANONYMOUS = -7, LARGE = 0x7fffffff };
int global = 3;
static node_t head = { 0, { 1, 2 }, { 3 }, BLUE, 1, 2 };
static struct only_a only = { 1.5, { 1, 2, 3 }, "text" };
extern struct opaque *hidden;
extern int visit(node_t *node, visitor_t visitor);
static int print(const node_t *node, void *data) { return node->small + (data == &only) + distance(&node->place); }
int main(int argc, char **argv) { head.next = &head; return visit(&head, print) + (hidden != 0) + global + argc; }
