/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_TERMINAL_H
#define TOOL_TERMINAL_H

/* Columns of the terminal on the standard output, 80 if that is none. */
int terminal_width(void);

#endif /* TOOL_TERMINAL_H */
