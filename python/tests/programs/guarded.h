/* Memory that ends where it ends: what reads or writes behind it dies. */
#include <string.h>
#include <sys/mman.h>

/* `size` bytes right before a page that nobody may touch. */
static unsigned char *guarded(unsigned long size)
{
    unsigned long page = 4096, whole = (size + page - 1) / page * page;
    unsigned char *pages = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(pages + whole, page, PROT_NONE);
    return pages + whole - size;
}

/* The same text each time, which compresses, but not too well. */
static void fill(unsigned char *text, unsigned long size)
{
    static const char *const words[] = { "lorem ", "ipsum ", "dolor ", "sit\n", "amet, ", "42 ", "consectetur ", "\t" };
    unsigned long state = 12345, at = 0;
    while (at < size) {
        state = state * 6364136223846793005UL + 1442695040888963407UL;
        const char *word = words[state >> 61];
        unsigned long length = strlen(word);
        memcpy(text + at, word, length < size - at ? length : size - at);
        at += length;
        if ((state >> 40) % 5 == 0 && at < size)
            text[at++] = (unsigned char)(state >> 32);
    }
}
