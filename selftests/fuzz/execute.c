// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "coverage.h"
#include "execute.h"
#include "grammar.h"
#include "invoke.h"
#include "judge.h"

#define PATIENCE_MS	30000
#define DEATH_MS	300000
#define FORKS		2

/*
 * The process that runs programs, one after the other, for as long as they leave
 * nothing behind: what is left of credentials and forks goes only with a process.
 */
static struct {
	pid_t pid;
	int socket;
} runner;

static struct program *shared;

/* The state of the program that is run. */
static const struct program *program;
static pid_t process;
static int slots[SLOTS];
static int first_fd;
static u32 forks;
static struct worker {
	u32 thread;
	bool started;
	bool running;
	pthread_t id;
	struct invoker invoker;
} workers[PROGRAM_THREADS];

static int *slot(u64 n)
{
	return &slots[n % SLOTS];
}

static void ignore(int signal)
{
	(void)signal;
}

static void open_slots(void)
{
	memset(slots, -1, sizeof(slots));
	slots[SLOT_DEVICE] = device_open();
	slots[SLOT_NULL] = open("/dev/null", O_RDWR | O_CLOEXEC);
}

static bool has_form(u32 form)
{
	for (u32 i = 0; i < program->n; i++)
		if (program->call[i].form == form)
			return true;
	return false;
}

static bool is_alone(void)
{
	for (u32 i = 0; i < program->n; i++)
		if (program->call[i].thread)
			return false;
	return !has_form(FORM_FORK);
}

/* Both go on with what is left of the thread, and share its descriptors. */
static void do_fork(void)
{
	if (__atomic_fetch_add(&forks, 1, __ATOMIC_RELAXED) >= FORKS)
		return;
	if (!fork())
		__atomic_store_n(&forks, FORKS, __ATOMIC_RELAXED);
}

/* This thread's credentials only, which the C library does not offer. */
static void become(u64 uid)
{
	if (uid)
		syscall(SYS_setresuid, (uid_t)uid, (uid_t)uid, (uid_t)uid);
}

/* What there is to read, for those that listen. */
static void read_some(int fd, u64 room)
{
	static __thread char buf[65536];

	fcntl(fd, F_SETFL, O_NONBLOCK);
	judge_read(buf, read(fd, buf, room % (sizeof(buf) + 1)));
}

static void read_debugfs(void)
{
	glob_t found;

	free(file_read(DEBUGFS "/summary"));
	if (glob(DEBUGFS "/*/*", 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		free(file_read(found.gl_pathv[i]));
	globfree(&found);
}

static void join_others(void)
{
	for (u32 i = 1; i < PROGRAM_THREADS; i++) {
		if (workers[i].running)
			pthread_join(workers[i].id, NULL);
		workers[i].running = false;
	}
}

static void run_ioctl(struct worker *worker, const struct call *call)
{
	int rc = invoke(&worker->invoker, call, *slot(call->value[V_FD]));

	if (rc >= 0 && (call->form == FORM_CREATE || call->form == FORM_OPEN))
		*slot(call->value[V_TO]) = rc;
}

static void run_call(struct worker *worker, const struct call *call)
{
	const u64 *value = call->value;

	switch (call->form) {
	case FORM_DUP:
		*slot(value[V_SECOND]) = dup(*slot(value[V_FIRST]));
		break;
	case FORM_CLOSE:
		close(*slot(value[V_FIRST]));
		break;
	case FORM_READ:
		read_some(*slot(value[V_FIRST]), value[V_SECOND]);
		break;
	case FORM_FORK:
		do_fork();
		break;
	case FORM_JOIN:
		if (!worker->thread && getpid() == process)
			join_others();
		break;
	case FORM_SLEEP:
		usleep(value[V_FIRST] % 100000);
		break;
	case FORM_USER:
		become(value[V_FIRST]);
		break;
	case FORM_LIMIT:
		parameter_write("max_bytes", value[V_FIRST]);
		break;
	case FORM_DEBUGFS:
		read_debugfs();
		break;
	default:
		run_ioctl(worker, call);
	}
}

static void start(struct worker *worker);

/* All calls of a thread; the first thread starts each other at its first call. */
static void run_thread(struct worker *worker)
{
	invoke_init(&worker->invoker, worker->thread, is_alone());
	if (worker->thread)
		coverage_enable(worker->thread);
	for (u32 i = 0; i < program->n; i++) {
		const struct call *call = &program->call[i];

		if (call->thread == worker->thread)
			run_call(worker, call);
		else if (!worker->thread && getpid() == process)
			start(&workers[call->thread]);
	}
	if (getpid() != process)
		_exit(0);
}

static void *thread_main(void *arg)
{
	run_thread(arg);
	return NULL;
}

static void start(struct worker *worker)
{
	if (worker->started)
		return;
	worker->started = true;
	worker->running = !pthread_create(&worker->id, NULL, thread_main, worker);
}

/* All that a program opened is closed, in a slot or not. */
static void run_program(void)
{
	arena_restore();
	open_slots();
	memset(workers, 0, sizeof(workers));
	for (u32 i = 0; i < PROGRAM_THREADS; i++)
		workers[i].thread = i;
	workers[0].started = true;
	run_thread(&workers[0]);
	join_others();
	close_range(first_fd, ~0U, 0);
	while (wait(NULL) > 0)
		;
}

static void runner_main(int socket)
{
	struct sigaction action = { .sa_handler = ignore };
	char byte;

	process = getpid();
	program = shared;
	first_fd = socket + 1;
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGALRM, &action, NULL);
	coverage_enable(0);
	while (TEMP_FAILURE_RETRY(read(socket, &byte, 1)) == 1) {
		run_program();
		if (TEMP_FAILURE_RETRY(write(socket, &byte, 1)) != 1)
			break;
	}
	_exit(0);
}

static void start_runner(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		err(2, "socketpair");
	runner.pid = fork();
	if (runner.pid < 0)
		err(2, "fork");
	if (!runner.pid) {
		/* No free number below it: what programs open lies above. */
		dup2(pair[1], pair[0]);
		close(pair[1]);
		runner_main(pair[0]);
	}
	close(pair[1]);
	runner.socket = pair[0];
}

/* One that does not even die waits in the kernel for what does not come. */
static void wait_for_end(int expected)
{
	struct pollfd end = { .fd = pidfd_open(runner.pid, 0), .events = POLLIN };
	int status;

	if (end.fd < 0)
		err(2, "pidfd_open");
	if (poll(&end, 1, DEATH_MS) <= 0) {
		file_write("/proc/sysrq-trigger", "w");
		judge_complain("the program cannot be killed");
	} else if (waitpid(runner.pid, &status, 0) != runner.pid || status != expected) {
		judge_complain("the program ended with the status %#x", status);
	}
	close(end.fd);
}

static void stop_runner(int expected)
{
	close(runner.socket);
	wait_for_end(expected);
	runner.pid = 0;
}

/* Some programs take their time: what counts is that they can be killed. */
static void wait_for_runner(void)
{
	struct pollfd answer = { .fd = runner.socket, .events = POLLIN };
	char byte;

	if (poll(&answer, 1, PATIENCE_MS) <= 0) {
		kill(-runner.pid, SIGKILL);
		stop_runner(SIGKILL);
	} else if (read(runner.socket, &byte, 1) != 1 || has_form(FORM_USER) ||
		   has_form(FORM_FORK)) {
		stop_runner(0);
	}
}

/* Names outlive whoever made them. */
static void unlink_names(void)
{
	struct ttlmap_list_item item;
	struct ttlmap_list list = { .items = (uintptr_t)&item, .item_size = sizeof(item) };
	struct ttlmap_unlink unlink = { };

	for (;;) {
		list.count = 1;
		list.cursor = 0;
		if (device_ioctl(TTLMAP_IOC_LIST, &list) || !list.count)
			return;
		memcpy(unlink.name, item.name, sizeof(unlink.name));
		if (device_ioctl(TTLMAP_IOC_UNLINK, &unlink))
			return;
	}
}

void execute_init(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED)
		err(2, "mmap");
	program = shared;
}

/* Leaves its traces to be collected, and a complaint if there is one. */
void execute_program(const struct program *which)
{
	u64 limit = 0;

	*shared = *which;
	coverage_reset();
	judge_forget();
	if (has_form(FORM_LIMIT))
		limit = parameter_read("max_bytes");
	if (!runner.pid)
		start_runner();
	if (send(runner.socket, "", 1, MSG_NOSIGNAL) != 1)
		err(2, "send");
	wait_for_runner();
	if (has_form(FORM_CREATE) || has_form(FORM_RAW))
		unlink_names();
	if (limit)
		parameter_write("max_bytes", limit);
}
