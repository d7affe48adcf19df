/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's test harness, with room for slow machines and words for errnos. */
#ifndef TTLMAP_SELFTEST_HARNESS_H
#define TTLMAP_SELFTEST_HARNESS_H

#include <kselftest_harness.h>

#include "common.h"

/* Emulation is slow; a test that hangs is still ended and counted as failed. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 1800

/*
 * The harness makes two statements of an EXPECT_EQ() with a handler; these make
 * one.  What follows the call is a message, as for printf().
 */
#define EXPECT_RC(want, call, ...) do {					\
	int want_ = (want), seen_ = (call);				\
									\
	EXPECT_EQ(want_, seen_) {					\
		TH_LOG("%s: expected %s, seen %s", #call,		\
		       rc_name(want_), rc_name(seen_));			\
		if (sizeof(#__VA_ARGS__) > 1)				\
			TH_LOG("" __VA_ARGS__);				\
	}								\
} while (0)

#define ASSERT_RC(want, call, ...) do {					\
	int want_ = (want), seen_ = (call);				\
									\
	ASSERT_EQ(want_, seen_) {					\
		TH_LOG("%s: expected %s, seen %s", #call,		\
		       rc_name(want_), rc_name(seen_));			\
		if (sizeof(#__VA_ARGS__) > 1)				\
			TH_LOG("" __VA_ARGS__);				\
	}								\
} while (0)

#define ASSERT_FD(fd, call) do {					\
	(fd) = (call);							\
	ASSERT_LE(0, (fd)) {						\
		TH_LOG("%s: expected a descriptor, seen %s", #call,	\
		       rc_name(fd));					\
	}								\
} while (0)

#endif
