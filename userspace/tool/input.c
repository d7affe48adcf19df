// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "input.h"
#include "trouble.h"

#define FIRST_ROOM (64 << 10)

static int grow(struct input *input, size_t *room)
{
	size_t more = *room ? *room * 2 : FIRST_ROOM;
	char *bytes = realloc(input->bytes, more + 1);

	if (!bytes)
		return -1;
	input->bytes = bytes;
	*room = more;
	return 0;
}

static int read_all(int fd, struct input *input)
{
	size_t room = 0;
	ssize_t n;

	do {
		if (input->len == room && grow(input, &room))
			return -1;
		n = read(fd, input->bytes + input->len, room - input->len);
		if (n > 0)
			input->len += n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? -1 : 0;
}

static int read_plain(const char *path, struct input *input)
{
	bool is_stdin = !strcmp(path, "-");
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int ret, error;

	if (fd < 0)
		return -1;
	ret = read_all(fd, input);
	error = errno;
	if (!is_stdin)
		close(fd);
	errno = error;
	return ret;
}

static lzma_ret decode(lzma_stream *xz, struct input *to)
{
	size_t room = 0;
	lzma_ret ret;

	do {
		if (to->len == room && grow(to, &room))
			return LZMA_MEM_ERROR;
		xz->next_out = (uint8_t *)to->bytes + to->len;
		xz->avail_out = room - to->len;
		ret = lzma_code(xz, LZMA_FINISH);
		to->len = room - xz->avail_out;
	} while (ret == LZMA_OK);
	return ret;
}

static int unpack(const struct input *packed, struct input *to)
{
	lzma_stream xz = LZMA_STREAM_INIT;
	lzma_ret ret = lzma_stream_decoder(&xz, UINT64_MAX, LZMA_CONCATENATED);

	if (ret == LZMA_OK) {
		xz.next_in = (const uint8_t *)packed->bytes;
		xz.avail_in = packed->len;
		ret = decode(&xz, to);
	}
	lzma_end(&xz);
	if (ret == LZMA_STREAM_END)
		return 0;
	errno = ret == LZMA_MEM_ERROR ? ENOMEM : EILSEQ;
	return -1;
}

static int replace_unpacked(struct input *input)
{
	struct input unpacked = { 0 };
	int ret = unpack(input, &unpacked);

	free(ret ? unpacked.bytes : input->bytes);
	if (!ret)
		*input = unpacked;
	return ret;
}

bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

int input_read(const char *path, struct input *input)
{
	memset(input, 0, sizeof(*input));
	if (!read_plain(path, input) &&
	    (!ends_with(path, ".xz") || !replace_unpacked(input)))
		return 0;
	if (errno == EILSEQ)
		fprintf(stderr, "ttlmap: %s: not a whole file in the xz format\n", path);
	else
		trouble_with(path);
	free(input->bytes);
	return EXIT_TROUBLE;
}
