// SPDX-License-Identifier: GPL-2.0
/* What cppcheck must see. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int left_open(const char *path);
int left_open(const char *path)
{
	int fd = open(path, O_RDONLY);
	char byte;

	if (read(fd, &byte, 1) != 1)
		return -1; /* expect: resourceLeak */
	close(fd);
	return byte;
}

int beyond(void);
int beyond(void)
{
	int numbers[4] = { 0 };

	return numbers[4]; /* expect: arrayIndexOutOfBounds */
}

void printed(unsigned long number);
void printed(unsigned long number)
{
	printf("%d\n", number); /* expect: invalidPrintfArgType_sint */
}

void *mapped(void);
void *mapped(void)
{
	return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, -2, 0); /* expect: invalidFunctionArg */
}
