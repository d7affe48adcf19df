// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Remembers for a time what a command has printed, for all who run it with the same
 * arguments:
 *
 *   memo SECONDS COMMAND [ARGUMENT]...     memo 60 du -sh /srv
 *   memo --list                            what is remembered
 *
 * The exit status is the command's. What it prints should depend on its arguments
 * alone; what is longer than a map's value is not remembered.
 */
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <sys/wait.h>

#include "ttlmap.hpp"

namespace {

ttlmap_create limits()
{
	ttlmap_create create = {};

	create.key_max = TTLMAP_KEY_MAX;
	create.value_max = TTLMAP_VALUE_MAX;
	create.mode = 0600;
	create.max_entries = 1000;
	create.max_bytes = 64 << 20;
	std::strcpy(reinterpret_cast<char *>(create.name), "memo");
	return create;
}

std::string read_all(int fd)
{
	std::string text;
	char part[4096];
	ssize_t len;

	while ((len = ttlmap::checked(read(fd, part, sizeof(part)), "read")) > 0)
		text.append(part, len);
	return text;
}

/* The exit status of a command, and after it what it printed. */
std::string run(char **command)
{
	int ends[2], status;

	ttlmap::checked(pipe(ends), "pipe");
	pid_t child = ttlmap::checked(fork(), "fork");
	if (!child) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execvp(command[0], command);
		std::cerr << "memo: " << command[0] << ": " << std::strerror(errno) << '\n';
		_exit(127);
	}
	close(ends[1]);
	std::string text = read_all(ends[0]);
	close(ends[0]);
	ttlmap::checked(waitpid(child, &status, 0), "wait");
	if (!WIFEXITED(status))
		throw std::runtime_error("the command was killed");
	return static_cast<char>(WEXITSTATUS(status)) + text;
}

int memo(std::chrono::seconds ttl, char **command)
{
	ttlmap::map known = ttlmap::map::shared(limits());
	std::string key;

	for (char **word = command; *word; word++)
		key.append(*word, std::strlen(*word) + 1);
	std::optional<std::string> result = known.get(key);
	if (!result) {
		result = run(command);
		if (result->size() <= TTLMAP_VALUE_MAX)
			known.set(key, *result, ttl);
	}
	std::cout << std::string_view(*result).substr(1) << std::flush;
	return static_cast<unsigned char>(result->front());
}

int list()
{
	ttlmap::map known = ttlmap::map::shared(limits());

	for (const ttlmap_entry &entry : known.entries()) {
		std::string words(static_cast<const char *>(entry.key), entry.key_len - 1);

		for (char &letter : words)
			letter = letter ? letter : ' ';
		std::cout << entry.ttl_ns / 1000000000 << "s\t" << words << '\n';
	}
	return 0;
}

} /* namespace */

int main(int argc, char **argv)
{
	try {
		if (argc == 2 && !std::strcmp(argv[1], "--list"))
			return list();
		if (argc >= 3 && std::atoi(argv[1]) > 0)
			return memo(std::chrono::seconds(std::atoi(argv[1])), argv + 2);
		std::cerr << "usage: memo SECONDS COMMAND [ARGUMENT]...\n       memo --list\n";
	} catch (const std::exception &error) {
		std::cerr << "memo: " << error.what() << '\n';
	}
	return 125;
}
