// SPDX-License-Identifier: GPL-2.0
#include <sys/ioctl.h>
#include <ttlmap.h>

static const struct ttlmap_create limits = {
	.key_max = 16,
	.max_entries = 1000,
};

int limited_elsewhere(void)
{
	return ttlmap_map_create(&limits);
}

int limited(void)
{
	struct ttlmap_create create = {
		.key_max = 16,
		.max_entries = TTLMAP_ENTRIES_MAX,
		.max_bytes = 64 << 20,
	};

	return ttlmap_map_create(&create);
}

int limited_by_time(void)
{
	struct ttlmap_create create = {
		.flags = TTLMAP_F_VERSIONS | TTLMAP_F_REQUIRE_TTL,
		.key_max = 16,
		.max_entries = TTLMAP_ENTRIES_MAX,
	};

	return ttlmap_map_create(&create);
}

int limited_later(int device, size_t entries)
{
	struct ttlmap_create create = { .key_max = 16 };

	if (entries)
		create.max_entries = entries;
	return ioctl(device, TTLMAP_IOC_CREATE, &create);
}

int limited_by_others(int device, const char *arguments)
{
	struct ttlmap_create create;

	parse(arguments, &create);
	return ioctl(device, TTLMAP_IOC_CREATE, &create);
}

struct ttlmap *of_a_module(u64 ttl_ns)
{
	struct ttlmap_params params = {
		.limits = {
			.key_max = 16,
			.max_entries = TTLMAP_ENTRIES_MAX,
			.default_ttl_ns = ttl_ns,
		},
	};

	return ttlmap_create(&params);
}

int limited_in_another_file(void)
{
	return ttlmap_map_create(&limits_of_all);
}
