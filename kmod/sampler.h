/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_SAMPLER_H
#define _TTLMAP_SAMPLER_H

#include "map.h"

extern bool tm_sampler_rests;

void tm_sampler_begin(void);
void tm_sampler_exit(void);
u64 tm_sampler_period_ns(enum tm_resolution resolution);
bool tm_sampler_sample(struct ttlmap *map, u64 now);

#if IS_ENABLED(CONFIG_KUNIT)
void tm_sampler_window(struct tm_symptoms *symptoms, const struct tm_history *history,
		       u64 window);
#endif

/* Something is written. Context: Any. */
static inline void tm_sampler_wake(void)
{
	if (unlikely(READ_ONCE(tm_sampler_rests)))
		tm_sampler_begin();
}

#endif /* _TTLMAP_SAMPLER_H */
