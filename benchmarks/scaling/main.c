// SPDX-License-Identifier: GPL-2.0
/*
 * scaling RIG ROUND ENTRIES MILLISECONDS PEER: how many operations a second a map is good
 * for, with as many threads as there are processors that the process may run on.  What the
 * map does in the background runs on the same ones.
 */
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "peer.h"

/* Between looks at the clock. */
#define BLOCK	64

/**
 * struct load - what threads do
 * @name: in the samples
 * @gets: of a hundred operations so many are lookups, the others replace
 * @evicts: all insert what was never there
 */
struct load {
	const char *name;
	unsigned int gets;
	bool evicts;
};

/* What evicts comes last, as lookups would not find what was there. */
static const struct load loads[] = {
	{ .name = "read", .gets = 100 },
	{ .name = "95_5", .gets = 95 },
	{ .name = "50_50", .gets = 50 },
	{ .name = "evict", .evicts = true },
};

static const struct peer * const peers[] = {
	&peer_ttlmap, &peer_ttlmap_apart, &peer_lfht, &peer_mutex_lru,
};

static const struct peer *peer;
static const struct load *load;
static uint32_t entries;
static unsigned int threads;
/* Of one map. */
static unsigned int sharers;
static pthread_barrier_t barrier;
static bool stop;

/**
 * struct worker - a thread
 * @thread: as the system knows it
 * @number: from 0 on
 * @cpu: on which it runs
 * @random: state of its random numbers, never 0
 * @inserted: how many keys that are its own it has put into the map
 * @rate: operations a second
 */
struct worker {
	pthread_t thread;
	unsigned int number;
	int cpu;
	uint64_t random;
	uint64_t inserted;
	double rate;
};

static struct worker workers[THREADS_MOST];

static struct key key_of(uint64_t number)
{
	return (struct key){ .words = { mix64(number + 1), number } };
}

/* xorshift64 (George Marsaglia, 2003). */
static uint32_t below(struct worker *worker, uint32_t n)
{
	worker->random ^= worker->random << 13;
	worker->random ^= worker->random >> 7;
	worker->random ^= worker->random << 17;
	return (worker->random >> 32) * n >> 32;
}

static struct key random_key(struct worker *worker)
{
	return key_of(below(worker, entries));
}

/* Those that nobody else inserts into its map, one after the other. */
static struct key own_key(const struct worker *worker, uint64_t i)
{
	return key_of(i * sharers + worker->number % sharers);
}

static void insert(struct worker *worker)
{
	struct key key = own_key(worker, worker->inserted++);

	peer->put(&key);
}

static void insert_at_capacity(struct worker *worker)
{
	struct key oldest = own_key(worker, worker->inserted - entries / sharers);

	if (peer->take)
		peer->take(&oldest);
	insert(worker);
}

static void get(struct key key)
{
	uint64_t value;

	if (!peer->get(&key, &value) || value != key.words[0])
		errx(1, "%s: not what was put in", peer->name);
}

static void replace(struct worker *worker)
{
	struct key key = random_key(worker);

	peer->put(&key);
}

static void operate(struct worker *worker)
{
	if (load->evicts)
		insert_at_capacity(worker);
	else if (load->gets == 100 || below(worker, 100) < load->gets)
		get(random_key(worker));
	else
		replace(worker);
}

/* All have been used once: what a use writes then is what it writes all the time. */
static void fill(struct worker *worker)
{
	while (worker->inserted < entries / sharers)
		insert(worker);
	for (uint64_t i = 0; i < worker->inserted; i++)
		get(own_key(worker, i));
}

static void measure(struct worker *worker)
{
	uint64_t begin, done = 0;

	pthread_barrier_wait(&barrier);
	begin = now_ns();
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (unsigned int i = 0; i < BLOCK; i++)
			operate(worker);
		done += BLOCK;
	}
	worker->rate = done * 1e9 / (now_ns() - begin);
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "processor %d", cpu);
}

static void *run_worker(void *arg)
{
	struct worker *worker = arg;

	pin(worker->cpu);
	peer->enter(worker->number);
	if (load)
		measure(worker);
	else
		fill(worker);
	peer->leave();
	return NULL;
}

static void start_workers(void)
{
	for (unsigned int i = 0; i < threads; i++)
		if (pthread_create(&workers[i].thread, NULL, run_worker, &workers[i]))
			err(1, "a thread");
}

static void join_workers(void)
{
	for (unsigned int i = 0; i < threads; i++)
		pthread_join(workers[i].thread, NULL);
}

static double run_load(uint64_t milliseconds)
{
	double rate = 0;

	stop = false;
	start_workers();
	pthread_barrier_wait(&barrier);
	usleep(milliseconds * 1000);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	join_workers();
	for (unsigned int i = 0; i < threads; i++)
		rate += workers[i].rate;
	return rate;
}

static void run_loads(const struct source *source, uint64_t milliseconds)
{
	char name[32];

	start_workers();
	join_workers();
	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		load = &loads[i];
		snprintf(name, sizeof(name), "scale/%s/%u", load->name, threads);
		sample(source, name, peer->name, run_load(milliseconds), "a second");
	}
}

static void find_processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		err(1, "processors");
	for (int cpu = 0; cpu < CPU_SETSIZE && threads < THREADS_MOST; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		workers[threads] = (struct worker){
			.number = threads, .cpu = cpu, .random = mix64(threads + 1),
		};
		threads++;
	}
}

static const struct peer *peer_find(const char *name)
{
	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++)
		if (!strcmp(peers[i]->name, name))
			return peers[i];
	errx(2, "%s: no such peer", name);
}

int main(int argc, char **argv)
{
	struct source source;

	if (argc != 6)
		errx(2, "usage: scaling RIG ROUND ENTRIES MILLISECONDS PEER");
	source = (struct source){ .rig = argv[1], .round = number_arg(argv[2]) };
	peer = peer_find(argv[5]);
	find_processors();
	sharers = peer->apart ? 1 : threads;
	entries = number_arg(argv[3]) / sharers * sharers;
	if (pthread_barrier_init(&barrier, NULL, threads + 1))
		err(1, "a barrier");
	peer->open(entries, threads);
	run_loads(&source, number_arg(argv[4]));
	return 0;
}
