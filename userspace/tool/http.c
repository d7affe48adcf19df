// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "http.h"
#include "trouble.h"

/* Scrapers are few; whoever opens more has no business here. */
#define CONNECTIONS 16
#define TIMEOUT_SECONDS 10

static const char about[] =
	"<!DOCTYPE html><html lang=\"en\"><head><title>ttlmap</title></head>"
	"<body><p><a href=\"/metrics\">Metrics</a></p></body></html>\n";

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned int status,
			      const char *type, struct MHD_Response *response)
{
	enum MHD_Result result = MHD_NO;

	if (!response)
		return MHD_NO;
	if (MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) == MHD_YES)
		result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned int status,
				   const char *type, const char *text)
{
	return answer(connection, status, type,
		      MHD_create_response_from_buffer(strlen(text), (void *)text,
						      MHD_RESPMEM_MUST_COPY));
}

static enum MHD_Result answer_trouble(struct MHD_Connection *connection)
{
	char text[160];

	snprintf(text, sizeof(text), "no figures: %s\n", strerror(errno));
	return answer_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain", text);
}

static enum metrics_format wanted_format(struct MHD_Connection *connection)
{
	const char *accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_ACCEPT);

	return accept && strstr(accept, "application/openmetrics-text") ?
	       METRICS_OPENMETRICS : METRICS_TEXT;
}

/* All of it in memory, or NULL with errno. */
static char *make_text(const struct metrics *metrics, enum metrics_format format, size_t *len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len);
	bool failed;

	if (!out)
		return NULL;
	metrics_print(out, metrics, format);
	failed = ferror(out);
	if (fclose(out) || failed) {
		free(text);
		errno = ENOMEM;
		return NULL;
	}
	return text;
}

static enum MHD_Result answer_metrics(struct MHD_Connection *connection,
				      int (*read)(struct metrics *metrics))
{
	enum metrics_format format = wanted_format(connection);
	struct metrics metrics;
	size_t len;
	char *text;

	if (read(&metrics))
		return answer_trouble(connection);
	text = make_text(&metrics, format, &len);
	metrics_free(&metrics);
	if (!text)
		return answer_trouble(connection);
	return answer(connection, MHD_HTTP_OK, metrics_content_type(format),
		      MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE));
}

/* NOLINTNEXTLINE(readability-non-const-parameter): as the library calls it */
static enum MHD_Result take_request(void *context, struct MHD_Connection *connection,
				    const char *url, const char *method, const char *version,
				    const char *upload, size_t *upload_size, void **request)
{
	int (**read)(struct metrics *metrics) = context;

	(void)version;
	(void)upload;
	(void)upload_size;
	(void)request;
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain",
				   "GET /metrics\n");
	if (!strcmp(url, "/metrics"))
		return answer_metrics(connection, *read);
	if (!strcmp(url, "/"))
		return answer_text(connection, MHD_HTTP_OK, "text/html", about);
	return answer_text(connection, MHD_HTTP_NOT_FOUND, "text/plain", "GET /metrics\n");
}

int http_serve(const struct addrinfo *address, int (*read)(struct metrics *metrics))
{
	unsigned int flags = MHD_USE_INTERNAL_POLLING_THREAD;
	struct MHD_Daemon *daemon;
	sigset_t signals;
	int which;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	/* Before there is a thread that could take them. */
	sigprocmask(SIG_BLOCK, &signals, NULL);
	if (address->ai_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	errno = 0;
	daemon = MHD_start_daemon(flags, 0, NULL, NULL, take_request, &read,
				  MHD_OPTION_SOCK_ADDR, address->ai_addr,
				  MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
				  MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_SECONDS,
				  MHD_OPTION_END);
	if (!daemon)
		return trouble_with("--listen");
	sigwait(&signals, &which);
	MHD_stop_daemon(daemon);
	return EXIT_SUCCESS;
}
