// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Listeners
 *
 * Owns those who listen to a map, and what they have been told and not read yet:
 * of entries that go, and of alarms.
 * Whoever unlinks an entry copies it to each listener's ring, under the segment's
 * lock: so the events of a key are in order. What does not fit is counted and
 * told of with the next event. Sleepers are woken from an interrupt of their own,
 * since locks are held here, and once for many events.
 *
 * Locks: the mutex over who listens; a listener's lock over its ring, within the
 * segments'; its reading mutex among those who read, which take the lock only to
 * see that an event is whole.
 */
#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/kfifo.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "clock.h"
#include "evict.h"
#include "listen.h"
#include "memory.h"
#include "owner.h"

#define EVENTS		(BIT(TTLMAP_EVENT_ALARM + 1) - BIT(TTLMAP_EVENT_EXPIRED))
#define BYTES_MIN	8192
#define BYTES_DEFAULT	65536

static DEFINE_MUTEX(listeners_lock);

/**
 * struct tm_listener - a descriptor that listens
 * @node: among the map's; WR: listeners_lock, readers under RCU
 * @owner: the descriptor
 * @events: bits of what it is told
 * @flags: TTLMAP_LISTEN_*
 * @bytes: of memory that it takes
 * @lock: within the segments'
 * @ring: of struct ttlmap_event and what follows; WR: @lock to put in, @reading to
 *	take out
 * @dropped: since the last event that was put in; WR: @lock
 * @alarms: in the ring; WR: @lock
 * @wake: wakes those who wait
 * @reading: one reader at a time
 * @event: the one that is being read; WR: @reading
 */
struct tm_listener {
	struct list_head node;
	struct tm_owner *owner;
	u32 events;
	u32 flags;
	size_t bytes;
	/* over what is put into the ring; within the segments' locks */
	spinlock_t lock;
	struct kfifo ring;
	u64 dropped;
	unsigned int alarms;
	struct irq_work wake;
	/* among readers */
	struct mutex reading;
	u8 event[sizeof(struct ttlmap_event) + TTLMAP_KEY_MAX + TTLMAP_EVENT_VALUE_MAX];
};

static void wake(struct irq_work *work)
{
	struct tm_listener *listener = container_of(work, struct tm_listener, wake);

	wake_up_interruptible_poll(&listener->owner->wait, EPOLLIN | EPOLLRDNORM | EPOLLPRI);
}

/* Each part up to the next multiple of 8; a key has its zeros behind it already. */
static void put(struct tm_listener *listener, struct ttlmap_event *event, const void *key,
		const void *value)
{
	static const u8 zeros[8];

	lockdep_assert_held(&listener->lock);
	event->dropped = listener->dropped;
	listener->dropped = 0;
	if (event->event == TTLMAP_EVENT_ALARM)
		WRITE_ONCE(listener->alarms, listener->alarms + 1);
	kfifo_in(&listener->ring, (u8 *)event, sizeof(*event));
	kfifo_in(&listener->ring, (u8 *)key, ALIGN(event->key_len, 8));
	if (event->flags & TTLMAP_EVENT_NO_VALUE)
		return;
	kfifo_in(&listener->ring, (u8 *)value, event->value_len);
	kfifo_in(&listener->ring, zeros, -event->value_len & 7);
}

static void tell(struct tm_listener *listener, struct ttlmap_event event, const void *key,
		 const void *value)
{
	bool told;

	event.head = sizeof(event);
	event.size = event.head + ALIGN(event.key_len, 8);
	if (event.value_len > TTLMAP_EVENT_VALUE_MAX || listener->flags & TTLMAP_LISTEN_KEYS)
		event.flags = TTLMAP_EVENT_NO_VALUE;
	else
		event.size += ALIGN(event.value_len, 8);
	spin_lock_bh(&listener->lock);
	told = kfifo_avail(&listener->ring) >= event.size;
	if (told)
		put(listener, &event, key, value);
	else
		listener->dropped++;
	spin_unlock_bh(&listener->lock);
	if (told)
		irq_work_queue(&listener->wake);
}

/* tm_listen_removed() where somebody listens. */
void tm_listen_tell(struct ttlmap *map, const struct tm_segment *seg, const struct tm_pos *pos,
		    u32 event)
{
	struct tm_entry *entry = tm_segment_entry(seg, pos->bucket, pos->slot);
	u8 used = READ_ONCE(seg->bucket[pos->bucket].age[pos->slot]);
	struct ttlmap_event told = {
		.event = event,
		.key_len = entry->key_len,
		.value_len = entry->value_len,
		.at_ns = tm_now(),
	};
	const void *value = tm_entry_value(entry);
	struct tm_listener *listener;
	u64 counter;

	if (tm_map_is(map, TTLMAP_F_COUNTERS)) {
		counter = atomic64_read(tm_entry_counter(entry));
		value = &counter;
	}
	told.idle_ns = tm_lru_idle_ns(map, used, told.at_ns);
	list_for_each_entry_rcu(listener, &map->listeners, node)
		if (listener->events & BIT(event))
			tell(listener, told, entry->data, value);
}

/**
 * tm_listen_alarm() - an alarm has been raised, or has ended
 * @map: the map
 * @alarm: which
 * @now: CLOCK_BOOTTIME ns
 *
 * Context: Any.
 */
void tm_listen_alarm(struct ttlmap *map, const struct ttlmap_alarm *alarm, u64 now)
{
	struct ttlmap_event told = {
		.event = TTLMAP_EVENT_ALARM,
		.value_len = sizeof(*alarm),
		.at_ns = now,
	};
	struct tm_listener *listener;

	rcu_read_lock();
	list_for_each_entry_rcu(listener, &map->listeners, node)
		if (listener->events & BIT(TTLMAP_EVENT_ALARM))
			tell(listener, told, NULL, alarm);
	rcu_read_unlock();
}

static struct tm_listener *new_listener(struct tm_owner *owner, const struct ttlmap_listen *listen)
{
	size_t bytes = roundup_pow_of_two(max_t(u32, listen->bytes ?: BYTES_DEFAULT, BYTES_MIN));
	struct tm_listener *listener = kvzalloc(sizeof(*listener) + bytes, TM_GFP);

	if (!listener)
		return NULL;
	listener->owner = owner;
	listener->events = listen->events;
	listener->flags = listen->flags;
	listener->bytes = sizeof(*listener) + bytes;
	spin_lock_init(&listener->lock);
	mutex_init(&listener->reading);
	init_irq_work(&listener->wake, wake);
	kfifo_init(&listener->ring, listener + 1, bytes);
	return listener;
}

static int check(const struct ttlmap_listen *listen)
{
	if (!listen->events || listen->events & ~(u32)EVENTS || listen->__reserved ||
	    listen->flags & ~(u32)TTLMAP_LISTEN_KEYS)
		return -EINVAL;
	return listen->bytes > TTLMAP_LISTEN_BYTES_MAX ? -E2BIG : 0;
}

/**
 * tm_listen() - have a descriptor told of what goes
 * @owner: the descriptor
 * @listen: as user space gave it
 *
 * Context: Process, may sleep.
 * Return: 0, -EINVAL, -E2BIG, -EBUSY or -ENOMEM.
 */
int tm_listen(struct tm_owner *owner, const struct ttlmap_listen *listen)
{
	struct tm_listener *listener;
	int err = check(listen);

	if (err)
		return err;
	listener = new_listener(owner, listen);
	if (!listener)
		return -ENOMEM;
	mutex_lock(&listeners_lock);
	if (owner->listener) {
		mutex_unlock(&listeners_lock);
		kvfree(listener);
		return -EBUSY;
	}
	/* Pairs with the acquire in listener_of(). */
	smp_store_release(&owner->listener, listener);
	list_add_tail_rcu(&listener->node, &owner->map->listeners);
	mutex_unlock(&listeners_lock);
	atomic_long_add(listener->bytes, &owner->map->table.bytes);
	return 0;
}

static struct tm_listener *listener_of(struct tm_owner *owner)
{
	/* Pairs with the release in tm_listen(). */
	return smp_load_acquire(&owner->listener);
}

/* The descriptor is closed. Context: Process, sleeps for a grace period. */
void tm_listen_end(struct tm_owner *owner)
{
	struct tm_listener *listener = owner->listener;

	if (!listener)
		return;
	mutex_lock(&listeners_lock);
	list_del_rcu(&listener->node);
	mutex_unlock(&listeners_lock);
	synchronize_rcu();
	irq_work_sync(&listener->wake);
	atomic_long_sub(listener->bytes, &owner->map->table.bytes);
	kvfree(listener);
}

/* Copies the next event, without taking it. Returns its size, or 0 for none. */
static u32 peek(struct tm_listener *listener)
{
	struct ttlmap_event *event = (struct ttlmap_event *)listener->event;
	u32 size = 0;

	lockdep_assert_held(&listener->reading);
	spin_lock_bh(&listener->lock);
	if (kfifo_out_peek(&listener->ring, listener->event, sizeof(*event))) {
		size = event->size;
		size = kfifo_out_peek(&listener->ring, listener->event, size);
	}
	spin_unlock_bh(&listener->lock);
	return size;
}

static u32 take(struct tm_listener *listener, u32 size)
{
	const struct ttlmap_event *event = (const struct ttlmap_event *)listener->event;

	lockdep_assert_held(&listener->reading);
	spin_lock_bh(&listener->lock);
	size = kfifo_out(&listener->ring, listener->event, size);
	if (size && event->event == TTLMAP_EVENT_ALARM)
		WRITE_ONCE(listener->alarms, listener->alarms - 1);
	spin_unlock_bh(&listener->lock);
	return size;
}

static ssize_t read_one(struct tm_listener *listener, char __user *to, size_t len)
{
	u32 size = peek(listener);

	if (size > len)
		return -EMSGSIZE;
	if (copy_to_user(to, listener->event, size))
		return -EFAULT;
	return take(listener, size);
}

static ssize_t read_some(struct tm_listener *listener, char __user *to, size_t len)
{
	ssize_t done = 0, n;

	if (mutex_lock_interruptible(&listener->reading))
		return -ERESTARTSYS;
	do {
		n = read_one(listener, to + done, len - done);
		if (n > 0)
			done += n;
		cond_resched();
	} while (n > 0 && !signal_pending(current));
	mutex_unlock(&listener->reading);
	return done ?: n;
}

static bool has_events(struct tm_listener *listener)
{
	bool has;

	spin_lock_bh(&listener->lock);
	has = !kfifo_is_empty(&listener->ring);
	spin_unlock_bh(&listener->lock);
	return has;
}

/**
 * tm_listen_read() - read events
 * @owner: the descriptor
 * @to: where they go
 * @len: room for them
 * @wait: for the first
 *
 * Context: Process, sleeps.
 * Return: bytes of whole events; -EINVAL, -EMSGSIZE, -EAGAIN, -EFAULT or -ERESTARTSYS.
 */
ssize_t tm_listen_read(struct tm_owner *owner, char __user *to, size_t len, bool wait)
{
	struct tm_listener *listener = listener_of(owner);
	ssize_t n;

	if (!listener)
		return -EINVAL;
	while (!(n = read_some(listener, to, len))) {
		if (!wait)
			return -EAGAIN;
		if (wait_event_interruptible(owner->wait, has_events(listener)))
			return -ERESTARTSYS;
	}
	return n;
}

/* Context: Process. */
__poll_t tm_listen_poll(struct tm_owner *owner, struct file *file, poll_table *table)
{
	struct tm_listener *listener;

	poll_wait(file, &owner->wait, table);
	listener = listener_of(owner);
	if (!listener || !has_events(listener))
		return 0;
	return EPOLLIN | EPOLLRDNORM | (READ_ONCE(listener->alarms) ? EPOLLPRI : 0);
}
