/* What lab-frames and its library have in common. */
struct lab_note {
	const char *text;
	long number;
};

/* Calls `visit` and gives what it returned, and one more. */
int lab_visit(int (*visit)(struct lab_note *), struct lab_note *note);

/* Waits for ever. */
int lab_wait(const struct lab_note *note);
