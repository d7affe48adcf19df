/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_TROUBLE_H
#define TOOL_TROUBLE_H

/*
 * Say on stderr what errno means and what can be done about it.  Both return
 * EXIT_TROUBLE, for a command to return in turn.
 */

/* With a map as a whole; NULL if it has no name or does not matter. */
int trouble_with_map(const char *map);

/* With the entry of a key; ENOENT, EEXIST and ECANCELED return EXIT_NO_KEY. */
int trouble_with_key(const char *map, const char *key);

/* With a file, or anything else that strerror() explains well enough. */
int trouble_with(const char *what);

#endif /* TOOL_TROUBLE_H */
