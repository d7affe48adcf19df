// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "alarm_limits.h"
#include "options.h"
#include "rule.h"
#include "ttlmap.h"

enum {
	OPT_ALARM = 768,
	OPT_ALARM_HITS,
	OPT_ALARM_WINDOW,
};

static const struct argp_option options[] = {
	{ "alarm", OPT_ALARM, "RULE=THRESHOLD", 0,
	  "when to give alarm: percent of growth, unread, owner, stale, retired, "
	  "a duration for overdue, a count of collisions; `off', or `default'", 0 },
	{ "alarm-hits", OPT_ALARM_HITS, "PERCENT", 0,
	  "growth is a leak below this share of hits (1)", 0 },
	{ "alarm-window", OPT_ALARM_WINDOW, "DURATION", 0,
	  "time over which growth is measured", 0 },
	{ 0 }
};

static uint64_t take_percent(const struct argp_state *state, const char *option, const char *arg)
{
	uint64_t percent = option_number(state, option, arg);

	if (!percent || percent > 100)
		argp_error(state, "%s %s: 1 to 100", option, arg);
	return percent;
}

static uint64_t take_threshold(const struct argp_state *state, int rule, const char *arg)
{
	if (!strcmp(arg, "off"))
		return TTLMAP_ALARM_NEVER;
	if (!strcmp(arg, "default"))
		return 0;
	switch (rule) {
	case TTLMAP_ALARM_OVERDUE:
		return option_duration(state, "--alarm", arg);
	case TTLMAP_ALARM_GROWTH:
	case TTLMAP_ALARM_COLLISIONS:
		return option_number(state, "--alarm", arg);
	}
	return take_percent(state, "--alarm", arg);
}

static void take_alarm(const struct argp_state *state, char *arg, struct ttlmap_alarms *alarms)
{
	char *threshold = strchr(arg, '=');
	int rule;

	if (!threshold) {
		argp_error(state, "--alarm %s: RULE=THRESHOLD", arg);
		return;
	}
	*threshold++ = '\0';
	rule = rule_by_name(arg);
	if (rule < 0)
		argp_error(state, "--alarm: there is no rule \"%s\"", arg);
	else
		alarms->threshold[rule] = take_threshold(state, rule, threshold);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ttlmap_tune *tune = state->input;

	switch (key) {
	case OPT_ALARM:
		take_alarm(state, arg, &tune->alarms);
		break;
	case OPT_ALARM_HITS:
		tune->alarms.hits_percent = take_percent(state, "--alarm-hits", arg);
		break;
	case OPT_ALARM_WINDOW:
		tune->alarms.window_ns = option_duration(state, "--alarm-window", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	tune->what |= TTLMAP_TUNE_ALARMS;
	return 0;
}

const struct argp alarm_limits_argp = {
	.options = options,
	.parser = parse,
};
