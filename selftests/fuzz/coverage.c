// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coverage.h"
#include "program.h"

#define KCOV			"/sys/kernel/debug/kcov"
#define KCOV_INIT_TRACE		_IOR('c', 1, unsigned long)
#define KCOV_ENABLE		_IO('c', 100)
#define KCOV_TRACE_PC		0

#define TRACE_WORDS	(1UL << 16)
#define EDGES		(1U << 20)
#define TEXT_SIZE	(1U << 20)

enum { KNOWN = 1, WANTED = 2 };

/* A thread's trace: how many addresses follow, and they. */
struct trace {
	int kcov;
	unsigned long *words;
};

static struct trace traces[PROGRAM_THREADS];
static u8 edge_state[EDGES];
static bool block_seen[TEXT_SIZE];
static u64 text;
static u32 edges_known, blocks_known;

/* Where the module lies, so that blocks have the same names in the next boot. */
static u64 module_address(void)
{
	char *text = file_read("/proc/modules");
	char *line = text ? strstr(text, "ttlmap ") : NULL;
	u64 address;

	if (!line || sscanf(line, "%*s %*s %*s %*s %*s %llx", &address) != 1)
		errx(2, "/proc/modules does not say where ttlmap is");
	free(text);
	return address;
}

static void open_trace(struct trace *trace)
{
	trace->kcov = open(KCOV, O_RDWR | O_CLOEXEC);
	if (trace->kcov < 0)
		err(2, KCOV);
	if (ioctl(trace->kcov, KCOV_INIT_TRACE, TRACE_WORDS))
		err(2, "KCOV_INIT_TRACE");
	trace->words = mmap(NULL, TRACE_WORDS * sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED,
			    trace->kcov, 0);
	/* Children are traced without it, and it would be much to copy. */
	if (trace->words == MAP_FAILED ||
	    madvise(trace->words, TRACE_WORDS * sizeof(long), MADV_DONTFORK))
		err(2, "mmap of " KCOV);
}

void coverage_open(void)
{
	text = module_address();
	for (u32 i = 0; i < PROGRAM_THREADS; i++)
		open_trace(&traces[i]);
}

/* From now on the calling thread is traced, until it ends. */
void coverage_enable(u32 thread)
{
	struct trace *trace = &traces[thread];

	if (trace->words && ioctl(trace->kcov, KCOV_ENABLE, KCOV_TRACE_PC))
		err(2, "KCOV_ENABLE");
}

void coverage_reset(void)
{
	for (u32 i = 0; i < PROGRAM_THREADS; i++)
		if (traces[i].words)
			__atomic_store_n(&traces[i].words[0], 0, __ATOMIC_RELAXED);
}

static u32 edge_of(u64 from, u64 to)
{
	return mix64(from * 31 + to) % EDGES;
}

static void note_block(u64 offset)
{
	if (offset < TEXT_SIZE && !block_seen[offset]) {
		block_seen[offset] = true;
		blocks_known++;
	}
}

static void note_edge(struct edges *edges, u32 edge)
{
	if (edge_state[edge] & KNOWN)
		return;
	edge_state[edge] |= KNOWN;
	edges_known++;
	edges->edge = realloc(edges->edge, (edges->n + 1) * sizeof(*edges->edge));
	if (!edges->edge)
		err(2, "memory");
	edges->edge[edges->n++] = edge;
}

static void note_trace(struct edges *edges, const struct trace *trace)
{
	u64 before = 0;

	for (unsigned long i = 1; i <= trace->words[0]; i++) {
		u64 block = trace->words[i] - text;

		note_block(block);
		note_edge(edges, edge_of(before, block));
		before = block;
	}
}

/* What the last run reached that none did before it. The caller frees it. */
struct edges coverage_new(void)
{
	struct edges edges = { };

	for (u32 i = 0; i < PROGRAM_THREADS; i++)
		if (traces[i].words)
			note_trace(&edges, &traces[i]);
	return edges;
}

static u32 count_wanted(const struct trace *trace)
{
	u64 before = 0;
	u32 n = 0;

	for (unsigned long i = 1; i <= trace->words[0]; i++) {
		u64 block = trace->words[i] - text;
		u8 *state = &edge_state[edge_of(before, block)];

		n += !!(*state & WANTED);
		*state &= ~WANTED;
		before = block;
	}
	return n;
}

/* Did the last run reach all of these? */
bool coverage_again(const struct edges *edges)
{
	u32 i, n = 0;

	for (i = 0; i < edges->n; i++)
		edge_state[edges->edge[i]] |= WANTED;
	for (i = 0; i < PROGRAM_THREADS; i++)
		n += count_wanted(&traces[i]);
	for (i = 0; i < edges->n; i++)
		edge_state[edges->edge[i]] &= ~WANTED;
	return n == edges->n;
}

u32 coverage_edges(void)
{
	return edges_known;
}

u32 coverage_blocks(void)
{
	return blocks_known;
}

/* Offsets into the module's text, a line each. */
void coverage_print(void)
{
	for (u32 i = 0; i < TEXT_SIZE; i++)
		if (block_seen[i])
			printf("@block %#x\n", i);
}
