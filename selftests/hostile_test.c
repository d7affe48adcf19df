// SPDX-License-Identifier: GPL-2.0
/*
 * Users who mean harm: keys made to collide whatever the seed of the hash is, maps
 * made until no more may be, commands without permission, and a descriptor that
 * leaves very many entries behind.  They hurt themselves; others go on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define NAME		"hostile.test"
#define USER		1000
#define OTHER_USER	2000
#define BOTH		(TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE)

/* ---- keys that collide under every seed of xxh64 */

/*
 * xxh64 takes words of 8 bytes.  In the last ones of a key, round(word) is a
 * permutation that knows no seed, and is xored into the hash h, which becomes
 * rotl(h, 27) * P1 + P4 before the next.  A difference in bit 36 is rotated to bit
 * 63, where multiplication by an odd number and addition leave it: a difference in
 * bit 63 of the next word takes it back, for every h.
 *
 * In the blocks of 32 bytes before, each of four words has a lane of its own, which
 * becomes rotl(lane + word * P2, 31) * P1.  A difference in bit 63 of the word turns
 * up in bit 30 after the rotation, as plus or minus 2^30 * P1, depending on the
 * seed: a word of the next block can take it back for one of both.  Of the four
 * keys with and without each difference, two collide, whichever it is.
 */
#define P1		0x9E3779B185EBCA87ULL
#define P2		0xC2B2AE3D27D4EB4FULL
#define TAIL_WORDS	3
#define TAIL_BITS	(TAIL_WORDS - 1)
#define LANES		4
#define PAIRS		6	/* of words in lanes, of four keys each */
#define LANE_WORDS	(4 * LANES)
#define KEY_WORDS	(LANE_WORDS + TAIL_WORDS)
#define KEYS_ALIKE	(1U << TAIL_BITS)
#define CROWD		(1U << (2 * PAIRS + TAIL_BITS))
/* Whatever the seed is, so many of the crowd have one and the same hash. */
#define LARGEST		(1U << (PAIRS + TAIL_BITS))

static u64 rotate_right(u64 x, unsigned int bits)
{
	return x >> bits | x << (64 - bits);
}

/* Of an odd number, modulo 2^64; Newton's iteration. */
static u64 inverse(u64 x)
{
	u64 inverse = x;

	for (int i = 0; i < 5; i++)
		inverse *= 2 - x * inverse;
	return inverse;
}

/* Which word is so after its round? */
static u64 before_round(u64 word)
{
	return rotate_right(word * inverse(P1), 31) * inverse(P2);
}

static void fill_tail(u64 tail[TAIL_WORDS], u64 base, unsigned int choice)
{
	u64 rounds[TAIL_WORDS];

	for (int i = 0; i < TAIL_WORDS; i++)
		rounds[i] = mix64(base + i);
	for (int i = 0; i < TAIL_BITS; i++) {
		u64 bit = choice >> i & 1;

		rounds[i] ^= bit << 36;
		rounds[i + 1] ^= bit << 63;
	}
	for (int i = 0; i < TAIL_WORDS; i++)
		tail[i] = before_round(rounds[i]);
}

static void fill_lanes(u64 words[LANE_WORDS], unsigned int choice)
{
	const u64 back = (P1 << 30) * inverse(P2);

	for (int i = 0; i < LANE_WORDS; i++)
		words[i] = mix64(i);
	for (int pair = 0; pair < PAIRS; pair++) {
		u64 *first = &words[pair / LANES * 2 * LANES + pair % LANES];

		first[0] ^= (u64)(choice >> (2 * pair) & 1) << 63;
		first[LANES] -= choice >> (2 * pair + 1) & 1 ? back : 0;
	}
}

static void crowd_key(u64 key[KEY_WORDS], unsigned int number)
{
	fill_lanes(key, number >> TAIL_BITS);
	fill_tail(key + LANE_WORDS, 0, number % KEYS_ALIKE);
}

static int set_key(int map, const void *key, u32 len)
{
	u64 value = 1;
	struct ttlmap_op op = op_update(key, len, &value, 8, 0, 0);

	return map_op(map, &op);
}

static bool has_key(int map, const void *key, u32 len)
{
	u64 value;
	struct ttlmap_op op = op_lookup(key, len, &value, 8);

	return !map_op(map, &op);
}

static int make_map(u32 flags, u64 capacity)
{
	struct ttlmap_create create = { .flags = flags, .key_max = KEY_WORDS * 8,
		.value_max = 8, .max_entries = capacity };

	return map_create(&create);
}

/* Entries whose hashes are equal are scanned together: how many are at the start? */
static u32 alike_at_start(int map, u32 key_len)
{
	u32 record = sizeof(struct ttlmap_record) + key_len + 8;
	struct ttlmap_scan scan = { };
	u64 room;

	if (map_scan(map, &scan, &room, sizeof(room), 0) != -EMSGSIZE)
		return 0;
	return scan.bytes / record;
}

/* Each map has a seed of its own. */
TEST(collisions_under_every_seed)
{
	for (u64 seed = 0; seed < 20; seed++) {
		int map, safe;

		ASSERT_FD(map, make_map(0, 100));
		ASSERT_FD(safe, make_map(TTLMAP_F_SIPHASH, 100));
		for (unsigned int choice = 0; choice < KEYS_ALIKE; choice++) {
			u64 key[TAIL_WORDS];

			fill_tail(key, seed, choice);
			ASSERT_RC(0, set_key(map, key, sizeof(key)));
			ASSERT_RC(0, set_key(safe, key, sizeof(key)));
		}
		EXPECT_EQ(KEYS_ALIKE, map_entries(map));
		EXPECT_EQ(KEYS_ALIKE, alike_at_start(map, TAIL_WORDS * 8));
		EXPECT_EQ(1, alike_at_start(safe, TAIL_WORDS * 8));
		close(map);
		close(safe);
	}
	EXPECT_TRUE(eventually(module_idle()));
}

#define INNOCENT	2000ULL
#define SEGMENT_SLOTS	90

FIXTURE(crowd) {
	int map;
	u64 refused;
	struct ttlmap_stat stat;
};

FIXTURE_VARIANT(crowd) {
	u32 flags;
};

FIXTURE_VARIANT_ADD(crowd, evicting) { };
FIXTURE_VARIANT_ADD(crowd, without_eviction) { .flags = TTLMAP_F_NO_EVICT };
FIXTURE_VARIANT_ADD(crowd, siphash) { .flags = TTLMAP_F_SIPHASH };

FIXTURE_SETUP(crowd)
{
	u64 key[KEY_WORDS];

	ASSERT_FD(self->map, make_map(variant->flags, 1 << 20));
	ASSERT_RC(0, u64_fill(self->map, 0, INNOCENT, 0));
	for (unsigned int i = 0; i < CROWD; i++) {
		int rc;

		crowd_key(key, i);
		rc = set_key(self->map, key, sizeof(key));
		self->refused += rc == -ENOSPC;
		ASSERT_TRUE(!rc || (rc == -ENOSPC && variant->flags == TTLMAP_F_NO_EVICT))
			TH_LOG("%s", rc_name(rc));
	}
	ASSERT_RC(0, map_stat(self->map, &self->stat));
}

FIXTURE_TEARDOWN(crowd)
{
	close(self->map);
	EXPECT_TRUE(eventually(module_idle()));
}

static u64 crowd_present(int map)
{
	u64 key[KEY_WORDS], present = 0;

	for (unsigned int i = 0; i < CROWD; i++) {
		crowd_key(key, i);
		present += has_key(map, key, sizeof(key));
	}
	return present;
}

TEST_F(crowd, costs_others_next_to_nothing)
{
	u64 innocent = u64_count_present(self->map, 0, INNOCENT);
	u64 present = crowd_present(self->map), refused = 0;

	ksft_print_msg("of %u alike %llu are left, of %llu others %llu: %llu evicted, %llu refused; %llu segments, %llu directory slots\n",
		       CROWD, present, INNOCENT, innocent, self->stat.collision_evicted,
		       self->refused, self->stat.segments, self->stat.directory_slots);
	EXPECT_EQ(CROWD + INNOCENT - present - innocent,
		  self->stat.collision_evicted + self->refused);
	EXPECT_EQ(0, self->stat.evicted);
	if (variant->flags & TTLMAP_F_SIPHASH) {
		EXPECT_EQ(CROWD, present);
	} else {
		EXPECT_LE(LARGEST - SEGMENT_SLOTS, CROWD - present);
	}
	/* Those who live in a segment of the crowd's may have to go. */
	EXPECT_LE(INNOCENT - (variant->flags & TTLMAP_F_NO_EVICT ? 0 : INNOCENT / 10), innocent);
	/* The directory is not made large for keys that no split tells apart. */
	EXPECT_GE(1 << 15, self->stat.directory_slots);
	for (u64 key = INNOCENT; key < 2 * INNOCENT; key++)
		refused += !!u64_set(self->map, key, key, 0, 0);
	EXPECT_GE(INNOCENT / 10, refused);
	if (!(variant->flags & TTLMAP_F_NO_EVICT))
		EXPECT_EQ(0, refused);
}

/* Each of them can still be replaced, read and deleted. */
TEST_F(crowd, is_served)
{
	u64 key[KEY_WORDS], present = crowd_present(self->map), deleted = 0;

	for (unsigned int i = 0; i < CROWD; i++) {
		struct ttlmap_op op;

		crowd_key(key, i);
		op = op_delete(key, sizeof(key));
		deleted += !map_op(self->map, &op);
		ASSERT_FALSE(has_key(self->map, key, sizeof(key)));
	}
	EXPECT_EQ(present, deleted);
	for (unsigned int i = 0; i < SEGMENT_SLOTS / 2; i++) {
		crowd_key(key, i);
		ASSERT_RC(0, set_key(self->map, key, sizeof(key)));
		ASSERT_TRUE(has_key(self->map, key, sizeof(key)));
	}
}

/* So many to a sample as only keys can be that somebody has chosen. */
TEST(a_crowd_gives_alarm)
{
	u64 usual_ms = parameter_read("sample_ms"), key[KEY_WORDS];
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ALARMS };
	struct ttlmap_stat stat = { };
	unsigned int pid = 0;
	char *text, *line;
	int map;

	ASSERT_RC(0, parameter_write("sample_ms", 50 * slowness()));
	ASSERT_FD(map, make_map(0, 1 << 20));
	/* All but this one, which has its default. */
	for (u32 rule = 0; rule < TTLMAP_ALARMS; rule++)
		if (rule != TTLMAP_ALARM_COLLISIONS)
			tune.alarms.threshold[rule] = TTLMAP_ALARM_NEVER;
	ASSERT_RC(0, map_tune(map, tune));
	for (unsigned int i = 0; i < 200 * CROWD && !stat.alarms; i++) {
		crowd_key(key, i % CROWD);
		ASSERT_RC(0, set_key(map, key, sizeof(key)));
		if (!(i % 100))
			ASSERT_RC(0, map_stat(map, &stat));
	}
	EXPECT_EQ(1, stat.alarms);
	text = map_text(map, "alarms");
	line = text ? strstr(text, "\ncollisions on ") : NULL;
	EXPECT_NE(NULL, line) TH_LOG("%s", text ?: "");
	if (line)
		EXPECT_EQ(1, sscanf(line, "\ncollisions on %*u 1 %*u 100 %*u %u 100 hostile_test",
				    &pid));
	EXPECT_EQ(getpid(), pid);
	free(text);
	EXPECT_TRUE(eventually(!map_stat(map, &stat) && !stat.alarms));
	close(map);
	EXPECT_RC(0, parameter_write("sample_ms", usual_ms));
}

/* ---- a user at the limit */

static int map_of_nobody(void *unused)
{
	int map = map_create_named("", 0, 1);

	(void)unused;
	return map < 0 ? map : 0;
}

/* Makes maps until no more may be, then sees what becomes of other users. */
static int fill_the_limit(void *result)
{
	int map = 0;

	for (int i = 0; i < 1000 && map >= 0; i++)
		map = map_create_named("", 0, 1);
	*(int *)result = map;
	return 0;
}

struct hog {
	int ready[2], done[2];
};

static int hog_maps(void *arg)
{
	struct hog *hog = arg;
	int last = 0;
	char byte;

	fill_the_limit(&last);
	if (write(hog->ready[1], &last, sizeof(last)) != sizeof(last))
		return -EIO;
	close(hog->done[1]);
	return read(hog->done[0], &byte, 1) ? -EIO : 0;
}

static void *run_hog(void *arg)
{
	return (void *)(intptr_t)as_user(USER, USER, hog_maps, arg);
}

TEST(one_user_at_the_limit)
{
	u64 before = parameter_read("max_maps_per_user");
	pthread_t thread;
	struct hog hog;
	void *result;
	int last;

	ASSERT_EQ(0, chmod(DEVICE, 0666));
	ASSERT_EQ(0, pipe(hog.ready));
	ASSERT_EQ(0, pipe(hog.done));
	ASSERT_RC(0, parameter_write("max_maps_per_user", 20));
	ASSERT_EQ(0, pthread_create(&thread, NULL, run_hog, &hog));
	ASSERT_EQ(sizeof(last), read(hog.ready[0], &last, sizeof(last)));
	EXPECT_RC(-EDQUOT, last);
	EXPECT_EQ(20, live_maps());
	EXPECT_RC(-EDQUOT, as_user(USER, OTHER_USER, map_of_nobody, NULL));
	EXPECT_RC(0, as_user(OTHER_USER, OTHER_USER, map_of_nobody, NULL));
	EXPECT_RC(0, map_of_nobody(NULL));
	close(hog.done[1]);
	ASSERT_EQ(0, pthread_join(thread, &result));
	EXPECT_EQ(NULL, result);
	EXPECT_RC(0, as_user(USER, USER, map_of_nobody, NULL));
	EXPECT_RC(0, parameter_write("max_maps_per_user", before));
	ASSERT_EQ(0, chmod(DEVICE, 0660));
}

/* Without room for a descriptor there is no map, and no trace of one. */
TEST(no_descriptor_left)
{
	struct rlimit limit, none = { 3, 3 };
	int device, map, maps;

	ASSERT_FD(map, map_create_named(NAME, 0600, 10));
	ASSERT_FD(device, device_open());
	maps = live_maps();
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	none.rlim_max = limit.rlim_max;
	for (int i = 0; i < 100; i++) {
		struct ttlmap_create create = { .key_max = 8, .value_max = 8,
			.max_entries = 10, .name = NAME ".2" };
		struct ttlmap_open open = { .flags = BOTH, .name = NAME };

		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
		ASSERT_RC(-EMFILE, map_ioctl(device, TTLMAP_IOC_CREATE, &create));
		ASSERT_RC(-EMFILE, map_ioctl(device, TTLMAP_IOC_OPEN, &open));
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	}
	EXPECT_EQ(maps, live_maps());
	EXPECT_EQ(1, named_maps());
	close(map);
	close(device);
	EXPECT_RC(0, map_unlink(NAME));
	EXPECT_TRUE(eventually(module_idle()));
}

/* ---- a user without permission */

struct command {
	unsigned long number;
	int error;	/* for somebody else who may write */
	u8 arg[sizeof(struct ttlmap_stat)];
};

/* Each of these would succeed for the map's owner. */
static void commands_of(struct command *commands, u64 *room)
{
	struct ttlmap_op lookup = op_lookup(room, 8, room + 1, 8);
	struct ttlmap_op clear = { .op = TTLMAP_OP_CLEAR };
	struct ttlmap_batch batch = { .op_size = sizeof(lookup) };
	struct ttlmap_scan scan = { .buf = (uintptr_t)room, .buf_len = 512 };
	struct ttlmap_tune tune = { .what = TTLMAP_TUNE_ENTRIES, .max_entries = 10 };

	commands[0] = (struct command){ .number = TTLMAP_IOC_OP };
	memcpy(commands[0].arg, &lookup, sizeof(lookup));
	commands[1] = (struct command){ .number = TTLMAP_IOC_OP };
	memcpy(commands[1].arg, &clear, sizeof(clear));
	commands[2] = (struct command){ .number = TTLMAP_IOC_BATCH };
	memcpy(commands[2].arg, &batch, sizeof(batch));
	commands[3] = (struct command){ .number = TTLMAP_IOC_SCAN };
	memcpy(commands[3].arg, &scan, sizeof(scan));
	commands[4] = (struct command){ .number = TTLMAP_IOC_STAT };
	commands[5] = (struct command){ .number = TTLMAP_IOC_TUNE, .error = -EPERM };
	memcpy(commands[5].arg, &tune, sizeof(tune));
	commands[6] = (struct command){ .number = TTLMAP_IOC_FREEZE, .error = -EPERM };
}

#define COMMANDS	7

/* What the map's mode grants is all that it grants. */
static int use_for(u32 flags)
{
	/* Which commands succeed with a descriptor for reading, and for writing. */
	static const bool reads[COMMANDS] = { true, false, true, true, true };
	static const bool writes[COMMANDS] = { false, true, true };
	u64 room[64] = { 1 };
	struct command commands[COMMANDS];
	int map = map_open(NAME, flags);

	if (map < 0)
		return map;
	commands_of(commands, room);
	for (int i = 0; i < COMMANDS; i++) {
		bool may = (flags & TTLMAP_OPEN_READ && reads[i]) ||
			   (flags & TTLMAP_OPEN_WRITE && writes[i]);
		int want = may ? 0 : flags & TTLMAP_OPEN_WRITE && commands[i].error ?
			   commands[i].error : -EBADF;

		if (map_ioctl(map, commands[i].number, commands[i].arg) != want)
			return -(200 + i);
	}
	close(map);
	return 0;
}

static int use_without_permission(void *unused)
{
	(void)unused;
	if (map_open(NAME, TTLMAP_OPEN_READ) != -EACCES ||
	    map_open(NAME, TTLMAP_OPEN_WRITE) != -EACCES)
		return -EACCES;
	return map_unlink(NAME) == -EPERM ? 0 : -EPERM;
}

static int use_as_permitted(void *flags)
{
	return use_for(*(u32 *)flags);
}

static int use_device(void *unused)
{
	(void)unused;
	return device_open();
}

TEST(without_permission)
{
	static const struct {
		u32 mode;
		u32 flags;
	} grants[] = {
		{ 0604, TTLMAP_OPEN_READ }, { 0602, TTLMAP_OPEN_WRITE }, { 0606, BOTH },
	};

	EXPECT_RC(-EACCES, as_user(USER, USER, use_device, NULL));
	ASSERT_EQ(0, chmod(DEVICE, 0666));
	for (int i = 0; i < 3; i++) {
		u32 flags = grants[i].flags;
		int map;

		ASSERT_FD(map, map_create_named(NAME, grants[i].mode, 100));
		ASSERT_RC(0, u64_set(map, 1, 1, 0, 0));
		EXPECT_RC(0, as_user(USER, USER, use_as_permitted, &flags));
		close(map);
		ASSERT_RC(0, map_unlink(NAME));
	}
	ASSERT_EQ(0, chmod(DEVICE, 0660));
}

TEST(without_any_permission)
{
	struct ttlmap_stat stat;
	int map;

	ASSERT_EQ(0, chmod(DEVICE, 0666));
	ASSERT_FD(map, map_create_named(NAME, 0600, 100));
	ASSERT_RC(0, u64_set(map, 1, 1, 0, 0));
	EXPECT_RC(0, as_user(USER, USER, use_without_permission, NULL));
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(1, stat.entries);
	EXPECT_EQ(100, stat.max_entries);
	EXPECT_EQ(0, stat.frozen);
	close(map);
	EXPECT_RC(0, map_unlink(NAME));
	ASSERT_EQ(0, chmod(DEVICE, 0660));
}

/* ---- very many entries that are bound to one descriptor */

#define ORPHANS_USUAL	300000ULL
#define ORPHANS_LONG	10000000ULL
#define ORPHAN_BYTES	110	/* an entry with its share of the table */
#define FIRST_ORPHAN	(1ULL << 32)
#define KEPT		1000ULL

static int own(int map, u64 count)
{
	static struct ttlmap_op ops[4096];
	static u64 keys[4096];
	int rc = 0;
	u32 done;

	for (u64 at = 0; at < count && !rc; at += done) {
		u32 some = count - at < 4096 ? count - at : 4096;

		for (u32 i = 0; i < some; i++) {
			keys[i] = FIRST_ORPHAN + at + i;
			ops[i] = op_update(&keys[i], 8, &keys[i], 8, 0, TTLMAP_OWNED);
		}
		rc = map_batch(map, ops, some, &done);
		for (u32 i = 0; i < done && !rc; i++)
			rc = ops[i].result;
	}
	return rc;
}

/**
 * struct client - somebody else who uses the map meanwhile
 * @map: a descriptor of its own
 * @stop: enough
 * @calls: so many
 * @longest: of them, in nanoseconds
 * @wrong: the first result that should not be
 */
struct client {
	int map;
	atomic_bool stop;
	atomic_ullong calls;
	u64 longest;
	int wrong;
};

static int client_call(struct client *client, u64 number)
{
	u64 key = number % KEPT, value;
	int rc = u64_get(client->map, key, &value);

	if (!rc && value != key)
		return -EBADMSG;
	rc = rc ?: u64_set(client->map, key, key, 0, TTLMAP_EXISTING);
	rc = rc ?: u64_set(client->map, KEPT + key, key, 0, TTLMAP_NEW);
	return rc ?: u64_delete(client->map, KEPT + key);
}

static void *client_run(void *arg)
{
	struct client *client = arg;

	while (!client->stop && !client->wrong) {
		u64 begin = boottime_ns(), took;

		client->wrong = client_call(client, client->calls);
		took = boottime_ns() - begin;
		client->longest = took > client->longest ? took : client->longest;
		client->calls++;
	}
	return NULL;
}

TEST(very_many_orphans)
{
	u64 count = affordable(effort(ORPHANS_USUAL, ORPHANS_LONG), ORPHAN_BYTES);
	u64 before = parameter_read("max_bytes"), calls, begin, idle;
	struct ttlmap_create create = { .flags = TTLMAP_F_OWNERS, .key_max = 8,
		.value_max = 8, .mode = 0600, .max_entries = 2 * ORPHANS_LONG, .name = NAME };
	struct client client = { };
	struct ttlmap_stat stat;
	pthread_t thread;
	int map, owner;

	ASSERT_RC(0, parameter_write("max_bytes", meminfo_bytes("MemAvailable")));
	ASSERT_FD(map, map_create(&create));
	ASSERT_FD(owner, map_open(NAME, BOTH));
	ASSERT_FD(client.map, map_open(NAME, BOTH));
	ASSERT_RC(0, u64_fill(map, 0, KEPT, 0));
	ASSERT_RC(0, own(owner, count));
	ASSERT_EQ(0, pthread_create(&thread, NULL, client_run, &client));
	ASSERT_TRUE(eventually(client.calls > 1000 || client.wrong));
	idle = client.longest;
	client.longest = 0;
	calls = client.calls;
	begin = boottime_ns();
	ASSERT_EQ(0, close(owner));
	do {
		ASSERT_RC(0, map_stat(map, &stat));
	} while (stat.owned_entries && !client.wrong);
	calls = client.calls - calls;
	ksft_print_msg("%llu entries left behind went within %llu ms; of the %llu rounds of 4 calls of somebody else meanwhile the longest took %llu us (%llu us before)\n",
		       count, (boottime_ns() - begin) / NSEC_PER_MSEC, calls,
		       client.longest / 1000, idle / 1000);
	client.stop = true;
	pthread_join(thread, NULL);
	EXPECT_RC(0, client.wrong);
	EXPECT_LT(100, calls) TH_LOG("others had to wait");
	ASSERT_RC(0, map_stat(map, &stat));
	EXPECT_EQ(count, stat.owner_gone);
	EXPECT_EQ(KEPT, stat.entries);
	EXPECT_EQ(KEPT, u64_count_present(map, 0, KEPT));
	EXPECT_TRUE(eventually(map_at_rest(map, &stat)));
	close(client.map);
	close(map);
	EXPECT_RC(0, map_unlink(NAME));
	EXPECT_RC(0, parameter_write("max_bytes", before));
	EXPECT_TRUE(eventually(module_idle()));
}

TEST_HARNESS_MAIN
