/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_WORK_H
#define _TTLMAP_WORK_H

struct workqueue_struct;

extern struct workqueue_struct *tm_workqueue;

int tm_work_init(void);
void tm_work_exit(void);

#endif /* _TTLMAP_WORK_H */
