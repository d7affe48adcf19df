// SPDX-License-Identifier: GPL-2.0
#include <grp.h>
#include <pwd.h>
#include <stdio.h>

#include "owner.h"

static struct text name_or_id(const char *name, unsigned int id)
{
	struct text text;

	if (name)
		snprintf(text.s, sizeof(text.s), "%s", name);
	else
		snprintf(text.s, sizeof(text.s), "%u", id);
	return text;
}

struct text user_name(uid_t uid)
{
	const struct passwd *passwd = getpwuid(uid);

	return name_or_id(passwd ? passwd->pw_name : NULL, uid);
}

struct text group_name(gid_t gid)
{
	const struct group *group = getgrgid(gid);

	return name_or_id(group ? group->gr_name : NULL, gid);
}
