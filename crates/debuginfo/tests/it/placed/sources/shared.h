/* Definitions that both units have. */
enum color { RED, GREEN = 5, BLUE };
union word { int i; float f; unsigned char bytes[4]; };
struct point { int x, y; };
struct node { struct node *next; struct point place; union word word; enum color color; int small : 3; unsigned large : 13; };
typedef struct node node_t;
typedef int (*visitor_t)(const node_t *node, void *data);
struct opaque;
static inline int distance(const struct point *point) { return point->x + point->y; }
