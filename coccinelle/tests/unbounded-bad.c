// SPDX-License-Identifier: GPL-2.0
#include <sys/ioctl.h>
#include <ttlmap.h>

int no_limit(void)
{
	struct ttlmap_create create = {
		.key_max = 16,
		.value_max = 64,
		.max_entries = TTLMAP_ENTRIES_MAX,
	};

	return ttlmap_map_create(&create); /* expect: unbounded */
}

int no_limit_assigned(int device)
{
	struct ttlmap_create create;

	memset(&create, 0, sizeof(create));
	create.key_max = 16;
	create.max_entries = TTLMAP_ENTRIES_MAX;
	create.default_ttl_ns = 0;
	return ioctl(device, TTLMAP_IOC_CREATE, &create); /* expect: unbounded */
}

/* A longest TTL is none. */
struct ttlmap *of_a_module(void)
{
	static const struct ttlmap_params params = {
		.limits = {
			.key_max = 16,
			.value_max = 64,
			.max_entries = TTLMAP_ENTRIES_MAX,
			.min_ttl_ns = 1000,
		},
	};

	return ttlmap_create(&params); /* expect: unbounded */
}
