// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that bind entries to their descriptor and end, by themselves, killed,
 * or leaving the descriptor to a child of theirs: the entries go with the last
 * duplicate, and no earlier.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "torture.h"

#define MOST		3000U
#define CHUNK		256U

enum ending {
	RETURNS,
	CLOSES,
	IS_KILLED,
	IS_KILLED_EARLY,
	LEAVES_A_CHILD,
	ENDINGS
};

/* The process's report: how many are bound, and who holds the descriptor. */
struct bound {
	u32 count;
	pid_t holder;
};

/* Until one is refused, which the quota and memory may bring about. */
static u32 bind_keys(int map, u64 first, u32 count)
{
	static struct ttlmap_op ops[CHUNK];
	static u64 keys[CHUNK];
	u32 done, at = 0;

	while (at < count) {
		for (u32 i = 0; i < CHUNK; i++) {
			keys[i] = first + at + i;
			ops[i] = op_update(&keys[i], 8, &keys[i], 8, 0, TTLMAP_OWNED);
		}
		done = 0;
		map_batch(map, ops, CHUNK < count - at ? CHUNK : count - at, &done);
		for (u32 i = 0; i < done; i++, at++)
			if (ops[i].result)
				return at;
	}
	return at;
}

static void own(enum ending ending, u64 first, u32 count, int report)
{
	int map = map_open(HERD, BOTH);
	struct bound bound = { .holder = getpid() };
	pid_t child = 0;

	bound.count = map < 0 ? 0 : bind_keys(map, first, count);
	if (ending == LEAVES_A_CHILD)
		child = fork();
	if (child > 0)
		bound.holder = child;
	if (ending == CLOSES)
		close(map);
	if (ending == LEAVES_A_CHILD && !child)
		pause();
	if (write(report, &bound, sizeof(bound)) != sizeof(bound))
		_exit(1);
	if (ending != RETURNS && ending != LEAVES_A_CHILD)
		pause();
	_exit(0);
}

/* There as long as somebody holds the descriptor: a key that goes is a finding. */
static void expect_bound(struct self *self, u64 first, const struct bound *bound)
{
	u64 there = ~0ULL;

	while (there == ~0ULL && going(self))
		there = u64_count_present(self->w->herd, first, bound->count);
	FIND_IF(self, there < bound->count, "of %u entries with an owner %llu are there",
		bound->count, there);
}

static void expect_gone(struct self *self, u64 first, u32 count)
{
	FIND_IF(self, !eventually(!u64_count_present(self->w->herd, first, count)),
		"%llu entries are left of an owner that is gone",
		u64_count_present(self->w->herd, first, count));
}

static void end_one(struct self *self, enum ending ending, pid_t child, int report, u64 first)
{
	struct bound bound = { };

	if (ending != IS_KILLED_EARLY &&
	    read(report, &bound, sizeof(bound)) != sizeof(bound))
		find(self, "an owner died early");
	if (ending == LEAVES_A_CHILD)
		waitpid(child, NULL, 0);
	if (ending == IS_KILLED || ending == LEAVES_A_CHILD)
		expect_bound(self, first, &bound);
	if (ending == IS_KILLED_EARLY)
		nap(self, 20);
	if (ending == CLOSES)
		expect_gone(self, first, MOST);
	if (bound.holder)
		kill(bound.holder, SIGKILL);
	if (ending != LEAVES_A_CHILD) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	expect_gone(self, first, MOST);
}

void end_owners(struct self *self)
{
	u64 first = self->number << 40;

	while (going(self)) {
		enum ending ending = rng_below(&self->rng, ENDINGS);
		u32 count = 1 + rng_below(&self->rng, MOST);
		int report[2];
		pid_t child;

		if (pipe(report))
			break;
		child = fork();
		if (!child)
			own(ending, first, count, report[1]);
		close(report[1]);
		FIND_IF(self, child < 0, "no process: %s", rc_name(-errno));
		if (child > 0)
			end_one(self, ending, child, report[0], first);
		close(report[0]);
		first += MOST;
		self->part->rounds++;
	}
}
