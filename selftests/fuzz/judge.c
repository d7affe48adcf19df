// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>

#include "grammar.h"
#include "judge.h"

#define ERRNOS	256

/* Out of the header: what is documented beside each command and operation. */
static const struct row {
	const char *subject;
	int error;
} rows[] = {
#include "errnos.inc"
};

/* The fault of the arguments, the descriptor or the memory: of any command. */
static const int general[] = { EINVAL, E2BIG, EFAULT, ENOTTY, EBADF };

static const char *const op_names[] = {
	[0] = "no operation",
	[TTLMAP_OP_LOOKUP] = "LOOKUP",
	[TTLMAP_OP_UPDATE] = "UPDATE",
	[TTLMAP_OP_DELETE] = "DELETE",
	[TTLMAP_OP_TOUCH] = "TOUCH",
	[TTLMAP_OP_POP] = "POP",
	[TTLMAP_OP_ADD] = "ADD",
	[TTLMAP_OP_CLEAR] = "CLEAR",
};

static struct complaint *complaint;

void judge_init(void)
{
	complaint = mmap(NULL, sizeof(*complaint), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (complaint == MAP_FAILED)
		err(2, "mmap");
}

/* NULL if there is none. */
const char *judge_complaint(void)
{
	return __atomic_load_n(&complaint->made, __ATOMIC_ACQUIRE) ? complaint->text : NULL;
}

void judge_forget(void)
{
	memset(complaint, 0, sizeof(*complaint));
}

void judge_complain(const char *format, ...)
{
	va_list args;

	if (__atomic_exchange_n(&complaint->made, 1, __ATOMIC_ACQ_REL))
		return;
	va_start(args, format);
	vsnprintf(complaint->text, sizeof(complaint->text), format, args);
	va_end(args);
}

static bool documented(const char *subject, int error)
{
	for (u32 i = 0; i < sizeof(general) / sizeof(general[0]); i++)
		if (general[i] == error)
			return true;
	for (u32 i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].error == error && !strcmp(rows[i].subject, subject))
			return true;
	return false;
}

static const char *op_name(u64 op)
{
	return op <= TTLMAP_OP_CLEAR ? op_names[op] : op_names[0];
}

/* Whose errnos count. Of what was not laid out by us nothing is known. */
static const char *subject_of(const struct call *call)
{
	if (call->form == FORM_RAW || call->value[V_ARG] || (__s64)call->value[V_GROW] < 0)
		return "any";
	return call->form == FORM_OP ? op_name((u32)call->value[V_OP]) : form_of(call)->name;
}

static void judge_errno(const struct call *call, const char *subject, int error)
{
	if (documented(subject, error) || (error == ENOMEM && call->value[V_FAIL]))
		return;
	judge_complain("%s gave %s, which the header does not document", subject,
		       rc_name(-error));
}

/* @rc: as from ioctl(), or a negative errno */
void judge_result(const struct call *call, int rc)
{
	bool descriptor = call->form == FORM_CREATE || call->form == FORM_OPEN ||
			  call->form == FORM_RAW;

	if (rc < 0)
		judge_errno(call, subject_of(call), -rc);
	else if (rc && !descriptor)
		judge_complain("%s returned %d", form_of(call)->name, rc);
}

/* An operation of ours, or of a mixture of ours, has the same errnos as alone. */
static void judge_op(const struct call *call, u32 i, const struct ttlmap_op *op)
{
	const char *subject = op_name(op->op);

	if (op->result > 0 || op->result <= -ERRNOS)
		judge_complain("operation %u of a batch has the result %d", i, op->result);
	else if (op->result)
		judge_errno(call, subject, -op->result);
}

void judge_batch(const struct call *call, const struct ttlmap_batch *batch)
{
	if (batch->done > batch->count)
		judge_complain("batch did %u of %u", batch->done, batch->count);
	for (u32 i = 0; i < batch->done; i++)
		judge_op(call, i, (void *)(uintptr_t)(batch->ops + (u64)i * batch->op_size));
}

void judge_stat(const struct ttlmap_stat *stat)
{
	if (!stat_adds_up(stat))
		judge_complain("resident %llu is not %llu + %llu + %llu + %llu",
			       stat->resident_bytes, stat->live_bytes, stat->stale_bytes,
			       stat->retired_bytes, stat->table_bytes);
	else if (stat->stale_entries > stat->entries || stat->live_bytes >> 62)
		judge_complain("%llu entries, %llu of them stale; %llu live bytes",
			       stat->entries, stat->stale_entries, stat->live_bytes);
	else if (!stat->segments || stat->directory_slots < stat->segments)
		judge_complain("%llu segments in %llu slots", stat->segments,
			       stat->directory_slots);
}

/* Events, one after the other, all of them whole. */
void judge_read(const char *buf, ssize_t bytes)
{
	ssize_t offset = 0;

	while (offset + (ssize_t)sizeof(struct ttlmap_event) <= bytes) {
		const struct ttlmap_event *event = (const void *)(buf + offset);

		if (event->size % 8 || event->head != sizeof(*event) || event->size < event->head ||
		    event->key_len > TTLMAP_KEY_MAX || event->value_len > TTLMAP_VALUE_MAX ||
		    !event->event || event->event > TTLMAP_EVENT_ALARM)
			break;
		offset += event->size;
	}
	if (bytes > 0 && offset != bytes)
		judge_complain("%zd bytes were read, and %zd make sense", bytes, offset);
}

/* Records, one after the other, exactly as many and as long as it says. */
void judge_scan(const struct ttlmap_scan *scan)
{
	const char *at = (const char *)(uintptr_t)scan->buf;
	u64 offset = 0, n = 0;

	while (n < scan->count && offset + sizeof(struct ttlmap_record) <= scan->bytes) {
		const struct ttlmap_record *record = (const void *)(at + offset);

		if (record->head != sizeof(*record) || record->size < record->head ||
		    record->size % 8 || record->flags & ~TTLMAP_RECORD_READ ||
		    record->owner > INT16_MAX ||
		    !record->key_len || record->key_len > TTLMAP_KEY_MAX ||
		    record->value_len > TTLMAP_VALUE_MAX)
			break;
		offset += record->size;
		n++;
	}
	if (scan->bytes > scan->buf_len || offset != scan->bytes || n != scan->count)
		judge_complain("scan gave %u records in %u bytes, seen %llu in %llu", scan->count,
			       scan->bytes, n, offset);
}
