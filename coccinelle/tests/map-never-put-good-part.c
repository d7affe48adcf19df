// SPDX-License-Identifier: GPL-2.0
/* Part of a module whose init and exit functions are elsewhere. */
#include <linux/ttlmap.h>

static struct ttlmap *sessions;

int sessions_init(void)
{
	sessions = ttlmap_create(&params);
	return PTR_ERR_OR_ZERO(sessions);
}

void sessions_exit(void)
{
	ttlmap_put(sessions);
}
