// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "arena.h"
#include "grammar.h"

static void print_value(FILE *to, u64 value)
{
	const struct region *region = arena_region(value);

	if (value == VALUE_LAST)
		fputs("last", to);
	else if (region)
		fprintf(to, "%s+%#llx", region->name, value - region->base);
	else if (value < 100)
		fprintf(to, "%llu", value);
	else
		fprintf(to, "%#llx", value);
}

static void print_call(FILE *to, const struct call *call)
{
	const struct form *form = form_of(call);

	fprintf(to, "%u %s", call->thread, form->name);
	for (u32 i = 0; i < form->n; i++) {
		if (!call->value[i])
			continue;
		fprintf(to, " %s=", form->fields[i].name);
		print_value(to, call->value[i]);
	}
	putc('\n', to);
}

void program_print(FILE *to, const struct program *program)
{
	for (u32 i = 0; i < program->n; i++)
		print_call(to, &program->call[i]);
	putc('\n', to);
}

static bool read_value(char *text, u64 *value)
{
	char *plus = strchr(text, '+'), *end;
	u64 base = 0;

	if (!strcmp(text, "last")) {
		*value = VALUE_LAST;
		return true;
	}
	if (plus) {
		*plus = '\0';
		base = arena_address(text);
		if (!base)
			return false;
		text = plus + 1;
	}
	errno = 0;
	*value = base + strtoull(text, &end, 0);
	return end != text && !*end && !errno;
}

static bool read_field(char *word, struct call *call)
{
	const struct form *form = form_of(call);
	char *equals = strchr(word, '=');

	if (!equals)
		return false;
	*equals = '\0';
	for (u32 i = 0; i < form->n; i++)
		if (!strcmp(form->fields[i].name, word))
			return read_value(equals + 1, &call->value[i]);
	return false;
}

static bool read_name(const char *word, struct call *call)
{
	if (!word)
		return false;
	for (call->form = 0; call->form < FORMS; call->form++)
		if (!strcmp(form_of(call)->name, word))
			return true;
	return false;
}

static bool read_thread(const char *word, struct call *call)
{
	u64 thread;
	char *end;

	thread = strtoull(word, &end, 10);
	call->thread = thread;
	return !*end && thread < PROGRAM_THREADS;
}

/* The words of a line; *word is one that is none of ours when this fails. */
static bool read_call(char *line, struct call *call, char **word)
{
	char *rest;

	*call = (struct call){ };
	*word = strtok_r(line, " \t\n", &rest);
	if (!read_thread(*word, call))
		return false;
	*word = strtok_r(NULL, " \t\n", &rest);
	if (!read_name(*word, call))
		return false;
	while ((*word = strtok_r(NULL, " \t\n", &rest)))
		if (!read_field(*word, call))
			return false;
	return true;
}

/*
 * The next program of a file: how many calls it has, 0 at the end. What cannot be
 * read is told on standard error and returned as -EINVAL.
 */
int program_read(FILE *from, const char *name, struct program *program)
{
	char line[2048], *word;

	program->n = 0;
	while (fgets(line, sizeof(line), from)) {
		line[strcspn(line, "#\n")] = '\0';
		if (line[strspn(line, " \t")]) {
			if (program->n == PROGRAM_CALLS ||
			    !read_call(line, &program->call[program->n], &word)) {
				fprintf(stderr, "%s: cannot take \"%s\"\n", name,
					program->n == PROGRAM_CALLS ? "so many calls" :
					word ? word : line);
				return -EINVAL;
			}
			program->n++;
		} else if (program->n) {
			break;
		}
	}
	return program->n;
}

void program_remove(struct program *program, u32 first, u32 n)
{
	memmove(&program->call[first], &program->call[first + n],
		(program->n - first - n) * sizeof(struct call));
	program->n -= n;
}

/* False if it is full. */
bool program_insert(struct program *program, u32 at, const struct call *call)
{
	if (program->n == PROGRAM_CALLS)
		return false;
	memmove(&program->call[at + 1], &program->call[at],
		(program->n - at) * sizeof(struct call));
	program->call[at] = *call;
	program->n++;
	return true;
}
