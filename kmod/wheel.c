// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The timing wheel
 *
 * A hierarchical timing wheel (Varghese and Lauck, 1987) that holds each segment
 * once, at the tick of its earliest deadline. An entry costs no node, and a
 * delete touches no wheel: a segment that comes up too early is looked at and
 * put back.
 *
 * ===== =============== ==================
 * level a slot covers   the level reaches
 * ===== =============== ==================
 * 0     16.8 ms         1.07 s
 * 1     1.07 s          68.7 s
 * 2     68.7 s          73 min
 * 3     73 min          3.3 days
 * 4     3.3 days        208 days
 * ===== =============== ==================
 *
 * A segment moves down a level when the slot that it is in begins, so that at
 * level 0 it comes up at its very tick. What lies beyond the last level waits in
 * its farthest slot and is placed anew from there. The high-resolution timer is
 * set for the next slot that holds something and for nothing else; a wheel with
 * nothing due wakes nobody.
 *
 * Locks: the wheel's lock, the innermost of all, taken under a segment's lock or
 * alone, with bottom halves off.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>

#include "compat.h"
#include "wheel.h"

#define SLOT_MASK	(TM_WHEEL_SLOTS - 1)
/* How many segments move down a level in one go, with the lock held. */
#define CASCADE_BATCH	64

void tm_wheel_init(struct tm_wheel *wheel,
		   enum hrtimer_restart (*fire)(struct hrtimer *timer))
{
	spin_lock_init(&wheel->lock);
	wheel->armed = TM_TICK_NEVER;
	hrtimer_setup(&wheel->timer, fire, CLOCK_BOOTTIME, HRTIMER_MODE_ABS);
}

/* Context: Process, waits for the timer's handler. The timer stays off. */
void tm_wheel_stop(struct tm_wheel *wheel)
{
	spin_lock_bh(&wheel->lock);
	wheel->stopped = true;
	spin_unlock_bh(&wheel->lock);
	hrtimer_cancel(&wheel->timer);
}

static bool empty(const struct tm_wheel *wheel)
{
	unsigned int level;

	for (level = 0; level < TM_WHEEL_LEVELS; level++)
		if (wheel->pending[level])
			return false;
	return true;
}

/* Set the timer if @tick is earlier than what it waits for. */
static void arm(struct tm_wheel *wheel, u64 tick)
{
	if (tick >= wheel->armed || wheel->stopped)
		return;
	wheel->armed = tick;
	hrtimer_start(&wheel->timer, ns_to_ktime(tm_tick_ns(tick)), HRTIMER_MODE_ABS);
}

/*
 * Insert without setting the timer. Returns the tick at which the slot begins,
 * which is when the segment has to be looked at next.
 */
static u64 insert(struct tm_wheel *wheel, struct tm_segment *seg)
{
	/* A segment that moves on is not locked; what makes it due earlier adds it anew. */
	u64 tick = max(READ_ONCE(seg->due), wheel->now);
	u64 delta = min(tick - wheel->now,
			(1ULL << (TM_WHEEL_BITS * TM_WHEEL_LEVELS)) - 1);
	unsigned int level = delta < TM_WHEEL_SLOTS ? 0 :
			     (fls64(delta) - 1) / TM_WHEEL_BITS;
	unsigned int shift = level * TM_WHEEL_BITS;
	unsigned int slot;

	tick = (wheel->now + delta) >> shift;
	slot = tick & SLOT_MASK;
	hlist_add_head(&seg->wheel, &wheel->slot[level][slot]);
	wheel->pending[level] |= BIT_ULL(slot);
	return tick << shift;
}

/**
 * tm_wheel_add() - put a segment where its deadline belongs
 * @wheel: the wheel
 * @seg: in the wheel or not; one without a deadline only leaves it
 * @tick: now
 *
 * Context: the segment's lock.
 */
void tm_wheel_add(struct tm_wheel *wheel, struct tm_segment *seg, u64 tick)
{
	lockdep_assert_held(&seg->lock);
	spin_lock_bh(&wheel->lock);
	hlist_del_init(&seg->wheel);
	if (seg->due != TM_TICK_NEVER) {
		if (empty(wheel))
			wheel->now = max(wheel->now, tick);
		arm(wheel, insert(wheel, seg));
	}
	spin_unlock_bh(&wheel->lock);
}

void tm_wheel_remove(struct tm_wheel *wheel, struct tm_segment *seg)
{
	lockdep_assert_held(&seg->lock);
	spin_lock_bh(&wheel->lock);
	hlist_del_init(&seg->wheel);
	spin_unlock_bh(&wheel->lock);
}

/*
 * The tick at which the next pending slot of a level begins. The slot of the
 * present moment counts only before it has been cascaded, which happens as soon
 * as it begins; afterwards what is in it is for the next time around.
 */
static u64 next_of_level(const struct tm_wheel *wheel, unsigned int level)
{
	unsigned int shift = level * TM_WHEEL_BITS;
	u64 first = (wheel->now + BIT_ULL(shift) - 1) >> shift;
	u64 ahead = ror64(wheel->pending[level], first & SLOT_MASK);

	return ahead ? (first + __ffs64(ahead)) << shift : TM_TICK_NEVER;
}

static u64 next_tick(const struct tm_wheel *wheel)
{
	u64 next = TM_TICK_NEVER;
	unsigned int level;

	for (level = 0; level < TM_WHEEL_LEVELS; level++)
		next = min(next, next_of_level(wheel, level));
	return next;
}

/* Move segments from the slot that begins now down. Returns whether some remain. */
static bool cascade(struct tm_wheel *wheel, unsigned int level)
{
	unsigned int slot = (wheel->now >> (level * TM_WHEEL_BITS)) & SLOT_MASK;
	struct hlist_head *head = &wheel->slot[level][slot];
	unsigned int batch = CASCADE_BATCH;
	struct tm_segment *seg;

	while (!hlist_empty(head) && batch--) {
		seg = hlist_entry(head->first, struct tm_segment, wheel);
		hlist_del_init(&seg->wheel);
		insert(wheel, seg);
	}
	if (!hlist_empty(head))
		return true;
	wheel->pending[level] &= ~BIT_ULL(slot);
	return false;
}

/* Cascade what begins at wheel->now. Returns whether some of it remains. */
static bool cascade_all(struct tm_wheel *wheel)
{
	unsigned int level;

	for (level = TM_WHEEL_LEVELS - 1; level > 0; level--)
		if (next_of_level(wheel, level) == wheel->now && cascade(wheel, level))
			return true;
	return false;
}

static struct tm_segment *pop_due(struct tm_wheel *wheel)
{
	unsigned int slot = wheel->now & SLOT_MASK;
	struct hlist_head *head = &wheel->slot[0][slot];
	struct tm_segment *seg;

	if (hlist_empty(head)) {
		wheel->pending[0] &= ~BIT_ULL(slot);
		wheel->now++;
		return NULL;
	}
	seg = hlist_entry(head->first, struct tm_segment, wheel);
	hlist_del_init(&seg->wheel);
	return seg;
}

/**
 * tm_wheel_pop() - take out a segment that is due
 * @wheel: the wheel
 * @tick: now
 * @more: set if there may be others
 *
 * Does a bounded amount of work. When nothing is due any more the timer is set
 * for what comes next.
 *
 * Context: RCU read section, which keeps the segment in existence. It may have
 * moved by the time the caller locks it.
 * Return: a segment, or NULL.
 */
struct tm_segment *tm_wheel_pop(struct tm_wheel *wheel, u64 tick, bool *more)
{
	struct tm_segment *seg = NULL;
	u64 next;

	spin_lock_bh(&wheel->lock);
	next = next_tick(wheel);
	*more = next <= tick;
	if (*more) {
		wheel->now = next;
		if (!cascade_all(wheel))
			seg = pop_due(wheel);
	} else {
		wheel->armed = TM_TICK_NEVER;
		arm(wheel, next);
	}
	spin_unlock_bh(&wheel->lock);
	return seg;
}
