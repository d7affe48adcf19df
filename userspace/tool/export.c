// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "http.h"
#include "metrics.h"
#include "parse.h"
#include "trouble.h"

#define TEXTFILE "ttlmap.prom"

enum {
	OPT_ONCE = 256,
	OPT_TEXT,
	OPT_TEXTFILE,
	OPT_LISTEN,
};

struct request {
	bool once;
	bool text;
	const char *folder;
	struct addrinfo *listen;
};

static const struct argp_option options[] = {
	{ "once", OPT_ONCE, NULL, 0, "write OpenMetrics to the standard output", 0 },
	{ "text", OPT_TEXT, NULL, 0, "with --once: Prometheus' older text format", 0 },
	{ "textfile", OPT_TEXTFILE, "DIR", 0,
	  "write DIR/" TEXTFILE " for node_exporter, all at once", 0 },
	{ "listen", OPT_LISTEN, "ADDR:PORT", 0, "answer GET /metrics over HTTP", 0 },
	{ 0 }
};

/* Numbers, as in 127.0.0.1:9797 or [::1]:9797: what is listened on is no question of DNS. */
static struct addrinfo *parse_address(const struct argp_state *state, const char *arg)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	const char *colon = strrchr(arg, ':');
	struct addrinfo *address = NULL;
	char host[64] = "";
	uint64_t port;
	size_t len = colon ? (size_t)(colon - arg) : 0;

	if (len > 2 && arg[0] == '[' && arg[len - 1] == ']') {
		arg++;
		len -= 2;
	}
	if (len && len < sizeof(host))
		memcpy(host, arg, len);
	if (!host[0] || parse_number(colon + 1, &port) || !port || port > UINT16_MAX ||
	    getaddrinfo(host, colon + 1, &hints, &address))
		argp_error(state, "--listen %s: not like 127.0.0.1:9797 or [::1]:9797", arg);
	return address;
}

static void check(const struct request *request, struct argp_state *state)
{
	if (request->once + !!request->folder + !!request->listen != 1)
		argp_error(state, "one of --once, --textfile and --listen");
	if (request->text && !request->once)
		argp_error(state, "--text needs --once");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPT_ONCE:
		request->once = true;
		return 0;
	case OPT_TEXT:
		request->text = true;
		return 0;
	case OPT_TEXTFILE:
		request->folder = arg;
		return 0;
	case OPT_LISTEN:
		request->listen = parse_address(state, arg);
		return 0;
	case ARGP_KEY_END:
		check(request, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Export the figures of all maps as metrics for Prometheus."
	       "\v"
	       "--listen answers until SIGTERM or SIGINT, in OpenMetrics or in Prometheus' older text format, as is asked for.  Root exports all maps and their alarms; others those that they may read.  Alert rules and a dashboard for Grafana are installed in share/ttlmap.\n"
	       "\n"
	       "Examples:\n"
	       "  ttlmap export --listen 127.0.0.1:9797\n"
	       "  ttlmap export --textfile /var/lib/prometheus/node-exporter",
};

static int print_once(const struct request *request)
{
	struct metrics metrics;

	if (metrics_read(&metrics))
		return trouble_with_map(NULL);
	metrics_print(stdout, &metrics, request->text ? METRICS_TEXT : METRICS_OPENMETRICS);
	metrics_free(&metrics);
	return EXIT_SUCCESS;
}

/* Whole, on the disk, and readable by others. */
static int write_file(const char *path, const struct metrics *metrics)
{
	FILE *file = fopen(path, "we");
	bool failed;

	if (!file)
		return -1;
	metrics_print(file, metrics, METRICS_TEXT);
	failed = fflush(file) || ferror(file) || fchmod(fileno(file), 0644) ||
		 fsync(fileno(file));
	return fclose(file) || failed ? -1 : 0;
}

/* A name that node_exporter does not read, until it has all of it. */
static int replace_file(const char *folder, const struct metrics *metrics)
{
	char *path = NULL, *new = NULL;
	int ret = -1;

	if (asprintf(&path, "%s/" TEXTFILE, folder) >= 0 &&
	    asprintf(&new, "%s.%d", path, getpid()) >= 0)
		ret = write_file(new, metrics) || rename(new, path) ? -1 : 0;
	if (ret && new) {
		int error = errno;

		unlink(new);
		errno = error;
	}
	free(path);
	free(new);
	return ret;
}

static int write_textfile(const struct request *request)
{
	struct metrics metrics;
	int ret;

	if (metrics_read(&metrics))
		return trouble_with_map(NULL);
	ret = replace_file(request->folder, &metrics);
	if (ret)
		ret = trouble_with(request->folder);
	metrics_free(&metrics);
	return ret;
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	if (request.once)
		return print_once(&request);
	if (request.folder)
		return write_textfile(&request);
	status = http_serve(request.listen, metrics_read);
	freeaddrinfo(request.listen);
	return status;
}

const struct command command_export = {
	.name = "export",
	.summary = "export all maps to Prometheus",
	.argp = &argp,
	.run = run,
};
