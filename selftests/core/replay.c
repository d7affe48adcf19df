// SPDX-License-Identifier: GPL-2.0
/*
 * Runs programs that were kept, and keeps them: as files, or as lines of hexadecimal
 * digits in a list.
 *
 *   replay FILE...		run these
 *   replay -l LIST		run those of a list
 *   replay -u LIST DIR		make a file in DIR of each of a list
 *   replay -p FILE...		print a list of these
 *
 * With TTLMAP_TRACE in the environment it tells what they do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "step.h"

#define PROGRAM_MAX	4096	/* bytes */

static uint8_t program[PROGRAM_MAX];
static unsigned int programs;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static FILE *open_file(const char *name, const char *mode)
{
	FILE *file = fopen(name, mode);

	if (!file)
		fail(name);
	return file;
}

static size_t read_program(const char *name)
{
	FILE *file = open_file(name, "rb");
	size_t size = fread(program, 1, sizeof(program), file);

	fclose(file);
	return size;
}

/* A line of a list, or nothing at its end. */
static size_t next_program(FILE *list)
{
	size_t size = 0;
	unsigned int byte;

	while (size < sizeof(program) && fscanf(list, "%2x", &byte) == 1) {
		program[size++] = byte;
		byte = fgetc(list);
		if (byte == '\n')
			break;
		ungetc(byte, list);
	}
	return size;
}

static void run(const char *unused, size_t size)
{
	program_run(program, size);
}

static void print(const char *unused, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		printf("%02x", program[i]);
	putchar('\n');
}

static void unpack(const char *dir, size_t size)
{
	char name[4096];
	FILE *file;

	snprintf(name, sizeof(name), "%s/%u", dir, programs);
	file = open_file(name, "wb");
	if (fwrite(program, 1, size, file) != size || fclose(file))
		fail(name);
}

static void each_listed(const char *name, void (*act)(const char *arg, size_t size),
			const char *arg)
{
	FILE *list = open_file(name, "r");
	size_t size;

	while ((size = next_program(list))) {
		act(arg, size);
		programs++;
	}
	fclose(list);
}

static void each_file(char **name, void (*act)(const char *arg, size_t size))
{
	for (; *name; name++, programs++)
		act(NULL, read_program(*name));
}

int main(int argc, char **argv)
{
	if (getenv("TTLMAP_TRACE"))
		step_trace_start();
	if (argc == 3 && !strcmp(argv[1], "-l"))
		each_listed(argv[2], run, NULL);
	else if (argc == 4 && !strcmp(argv[1], "-u"))
		each_listed(argv[2], unpack, argv[3]);
	else if (argc > 2 && !strcmp(argv[1], "-p"))
		each_file(argv + 2, print);
	else
		each_file(argv + 1, run);
	fprintf(stderr, "%u programs\n", programs);
	return !programs;
}
