// SPDX-License-Identifier: GPL-2.0
/*
 * Times ttlmap's in-kernel API beside other maps of the kernel while it is being
 * loaded, and prints samples to the log. Meant for a virtual machine, whose CPU it
 * keeps busy; how maps scale is measured on all that it has.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/string.h>

#include "compat.h"
#include "round.h"

static unsigned int entries = 1000;
module_param(entries, uint, 0444);
MODULE_PARM_DESC(entries, "in each map");

static unsigned int key_len = 16;
module_param(key_len, uint, 0444);
MODULE_PARM_DESC(key_len, "bytes of a key, 8 or more");

static unsigned int value_len = 8;
module_param(value_len, uint, 0444);
MODULE_PARM_DESC(value_len, "bytes of a value");

static unsigned int ops = 100000;
module_param(ops, uint, 0444);
MODULE_PARM_DESC(ops, "operations in a sample");

static unsigned int round;
module_param(round, uint, 0444);
MODULE_PARM_DESC(round, "its number; 0 is to warm up, and not reported");

static unsigned int after_ms = 100;
module_param(after_ms, uint, 0444);
MODULE_PARM_DESC(after_ms, "how long to look for work that operations left behind");

static bool writes = true;
module_param(writes, bool, 0444);
MODULE_PARM_DESC(writes, "measure what changes maps as well");

static char *measure = "operations";
module_param(measure, charp, 0444);
MODULE_PARM_DESC(measure, "operations, growth or scaling");

static char *peer = "";
module_param(peer, charp, 0444);
MODULE_PARM_DESC(peer, "only those whose names begin so");

static char *variant = "";
module_param(variant, charp, 0444);
MODULE_PARM_DESC(variant, "to add to the peers' names");

static const u8 value[BENCH_VALUE_MAX];

static const struct bench_peer *const peers[] = {
	&bench_ttlmap,
	&bench_rhashtable,
	&bench_bpf_hash,
	&bench_bpf_lru_hash,
#ifdef BENCH_RHASH
	&bench_bpf_rhash,
#endif
};

static const struct {
	const char *name;
	int (*run)(const struct bench_run *run, const struct bench_peer *peer);
} measures[] = {
	{ "operations", bench_round },
	{ "growth", bench_growth },
	{ "scaling", bench_scaling },
};

static int run_peer(const struct bench_run *run, const struct bench_peer *of)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(measures); i++)
		if (!strcmp(measures[i].name, measure))
			return measures[i].run(run, of);
	return -EINVAL;
}

static int run_peers(const struct bench_run *run)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(peers) && !err; i++) {
		if (!strstarts(peers[i]->name, peer))
			continue;
		err = run_peer(run, peers[i]);
		if (err)
			pr_err("%s, %u entries: error %d\n", peers[i]->name, entries, err);
	}
	return err;
}

static int run_round(void)
{
	struct bench_run run = {
		.shape = {
			.entries = entries,
			.key_len = key_len,
			.value_len = value_len,
			.ttl_ns = NSEC_PER_SEC * 3600,
		},
		.value = value,
		.ops = ops,
		.after_ns = after_ms * NSEC_PER_MSEC,
		.writes = writes,
		.round = round,
		.variant = variant,
	};
	int err = bench_keys_init(&run.keys, key_len, entries);

	if (err)
		return err;
	err = run_peers(&run);
	bench_keys_exit(&run.keys);
	return err;
}

static bool parameters_ok(void)
{
	return entries && ops && after_ms && key_len >= sizeof(u64) && key_len <= 512 &&
	       value_len && value_len <= BENCH_VALUE_MAX;
}

static DECLARE_COMPLETION(done);
static int result;

static int bench_thread(void *arg)
{
	result = run_round();
	kthread_complete_and_exit(&done, 0);
}

static int __init bench_init(void)
{
	struct task_struct *task;

	if (!parameters_ok())
		return -EINVAL;
	task = kthread_run(bench_thread, NULL, "ttlmap_bench");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&done);
	return result;
}

static void __exit bench_exit(void)
{
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_DESCRIPTION("ttlmap beside other maps of the kernel");
MODULE_LICENSE("GPL");
