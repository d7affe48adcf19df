// SPDX-License-Identifier: GPL-2.0
/*
 * Those who listen to a map whose constants never go: whatever they are told of is
 * whole, and none of these.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "torture.h"

#define BUF_WORDS	2048

static void check_event(struct self *self, const struct ttlmap_event *event)
{
	u64 key = *(const u64 *)(event + 1);

	if (event->event == TTLMAP_EVENT_ALARM)
		return;
	FIND_IF(self, event->size != sizeof(*event) + 16 || event->key_len != 8,
		"an event of %u bytes, with a key of %u", event->size, event->key_len);
	FIND_IF(self, key < HERD_CONSTANT, "constant %llu is told to have gone", key);
}

/* A machine that goes to sleep interrupts. */
static void hear(struct self *self, int ear)
{
	static __thread u64 buf[BUF_WORDS];
	struct pollfd ready = { .fd = ear, .events = POLLIN };
	ssize_t n;

	if (poll(&ready, 1, 50) != 1)
		return;
	n = read(ear, buf, sizeof(buf));
	FIND_IF(self, n < 0 && errno != EAGAIN && errno != EINTR, "events: %s", rc_name(-errno));
	for_each_event(event, buf, n) {
		check_event(self, event);
		if (!going(self))
			break;
	}
}

void hear_of_the_herd(struct self *self)
{
	struct ttlmap_listen listen = {
		.events = (2U << TTLMAP_EVENT_ALARM) - (1U << TTLMAP_EVENT_EXPIRED),
	};

	while (going(self)) {
		int ear = map_open(HERD, BOTH), rc;

		listen.bytes = rng_below(&self->rng, 2) ? 0 : 1;
		rc = ear < 0 ? ear : map_ioctl(ear, TTLMAP_IOC_LISTEN, &listen);
		FIND_IF(self, rc, "listening to " HERD ": %s", rc_name(rc));
		fcntl(ear, F_SETFL, O_NONBLOCK);
		for (u64 i = rng_below(&self->rng, 100); i && going(self); i--)
			hear(self, ear);
		close(ear);
		self->part->rounds++;
	}
}
