// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/ttlmap.h>

static struct ttlmap *sessions;
static struct ttlmap *addresses;

static void stop(void)
{
	ttlmap_put(addresses);
}

static int __init both_init(void)
{
	int err;

	sessions = ttlmap_create(&params); /* expect: map-never-put */
	if (IS_ERR(sessions))
		return PTR_ERR(sessions);
	addresses = ttlmap_create(&params);
	if (IS_ERR(addresses)) {
		ttlmap_put(sessions);
		return PTR_ERR(addresses);
	}
	return 0;
}

static void __exit both_exit(void)
{
	stop();
}

module_init(both_init);
module_exit(both_exit);
