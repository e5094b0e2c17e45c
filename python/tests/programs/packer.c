/* As compressor.c, with another compressor. */
#include <stdio.h>
#include <stdlib.h>
#include "bzlib.h"
#include "guarded.h"

int main(int argc, char **argv)
{
    unsigned size = 1 << 19, there = strtoul(argv[2], NULL, 0), room = size + size / 100 + 600;
    int mode = argv[1][0];
    (void)argc;
    unsigned char *in = guarded(mode == 'i' ? there : size), *out = guarded(mode == 'o' ? there : room);
    fill(in, mode == 'i' ? there : size);
    BZ2_bzBuffToBuffCompress((char *)out, &room, (char *)in, size, 2, 0, 30);
    if (mode == 'b') {
        unsigned char *back = guarded(there);
        BZ2_bzBuffToBuffDecompress((char *)back, &size, (char *)out, room, 0, 0);
    }
    fprintf(stderr, "%u\n", room);
    return 0;
}

void bz_internal_error(int code)
{
    fprintf(stderr, "error %d\n", code);
    abort();
}
