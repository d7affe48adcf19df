/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock and the random numbers of tests. Both hold for all threads, workers
 * too, and are the real ones again when the test case ends.
 */
#ifndef _TTLMAP_TESTS_FAKES_H
#define _TTLMAP_TESTS_FAKES_H

#include <kunit/test.h>
#include <linux/time64.h>

#include "../clock.h"
#include "../random.h"

/* So far ahead that no timer fires for it while the tests run. */
#define TM_TEST_NOW	(1000ULL * 24 * 3600 * NSEC_PER_SEC)

int tm_fakes_init(struct kunit *test);
void tm_test_clock_set(u64 now);
void tm_test_clock_advance(u64 ns);
void tm_test_tick_late(u64 ns);
void tm_test_random_set(u64 value);

void tm_test_fail_allocation(struct kunit *test, unsigned int nth);
bool tm_test_allocation_failed(void);

/* Some of the kernel's detectors allocate for themselves, and do without if they must. */
static inline bool tm_test_failure_may_be_theirs(void)
{
	return IS_ENABLED(CONFIG_DEBUG_KMEMLEAK) || IS_ENABLED(CONFIG_DEBUG_OBJECTS);
}

#endif /* _TTLMAP_TESTS_FAKES_H */
