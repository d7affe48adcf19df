// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "options.h"
#include "report.h"
#include "trouble.h"

#define DAY_NS (86400 * 1000000000ULL)

enum {
	OPT_SPAN = 256,
	OPT_AGO,
	OPT_BASELINE,
	OPT_BASELINE_FILE,
	OPT_HTML,
};

struct request {
	const char *path;
	const char *baseline_path;
	uint64_t span_ns;
	uint64_t ago_ns;
	uint64_t baseline_ns;
	void (*print)(const struct comparison *comparison);
};

static const struct argp_option options[] = {
	{ "span", OPT_SPAN, "DURATION", 0, "how much to report on (1d)", 0 },
	{ "ago", OPT_AGO, "DURATION", 0, "how long before the last look it ends (0)", 0 },
	{ "baseline", OPT_BASELINE, "DURATION", 0,
	  "how long before it the baseline ends: as a rule where the span begins", 0 },
	{ "baseline-file", OPT_BASELINE_FILE, "FILE", 0,
	  "the end of this file is the baseline", 0 },
	{ "json", 'j', NULL, 0, "as an object", 0 },
	{ "html", OPT_HTML, NULL, 0, "as a page with charts", 0 },
	{ 0 }
};

static void take_form(struct request *request, struct argp_state *state,
		      void (*print)(const struct comparison *comparison))
{
	if (request->print != report_print && request->print != print)
		argp_error(state, "--json and --html exclude each other");
	request->print = print;
}

static void check(const struct request *request, struct argp_state *state)
{
	if (request->baseline_path && request->baseline_ns)
		argp_error(state, "--baseline and --baseline-file exclude each other");
	if (!request->span_ns)
		argp_error(state, "--span: must be more than nothing");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	const char **const places[] = { &request->path, NULL };

	switch (key) {
	case OPT_SPAN:
		request->span_ns = option_duration(state, "--span", arg);
		return 0;
	case OPT_AGO:
		request->ago_ns = option_duration(state, "--ago", arg);
		return 0;
	case OPT_BASELINE:
		request->baseline_ns = option_duration(state, "--baseline", arg);
		return 0;
	case OPT_BASELINE_FILE:
		request->baseline_path = arg;
		return 0;
	case 'j':
		take_form(request, state, report_print_json);
		return 0;
	case OPT_HTML:
		take_form(request, state, report_print_html);
		return 0;
	case ARGP_KEY_ARG:
		return take_argument(state, arg, places, "one file at a time");
	case ARGP_KEY_END:
		check(request, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[FILE]",
	.doc = "Say what became of all maps in a span of what `ttlmap record' recorded, beside a baseline."
	       "\v"
	       "Which maps grow and by how much (by least squares), alarms that rose, what has changed since the baseline.  The span ends at the last look of FILE ("
	       RECORDING_DEFAULT
	       "), the baseline is as long and ends where the span begins, unless told otherwise.  --html writes one page that needs nothing else.\n"
	       "\n"
	       "Examples:\n"
	       "  ttlmap report --span 1h\n"
	       "  ttlmap report --span 1d --baseline 1w    # beside the same day last week\n"
	       "  ttlmap report --html >report.html",
};

static int compare(const struct request *request, const struct span *span,
		   const struct span *baseline)
{
	struct comparison comparison;

	if (compare_spans(&comparison, span, baseline))
		return trouble_with(request->path);
	request->print(&comparison);
	comparison_free(&comparison);
	return EXIT_SUCCESS;
}

/* The end of a file, so long before its last look. */
static int read_end(const struct recording *recording, uint64_t ago_ns, uint64_t span_ns,
		    struct span *span)
{
	int64_t last;
	int64_t to;

	if (span_last_look(recording, &last))
		return EXIT_TROUBLE;
	to = last - (int64_t)(ago_ns / 1000000);
	return span_read(recording, to - (int64_t)(span_ns / 1000000), to, span);
}

static int read_baseline(const struct recording *recording, const struct request *request,
			 struct span *baseline)
{
	uint64_t before_ns = request->baseline_ns ? request->baseline_ns : request->span_ns;
	struct recording other;
	int status;

	if (!request->baseline_path)
		return read_end(recording, request->ago_ns + before_ns, request->span_ns,
				baseline);
	status = recording_open(&other, request->baseline_path);
	if (status)
		return status;
	status = read_end(&other, 0, request->span_ns, baseline);
	recording_close(&other);
	return status;
}

static int report(const struct recording *recording, const struct request *request)
{
	struct span span, baseline;
	int status = read_end(recording, request->ago_ns, request->span_ns, &span);

	if (status)
		return status;
	status = read_baseline(recording, request, &baseline);
	if (!status) {
		status = compare(request, &span, &baseline);
		span_free(&baseline);
	}
	span_free(&span);
	return status;
}

static int run(int argc, char **argv)
{
	struct request request = { .span_ns = DAY_NS, .print = report_print };
	struct recording recording;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	if (!request.path)
		request.path = RECORDING_DEFAULT;
	status = recording_open(&recording, request.path);
	if (status)
		return status;
	status = report(&recording, &request);
	recording_close(&recording);
	return status;
}

const struct command command_report = {
	.name = "report",
	.summary = "say what became of all maps since",
	.argp = &argp,
	.run = run,
};
