// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lru.h"

/* Keys are letters; hits come back as a line of '+' and '-'. */
static void assert_hits(uint64_t capacity, const char *keys, const char *expected)
{
	struct lru lru;
	char hits[64] = "";

	assert_int_equal(lru_init(&lru, 26, capacity), 0);
	for (size_t i = 0; keys[i]; i++)
		hits[i] = lru_use(&lru, keys[i] - 'a') ? '+' : '-';
	assert_string_equal(hits, expected);
	lru_free(&lru);
}

static void small_cases(void **state)
{
	(void)state;
	assert_hits(1, "aabba", "-+-+-");
	assert_hits(2, "abacab", "--+-+-");
	assert_hits(3, "abcdabcd", "--------");
	assert_hits(3, "abcadab", "---+-+-");
	assert_hits(26, "abcabc", "---+++");
}

/* A plain LRU, slow and obvious: an array ordered by last use. */
static bool model_use(uint32_t *order, size_t *count, size_t capacity, uint32_t key)
{
	size_t at = 0;
	bool hit;

	while (at < *count && order[at] != key)
		at++;
	hit = at < *count;
	if (!hit && *count < capacity)
		(*count)++;
	else if (!hit)
		at = capacity - 1;
	memmove(order + 1, order, at * sizeof(*order));
	order[0] = key;
	return hit;
}

static void as_the_model(void **state)
{
	uint32_t order[50] = { 0 };
	uint64_t random = 1;
	size_t count = 0;
	struct lru lru;

	(void)state;
	assert_int_equal(lru_init(&lru, 200, 50), 0);
	for (int i = 0; i < 100000; i++) {
		uint32_t key;

		random = random * 6364136223846793005ULL + 1442695040888963407ULL;
		/* The product of two is skewed, as real keys are. */
		key = (random >> 40) % 200 * ((random >> 20) % 200) / 200;
		assert_int_equal(lru_use(&lru, key), model_use(order, &count, 50, key));
		assert_int_equal(lru.count, count);
	}
	lru_free(&lru);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_cases),
		cmocka_unit_test(as_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
