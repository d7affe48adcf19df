// SPDX-License-Identifier: GPL-2.0
/*
 * What the figures are held against.  A metric is the median of one series, or that
 * divided by the median of another.  Names are patterns: of all series that match, the
 * worst is the metric.
 */
#include <fnmatch.h>
#include <string.h>

#include "metrics.h"

enum kind {
	PLAIN,		/* the series itself */
	RATIO,		/* divided by the other series */
	EXCESS,		/* by how many percent it is above the other series */
};

/* Of what is divided by, a field that is NULL is as in what is divided. */
struct pick {
	const char *rig;
	const char *name;
	const char *peer;
};

struct formula {
	const char *metric;
	enum better better;
	double goal;
	enum kind kind;
	struct pick over;
	struct pick under;
};

#define PEER(name)	{ NULL, NULL, name }
#define NOTHING	{ NULL, NULL, NULL }
#define CASE(name)	{ NULL, name, NULL }
#define OURS(rig, name)	{ rig, name, "ttlmap" }

static const struct formula formulas[] = {
	{ "lookup_1m_vs_bpf_lru", LOWER, 0.60, RATIO,
	  OURS("native", "lookup_hit/16/8/1000000"), PEER("bpf_lru_hash") },
	{ "lookup_1m_vs_rhashtable", LOWER, 1.15, RATIO,
	  OURS("native", "lookup_hit/16/8/1000000"), PEER("rhashtable") },
	{ "lookup_many_1m_vs_single", LOWER, 0.40, RATIO,
	  OURS("native", "lookup_many/16/8/1000000"), CASE("lookup_hit/16/8/1000000") },
	{ "lookup_1k_vs_bpf_lru", LOWER, 0.75, RATIO,
	  OURS("native", "lookup_hit/16/8/1000"), PEER("bpf_lru_hash") },
	{ "miss_1m_vs_bpf_lru", LOWER, 0.40, RATIO,
	  OURS("native", "lookup_miss/16/8/1000000"), PEER("bpf_lru_hash") },
	{ "insert_1m_vs_rhashtable", LOWER, 0.60, RATIO,
	  OURS("native", "insert/16/8/1000000"), PEER("rhashtable") },
	{ "evict_1m_vs_bpf_lru", LOWER, 0.50, RATIO,
	  OURS("native", "evict/16/8/1000000"), PEER("bpf_lru_hash") },
	{ "ioctl_lookup_vs_bpf_syscall", LOWER, 0.50, RATIO,
	  OURS("6.12", "lookup"), PEER("bpf_lru_hash") },
	{ "batch64_vs_bpf_syscall", LOWER, 0.15, RATIO,
	  OURS("6.12", "lookup_64"), { NULL, "lookup", "bpf_lru_hash" } },
	{ "ioctl_lookup_vs_memcached", LOWER, 0.05, RATIO,
	  OURS("6.12", "lookup"), PEER("memcached") },
	{ "ioctl_lookup_vs_valkey", LOWER, 0.05, RATIO,
	  OURS("6.12", "lookup"), PEER("@(valkey|redis)") },
	{ "scale2_read", HIGHER, 1.95, RATIO,
	  OURS("native", "scale/read/2"), CASE("scale/read/1") },
	{ "scale2_95_5", HIGHER, 1.85, RATIO,
	  OURS("native", "scale/95_5/2"), CASE("scale/95_5/1") },
	{ "scale2_evict", HIGHER, 1.75, RATIO,
	  OURS("native", "scale/evict/2"), CASE("scale/evict/1") },
	{ "bytes_8_8", LOWER, 72, PLAIN, OURS("6.12", "bytes/8/8/1000000"), NOTHING },
	{ "bytes_16_64", LOWER, 136, PLAIN, OURS("6.12", "bytes/16/64/1000000"), NOTHING },
	{ "growth_worst_segments", LOWER, 1, PLAIN, OURS("*", "growth/worst_segments"), NOTHING },
	{ "growth_p9999_vs_median", LOWER, 20, RATIO,
	  OURS("native", "growth/insert_percentile/99.99"), CASE("growth/insert_percentile/50") },
	{ "memory_after_delete", LOWER, 1.05, RATIO,
	  OURS("*", "growth/resident_after"), CASE("growth/resident_new") },
	{ "expire_lag_max_ms", LOWER, 100, PLAIN, OURS("*", "expire/uniform/lag_max"), NOTHING },
	{ "expire_ns_per_entry_vs_delete", LOWER, 1.0, RATIO,
	  OURS("native", "expire/16/8/1000000"), CASE("delete/16/8/1000000") },
	{ "idle_wakeups", LOWER, 0, PLAIN, OURS("*", "expire/idle_wakeups"), NOTHING },
	{ "lru_gap_percent", LOWER, 0.5, EXCESS,
	  OURS("*", "missratio/*"), PEER("exact_lru") },
	{ "stats_cost_percent", LOWER, 3, EXCESS,
	  OURS("instructions", "lookup_hit/16/8/1000"), PEER("ttlmap_no_stats") },
};

size_t metrics_count(void)
{
	return sizeof(formulas) / sizeof(formulas[0]);
}

static bool matches(const char *pattern, const char *text)
{
	return !fnmatch(pattern, text, FNM_EXTMATCH);
}

static bool picked(const struct pick *pick, const struct series *series)
{
	return matches(pick->rig, series->rig) && matches(pick->name, series->name) &&
		matches(pick->peer, series->peer);
}

static const struct series *first_picked(const struct samples *samples, const struct pick *pick)
{
	for (size_t i = 0; i < samples->count; i++)
		for (size_t j = 0; j < samples->families[i].series_count; j++)
			if (picked(pick, &samples->families[i].series[j]))
				return &samples->families[i].series[j];
	return NULL;
}

/* False where there is nothing to divide by. */
static bool evaluate(const struct formula *formula, const struct samples *samples,
		     const struct series *over, double *value)
{
	struct pick pick = {
		.rig = formula->under.rig ?: over->rig,
		.name = formula->under.name ?: over->name,
		.peer = formula->under.peer ?: over->peer,
	};
	const struct series *under;

	*value = over->median;
	if (formula->kind == PLAIN)
		return true;
	under = first_picked(samples, &pick);
	if (!under || under->median == 0)
		return false;
	*value /= under->median;
	if (formula->kind == EXCESS)
		*value = 100 * (*value - 1);
	return true;
}

static bool worse(enum better better, double a, double b)
{
	return better == LOWER ? a > b : a < b;
}

static void take(struct metric *metric, double value)
{
	if (!metric->measured || worse(metric->better, value, metric->value))
		metric->value = value;
	metric->measured = true;
	metric->ok = !worse(metric->better, metric->value, metric->goal);
}

static void take_family(struct metric *metric, const struct formula *formula,
			const struct samples *samples, const struct family *family)
{
	double value;

	for (size_t i = 0; i < family->series_count; i++)
		if (picked(&formula->over, &family->series[i]) &&
		    evaluate(formula, samples, &family->series[i], &value))
			take(metric, value);
}

struct metric metrics_get(size_t i, const struct samples *samples)
{
	const struct formula *formula = &formulas[i];
	struct metric metric = {
		.name = formula->metric, .better = formula->better, .goal = formula->goal,
	};

	for (size_t j = 0; j < samples->count; j++)
		take_family(&metric, formula, samples, &samples->families[j]);
	return metric;
}
