/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#ifndef TTLMAP_DEVICE_H
#define TTLMAP_DEVICE_H

#define TTLMAP_API __attribute__((visibility("default")))

/* A descriptor of the device that makes, opens and lists maps. */
int ttlmap_device_open(void);

/* As close(2), with errno as it was. */
void ttlmap_device_close(int fd);

#endif /* TTLMAP_DEVICE_H */
