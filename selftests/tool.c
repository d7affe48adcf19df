// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tool.h"

char tool_folder[32];

int tool_begin(void)
{
	snprintf(tool_folder, sizeof(tool_folder), "/tmp/tool_test.XXXXXX");
	return mkdtemp(tool_folder) ? 0 : -errno;
}

int tool_end(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", tool_folder);
	return system(command) ? -EIO : 0;
}

void tool_read(const char *path, char *text)
{
	FILE *file = fopen(path, "re");
	size_t len = file ? fread(text, 1, OUTPUT_MOST - 1, file) : 0;

	text[len] = '\0';
	if (file)
		fclose(file);
}

struct run *tool(const char *format, ...)
{
	static struct run run;
	char arguments[2048], command[4096], out[64], err[64];
	va_list args;
	int status;

	va_start(args, format);
	vsnprintf(arguments, sizeof(arguments), format, args);
	va_end(args);
	snprintf(out, sizeof(out), "%s/out", tool_folder);
	snprintf(err, sizeof(err), "%s/err", tool_folder);
	snprintf(command, sizeof(command), "%s %s >%s 2>%s",
		 getenv("TTLMAP_TOOL") ?: "ttlmap", arguments, out, err);
	status = system(command);
	run.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	tool_read(out, run.out);
	tool_read(err, run.err);
	return &run;
}

bool says(const struct run *run, const char *text)
{
	return strstr(run->out, text) || strstr(run->err, text);
}

struct json_object *parsed(struct run *run)
{
	return run->status ? NULL : json_tokener_parse(run->out);
}

struct json_object *member(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, name, &value);
	return value;
}

u64 number(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name);

	return value && json_object_is_type(value, json_type_int) ?
	       json_object_get_uint64(value) : ~0ULL;
}

const char *text_of(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name);

	return value ? json_object_get_string(value) : "";
}
