// SPDX-License-Identifier: GPL-2.0
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/err.h>

#include "../names.h"
#include "fixture.h"

#define ME	1000
#define US	2000

/* A name with zeros after it. */
struct name {
	u8 bytes[TTLMAP_NAME_SIZE];
};

static struct name name_of(const char *string)
{
	struct name name = {};

	memcpy(name.bytes, string, min(strlen(string), sizeof(name.bytes)));
	return name;
}

static struct ttlmap_params params_of(const char *string, u32 mode)
{
	struct ttlmap_params params = {
		.limits = { .key_max = 8, .value_max = 8, .max_entries = 10, .mode = mode },
	};
	struct name name = name_of(string);

	memcpy(params.limits.name, name.bytes, sizeof(name.bytes));
	return params;
}

static void put(void *map)
{
	ttlmap_put(map);
}

static struct ttlmap *create(struct kunit *test, const char *name, u32 mode)
{
	struct ttlmap_params params = params_of(name, mode);
	struct ttlmap *map = ttlmap_create(&params);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put, map), 0);
	return map;
}

static int create_fails(const char *name, u32 mode)
{
	struct ttlmap_params params = params_of(name, mode);
	struct ttlmap *map = ttlmap_create(&params);

	if (IS_ERR(map))
		return PTR_ERR(map);
	ttlmap_put(map);
	return 0;
}

/* Until back_to_root() this thread is somebody who may do nothing special. */
static const struct cred *become(struct kunit *test, unsigned int uid, unsigned int gid)
{
	struct cred *cred = prepare_creds();

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cred->fsuid = KUIDT_INIT(uid);
	cred->uid = KUIDT_INIT(uid);
	cred->euid = KUIDT_INIT(uid);
	cred->fsgid = KGIDT_INIT(gid);
	cred->egid = KGIDT_INIT(gid);
	cap_clear(cred->cap_effective);
	return override_creds(cred);
}

static void back_to_root(const struct cred *root)
{
	put_cred(revert_creds(root));
}

static int open_status(const char *string, u32 flags)
{
	struct name name = name_of(string);
	struct ttlmap *map = tm_names_open(name.bytes, flags);

	if (IS_ERR(map))
		return PTR_ERR(map);
	tm_names_put(map);
	return 0;
}

static int unlink(const char *string)
{
	return tm_names_unlink(name_of(string).bytes);
}

static void names_are_well_formed(struct kunit *test)
{
	static const char * const good[] = {
		"a", "Z9", "a.b", "a-b", "_a", ":a", "@a", "+a",
		"123456789012345678901234567890123456789012345678901234567890123",
	};
	static const char * const bad[] = {
		"", ".a", "-a", "a b", "a/b", "a\nb", "\xc3\xbc", "a%s", "a\x7f",
		"1234567890123456789012345678901234567890123456789012345678901234",
	};
	struct name name;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(good); i++)
		KUNIT_EXPECT_EQ_MSG(test, tm_names_check(name_of(good[i]).bytes), 0, "%s", good[i]);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, tm_names_check(name_of(bad[i]).bytes), -EINVAL, "%s",
				    bad[i]);
	name = name_of("a");
	name.bytes[TTLMAP_NAME_SIZE - 1] = 'x';
	KUNIT_EXPECT_EQ(test, tm_names_check(name.bytes), -EINVAL);
}

static void mode_goes_with_a_name(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, create_fails("", 0), 0);
	KUNIT_EXPECT_EQ(test, create_fails("", 0600), -EINVAL);
	KUNIT_EXPECT_EQ(test, create_fails("kunit", 0777), 0);
	KUNIT_EXPECT_EQ(test, create_fails("kunit", 01000), -EINVAL);
	KUNIT_EXPECT_EQ(test, create_fails("-", 0600), -EINVAL);
}

static void name_is_there_once(struct kunit *test)
{
	create(test, "kunit", 0600);
	KUNIT_EXPECT_EQ(test, create_fails("kunit", 0600), -EEXIST);
	KUNIT_EXPECT_EQ(test, create_fails("kunit2", 0600), 0);
	KUNIT_EXPECT_EQ(test, open_status("kunit", TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE), 0);
	KUNIT_EXPECT_EQ(test, open_status("kunit2", TTLMAP_OPEN_READ), -ENOENT);
}

static void unlinked_map_lives_as_long_as_it_is_held(struct kunit *test)
{
	struct ttlmap *map = create(test, "kunit", 0600);

	KUNIT_EXPECT_EQ(test, kref_read(&map->refs), 2);
	KUNIT_EXPECT_EQ(test, unlink("kunit"), 0);
	KUNIT_EXPECT_EQ(test, kref_read(&map->refs), 1);
	KUNIT_EXPECT_EQ(test, unlink("kunit"), -ENOENT);
	KUNIT_EXPECT_EQ(test, open_status("kunit", TTLMAP_OPEN_READ), -ENOENT);
	KUNIT_EXPECT_EQ(test, create_fails("kunit", 0600), 0);
	tm_names_forget(map);
	KUNIT_EXPECT_EQ(test, kref_read(&map->refs), 1);
}

static void mode_says_who_may_open(struct kunit *test)
{
	static const struct {
		u32 mode, uid, gid, flags;
		int status;
	} cases[] = {
		{ 0600, ME, US, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE, 0 },
		{ 0400, ME, US, TTLMAP_OPEN_READ, 0 },
		{ 0400, ME, US, TTLMAP_OPEN_WRITE, -EACCES },
		{ 0066, ME, US, TTLMAP_OPEN_READ, -EACCES },
		{ 0640, ME + 1, US, TTLMAP_OPEN_READ, 0 },
		{ 0640, ME + 1, US, TTLMAP_OPEN_WRITE, -EACCES },
		{ 0606, ME + 1, US, TTLMAP_OPEN_READ, -EACCES },
		{ 0602, ME + 1, US + 1, TTLMAP_OPEN_WRITE, 0 },
		{ 0602, ME + 1, US + 1, TTLMAP_OPEN_READ, -EACCES },
		{ 0660, ME + 1, US + 1, TTLMAP_OPEN_READ, -EACCES },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ttlmap *map = create(test, "kunit", cases[i].mode);
		const struct cred *root;
		int status;

		map->uid = KUIDT_INIT(ME);
		map->gid = KGIDT_INIT(US);
		root = become(test, cases[i].uid, cases[i].gid);
		status = open_status("kunit", cases[i].flags);
		back_to_root(root);
		KUNIT_EXPECT_EQ_MSG(test, status, cases[i].status, "case %u", i);
		KUNIT_EXPECT_EQ(test, open_status("kunit", cases[i].flags), 0);
		kunit_release_action(test, put, map);
	}
}

static void others_do_not_unlink(struct kunit *test)
{
	struct ttlmap *map = create(test, "kunit", 0666);
	const struct cred *root;
	int others, own;

	KUNIT_EXPECT_TRUE(test, tm_names_owned(map));
	root = become(test, ME, US);
	others = unlink("kunit");
	map->uid = KUIDT_INIT(ME);
	own = unlink("kunit");
	back_to_root(root);
	KUNIT_EXPECT_EQ(test, others, -EPERM);
	KUNIT_EXPECT_EQ(test, own, 0);
	/* CAP_FOWNER makes up for it. */
	KUNIT_EXPECT_TRUE(test, tm_names_owned(map));
}

static void there_are_only_so_many_maps(struct kunit *test)
{
	unsigned int max = tm_names_max;
	int status;

	create(test, "", 0);
	create(test, "", 0);
	tm_names_max = 2;
	status = create_fails("kunit", 0600);
	tm_names_max = max;
	KUNIT_EXPECT_EQ(test, status, -EDQUOT);
	KUNIT_EXPECT_EQ(test, open_status("kunit", TTLMAP_OPEN_READ), -ENOENT);
	KUNIT_EXPECT_EQ(test, create_fails("kunit", 0600), 0);
}

static void each_user_has_only_so_many(struct kunit *test)
{
	unsigned int max = tm_names_max_per_user;
	const struct cred *root;
	int privileged, full, other;

	create(test, "", 0)->user = KUIDT_INIT(ME);
	create(test, "", 0)->user = KUIDT_INIT(ME);
	tm_names_max_per_user = 2;
	privileged = create_fails("", 0);
	root = become(test, ME, US);
	full = create_fails("", 0);
	back_to_root(root);
	root = become(test, ME + 1, US);
	other = create_fails("", 0);
	back_to_root(root);
	tm_names_max_per_user = max;
	KUNIT_EXPECT_EQ(test, privileged, 0);
	KUNIT_EXPECT_EQ(test, full, -EDQUOT);
	KUNIT_EXPECT_EQ(test, other, 0);
}

static void list_goes_through_the_named_ones(struct kunit *test)
{
	struct ttlmap *one, *other;
	struct ttlmap_list_item item;
	u64 cursor = 0;

	one = create(test, "kunit1", 0640);
	create(test, "", 0);
	other = create(test, "kunit2", 0600);
	KUNIT_EXPECT_TRUE(test, tm_names_list(&cursor, &item));
	KUNIT_EXPECT_EQ(test, item.id, one->id);
	KUNIT_EXPECT_EQ(test, cursor, one->id);
	KUNIT_EXPECT_EQ(test, item.mode, 0640);
	KUNIT_EXPECT_EQ(test, item.max_entries, 10);
	KUNIT_EXPECT_STREQ(test, item.name, "kunit1");
	KUNIT_EXPECT_TRUE(test, tm_names_list(&cursor, &item));
	KUNIT_EXPECT_EQ(test, item.id, other->id);
	KUNIT_EXPECT_FALSE(test, tm_names_list(&cursor, &item));
	KUNIT_EXPECT_EQ(test, cursor, other->id);
}

static void next_goes_through_all_of_them(struct kunit *test)
{
	u64 cursor = 0, ids[2];
	struct ttlmap *map;
	unsigned int n = 0;

	ids[0] = create(test, "kunit", 0600)->id;
	ids[1] = create(test, "", 0)->id;
	while ((map = tm_names_next(&cursor))) {
		KUNIT_ASSERT_LT(test, n, 2);
		KUNIT_EXPECT_EQ(test, map->id, ids[n++]);
		tm_names_put(map);
	}
	KUNIT_EXPECT_EQ(test, n, 2);
}

static void create_survives_each_failed_allocation(struct kunit *test)
{
	struct ttlmap_params params = params_of("kunit", 0600);
	unsigned int nth, refused = 0;
	struct ttlmap *map = NULL;
	bool failed = true;

	for (nth = 1; failed; nth++) {
		tm_test_fail_allocation(test, nth);
		map = ttlmap_create(&params);
		failed = tm_test_allocation_failed();
		if (!IS_ERR(map)) {
			ttlmap_put(map);
			continue;
		}
		refused++;
		KUNIT_ASSERT_EQ(test, PTR_ERR(map), -ENOMEM);
		KUNIT_ASSERT_EQ(test, open_status("kunit", TTLMAP_OPEN_READ), -ENOENT);
	}
	KUNIT_EXPECT_GT(test, refused, 3);
}

static struct kunit_case names_cases[] = {
	KUNIT_CASE(names_are_well_formed),
	KUNIT_CASE(mode_goes_with_a_name),
	KUNIT_CASE(name_is_there_once),
	KUNIT_CASE(unlinked_map_lives_as_long_as_it_is_held),
	KUNIT_CASE(mode_says_who_may_open),
	KUNIT_CASE(others_do_not_unlink),
	KUNIT_CASE(there_are_only_so_many_maps),
	KUNIT_CASE(each_user_has_only_so_many),
	KUNIT_CASE(list_goes_through_the_named_ones),
	KUNIT_CASE(next_goes_through_all_of_them),
	KUNIT_CASE(create_survives_each_failed_allocation),
	{}
};

static struct kunit_suite names_suite = {
	.name = "ttlmap_names",
	.init = tm_fakes_init,
	.test_cases = names_cases,
};

kunit_test_suite(names_suite);
