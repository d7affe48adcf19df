// SPDX-License-Identifier: GPL-2.0
/* Part of a module whose init and exit functions are elsewhere. */
#include <linux/ttlmap.h>

static struct ttlmap *sessions;

int sessions_init(void)
{
	int err;

	sessions = ttlmap_create(&params); /* expect: map-never-put */
	if (IS_ERR(sessions))
		return PTR_ERR(sessions);
	err = sessions_fill();
	if (err)
		ttlmap_put(sessions);
	return err;
}
