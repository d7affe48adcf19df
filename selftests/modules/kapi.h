/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests of <linux/ttlmap.h> as a module sees it. Each is a file in debugfs,
 * under cases/ or, if it is one step of a test that takes a program as well, under
 * steps/. To read it runs it. What it says is what went wrong: nothing, if it
 * passed.
 */
#ifndef _TTLMAP_KAPI_H
#define _TTLMAP_KAPI_H

#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/ttlmap.h>

#define HOUR_NS	(3600ULL * NSEC_PER_SEC)

struct kapi_case {
	const char *name;
	void (*run)(struct seq_file *report);
};

#define KAPI_CASE(function)	{ .name = #function, .run = function }

/* Arrays that end with an empty element. */
extern const struct kapi_case kapi_entries[];
extern const struct kapi_case kapi_updates[];
extern const struct kapi_case kapi_removed[];
extern const struct kapi_case kapi_contexts[];
extern const struct kapi_case kapi_steps[];

/* Both are true if it is as expected, so that a test can end if it is not. */
#define EXPECT(report, condition) ({					\
	bool holds_ = (condition);					\
									\
	if (!holds_)							\
		seq_printf(report, "%s:%d: not so: %s\n",		\
			   kbasename(__FILE__), __LINE__, #condition);	\
	holds_;								\
})

#define EXPECT_EQ(report, want, have) ({				\
	long long want_ = (want), have_ = (have);			\
									\
	if (want_ != have_)						\
		seq_printf(report, "%s:%d: %s is %lld, expected %lld\n", \
			   kbasename(__FILE__), __LINE__, #have, have_, want_); \
	want_ == have_;							\
})

struct ttlmap *kapi_map(struct seq_file *report, const struct ttlmap_params *params);
struct ttlmap *kapi_map_8_8(struct seq_file *report, u64 capacity);
void kapi_steps_end(void);
bool kapi_eventually(bool (*holds)(void *arg), void *arg);

int kapi_set(struct ttlmap *map, u64 key, u64 value, u64 ttl_ns, u32 flags);
bool kapi_get(struct ttlmap *map, u64 key, u64 *value);
bool kapi_has(struct ttlmap *map, u64 key);
int kapi_delete(struct ttlmap *map, u64 key);

static inline struct ttlmap_buf kapi_buf(const void *data, u32 len)
{
	return (struct ttlmap_buf){ .data = data, .len = len };
}

#endif /* _TTLMAP_KAPI_H */
