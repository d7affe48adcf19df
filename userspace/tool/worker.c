// SPDX-License-Identifier: GPL-2.0
/*
 * One process of a replay: a program in front of a slow source.  It looks keys
 * up, and what it does not find it fetches and inserts.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "clock.h"
#include "command.h"
#include "escape.h"
#include "trouble.h"
#include "ttlmap.h"
#include "value.h"
#include "worker.h"

/* Few enough that the order is nearly that of the stream. */
#define CHUNK 64

struct worker {
	const struct plan *plan;
	struct tally *tally;
	int fd;
	char *value;
};

static size_t shared_size(unsigned int processes)
{
	return sizeof(struct shared) + processes * sizeof(struct tally);
}

struct shared *shared_new(unsigned int processes)
{
	struct shared *shared = mmap(NULL, shared_size(processes), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return NULL;
	shared->processes = processes;
	return shared;
}

void shared_free(struct shared *shared)
{
	munmap(shared, shared_size(shared->processes));
}

/* There is one writer; others only watch. */
static void count(_Atomic uint64_t *counter)
{
	uint64_t was = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, was + 1, memory_order_relaxed);
}

static int report(const struct worker *worker, const struct stream_key *key,
		  const char *what)
{
	fprintf(stderr, "ttlmap: %s: ", worker->plan->map);
	escape_to(stderr, key->bytes, key->len);
	fprintf(stderr, ": %s\n", what);
	return EXIT_TROUBLE;
}

/* 1 for a hit, 0 for a miss, -1 with errno. */
static int lookup(struct worker *worker, const struct stream_key *key, size_t *len)
{
	uint64_t start = clock_ns();
	int ret;

	do {
		*len = worker->plan->value_room;
		ret = ttlmap_lookup(worker->fd, key->bytes, key->len, worker->value, len,
				    NULL, NULL);
	} while (ret && errno == EINTR);
	histogram_add(&worker->tally->lookups, clock_ns() - start);
	if (!ret)
		return 1;
	return errno == ENOENT ? 0 : -1;
}

static int update(struct worker *worker, const struct stream_key *key, size_t len,
		  uint64_t ttl_ns)
{
	uint64_t start = clock_ns();
	int ret;

	do {
		ret = ttlmap_update(worker->fd, key->bytes, key->len, worker->value, len,
				    ttl_ns, 0, NULL);
	} while (ret && errno == EINTR);
	histogram_add(&worker->tally->updates, clock_ns() - start);
	return ret;
}

static int fetch_and_insert(struct worker *worker, const struct stream_request *request)
{
	const struct plan *plan = worker->plan;
	const struct stream_key *key = &plan->stream->keys[request->key];
	size_t len = plan->request_sizes && request->size ? request->size : plan->value_size;
	uint64_t ttl_ns = request->ttl_s ? request->ttl_s * 1000000000ULL : plan->ttl_ns;

	if (len > plan->value_room)
		len = plan->value_room;
	if (plan->fetch_ns)
		sleep_ns(plan->fetch_ns);
	value_make(worker->value, len, key->bytes, key->len);
	if (!update(worker, key, len, ttl_ns))
		return 0;
	if (errno != ENOSPC)
		return trouble_with_map(plan->map);
	count(&worker->tally->refused);
	return 0;
}

static int carry_out(struct worker *worker, const struct stream_request *request)
{
	const struct stream_key *key = &worker->plan->stream->keys[request->key];
	size_t len;
	int ret = lookup(worker, key, &len);

	if (ret < 0 && errno == EMSGSIZE)
		return report(worker, key, "wrong value: longer than any that was inserted");
	if (ret < 0)
		return trouble_with_map(worker->plan->map);
	count(&worker->tally->requests);
	if (!ret)
		return fetch_and_insert(worker, request);
	count(&worker->tally->hits);
	if (!value_check(worker->value, len, key->bytes, key->len))
		return report(worker, key, "wrong value: not the one that was inserted");
	return 0;
}

static int take_chunks(struct worker *worker, struct shared *shared)
{
	const struct stream *stream = worker->plan->stream;
	uint64_t total = stream->count * worker->plan->repeat;

	for (;;) {
		uint64_t from = atomic_fetch_add(&shared->next, CHUNK);
		uint64_t to = from + CHUNK < total ? from + CHUNK : total;

		if (from >= total)
			return EXIT_SUCCESS;
		for (; from < to; from++)
			if (carry_out(worker, &stream->requests[from % stream->count]))
				return EXIT_TROUBLE;
	}
}

int worker_run(const struct plan *plan, struct shared *shared, struct tally *tally)
{
	struct worker worker = { .plan = plan, .tally = tally };
	int status;

	/* Each opens the map for itself, as programs that share it do. */
	worker.fd = ttlmap_map_open(plan->map, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE);
	if (worker.fd < 0)
		return trouble_with_map(plan->map);
	worker.value = malloc(plan->value_room ? plan->value_room : 1);
	if (!worker.value)
		return trouble_with("values");
	status = take_chunks(&worker, shared);
	free(worker.value);
	return status;
}
