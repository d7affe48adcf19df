// SPDX-License-Identifier: GPL-2.0
/*
 * The small things that kmod/ asks of the kernel.
 */
#include <sodium.h>
#include <xxhash.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/err.h>
#include <linux/llist.h>
#include <linux/percpu_counter.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/xxhash.h>

#include "shim.h"

u64 shim_fault_at;
u64 (*shim_hash)(const void *data, size_t len, u64 seed);
struct shrinker *shim_shrinker;

static u64 random_state;

void shim_bug(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, what);
	abort();
}

void shim_random_seed(u64 seed)
{
	random_state = seed;
}

/* SplitMix64 (Steele, Lea, Flood, 2014). */
u64 get_random_u64(void)
{
	u64 z = __atomic_add_fetch(&random_state, 0x9e3779b97f4a7c15UL, __ATOMIC_RELAXED);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
	return z ^ (z >> 31);
}

/* The tools' own lies in a file with much else. */
void *memchr_inv(const void *start, int c, size_t bytes)
{
	const u8 *at = start, *end = at + bytes;

	while (at < end && *at == (u8)c)
		at++;
	return at < end ? (void *)at : NULL;
}

u64 xxh64(const void *data, size_t len, u64 seed)
{
	return shim_hash ? shim_hash(data, len, seed) : XXH64(data, len, seed);
}

u64 siphash(const void *data, size_t len, const siphash_key_t *key)
{
	u64 hash;

	crypto_shorthash_siphash24((unsigned char *)&hash, data, len, (const unsigned char *)key);
	return hash;
}

int percpu_counter_init(struct percpu_counter *counter, s64 start, gfp_t gfp)
{
	atomic64_set(&counter->sum, start);
	counter->local = shim_percpu_alloc(sizeof(s64), gfp);
	return counter->local ? 0 : -ENOMEM;
}

void percpu_counter_destroy(struct percpu_counter *counter)
{
	free_percpu(counter->local);
}

/* As one step, since the kernel's cannot be interrupted either. */
void percpu_counter_add_batch(struct percpu_counter *counter, s64 n, s32 batch)
{
	s64 *local = this_cpu_ptr(counter->local);
	s64 sum = *local + n;
	bool over = sum >= batch || sum <= -batch;

	__atomic_store_n(local, over ? 0 : sum, __ATOMIC_RELAXED);
	if (over)
		atomic64_add(sum, &counter->sum);
}

s64 percpu_counter_sum(struct percpu_counter *counter)
{
	s64 sum = atomic64_read(&counter->sum);
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(counter->local, cpu));
	return sum;
}

int __percpu_counter_compare(struct percpu_counter *counter, s64 limit, s32 batch)
{
	s64 sum = atomic64_read(&counter->sum), drift = (s64)batch * nr_cpu_ids;

	if (sum + drift >= limit && sum - drift <= limit)
		sum = percpu_counter_sum(counter);
	return sum < limit ? -1 : sum > limit;
}

bool llist_add_batch(struct llist_node *first, struct llist_node *last, struct llist_head *head)
{
	struct llist_node *old = READ_ONCE(head->first);

	do {
		WRITE_ONCE(last->next, old);
	} while (!try_cmpxchg(&head->first, &old, first));
	return !old;
}

void complete(struct completion *completion)
{
	__atomic_store_n(&completion->done, true, __ATOMIC_RELEASE);
}

void wait_for_completion(struct completion *completion)
{
	while (!__atomic_load_n(&completion->done, __ATOMIC_ACQUIRE))
		if (!shim_work_run(0) && !shim_grace_end())
			shim_relax();
}

void schedule_timeout_uninterruptible(long timeout)
{
	if (!shim_work_run(0) && !shim_grace_end())
		shim_relax();
}

static bool faults(void)
{
	return shim_fault_at && !--shim_fault_at;
}

static _Thread_local bool faults_disabled;

void pagefault_disable(void)
{
	faults_disabled = true;
}

void pagefault_enable(void)
{
	faults_disabled = false;
}

bool shim_user_access_begin(void)
{
	return !faults_disabled || !faults();
}

int copy_to_user_nofault(void *to, const void *from, size_t size)
{
	if (faults())
		return -EFAULT;
	memcpy(to, from, size);
	return 0;
}

int copy_struct_from_user(void *to, size_t ksize, const void *from, size_t usize)
{
	size_t size = usize < ksize ? usize : ksize;

	memcpy(to, from, size);
	memset((char *)to + size, 0, ksize - size);
	return 0;
}

void *memdup_user(const void *from, size_t size)
{
	void *copy = kmalloc(size, GFP_KERNEL);

	if (!copy)
		return ERR_PTR(-ENOMEM);
	memcpy(copy, from, size);
	return copy;
}

struct shrinker *shrinker_alloc(unsigned int flags, const char *name)
{
	return kzalloc(sizeof(struct shrinker), GFP_KERNEL);
}

void shrinker_register(struct shrinker *shrinker)
{
	shim_shrinker = shrinker;
}

void shrinker_free(struct shrinker *shrinker)
{
	shim_shrinker = NULL;
	kfree(shrinker);
}
