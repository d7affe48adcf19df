/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * libttlmap for C++17: a map closes itself, what is not there is an empty optional,
 * and what fails is a std::system_error. Copy it and make it yours.
 */
#ifndef TTLMAP_HPP
#define TTLMAP_HPP

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ttlmap.h>
#include <unistd.h>

namespace ttlmap {

using duration = std::chrono::nanoseconds;

inline int checked(int result, const char *what)
{
	if (result < 0)
		throw std::system_error(errno, std::generic_category(), what);
	return result;
}

/* False if there is no such key. */
inline bool found(int result, const char *what)
{
	if (result < 0 && errno == ENOENT)
		return false;
	checked(result, what);
	return true;
}

/* All entries of a map, in a range-based for; each is valid until the next is taken. */
class scan {
public:
	class iterator {
	public:
		explicit iterator(ttlmap_scanner *scanner) : scanner(scanner)
		{
			++*this;
		}

		iterator &operator++()
		{
			there = checked(ttlmap_scanner_next(scanner, &entry), "scan") > 0;
			return *this;
		}

		const ttlmap_entry &operator*() const
		{
			return entry;
		}

		bool operator!=(std::nullptr_t) const
		{
			return there;
		}

	private:
		ttlmap_scanner *scanner;
		ttlmap_entry entry = {};
		bool there = false;
	};

	explicit scan(int fd) : scanner(ttlmap_scanner_new(fd, 0), ttlmap_scanner_free)
	{
		checked(scanner ? 0 : -1, "scan");
	}

	iterator begin()
	{
		return iterator(scanner.get());
	}

	std::nullptr_t end()
	{
		return nullptr;
	}

private:
	std::unique_ptr<ttlmap_scanner, void (*)(ttlmap_scanner *)> scanner;
};

class map {
public:
	explicit map(const ttlmap_create &limits)
		: fd(checked(ttlmap_map_create(&limits), "create"))
	{
	}

	explicit map(const std::string &name, unsigned int flags = TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE)
		: fd(checked(ttlmap_map_open(name.c_str(), flags), name.c_str()))
	{
	}

	/* The map of that name, made by whoever comes first. */
	static map shared(const ttlmap_create &limits)
	{
		for (;;) {
			try {
				return map(limits);
			} catch (const std::system_error &error) {
				if (error.code() != std::errc::file_exists)
					throw;
			}
			try {
				return map(reinterpret_cast<const char *>(limits.name));
			} catch (const std::system_error &error) {
				if (error.code() != std::errc::no_such_file_or_directory)
					throw;
			}
		}
	}

	map(map &&other) noexcept : fd(std::exchange(other.fd, -1))
	{
	}

	map &operator=(map &&other) noexcept
	{
		std::swap(fd, other.fd);
		return *this;
	}

	~map()
	{
		if (fd >= 0)
			close(fd);
	}

	std::optional<std::string> get(std::string_view key) const
	{
		std::string value(256, 0);

		for (;;) {
			std::size_t len = value.size();
			int result = ttlmap_lookup(fd, key.data(), key.size(), value.data(), &len,
						   nullptr, nullptr);
			bool too_small = result < 0 && errno == EMSGSIZE;

			if (!too_small && !found(result, "get"))
				return std::nullopt;
			value.resize(len);
			if (!too_small)
				return value;
		}
	}

	/* Without a TTL the map's own counts. */
	void set(std::string_view key, std::string_view value, duration ttl = duration::zero(),
		 unsigned int flags = 0)
	{
		checked(ttlmap_update(fd, key.data(), key.size(), value.data(), value.size(),
				      ttl.count(), flags, nullptr), "set");
	}

	bool erase(std::string_view key)
	{
		return found(ttlmap_delete(fd, key.data(), key.size()), "erase");
	}

	/* In a map of counters. */
	std::uint64_t add(std::string_view key, std::uint64_t by = 1, duration ttl = duration::zero())
	{
		std::uint64_t sum;

		checked(ttlmap_add(fd, key.data(), key.size(), by, ttl.count(), 0, &sum), "add");
		return sum;
	}

	ttlmap_stat stat() const
	{
		struct ttlmap_stat stat;

		checked(ttlmap_map_stat(fd, &stat), "stat");
		return stat;
	}

	scan entries() const
	{
		return scan(fd);
	}

private:
	int fd;
};

} /* namespace ttlmap */

#endif
