// SPDX-License-Identifier: GPL-2.0
/*
 * What happens to the whole machine: a processor comes and goes, it sleeps while
 * CLOCK_BOOTTIME goes on, somebody wants the module out.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "torture.h"

#define ONLINE		"/sys/devices/system/cpu/cpu1/online"
#define STATE		"/sys/power/state"
#define MEM_SLEEP	"/sys/power/mem_sleep"
#define ALARM		"/sys/class/rtc/rtc0/wakealarm"
#define WAKEUPS		"/sys/power/wakeup_count"
#define INTERRUPTS	"/proc/interrupts"
/* Seconds, at first. It takes a slow machine some of them to get there. */
#define ASLEEP		8
#define SHORT_NS	(NSEC_PER_SEC / 2)

/* Whoever holds it says whether CPU 1 is there. */
static pthread_mutex_t cpu_1 = PTHREAD_MUTEX_INITIALIZER;

bool hotplug_missing(void)
{
	return access(ONLINE, W_OK);
}

static int plug_cpu_1(struct self *self, bool in)
{
	int rc;

	do {
		rc = file_write(ONLINE, in ? "1" : "0");
	} while (rc == -EBUSY || rc == -EINTR);
	FIND_IF(self, rc, "CPU 1 stays%s: %s", in ? " away" : "", rc_name(rc));
	return rc;
}

void plug_cpus(struct self *self)
{
	while (going(self)) {
		pthread_mutex_lock(&cpu_1);
		plug_cpu_1(self, false);
		nap(self, 300);
		plug_cpu_1(self, true);
		pthread_mutex_unlock(&cpu_1);
		self->part->rounds++;
		nap(self, 2000);
	}
}

static bool file_has(const char *path, const char *word)
{
	char *text = file_read(path);
	bool has = text && strstr(text, word);

	free(text);
	return has;
}

/*
 * Somebody's own machine is not put to sleep for a test, and a virtual one whose devices
 * have lines for their interrupts gets none any more when it wakes up: what is printed
 * then would wait for ever.
 */
bool sleep_missing(void)
{
	return !file_has("/proc/cpuinfo", " hypervisor") || !file_has(INTERRUPTS, "MSI") ||
	       !file_has(STATE, "mem") || !file_has(MEM_SLEEP, "[deep]") ||
	       access(ALARM, W_OK) || access(WAKEUPS, W_OK);
}

static u64 slept_ns(void)
{
	u64 all = boottime_ns();

	return all - awake_ns();
}

/*
 * An alarm that goes off before the machine is asleep may never wake it: with the
 * count of wakeups handed back, the kernel then refuses to go to sleep, up to the
 * last moments, which is why the alarm is not set nearer.
 */
static int sleep_now(u32 asleep)
{
	char *wakeups, alarm[16];
	int rc;

	snprintf(alarm, sizeof(alarm), "+%u", asleep);
	file_write(ALARM, "0");
	wakeups = file_read(WAKEUPS);
	rc = wakeups ? file_write(ALARM, alarm) : -EIO;
	rc = rc ?: file_write(WAKEUPS, wakeups);
	free(wakeups);
	return rc ?: file_write(STATE, "mem");
}

/*
 * On one CPU: to stop all tasks the kernel patches the code that they run into, and the
 * emulator (QEMU before 8.1) may keep what another CPU translates of it at that moment,
 * which no kernel survives. CPU 1 would be taken away for the sleep itself anyway.
 */
static int sleep_on_cpu_0(struct self *self, u32 asleep)
{
	bool plugs = !hotplug_missing();
	int rc;

	pthread_mutex_lock(&cpu_1);
	rc = plugs ? plug_cpu_1(self, false) : 0;
	rc = rc ?: sleep_now(asleep);
	if (plugs)
		plug_cpu_1(self, true);
	pthread_mutex_unlock(&cpu_1);
	return rc;
}

/* Two entries: the sleep takes one of them, the other is there when it ends. */
static int sleep_between(struct self *self, int map, u32 asleep)
{
	u64 before = slept_ns(), begin = boottime_ns(), end, value;
	int rc;

	rc = u64_set(map, 1, 1, SHORT_NS, 0) ?: u64_set(map, 2, 2, HOUR_NS, 0);
	rc = rc ?: sleep_on_cpu_0(self, asleep);
	if (rc)
		return rc;
	end = boottime_ns();
	FIND_IF(self, !u64_get(map, 1, &value) && end > begin + SHORT_NS + NSEC_PER_SEC,
		"an entry outlived the machine's sleep");
	FIND_IF(self, u64_get(map, 2, &value), "an entry is gone after the machine's sleep");
	if (slept_ns() > before + SHORT_NS)
		self->part->rounds++;
	return 0;
}

/* A machine too slow to be asleep by then is given more time. */
void sleep_machine(struct self *self)
{
	u32 asleep = ASLEEP;

	while (going(self)) {
		int map;

		nap(self, 15000);
		map = torture_create(NULL, TTLMAP_F_NO_EVICT, 8, 10);
		if (map >= 0) {
			asleep += sleep_between(self, map, asleep) ? 4 : 0;
			close(map);
		}
	}
}

static u64 references(void)
{
	char *text = file_read("/sys/module/ttlmap/refcnt");
	u64 count = text ? strtoull(text, NULL, 10) : 0;

	free(text);
	return count;
}

/* Each map of ours has a descriptor, and one of them has a name. */
void try_to_unload(struct self *self)
{
	while (going(self)) {
		int rc = module_unload();

		FIND_IF(self, rc != -EWOULDBLOCK && rc != -EBUSY, "the module in use unloads: %s",
			rc_name(rc));
		FIND_IF(self, references() < ARENAS + 3, "the module has %llu references",
			references());
		self->part->rounds++;
		nap(self, 50);
	}
}
