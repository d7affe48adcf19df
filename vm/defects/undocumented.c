// SPDX-License-Identifier: GPL-2.0
/* What kernel-doc must see: a parameter that is there and one that is not. */

/**
 * documented() - twice its number
 * @nubmer: misspelt
 */
int documented(int number)
{
	return 2 * number;
}
