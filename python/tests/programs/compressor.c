/* A compressor that is told that its input is longer than it is, or has more room for output than it has:
   arguments are "in" or "out" or "back", how many bytes there are, and the level. */
#include <stdio.h>
#include <stdlib.h>
#include "guarded.h"
#include "zstd.h"

int main(int argc, char **argv)
{
    unsigned long size = 1 << 20, there = strtoul(argv[2], NULL, 0), room = ZSTD_compressBound(size);
    int level = argc > 3 ? atoi(argv[3]) : 3;
    int mode = argv[1][0];
    unsigned char *in = guarded(mode == 'i' ? there : size), *out = guarded(mode == 'o' ? there : room);
    fill(in, mode == 'i' ? there : size);
    unsigned long written = ZSTD_compress(out, room, in, size, level);
    if (mode == 'b') {
        unsigned char *back = guarded(there);
        written = ZSTD_decompress(back, size, out, written);
    }
    fprintf(stderr, "%lu\n", written);
    return 0;
}
