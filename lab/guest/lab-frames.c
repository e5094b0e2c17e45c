/*
 * lab-frames: a program with shared libraries, whose stack goes through all of
 * them: main(), its library, itself, the C library, itself, its library, the C
 * library, the kernel.
 */
#include <stdlib.h>
#include <sys/prctl.h>

#include "lab-frames.h"

static struct lab_note *current;

__attribute__((noinline)) static int compare(const void *a, const void *b)
{
	int left = *(const int *)a, right = *(const int *)b;

	return lab_wait(current) + left - right;
}

__attribute__((noinline)) static int visit(struct lab_note *note)
{
	int values[] = { 3, 2, 1 };

	current = note;
	qsort(values, 3, sizeof(values[0]), compare);
	return values[0];
}

int main(int argc, char **argv)
{
	struct lab_note note = { argv[argc - 1], 21 };

	prctl(PR_SET_NAME, note.text, 0, 0, 0);
	return lab_visit(visit, &note);
}
