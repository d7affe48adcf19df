/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_OWNER_H
#define TOOL_OWNER_H

#include <sys/types.h>

#include "format.h"

/* Names of a user and a group, or their numbers where they have none. */
struct text user_name(uid_t uid);
struct text group_name(gid_t gid);

#endif /* TOOL_OWNER_H */
