// SPDX-License-Identifier: GPL-2.0
/*
 * Limits what each source address may send to this machine: so many packets in
 * a window of time, then none until the window is over.
 *
 * Each address has a counter. The first packet starts it, with a TTL that is the
 * window; the packets that follow are counted without a lock. When the counter
 * expires a new window begins with the next packet. Where more addresses send than
 * the map holds, those that sent least recently are forgotten: strangers with
 * many addresses cannot take the machine's memory.
 *
 * The hook runs in softirq context, hence GFP_ATOMIC. What cannot be counted for
 * want of memory passes. Only the initial network namespace is limited.
 */
#include <linux/err.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/sysfs.h>
#include <linux/time64.h>
#include <linux/ttlmap.h>
#include <net/net_namespace.h>

#define NAME	"ratelimit"

static unsigned int packets = 1000;
module_param(packets, uint, 0644);
MODULE_PARM_DESC(packets, "that an address may send in a window (default: 1000)");

static unsigned int window_ms = 1000;
module_param(window_ms, uint, 0444);
MODULE_PARM_DESC(window_ms, "length of a window in ms (default: 1000)");

static unsigned int capacity = 65536;
module_param(capacity, uint, 0444);
MODULE_PARM_DESC(capacity, "addresses that are remembered (default: 65536)");

static DEFINE_PER_CPU(u64, passed);
static DEFINE_PER_CPU(u64, dropped);

static int print_sum(char *text, const u64 __percpu *counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(counter, cpu));
	return sysfs_emit(text, "%llu\n", sum);
}

static int get_passed(char *text, const struct kernel_param *unused)
{
	return print_sum(text, &passed);
}

static int get_dropped(char *text, const struct kernel_param *unused)
{
	return print_sum(text, &dropped);
}

static const struct kernel_param_ops passed_ops = { .get = get_passed };
module_param_cb(passed, &passed_ops, NULL, 0444);
MODULE_PARM_DESC(passed, "packets that passed");

static const struct kernel_param_ops dropped_ops = { .get = get_dropped };
module_param_cb(dropped, &dropped_ops, NULL, 0444);
MODULE_PARM_DESC(dropped, "packets that were dropped");

static struct ttlmap *map;

static struct ttlmap_buf source_of(const struct sk_buff *skb, u8 family)
{
	if (family == NFPROTO_IPV4)
		return (struct ttlmap_buf){ &ip_hdr(skb)->saddr, sizeof(struct in_addr) };
	return (struct ttlmap_buf){ &ipv6_hdr(skb)->saddr, sizeof(struct in6_addr) };
}

static unsigned int limit(void *unused, struct sk_buff *skb, const struct nf_hook_state *state)
{
	s64 count = 1;

	if (!ttlmap_add(map, source_of(skb, state->pf), &count, 0, GFP_ATOMIC) &&
	    count > READ_ONCE(packets)) {
		this_cpu_inc(dropped);
		return NF_DROP;
	}
	this_cpu_inc(passed);
	return NF_ACCEPT;
}

static const struct nf_hook_ops hooks[] = {
	{
		.hook = limit,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_FILTER,
	}, {
		.hook = limit,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_FILTER,
	},
};

static int __init ratelimit_init(void)
{
	struct ttlmap_params params = {
		.limits = {
			.flags = TTLMAP_F_COUNTERS | TTLMAP_F_SIPHASH | TTLMAP_F_REQUIRE_TTL,
			.key_max = sizeof(struct in6_addr),
			.value_max = sizeof(u64),
			.mode = 0400,
			.max_entries = capacity,
			.default_ttl_ns = (u64)window_ms * NSEC_PER_MSEC,
			.name = NAME,
		},
	};
	int err;

	if (!window_ms)
		return -ERANGE;
	map = ttlmap_create(&params);
	/* -EEXIST is what loading a module twice returns, and nothing else. */
	if (map == ERR_PTR(-EEXIST))
		return -EBUSY;
	if (IS_ERR(map))
		return PTR_ERR(map);
	err = nf_register_net_hooks(&init_net, hooks, ARRAY_SIZE(hooks));
	if (err)
		ttlmap_put(map);
	return err;
}

/* When the hooks are unregistered, no packet is on its way through them. */
static void __exit ratelimit_exit(void)
{
	nf_unregister_net_hooks(&init_net, hooks, ARRAY_SIZE(hooks));
	ttlmap_put(map);
}

module_init(ratelimit_init);
module_exit(ratelimit_exit);

MODULE_DESCRIPTION("Packets per source address and window, counted in a ttlmap");
MODULE_AUTHOR("The ttlmap developers");
MODULE_LICENSE("GPL");
