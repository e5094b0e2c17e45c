/*
 * lab-load: one static program with the workloads that run in the guest.
 *
 *   lab-load threads            a process with several threads, each blocked
 *                               in a different place (or spinning)
 *   lab-load crowd N FILE       N threads in processes of 1000, blocked in
 *                               different places; FILE when they all are
 *   lab-load files DIR...       a process with one of every kind of open file,
 *                               some mappings and a marked anonymous page
 *   lab-load vfork              a parent in D state (vfork), a sleeping child
 *   lab-load zombie             a parent with a zombie child
 *   lab-load spin               use a CPU for ever
 *   lab-load packets            send packets to itself for ever
 *   lab-load sleep NAME         sleep for ever under the given comm
 *   lab-load writer FILE KIB    write+fsync the file for ever
 *   lab-load hop NCPU PID...    move the processes from CPU to CPU for ever
 *
 * "files" prints the address and the text of the marked page, so that a
 * debugger's reading of user memory can be compared with it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void forever(void)
{
	for (;;)
		pause();
}

static void name(const char *s)
{
	prctl(PR_SET_NAME, s, 0, 0, 0);
}

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static int pipe_fd[2];
/* How many threads of all processes have started. */
static atomic_int *crowd_started;

static void *thread_main(void *arg)
{
	long n = (long)arg;
	char comm[16], byte;
	struct timespec day = { 86400, 0 };
	struct pollfd p = { pipe_fd[0], POLLIN, 0 };

	switch (n) {
	case 0:
		name("lab-thr-futex");
		pthread_mutex_lock(&held);
		break;
	case 1:
		name("lab-thr-nanosl");
		nanosleep(&day, NULL);
		break;
	case 2:
		name("lab-thr-poll");
		poll(&p, 1, -1);
		break;
	case 3:
		name("lab-thr-read");
		if (read(pipe_fd[0], &byte, 1) < 0)
			perror("read");
		break;
	default:
		snprintf(comm, sizeof(comm), "lab thr) %ld (x", n);
		name(comm);
		forever();
	}
	forever();
	return NULL;
}

static void run_threads(void)
{
	pthread_t t;

	name("lab-threads");
	if (pipe(pipe_fd))
		exit(1);
	pthread_mutex_lock(&held);
	for (long i = 0; i < 6; i++)
		pthread_create(&t, NULL, thread_main, (void *)i);
	forever();
}

static void *crowd_main(void *arg)
{
	atomic_fetch_add(crowd_started, 1);
	return thread_main((void *)((long)arg % 5));
}

static void run_crowd(long count, const char *file)
{
	const long each = 1000;
	pthread_attr_t small;
	pthread_t t;

	crowd_started = mmap(NULL, sizeof(atomic_int), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 32768);
	for (long left = count; left > 0; left -= each) {
		if (fork())
			continue;
		name("lab-crowd");
		if (pipe(pipe_fd))
			exit(1);
		pthread_mutex_lock(&held);
		for (long i = 1; i < each && i < left; i++)
			if (pthread_create(&t, &small, crowd_main, (void *)i))
				perror("pthread_create");
		atomic_fetch_add(crowd_started, 1);
		forever();
	}
	while (atomic_load(crowd_started) < count)
		usleep(100000);
	/* The last one has said so, but may not be asleep yet. */
	sleep(2);
	close(open(file, O_WRONLY | O_CREAT, 0600));
	forever();
}

static void run_files(char **dirs)
{
	static const char mark[] = "LAB-MARKER: this page was written by lab-load";
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int p[2], fd, ls, ep;
	char path[256], *page;
	sigset_t set;

	name("lab-files");
	for (; *dirs; dirs++) {
		snprintf(path, sizeof(path), "%s/lab-file.txt", *dirs);
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0640);
		if (fd < 0) {
			perror(path);
			continue;
		}
		for (int i = 0; i < 2000; i++)
			dprintf(fd, "line %d of %s\n", i, path);
		lseek(fd, 1234, SEEK_SET);
		mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 4096);
		snprintf(path, sizeof(path), "%s/lab-deleted.txt", *dirs);
		fd = open(path, O_RDWR | O_CREAT | O_APPEND, 0600);
		dprintf(fd, "deleted\n");
		unlink(path);
		open(*dirs, O_RDONLY | O_DIRECTORY);
		snprintf(path, sizeof(path), "%s/lab-fifo", *dirs);
		mkfifo(path, 0600);
		open(path, O_RDWR | O_NONBLOCK);
	}
	open("/dev/null", O_WRONLY);
	open("/dev/zero", O_RDONLY);
	open("/proc/self/status", O_RDONLY);
	open("/sys/kernel/uevent_seqnum", O_RDONLY);
	if (pipe(p) || write(p[1], "in the pipe", 11) < 0)
		perror("pipe");
	socketpair(AF_UNIX, SOCK_STREAM, 0, p);
	if (write(p[0], "in the socket", 13) < 0)
		perror("socketpair");
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	strcpy(un.sun_path, "/tmp/lab.sock");
	bind(fd, (void *)&un, sizeof(un));
	listen(fd, 5);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons(7001);
	ls = socket(AF_INET, SOCK_STREAM, 0);
	bind(ls, (void *)&in, sizeof(in));
	listen(ls, 17);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	connect(fd, (void *)&in, sizeof(in));
	accept(ls, (void *)&in, &len);
	in.sin_port = htons(7002);
	in.sin_addr.s_addr = htonl(INADDR_ANY);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	bind(fd, (void *)&in, sizeof(in));
	socket(AF_INET6, SOCK_STREAM, 0);

	ep = epoll_create1(0);
	fd = eventfd(42, 0);
	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &(struct epoll_event){ EPOLLIN, { 0 } });
	fd = timerfd_create(CLOCK_MONOTONIC, 0);
	timerfd_settime(fd, 0, &(struct itimerspec){ { 3600, 0 }, { 3600, 0 } }, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signalfd(-1, &set, 0);
	kill(getpid(), SIGUSR1);
	fd = inotify_init1(0);
	inotify_add_watch(fd, "/tmp", IN_CREATE);
	fd = memfd_create("lab-memfd", 0);
	if (write(fd, "in the memfd", 12) < 0)
		perror("memfd");

	page = mmap(NULL, 16384, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	strcpy(page + 4096, mark);
	mlock(page, 8192);
	printf("marker 0x%lx %s\n", (unsigned long)page + 4096, mark);
	fflush(stdout);
	for (;;)
		epoll_wait(ep, &(struct epoll_event){ 0 }, 0, -1), pause();
}

static void run_writer(const char *file, size_t kib)
{
	int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0644);
	char buf[4096];

	name("lab-writer");
	if (fd < 0) {
		perror(file);
		exit(1);
	}
	for (unsigned int n = 0;; n++) {
		memset(buf, n, sizeof(buf));
		for (size_t i = 0; i < kib / 4; i++)
			/* every other page, so that the bios do not all merge */
			if (pwrite(fd, buf, sizeof(buf), (i * 2 + (n & 1)) * 4096) < 0)
				break;
		fdatasync(fd);
	}
}

static void run_packets(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	char packet[64] = "packet";
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	name("lab-packets");
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(fd, (void *)&in, sizeof(in));
	getsockname(fd, (void *)&in, &len);
	for (;;) {
		sendto(fd, packet, sizeof(packet), 0, (void *)&in, sizeof(in));
		recv(fd, packet, sizeof(packet), MSG_DONTWAIT);
	}
}

static void run_hop(int ncpu, char **pids)
{
	unsigned int seed = getpid();

	name("lab-hop");
	for (;;) {
		for (char **p = pids; *p; p++) {
			cpu_set_t set;

			CPU_ZERO(&set);
			CPU_SET(rand_r(&seed) % ncpu, &set);
			sched_setaffinity(atoi(*p), sizeof(set), &set);
		}
		usleep(300);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	pid_t pid;

	if (!strcmp(what, "threads")) {
		run_threads();
	} else if (!strcmp(what, "crowd") && argc > 3) {
		run_crowd(atol(argv[2]), argv[3]);
	} else if (!strcmp(what, "files")) {
		run_files(argv + 2);
	} else if (!strcmp(what, "vfork")) {
		name("lab-vfork-par");
		if ((pid = vfork()) == 0) {
			name("lab-vfork-chi");
			forever();
		}
	} else if (!strcmp(what, "zombie")) {
		name("lab-zombie-par");
		if ((pid = fork()) == 0) {
			name("lab-zombie");
			_exit(7);
		}
		forever();
	} else if (!strcmp(what, "spin")) {
		name("lab-spin");
		for (volatile unsigned long i = 0;; i++)
			;
	} else if (!strcmp(what, "packets")) {
		run_packets();
	} else if (!strcmp(what, "sleep") && argc > 2) {
		name(argv[2]);
		forever();
	} else if (!strcmp(what, "writer") && argc > 3) {
		run_writer(argv[2], strtoul(argv[3], NULL, 0));
	} else if (!strcmp(what, "hop") && argc > 3) {
		run_hop(atoi(argv[2]), argv + 3);
	}
	fprintf(stderr, "usage: see the comment in lab-load.c\n");
	return 2;
}
