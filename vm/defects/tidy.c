// SPDX-License-Identifier: GPL-2.0
/* What clang-tidy must see, of each family that userspace/.clang-tidy has. */
#include <stdlib.h>
#include <string.h>

int kept(const char *text);
int kept(const char *text)
{
	char *copy = strdup(text);
	int number = atoi(copy); /* expect: cert-err34-c */

	free(copy);
	return copy[0] + number; /* expect: clang-analyzer-unix.Malloc */
}

int either(int number);
int either(int number)
{
	if (number > 3) /* expect: bugprone-branch-clone */
		return number;
	else
		return number;
}

int same(int left, int right);
int same(int left, int right)
{
	return left == right || left == right; /* expect: misc-redundant-expression */
}
