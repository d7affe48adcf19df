// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps a netfilter hook where the rate limiter has its own, so that the kernel
 * does not patch its code as that comes and goes: with packets on their way
 * through the patched place, QEMU's TCG has been seen to go on with the
 * breakpoint that had stood there for a moment, for ever.
 */
#include <linux/module.h>
#include <linux/netfilter.h>
#include <net/net_namespace.h>

static unsigned int pass(void *unused, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static const struct nf_hook_ops hooks[] = {
	{ .hook = pass, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_IN },
	{ .hook = pass, .pf = NFPROTO_IPV6, .hooknum = NF_INET_LOCAL_IN },
};

static int __init hold_hooks_init(void)
{
	return nf_register_net_hooks(&init_net, hooks, ARRAY_SIZE(hooks));
}

static void __exit hold_hooks_exit(void)
{
	nf_unregister_net_hooks(&init_net, hooks, ARRAY_SIZE(hooks));
}

module_init(hold_hooks_init);
module_exit(hold_hooks_exit);

MODULE_DESCRIPTION("Netfilter hooks that do nothing");
MODULE_AUTHOR("The ttlmap developers");
MODULE_LICENSE("GPL");
