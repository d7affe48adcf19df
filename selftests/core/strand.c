// SPDX-License-Identifier: GPL-2.0
/*
 * Coroutines that the shim stops at its accesses. Each has a CPU of its own, and a
 * stack that is used again.
 */
#include <ucontext.h>
#include <linux/bug.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>

#include "shim.h"
#include "strand.h"

#define STACK	(256 * 1024)

static struct strand {
	ucontext_t context;
	void (*run)(void);
	bool over;
	char stack[STACK] __attribute__((aligned(64)));
} strands[STRANDS];

static ucontext_t scheduler;
static struct strand *current_strand;
/* Steps that are left to the current one. */
static u64 budget;
static bool all_taken;

static void body(void)
{
	current_strand->run();
	current_strand->over = true;
}

void strand_start(unsigned int which, void (*run)(void))
{
	struct strand *strand = &strands[which];

	strand->run = run;
	strand->over = false;
	getcontext(&strand->context);
	strand->context.uc_stack.ss_sp = strand->stack;
	strand->context.uc_stack.ss_size = STACK;
	strand->context.uc_link = &scheduler;
	makecontext(&strand->context, body, 0);
}

static void pause_here(void)
{
	struct strand *strand = current_strand;

	current_strand = NULL;
	swapcontext(&strand->context, &scheduler);
}

/* What a grace period holds back goes at the first moment at which it may. */
void shim_step(void)
{
	static bool ending;

	if (!current_strand)
		return;
	if (ending)
		return;
	ending = true;
	shim_grace_end();
	ending = false;
	if (budget--)
		return;
	all_taken = true;
	pause_here();
}

/* Whoever waits lets the others go on; the scheduler comes back to it. */
void shim_relax(void)
{
	if (!current_strand)
		shim_bug("a deadlock", __FILE__, __LINE__);
	pause_here();
}

bool strand_run(unsigned int which, u64 steps)
{
	unsigned int cpu = shim_cpu;

	if (strands[which].over)
		return false;
	current_strand = &strands[which];
	budget = steps;
	all_taken = false;
	shim_cpu = which;
	swapcontext(&scheduler, &strands[which].context);
	current_strand = NULL;
	shim_cpu = cpu;
	return all_taken;
}

bool strand_over(unsigned int which)
{
	return strands[which].over;
}
