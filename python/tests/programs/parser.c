/* A parser that stops in the middle: at an allocation, or as it asks for its text from a position on. Arguments are
   "allocate" or "read", and how manieth. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_json(void);

static long allocations, reads;

static void count(long *left)
{
    if (--*left == 0)
        abort();
}

static void *counting_malloc(size_t size)
{
    count(&allocations);
    return malloc(size);
}

static void *counting_calloc(size_t count_, size_t size)
{
    count(&allocations);
    return calloc(count_, size);
}

static void *counting_realloc(void *old, size_t size)
{
    count(&allocations);
    return realloc(old, size);
}

static const char *read_text(void *payload, uint32_t byte, TSPoint position, uint32_t *size)
{
    const char *text = payload;
    count(&reads);
    uint32_t length = (uint32_t)strlen(text);
    *size = byte >= length ? 0 : length - byte < 7 ? length - byte : 7;
    return text + (byte < length ? byte : length) + 0 * position.row;
}

int main(int argc, char **argv)
{
    static char text[1 << 16];
    char *end = text;
    (void)argc;
    if (argv[1][0] == 'a')
        allocations = atol(argv[2]);
    else
        reads = atol(argv[2]);
    end += sprintf(end, "[");
    for (int i = 0; i < 300; i++)
        end += sprintf(end, "{\"key %d\": [%d, -%d.5e%d, true, \"\\u00e%d\\n\"]%s},\n", i, i * 31, i, i % 7, i % 10, i % 50 == 49 ? " 1 2" : "");
    sprintf(end, "null]");
    ts_set_allocator(counting_malloc, counting_calloc, counting_realloc, free);
    TSParser *parser = ts_parser_new();
    ts_parser_set_language(parser, tree_sitter_json());
    TSInput input = { .payload = text, .read = read_text, .encoding = TSInputEncodingUTF8 };
    TSTree *tree = ts_parser_parse(parser, NULL, input);
    fprintf(stderr, "%ld %ld\n", allocations, reads);
    ts_tree_delete(tree);
    return 0;
}
