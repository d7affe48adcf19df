/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Buckets
 *
 * A bucket is one cache line: six slots, the tag and the age of each, the
 * earliest deadline among them, and how many entries of the segment passed by
 * because it was full (F14's overflow counts). It is what is probed, aged, and
 * sampled for victims: one line answers.
 *
 * Tags and the passed count share one word, so that a reader's single load sees
 * them as they were together at one moment.
 *
 * The segment's lock protects all writes but one: a hit writes the age of its
 * slot without the lock. An age that is lost or lands on a slot that has just
 * changed hands costs nothing but a little precision of the LRU.
 */
#ifndef _TTLMAP_BUCKET_H
#define _TTLMAP_BUCKET_H

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include <asm/byteorder.h>

struct tm_entry;

#define TM_BUCKET_SLOTS		6
#define TM_DEADLINE_NONE	0xffff	/* nothing in the bucket expires */
#define TM_AGE_MAX		127	/* epochs; older is as old as this */

#define TM_TAG_BITS		8
#define TM_TAGS_ONE		0x0000010101010101ULL
#define TM_TAGS_LOW		0x00007f7f7f7f7f7fULL
#define TM_TAGS_HIGH		0x0000808080808080ULL
#define TM_PASSED_SHIFT		(TM_TAG_BITS * TM_BUCKET_SLOTS)
#define TM_PASSED_ONE		BIT_ULL(TM_PASSED_SHIFT)
#define TM_PASSED_MASK		(0xffULL << TM_PASSED_SHIFT)

/**
 * struct tm_bucket - six slots in one cache line
 * @tags: byte i is the tag of slot i, 0 if it is empty; byte 6 counts the
 *	entries that passed by; WR: segment lock, readers load it whole
 * @age: epoch of each slot's last use; WR: anybody
 * @deadline: no entry in the bucket expires before the segment's base and this
 *	many ticks; WR: segment lock, marked since readers load it along with the ages
 * @slot: the entries; WR: segment lock, readers under RCU
 */
struct tm_bucket {
	u64 tags;
	u8 age[TM_BUCKET_SLOTS];
	u16 deadline;
	struct tm_entry __rcu *slot[TM_BUCKET_SLOTS];
} __aligned(64);

static_assert(sizeof(struct tm_bucket) == 64);

static inline u8 tm_tag(u64 hash)
{
	u8 tag = hash >> 32;

	return tag ?: 1;
}

/*
 * The high bit of byte i is set if the tag of slot i is @tag. Exact, and
 * without a branch that depends on the data, so that the processor can run
 * ahead into the next lookup. (Zero bytes of a word: Warren, Hacker's Delight.)
 */
static inline u64 tm_tags_match(u64 tags, u8 tag)
{
	u64 diff = tags ^ (tag * TM_TAGS_ONE);

	return ~(((diff & TM_TAGS_LOW) + TM_TAGS_LOW) | diff) & TM_TAGS_HIGH;
}

static inline unsigned int tm_match_slot(u64 match)
{
	return __ffs64(match) / TM_TAG_BITS;
}

static inline bool tm_tags_passed(u64 tags)
{
	return tags & TM_PASSED_MASK;
}

/* The high bit of byte i is set if slot i is in use. */
static inline u64 tm_tags_used(u64 tags)
{
	return ~tm_tags_match(tags, 0) & TM_TAGS_HIGH;
}

static inline void tm_bucket_set_tag(struct tm_bucket *bucket, unsigned int slot,
				     u8 tag)
{
	unsigned int shift = slot * TM_TAG_BITS;
	u64 tags = bucket->tags & ~(0xffULL << shift);

	WRITE_ONCE(bucket->tags, tags | (u64)tag << shift);
}

/* A hit writes at most this one byte, in a line it has loaded already. */
static inline void tm_bucket_touch(struct tm_bucket *bucket, unsigned int slot,
				   u8 epoch)
{
	if (READ_ONCE(bucket->age[slot]) != epoch)
		WRITE_ONCE(bucket->age[slot], epoch);
}

/* All six at once: byte i is the age of slot i. (Warren, Hacker's Delight, 2-18.) */
static inline u64 tm_bucket_ages(const struct tm_bucket *bucket, u8 epoch)
{
	u64 used = le64_to_cpu(READ_ONCE(*(const __le64 *)bucket->age));
	u64 now = epoch * TM_TAGS_ONE;

	return ((now | TM_TAGS_HIGH) - (used & TM_TAGS_LOW)) ^ ((now ^ ~used) & TM_TAGS_HIGH);
}

/* The high bit of byte i is set if that age is above @age, -1 to TM_AGE_MAX. */
static inline u64 tm_ages_above(u64 ages, int age)
{
	return (((ages & TM_TAGS_LOW) + (TM_AGE_MAX - age) * TM_TAGS_ONE) | ages) & TM_TAGS_HIGH;
}

/* One of them. */
static inline unsigned int tm_age_of(u64 ages, unsigned int slot)
{
	return (u8)(ages >> slot * TM_TAG_BITS);
}

/*
 * Ages are eight bits and wrap: what is very old must not come to look young.
 * Whoever writes or samples a bucket clamps the ages in it, which happens to
 * each bucket many times while the epoch goes around once. Returns the ages, of
 * which those of the @used slots are TM_AGE_MAX at most.
 */
static inline u64 tm_bucket_clamp_ages(struct tm_bucket *bucket, u64 used, u8 epoch)
{
	u64 ages = tm_bucket_ages(bucket, epoch), over;

	for (over = ages & used; unlikely(over); over &= over - 1) {
		WRITE_ONCE(bucket->age[tm_match_slot(over)], epoch - TM_AGE_MAX);
		ages |= (u64)TM_AGE_MAX << tm_match_slot(over) * TM_TAG_BITS;
		ages &= ~(over & -over);
	}
	return ages;
}

#endif /* _TTLMAP_BUCKET_H */
