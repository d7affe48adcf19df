/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_COMPLETION_H
#define _SHIM_LINUX_COMPLETION_H

#include <linux/types.h>

struct completion {
	bool done;
};

#define DECLARE_COMPLETION_ONSTACK(name)	struct completion name = {}

void complete(struct completion *completion);
void wait_for_completion(struct completion *completion);

#endif /* _SHIM_LINUX_COMPLETION_H */
