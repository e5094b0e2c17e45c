/* The shared library of lab-frames. */
#include <unistd.h>

#include "lab-frames.h"

int lab_visit(int (*visit)(struct lab_note *), struct lab_note *note)
{
	long before = note->number;

	note->number = before * 2;
	return visit(note) + (int)before;
}

int lab_wait(const struct lab_note *note)
{
	volatile long seen = note->number;

	while (seen)
		pause();
	return (int)seen;
}
