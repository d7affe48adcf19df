// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/ttlmap.h>

static struct ttlmap *sessions;
static struct ttlmap *addresses;
struct ttlmap *seen_by_others;

static void stop(void)
{
	ttlmap_put(addresses);
}

static int __init both_init(void)
{
	sessions = ttlmap_create(&params);
	if (IS_ERR(sessions))
		return PTR_ERR(sessions);
	addresses = ttlmap_create(&params);
	if (IS_ERR(addresses)) {
		ttlmap_put(sessions);
		return PTR_ERR(addresses);
	}
	return 0;
}

int others_init(void)
{
	seen_by_others = ttlmap_create(&params);
	return PTR_ERR_OR_ZERO(seen_by_others);
}

static void __exit both_exit(void)
{
	stop();
	ttlmap_put(sessions);
}

module_init(both_init);
module_exit(both_exit);
