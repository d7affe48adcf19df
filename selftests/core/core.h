/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maps in userspace: the module's code with the shim under it.
 */
#ifndef _CORE_H
#define _CORE_H

#include <linux/kernel.h>

#include "../../kmod/map.h"
#include "../../kmod/owner.h"
#include "shim.h"

void core_start(void);
void core_stop(void);
struct ttlmap *core_map(const struct ttlmap_create *limits);
void core_put(struct ttlmap *map);
struct tm_owner *core_owner(struct ttlmap *map);
int core_op(struct tm_owner *owner, struct ttlmap_op *op);

/* Complains, and ends the program, if the structure of a map is not sound. */
void core_check(struct ttlmap *map);

#define CORE_REQUIRE(condition)						\
do {									\
	if (!(condition))						\
		shim_bug(#condition, __FILE__, __LINE__);		\
} while (0)

#endif /* _CORE_H */
