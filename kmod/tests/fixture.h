/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What several suites build upon: entries with hashes of the test's choice, and
 * maps.
 */
#ifndef _TTLMAP_TESTS_FIXTURE_H
#define _TTLMAP_TESTS_FIXTURE_H

#include <kunit/test.h>
#include <linux/ttlmap.h>

#include "../entry.h"
#include "../map.h"
#include "../owner.h"
#include "fakes.h"

#define TM_TEST_KEY_MAX		64
#define TM_TEST_VALUE_MAX	1024

/* Entries of this kind have no tail, and come from no pool. */
extern const struct tm_kind tm_test_kind;

u64 tm_test_hash(u64 prefix, u8 tag, unsigned int home);
struct tm_entry *tm_test_entry(struct kunit *test, u64 hash, u64 expires);
struct tm_key tm_test_key(const struct tm_entry *entry);
void tm_test_retire_much(struct kunit *test, const struct tm_kind *kind,
			 struct tm_retirer __percpu *retirer);

struct ttlmap *tm_test_map_of(struct kunit *test, const struct ttlmap_params *params);
struct ttlmap *tm_test_map(struct kunit *test, u32 flags, u64 max_entries);

struct ttlmap_buf tm_test_buf(const char *string);
int tm_test_update(struct ttlmap *map, const char *key, const char *value, u64 ttl, u32 flags);
int tm_test_insert(struct ttlmap *map, u64 number, u64 ttl);
int tm_test_insert_by(struct ttlmap *map, struct tm_account *account, u64 number, u64 ttl);
int tm_test_insert_owned(struct tm_owner *owner, u64 number);
void tm_test_fill(struct kunit *test, struct ttlmap *map, u64 first, u64 n);
int tm_test_delete(struct ttlmap *map, u64 number);
bool tm_test_peek(struct ttlmap *map, u64 number);
bool tm_test_use(struct ttlmap *map, u64 number);
bool tm_test_holds(struct ttlmap *map, const char *key, const char *value);
void __user *tm_test_user_before(struct kunit *test, size_t len, unsigned long prot);
void __user *tm_test_user(struct kunit *test, size_t len);
u64 tm_test_stat(struct ttlmap *map, enum tm_stat which);
void tm_test_expire(struct ttlmap *map);

#endif /* _TTLMAP_TESTS_FIXTURE_H */
