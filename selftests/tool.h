/* SPDX-License-Identifier: GPL-2.0 */
/* Running `ttlmap' as a user or a script does.  TTLMAP_TOOL names another program. */
#ifndef TTLMAP_SELFTEST_TOOL_H
#define TTLMAP_SELFTEST_TOOL_H

#include <json-c/json.h>

#include "common.h"

#define DONE		0
#define NO_KEY		1
#define USAGE		2
#define TROUBLE		3
#define OUTPUT_MOST	65536

struct run {
	int status;
	char out[OUTPUT_MOST];
	char err[OUTPUT_MOST];
};

/* A folder for what a test writes; both return 0 or a negative errno. */
extern char tool_folder[32];
int tool_begin(void);
int tool_end(void);

/* Runs "ttlmap" with the arguments in a shell.  The next run takes its place. */
struct run *tool(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A file as text, of at most OUTPUT_MOST bytes with its NUL. */
void tool_read(const char *path, char *text);

/* Whether it is in what was printed, on either side. */
bool says(const struct run *run, const char *text);

/* What was printed, as JSON; NULL if it is none, or if it failed. */
struct json_object *parsed(struct run *run);
struct json_object *member(struct json_object *object, const char *name);
u64 number(struct json_object *object, const char *name);
const char *text_of(struct json_object *object, const char *name);

#define EXPECT_TOOL(code, ...) do {					\
	struct run *run_ = tool(__VA_ARGS__);				\
									\
	EXPECT_EQ((code), run_->status) {				\
		TH_LOG("ttlmap " __VA_ARGS__);				\
		TH_LOG("output: %s", run_->out);			\
		TH_LOG("errors: %s", run_->err);			\
	}								\
	if ((code) != DONE) {						\
		EXPECT_STRNE("", run_->err) TH_LOG("no message");	\
		EXPECT_STREQ("", run_->out) TH_LOG("output, and yet it failed"); \
	} else {							\
		EXPECT_STREQ("", run_->err);				\
	}								\
} while (0)

#define EXPECT_PRINTS(text, ...) do {					\
	struct run *printed_ = tool(__VA_ARGS__);			\
									\
	EXPECT_EQ(DONE, printed_->status) TH_LOG("%s", printed_->err);	\
	EXPECT_STREQ(text, printed_->out);				\
} while (0)

#endif
