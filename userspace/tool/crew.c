// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "crew.h"
#include "progress.h"
#include "trouble.h"

#define REDRAW_NS 100000000

/**
 * struct crew - the processes of a replay
 * @plan: what they do
 * @shared: what they share
 * @pid: of each, 0 for one that has ended
 * @running: how many have not
 * @old_mask: signals as they were blocked before
 */
struct crew {
	const struct plan *plan;
	struct shared *shared;
	pid_t *pid;
	unsigned int running;
	sigset_t old_mask;
};

static void watched_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
}

static void be_worker(const struct crew *crew, unsigned int number, pid_t parent)
{
	/* Nobody replays on when the one who reports is gone. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_TROUBLE);
	sigprocmask(SIG_SETMASK, &crew->old_mask, NULL);
	_exit(worker_run(crew->plan, crew->shared, &crew->shared->tally[number]));
}

static int start(struct crew *crew)
{
	pid_t parent = getpid();

	for (unsigned int i = 0; i < crew->shared->processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return trouble_with("fork");
		if (!pid)
			be_worker(crew, i, parent);
		crew->pid[i] = pid;
		crew->running++;
	}
	return 0;
}

static void forget(struct crew *crew, pid_t pid)
{
	for (unsigned int i = 0; i < crew->shared->processes; i++)
		if (crew->pid[i] == pid)
			crew->pid[i] = 0;
	crew->running--;
}

/* What an ended process says: it has explained its own failure already. */
static int judge(pid_t pid, int status)
{
	if (WIFSIGNALED(status)) {
		fprintf(stderr, "ttlmap: process %d of the replay was killed by signal %d\n",
			(int)pid, WTERMSIG(status));
		return EXIT_TROUBLE;
	}
	return WEXITSTATUS(status);
}

static int reap(struct crew *crew)
{
	int result = 0;

	while (crew->running && !result) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid <= 0)
			break;
		forget(crew, pid);
		result = judge(pid, status);
	}
	return result;
}

static void end_all(struct crew *crew)
{
	for (unsigned int i = 0; i < crew->shared->processes; i++) {
		if (!crew->pid[i])
			continue;
		kill(crew->pid[i], SIGKILL);
		waitpid(crew->pid[i], NULL, 0);
	}
}

static void show(const struct crew *crew, struct progress *progress)
{
	uint64_t requests = 0, hits = 0;

	for (unsigned int i = 0; i < crew->shared->processes; i++) {
		requests += atomic_load_explicit(&crew->shared->tally[i].requests,
						 memory_order_relaxed);
		hits += atomic_load_explicit(&crew->shared->tally[i].hits,
					     memory_order_relaxed);
	}
	progress_show(progress, requests, hits);
}

static int wait_for_all(struct crew *crew, const sigset_t *watched, struct progress *progress)
{
	static const struct timespec redraw = { 0, REDRAW_NS };

	while (crew->running) {
		int signal = sigtimedwait(watched, NULL, &redraw);
		int result;

		/* Looked at first: a terminal sends it to the others as well. */
		if (signal > 0 && signal != SIGCHLD)
			return -signal;
		result = reap(crew);
		if (result)
			return result;
		show(crew, progress);
	}
	return 0;
}

static int run(struct crew *crew, const sigset_t *watched)
{
	struct progress progress;
	int result = start(crew);

	if (!result) {
		progress_begin(&progress, crew->plan->stream->count * crew->plan->repeat);
		result = wait_for_all(crew, watched, &progress);
		progress_end(&progress);
	}
	end_all(crew);
	return result;
}

int crew_run(const struct plan *plan, struct shared *shared)
{
	struct crew crew = { .plan = plan, .shared = shared };
	sigset_t watched;
	int result;

	crew.pid = calloc(shared->processes, sizeof(*crew.pid));
	if (!crew.pid)
		return trouble_with("processes");
	watched_signals(&watched);
	sigprocmask(SIG_BLOCK, &watched, &crew.old_mask);
	fflush(NULL);
	result = run(&crew, &watched);
	sigprocmask(SIG_SETMASK, &crew.old_mask, NULL);
	free(crew.pid);
	return result;
}
