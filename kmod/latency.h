/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_LATENCY_H
#define _TTLMAP_LATENCY_H

#include <linux/jump_label.h>
#include <linux/types.h>

struct kernel_param;
struct ttlmap;

#define TM_LATENCY_CLASSES	32	/* of nanoseconds */

enum tm_latency {
	TM_LATENCY_LOOKUP,
	TM_LATENCY_UPDATE,
	TM_LATENCY_EXPIRE,	/* of one segment */
	TM_LATENCIES
};

/**
 * struct tm_latencies - what took how long on one CPU
 * @took: by enum tm_latency and class
 */
struct tm_latencies {
	u64 took[TM_LATENCIES][TM_LATENCY_CLASSES];
};

DECLARE_STATIC_KEY_FALSE(tm_latency_key);

static inline bool tm_latency_on(void)
{
	return static_branch_unlikely(&tm_latency_key);
}

u64 tm_latency_clock(void);
void tm_latency_took(struct ttlmap *map, enum tm_latency which, u64 began);

/* What tm_latency_took() asks for. Context: Any. */
static inline u64 tm_latency_begin(void)
{
	return tm_latency_on() ? tm_latency_clock() : 0;
}

/* It ends. Context: Any. */
static inline void tm_latency_end(struct ttlmap *map, enum tm_latency which, u64 began)
{
	if (tm_latency_on() && began)
		tm_latency_took(map, which, began);
}

void tm_latency_prepare(struct ttlmap *map);
u64 tm_latency_sum(const struct ttlmap *map, enum tm_latency which, unsigned int class);
size_t tm_latency_bytes(const struct ttlmap *map);

#if IS_ENABLED(CONFIG_KUNIT)
int tm_latency_set(const char *text, const struct kernel_param *param);
#endif

#endif /* _TTLMAP_LATENCY_H */
