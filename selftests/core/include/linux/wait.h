/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_WAIT_H
#define _SHIM_LINUX_WAIT_H

/* Nobody waits for a descriptor here. */
typedef struct {
} wait_queue_head_t;

static inline void init_waitqueue_head(wait_queue_head_t *head)
{
}

#endif /* _SHIM_LINUX_WAIT_H */
