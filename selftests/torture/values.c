// SPDX-License-Identifier: GPL-2.0
/* Values: their key, their number, and words that follow from both. */
#include "torture.h"

void fill_value(u64 *value, u64 key, u64 seq, u32 len)
{
	value[0] = key;
	value[1] = seq;
	for (u32 i = 2; i < len / 8; i++)
		value[i] = mix64(key * 31 + seq * 1000003 + i);
}

bool value_whole(const u64 *value, u64 key, u64 seq, u32 len)
{
	u64 want[VALUE_MAX / 8];

	fill_value(want, key, seq, len);
	return !memcmp(value, want, len);
}
