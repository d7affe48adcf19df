// SPDX-License-Identifier: GPL-2.0
/*
 * Starts and stops the module, and makes maps and descriptors as its device would.
 */
#include <linux/err.h>
#include <linux/module.h>

#include "../../kmod/names.h"
#include "../../kmod/ops.h"
#include "../../kmod/orphans.h"
#include "core.h"

void core_start(void)
{
	CORE_REQUIRE(!shim_module_init());
}

void core_stop(void)
{
	shim_module_exit();
}

/* Returns NULL if there is no memory. */
struct ttlmap *core_map(const struct ttlmap_create *limits)
{
	struct ttlmap_params params = { .limits = *limits };
	struct ttlmap *map = tm_map_create(&params);

	return IS_ERR(map) ? NULL : map;
}

void core_put(struct ttlmap *map)
{
	tm_names_put(map);
}

struct tm_owner *core_owner(struct ttlmap *map)
{
	struct tm_owner *owner = tm_orphans_owner(map);

	CORE_REQUIRE(owner);
	kref_get(&map->refs);
	return owner;
}

int core_op(struct tm_owner *owner, struct ttlmap_op *op)
{
	op->result = tm_op(owner, op, NULL, FMODE_READ | FMODE_WRITE);
	return op->result;
}
