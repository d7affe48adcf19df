// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

#define BATCH	1024

const char *rc_name(int rc)
{
	const char *name = rc < 0 ? strerrorname_np(-rc) : NULL;

	if (name)
		return name;
	return rc < 0 ? "an unknown errno" : "success";
}

/* ---- time */

u64 boottime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

void sleep_ms(unsigned int ms)
{
	usleep(ms * 1000);
}

void sleep_until(u64 boottime)
{
	struct timespec until = { .tv_sec = boottime / NSEC_PER_SEC,
				  .tv_nsec = boottime % NSEC_PER_SEC };

	while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

bool long_run(void)
{
	const char *value = getenv("TTLMAP_LONG");

	return value && *value && strcmp(value, "0");
}

u64 slowness(void)
{
	const char *value = getenv("TTLMAP_SLOWNESS");

	return value ? strtoull(value, NULL, 10) : 1;
}

/* How often something is done: more in a long run, less where all takes longer. */
u64 effort(u64 usual, u64 in_a_long_run)
{
	u64 less = usual / slowness();

	return long_run() ? in_a_long_run : less ?: 1;
}

/* ---- random numbers (splitmix64) */

u64 seed_from_env(u64 usual)
{
	const char *value = getenv("TTLMAP_SEED");

	return value ? strtoull(value, NULL, 0) : usual;
}

struct rng rng_make(u64 seed)
{
	return (struct rng){ .state = seed };
}

u64 mix64(u64 x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

u64 rng_next(struct rng *rng)
{
	rng->state += 0x9e3779b97f4a7c15ULL;
	return mix64(rng->state);
}

u64 rng_below(struct rng *rng, u64 limit)
{
	return rng_next(rng) % limit;
}

/* ---- the device */

int device_open(void)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	/* cppcheck-suppress resourceLeak ; it is what is returned */
	return fd < 0 ? -errno : fd;
}

int map_ioctl(int map, unsigned long command, void *arg)
{
	int rc = ioctl(map, command, arg);

	return rc < 0 ? -errno : rc;
}

int device_ioctl(unsigned long command, void *arg)
{
	int device = device_open(), rc;

	if (device < 0)
		return device;
	rc = map_ioctl(device, command, arg);
	close(device);
	return rc;
}

int map_create(const struct ttlmap_create *create)
{
	struct ttlmap_create arg = *create;

	return device_ioctl(TTLMAP_IOC_CREATE, &arg);
}

static void set_name(u8 *field, const char *name)
{
	memcpy(field, name, strnlen(name, TTLMAP_NAME_SIZE));
}

int map_create_named(const char *name, u32 mode, u64 capacity)
{
	struct ttlmap_create arg = MAP_8_8(capacity);

	arg.mode = mode;
	set_name(arg.name, name);
	return device_ioctl(TTLMAP_IOC_CREATE, &arg);
}

int map_open(const char *name, u32 flags)
{
	struct ttlmap_open arg = { .flags = flags };

	set_name(arg.name, name);
	return device_ioctl(TTLMAP_IOC_OPEN, &arg);
}

int map_unlink(const char *name)
{
	struct ttlmap_unlink arg = { };

	set_name(arg.name, name);
	return device_ioctl(TTLMAP_IOC_UNLINK, &arg);
}

/* How many names this network namespace has, or a negative errno. */
int named_maps(void)
{
	struct ttlmap_list_item items[16];
	struct ttlmap_list arg = { .items = (uintptr_t)items,
				   .item_size = sizeof(items[0]) };
	int rc, total = 0;

	do {
		arg.count = 16;
		rc = device_ioctl(TTLMAP_IOC_LIST, &arg);
		if (rc < 0)
			return rc;
		total += arg.count;
	} while (arg.count);
	return total;
}

/* ---- a map */

struct ttlmap_op op_lookup(const void *key, u32 key_len, void *room, u32 size)
{
	return (struct ttlmap_op){ .op = TTLMAP_OP_LOOKUP,
		.key = (uintptr_t)key, .key_len = key_len,
		.value = (uintptr_t)room, .value_len = size };
}

struct ttlmap_op op_update(const void *key, u32 key_len,
			   const void *value, u32 value_len, u64 ttl_ns, u32 flags)
{
	return (struct ttlmap_op){ .op = TTLMAP_OP_UPDATE, .flags = flags,
		.key = (uintptr_t)key, .key_len = key_len,
		.value = (uintptr_t)value, .value_len = value_len, .ttl_ns = ttl_ns };
}

struct ttlmap_op op_delete(const void *key, u32 key_len)
{
	return (struct ttlmap_op){ .op = TTLMAP_OP_DELETE,
		.key = (uintptr_t)key, .key_len = key_len };
}

struct ttlmap_op op_touch(const void *key, u32 key_len, u64 ttl_ns, u32 flags)
{
	return (struct ttlmap_op){ .op = TTLMAP_OP_TOUCH, .flags = flags,
		.key = (uintptr_t)key, .key_len = key_len, .ttl_ns = ttl_ns };
}

struct ttlmap_op op_pop(const void *key, u32 key_len, void *room, u32 size)
{
	return (struct ttlmap_op){ .op = TTLMAP_OP_POP,
		.key = (uintptr_t)key, .key_len = key_len,
		.value = (uintptr_t)room, .value_len = size };
}

struct ttlmap_op op_add(const void *key, u32 key_len, u64 what, u64 ttl_ns, u32 flags)
{
	return (struct ttlmap_op){ .op = TTLMAP_OP_ADD, .flags = flags,
		.key = (uintptr_t)key, .key_len = key_len, .arg = what, .ttl_ns = ttl_ns };
}

int map_op(int map, struct ttlmap_op *op)
{
	return map_ioctl(map, TTLMAP_IOC_OP, op);
}

int map_batch(int map, struct ttlmap_op *ops, u32 count, u32 *done)
{
	struct ttlmap_batch arg = { .ops = (uintptr_t)ops, .count = count,
				    .op_size = sizeof(*ops) };
	int rc = map_ioctl(map, TTLMAP_IOC_BATCH, &arg);

	if (done)
		*done = arg.done;
	return rc;
}

int map_stat(int map, struct ttlmap_stat *stat)
{
	memset(stat, 0, sizeof(*stat));
	return map_ioctl(map, TTLMAP_IOC_STAT, stat);
}

u64 map_entries(int map)
{
	struct ttlmap_stat stat;

	return map_stat(map, &stat) ? ~0ULL : stat.entries;
}

int map_tune(int map, struct ttlmap_tune tune)
{
	return map_ioctl(map, TTLMAP_IOC_TUNE, &tune);
}

int map_freeze(int map)
{
	struct ttlmap_freeze arg = { };

	return map_ioctl(map, TTLMAP_IOC_FREEZE, &arg);
}

int map_clear(int map)
{
	struct ttlmap_op op = { .op = TTLMAP_OP_CLEAR };

	return map_op(map, &op);
}

int map_scan(int map, struct ttlmap_scan *scan, void *buf, u32 len, u32 flags)
{
	*scan = (struct ttlmap_scan){ .cursor = scan->cursor,
		.buf = (uintptr_t)buf, .buf_len = len, .flags = flags };
	return map_ioctl(map, TTLMAP_IOC_SCAN, scan);
}

/* ---- 8-byte keys and values */

int u64_set(int map, u64 key, u64 value, u64 ttl_ns, u32 flags)
{
	struct ttlmap_op op = op_update(&key, 8, &value, 8, ttl_ns, flags);

	return map_op(map, &op);
}

int u64_get(int map, u64 key, u64 *value)
{
	struct ttlmap_op op = op_lookup(&key, 8, value, 8);

	return map_op(map, &op);
}

int u64_delete(int map, u64 key)
{
	struct ttlmap_op op = op_delete(&key, 8);

	return map_op(map, &op);
}

bool u64_has(int map, u64 key)
{
	u64 value;

	return !u64_get(map, key, &value);
}

int u64_touch(int map, u64 key, u64 ttl_ns, u32 flags)
{
	struct ttlmap_op op = op_touch(&key, 8, ttl_ns, flags);

	return map_op(map, &op);
}

int u64_pop(int map, u64 key, u64 *value)
{
	struct ttlmap_op op = op_pop(&key, 8, value, 8);

	return map_op(map, &op);
}

int u64_add(int map, u64 key, u64 what, u64 *sum)
{
	struct ttlmap_op op = op_add(&key, 8, what, 0, 0);
	int rc = map_op(map, &op);

	if (!rc && sum)
		*sum = op.arg;
	return rc;
}

/* A compare-and-swap by value. */
int u64_swap(int map, u64 key, u64 expected, u64 value)
{
	struct ttlmap_op op = op_update(&key, 8, &value, 8, 0, TTLMAP_IF_VALUE);

	op.arg = (uintptr_t)&expected;
	op.arg_len = 8;
	return map_op(map, &op);
}

/*
 * One batch of the same operation on keys in a row; returns how many of them
 * succeeded, or a negative errno of the call.
 */
static int u64_batch(int map, u32 op, u64 first, u32 count, u64 ttl_ns)
{
	static __thread struct ttlmap_op ops[BATCH];
	static __thread u64 keys[BATCH], values[BATCH];
	u32 done = 0;
	int rc, good = 0;

	for (u32 i = 0; i < count; i++) {
		keys[i] = first + i;
		values[i] = first + i;
		if (op == TTLMAP_OP_UPDATE)
			ops[i] = op_update(&keys[i], 8, &values[i], 8, ttl_ns, 0);
		else if (op == TTLMAP_OP_LOOKUP)
			ops[i] = op_lookup(&keys[i], 8, &values[i], 8);
		else
			ops[i] = op_delete(&keys[i], 8);
	}
	rc = map_batch(map, ops, count, &done);
	if (rc)
		return rc;
	for (u32 i = 0; i < done; i++)
		good += !ops[i].result && (op == TTLMAP_OP_DELETE || values[i] == keys[i]);
	return done == count ? good : -EINTR;
}

static int64_t u64_batches(int map, u32 op, u64 first, u64 count, u64 ttl_ns)
{
	int64_t good = 0;

	for (u64 at = 0; at < count; at += BATCH) {
		u64 left = count - at;
		int rc = u64_batch(map, op, first + at, left < BATCH ? left : BATCH, ttl_ns);

		if (rc < 0)
			return rc;
		good += rc;
	}
	return good;
}

/* Keys in a row, each its own value; 0 if every one was written. */
int u64_fill(int map, u64 first, u64 count, u64 ttl_ns)
{
	int64_t good = u64_batches(map, TTLMAP_OP_UPDATE, first, count, ttl_ns);

	if (good < 0)
		return good;
	return (u64)good == count ? 0 : -EIO;
}

/* Delete keys in a row, there or not. */
int u64_empty(int map, u64 first, u64 count)
{
	int64_t good = u64_batches(map, TTLMAP_OP_DELETE, first, count, 0);

	return good < 0 ? good : 0;
}

u64 u64_count_present(int map, u64 first, u64 count)
{
	int64_t good = u64_batches(map, TTLMAP_OP_LOOKUP, first, count, 0);

	return good < 0 ? ~0ULL : (u64)good;
}

/* ---- statistics */

bool stat_adds_up(const struct ttlmap_stat *stat)
{
	return stat->resident_bytes == stat->live_bytes + stat->stale_bytes +
				       stat->retired_bytes + stat->table_bytes;
}

/* Nothing waits for a grace period or for the reclaim of expired entries. */
bool map_at_rest(int map, struct ttlmap_stat *stat)
{
	return !map_stat(map, stat) && !stat->retired_entries &&
	       !stat->retired_bytes && !stat->stale_entries;
}

/* ---- other users */

int as_user(uid_t uid, gid_t gid, int (*call)(void *), void *arg)
{
	int status;
	pid_t child = fork();

	if (child < 0)
		return -errno;
	if (!child) {
		if (setgroups(0, NULL) || setresgid(gid, gid, gid) ||
		    setresuid(uid, uid, uid))
			_exit(255);
		_exit(-call(arg));
	}
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

/* ---- the module */

static int module_path(char *path, size_t size)
{
	const char *given = getenv("TTLMAP_MODULE");
	struct utsname name;

	uname(&name);
	if (given)
		snprintf(path, size, "%s", given);
	else
		snprintf(path, size, "/lib/modules/ttlmap.ko");
	if (!access(path, R_OK))
		return 0;
	snprintf(path, size, "/lib/modules/%s/extra/ttlmap.ko", name.release);
	return access(path, R_OK) ? -errno : 0;
}

int module_load(void)
{
	char path[256];
	int rc = module_path(path, sizeof(path)), fd;

	if (rc)
		return rc;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return rc;
}

int module_unload(void)
{
	return syscall(SYS_delete_module, "ttlmap", O_NONBLOCK) ? -errno : 0;
}

bool module_loaded(void)
{
	return !access("/sys/module/ttlmap/parameters", F_OK);
}

/* Nobody holds it; what a closed descriptor leaves behind does for a while. */
bool module_idle(void)
{
	char *text = file_read("/sys/module/ttlmap/refcnt");
	bool idle = text && !strtoul(text, NULL, 10);

	free(text);
	return idle;
}

static void parameter_path(char *path, size_t size, const char *name)
{
	snprintf(path, size, "/sys/module/ttlmap/parameters/%s", name);
}

int parameter_write(const char *name, u64 value)
{
	char path[256], text[32];

	parameter_path(path, sizeof(path), name);
	snprintf(text, sizeof(text), "%llu", value);
	return file_write(path, text);
}

u64 parameter_read(const char *name)
{
	char path[256], *text;
	u64 value;

	parameter_path(path, sizeof(path), name);
	text = file_read(path);
	value = text ? strtoull(text, NULL, 0) : 0;
	free(text);
	return value;
}

/* ---- files */

char *file_read(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;

	if (!file)
		return NULL;
	if (getdelim(&text, &room, '\0', file) < 0) {
		free(text);
		text = ferror(file) ? NULL : strdup("");
	}
	fclose(file);
	return text;
}

int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return -errno;
	rc = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return rc;
}

#define CPU_1	"/sys/devices/system/cpu/cpu1/online"

static bool emulated(void)
{
	char *cpus = file_read("/proc/cpuinfo");
	bool found = cpus && strstr(cpus, "QEMU TCG");

	free(cpus);
	return found;
}

/*
 * The kernel patches code that runs: an emulator (QEMU before 8.1) may keep what another
 * CPU translates of it at that moment, which no kernel survives. There, one CPU has to do.
 */
int file_write_patching(const char *path, const char *text)
{
	bool alone = emulated() && !file_write(CPU_1, "0");
	int rc = file_write(path, text);

	if (alone)
		file_write(CPU_1, "1");
	return rc;
}

/* A file of a map's, or NULL. */
char *map_text(int map, const char *file)
{
	struct ttlmap_stat stat;
	char path[128];

	if (map_stat(map, &stat))
		return NULL;
	snprintf(path, sizeof(path), DEBUGFS "/%llu/%s", stat.id, file);
	return file_read(path);
}

/* Maps that exist, named or not: a line each in the summary after its header. */
int live_maps(void)
{
	char *text = file_read(DEBUGFS "/summary");
	int lines = -1;

	if (!text)
		return -ENOENT;
	for (char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	free(text);
	return lines;
}

/* ---- memory */

u64 meminfo_bytes(const char *field)
{
	char *text = file_read("/proc/meminfo"), *line = text;
	size_t len = strlen(field);
	u64 kib = 0;

	while (line && (strncmp(line, field, len) || line[len] != ':')) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (line)
		kib = strtoull(line + len + 1, NULL, 10);
	free(text);
	return kib * 1024;
}

/* As many entries as asked for, or as fit into half of what is free. */
u64 affordable(u64 wanted, u64 entry_bytes)
{
	u64 fit = meminfo_bytes("MemAvailable") / 2 / entry_bytes;

	if (fit >= wanted)
		return wanted;
	printf("# memory is short: %llu entries instead of %llu\n", fit, wanted);
	return fit;
}

static u64 slab_attribute(const char *name, const char *attribute)
{
	char path[256], *text;
	u64 value;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/%s", name, attribute);
	text = file_read(path);
	value = text ? strtoull(text, NULL, 10) : 0;
	free(text);
	return value;
}

/* Bytes that an object has without what SLUB puts around it where it checks itself. */
static u64 slab_object_size(const char *name, u64 size)
{
	u64 align = slab_attribute(name, "align");

	if (!slab_attribute(name, "red_zone") || !align)
		return size;
	return (slab_attribute(name, "object_size") + align - 1) / align * align;
}

/* Adds up objects, or their bytes, over the caches whose names start so. */
static u64 slab_sum(const char *prefix, bool bytes)
{
	FILE *file = fopen("/proc/slabinfo", "re");
	char line[512], name[128];
	u64 active, total, size, sum = 0;

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%127s %llu %llu %llu",
			   name, &active, &total, &size) != 4)
			continue;
		if (!strncmp(name, prefix, strlen(prefix)))
			sum += bytes ? active * slab_object_size(name, size) : active;
	}
	fclose(file);
	return sum;
}

u64 slab_objects(const char *prefix)
{
	return slab_sum(prefix, false);
}

u64 slab_object_bytes(const char *prefix)
{
	return slab_sum(prefix, true);
}

/*
 * Per-CPU slabs count as full of active objects until they are flushed.
 * Returns how many caches were shrunk, or a negative errno.
 */
int slab_shrink(const char *prefix)
{
	char pattern[128];
	glob_t found;
	int rc, count = 0;

	snprintf(pattern, sizeof(pattern), "/sys/kernel/slab/%s*/shrink", prefix);
	if (glob(pattern, 0, NULL, &found))
		return -ENOENT;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		rc = file_write(found.gl_pathv[i], "1");
		if (rc) {
			count = rc;
			break;
		}
		count++;
	}
	globfree(&found);
	return count;
}

/* Bytes of vmalloc areas whose line names @owner, for example "[ttlmap]". */
u64 vmalloc_bytes(const char *owner)
{
	FILE *file = fopen("/proc/vmallocinfo", "re");
	char line[512];
	u64 size, sum = 0;

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (strstr(line, owner) && sscanf(line, "%*s %llu", &size) == 1)
			sum += size;
	fclose(file);
	return sum;
}
