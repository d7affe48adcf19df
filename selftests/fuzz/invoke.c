// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "grammar.h"
#include "invoke.h"
#include "judge.h"

#define CANARY	0xa5
#define BEYOND	64	/* bytes after what the kernel may write that are looked at */

static const char *const names[NAMES] = {
	"", "fuzz-a", "fuzz-b", "fuzz_c@1",
	"0123456789012345678901234567890123456789012345678901234567890.b",
	".hidden", "-dash", "%s%n%p", "with space",
	"0123456789012345678901234567890123456789012345678901234567890123",
};

void invoke_init(struct invoker *invoker, u32 thread, bool alone)
{
	invoker->alone = alone;
	invoker->ops = (u8 *)ARENA_OPS(thread);
}

static u64 last_of(const struct invoker *invoker, const struct field *field, u64 value)
{
	if (value != VALUE_LAST)
		return value;
	return field->at == offsetof(struct ttlmap_op, version) ? invoker->last_version :
								  invoker->last_cursor;
}

/* Those of a structure's values that lie within @size. */
static void lay_out(const struct invoker *invoker, const struct call *call, enum part part,
		    u8 *to, u32 size)
{
	const struct form *form = form_of(call);

	for (u32 i = 0; i < form->n; i++) {
		const struct field *field = &form->fields[i];
		u64 value = last_of(invoker, field, call->value[i]);

		if (field->part != part || field->at + field->size > size)
			continue;
		if (field->sort == SORT_NAME)
			memcpy(to + field->at, names[value % NAMES],
			       strnlen(names[value % NAMES], field->size));
		else
			memcpy(to + field->at, &value, field->size);
	}
}

/* Keys in a row; with "mix", each operation is another. */
static void lay_out_ops(struct invoker *invoker, const struct call *call)
{
	u64 op_size = call->value[V_OP_SIZE], count = call->value[V_COUNT];

	for (u64 i = 0; i < count && sizeof(struct ttlmap_op) <= op_size &&
	     (i + 1) * op_size <= ARENA_OPS_SIZE; i++) {
		struct ttlmap_op *op = (void *)(invoker->ops + i * op_size);

		lay_out(invoker, call, PART_ELEMENT, (void *)op, sizeof(*op));
		op->key += i * call->value[V_STRIDE];
		if (call->value[V_MIX])
			op->op = 1 + (op->op + i / call->value[V_MIX]) % TTLMAP_OP_CLEAR;
	}
}

static u32 size_of(const struct call *call)
{
	return (form_size(form_of(call)) + call->value[V_GROW]) & _IOC_SIZEMASK;
}

static unsigned long command_of(const struct call *call, u32 size)
{
	unsigned long sizes = (unsigned long)_IOC_SIZEMASK << _IOC_SIZESHIFT;

	if (call->form == FORM_RAW)
		return call->value[V_RAW_COMMAND];
	return (form_of(call)->command & ~sizes) | (unsigned long)size << _IOC_SIZESHIFT;
}

/* Returns the argument's address. */
static u64 prepare(struct invoker *invoker, const struct call *call, u32 size)
{
	u32 known = form_size(form_of(call));

	memset(invoker->arg, 0, size);
	memset(invoker->arg + size, CANARY, BEYOND);
	if (size > known)
		memset(invoker->arg + known, call->value[V_TAIL], size - known);
	lay_out(invoker, call, PART_ARG, invoker->arg, size);
	if (call->form == FORM_BATCH && !call->value[V_OPS]) {
		lay_out_ops(invoker, call);
		if (size >= sizeof(struct ttlmap_batch))
			((struct ttlmap_batch *)invoker->arg)->ops = (uintptr_t)invoker->ops;
	}
	return call->value[V_ARG] ?: (uintptr_t)invoker->arg;
}

/*
 * Which of this thread's allocations or copies from now on fails; 0 for none. To
 * tell the kernel of it takes a copy as well, which then is the one that fails.
 */
static void set_fail_nth(struct invoker *invoker, u64 n)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%llu", n);

	if (!invoker->fail_nth)
		invoker->fail_nth = open("/proc/thread-self/fail-nth", O_WRONLY | O_CLOEXEC);
	while (pwrite(invoker->fail_nth, text, len, 0) < 0 && errno == EFAULT)
		;
}

/* A signal for this thread, which does nothing but interrupt it. */
static timer_t start_alarm(u64 us)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM };
	struct itimerspec when = { .it_value.tv_nsec = us % 1000000 * 1000 };
	timer_t timer;

	event._sigev_un._tid = gettid();
	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		err(2, "timer_create");
	timer_settime(timer, 0, &when, NULL);
	return timer;
}

/* Allocations fail and signals come for this call only. */
static int call_kernel(struct invoker *invoker, const struct call *call, int fd,
		       unsigned long command, u64 at)
{
	u64 fail = call->value[V_FAIL], alarm = call->value[V_ALARM];
	timer_t timer;
	int rc;

	if (alarm)
		timer = start_alarm(alarm);
	if (fail)
		set_fail_nth(invoker, fail % 1000);
	rc = ioctl(fd, command, at);
	rc = rc < 0 ? -errno : rc;
	if (fail)
		set_fail_nth(invoker, 0);
	if (alarm)
		timer_delete(timer);
	return rc;
}

static void check_canary(const struct call *call, const u8 *beyond, const char *what)
{
	for (u32 i = 0; i < BEYOND; i++)
		if (beyond[i] != CANARY)
			judge_complain("%s wrote beyond %s", form_of(call)->name, what);
}

/* What is at stake in memory that only this call writes to. */
static u8 *room_end(const struct invoker *invoker, const struct call *call)
{
	const struct shape *shape = shape_of((u32)call->value[V_OP]);
	u64 end = call->value[V_VALUE] + (u32)call->value[V_VALUE_LEN];

	if (call->form != FORM_OP || !invoker->alone || !shape || !shape->out ||
	    call->value[V_VALUE] - ARENA_OUT >= ARENA_SIZE ||
	    end + BEYOND - ARENA_OUT >= ARENA_SIZE)
		return NULL;
	return (u8 *)end;
}

static void remember(struct invoker *invoker, const struct call *call)
{
	if (call->form == FORM_OP)
		invoker->last_version = ((struct ttlmap_op *)invoker->arg)->version;
	else if (call->form == FORM_SCAN)
		invoker->last_cursor = ((struct ttlmap_scan *)invoker->arg)->cursor;
	else if (call->form == FORM_LIST)
		invoker->last_cursor = ((struct ttlmap_list *)invoker->arg)->cursor;
}

static void judge(const struct invoker *invoker, const struct call *call, u32 size, int rc)
{
	const void *arg = invoker->arg;
	u64 buf = call->value[V_BUF];

	judge_result(call, rc);
	if (rc || call->value[V_ARG] || size < form_size(form_of(call)))
		return;
	if (call->form == FORM_STAT)
		judge_stat(arg);
	else if (call->form == FORM_BATCH && !call->value[V_OPS])
		judge_batch(call, arg);
	else if (call->form == FORM_SCAN && invoker->alone && buf - ARENA_OUT < ARENA_SIZE)
		judge_scan(arg);
}

/* Returns what ioctl() did, or a negative errno. */
int invoke(struct invoker *invoker, const struct call *call, int fd)
{
	u32 size = size_of(call);
	u64 at = prepare(invoker, call, size);
	u8 *end = room_end(invoker, call);
	int rc;

	if (end)
		memset(end, CANARY, BEYOND);
	rc = call_kernel(invoker, call, fd, command_of(call, size), at);
	if (end)
		check_canary(call, end, "the room for the value");
	if (call->form != FORM_RAW)
		check_canary(call, invoker->arg + size, "its structure");
	remember(invoker, call);
	judge(invoker, call, size, rc);
	return rc;
}
