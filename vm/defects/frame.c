// SPDX-License-Identifier: GPL-2.0
/* What checkstack must see: a frame that is too large. */
#include <linux/module.h>
#include <linux/random.h>
#include <linux/string.h>

unsigned int deep(void);
unsigned int deep(void)
{
	unsigned char bytes[512];

	get_random_bytes(bytes, sizeof(bytes));
	return memchr_inv(bytes, 0, sizeof(bytes)) ? bytes[0] : 0;
}

MODULE_DESCRIPTION("A deliberate defect");
MODULE_LICENSE("GPL");
