// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <string.h>

#include <linux/ttlmap.h>

#include "name.h"

bool name_is_good(const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= TTLMAP_NAME_SIZE || strchr(".-", name[0]))
		return false;
	while (*name && (isalnum((unsigned char)*name) || strchr("._:@+-", *name)))
		name++;
	return !*name;
}
