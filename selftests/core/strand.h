/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Strands: functions that run in turns, and may be stopped before any access that
 * others can see.
 */
#ifndef _STRAND_H
#define _STRAND_H

#include <linux/types.h>

#define STRANDS		3

void strand_start(unsigned int which, void (*run)(void));
/*
 * Let it take so many steps and stop before the next. False if it has not come so
 * far, since it has ended or waits for another.
 */
bool strand_run(unsigned int which, u64 steps);
bool strand_over(unsigned int which);

#endif /* _STRAND_H */
