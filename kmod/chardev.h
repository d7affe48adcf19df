/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_CHARDEV_H
#define _TTLMAP_CHARDEV_H

int tm_chardev_init(void);
void tm_chardev_exit(void);

#endif /* _TTLMAP_CHARDEV_H */
