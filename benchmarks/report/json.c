// SPDX-License-Identifier: GPL-2.0
/* What programs read: the machine, all samples as they came, and the metrics. */
#include <err.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "metrics.h"
#include "output.h"

static struct json_object *must(struct json_object *object)
{
	if (!object)
		errx(1, "out of memory");
	return object;
}

static void add(struct json_object *to, const char *name, struct json_object *value)
{
	if (json_object_object_add(to, name, value))
		errx(1, "out of memory");
}

static void add_text(struct json_object *to, const char *name, const char *text)
{
	add(to, name, must(json_object_new_string(text)));
}

static struct json_object *number(double value)
{
	char text[32];

	/* json-c itself would print 17 digits, most of which nobody measured. */
	snprintf(text, sizeof(text), "%.12g", value);
	return must(json_object_new_double_s(value, text));
}

static void append(struct json_object *to, struct json_object *element)
{
	if (json_object_array_add(to, element))
		errx(1, "out of memory");
}

static struct json_object *json_series(const struct series *series)
{
	struct json_object *json = must(json_object_new_object());
	struct json_object *values = must(json_object_new_array());

	add_text(json, "rig", series->rig);
	add_text(json, "case", series->name);
	add_text(json, "peer", series->peer);
	add_text(json, "unit", series->unit);
	add(json, "median", number(series->median));
	add(json, "min", number(series->least));
	add(json, "max", number(series->most));
	for (size_t i = 0; i < series->count; i++)
		append(values, number(series->values[i]));
	add(json, "samples", values);
	return json;
}

static struct json_object *json_family(const struct family *family)
{
	struct json_object *json = must(json_object_new_object());
	struct json_object *series = must(json_object_new_array());

	for (size_t i = 0; i < family->note_count; i++)
		add_text(json, family->notes[i].what, family->notes[i].text);
	for (size_t i = 0; i < family->series_count; i++)
		append(series, json_series(&family->series[i]));
	add(json, "series", series);
	return json;
}

static struct json_object *json_families(const struct samples *samples)
{
	struct json_object *json = must(json_object_new_object());

	for (size_t i = 0; i < samples->count; i++)
		add(json, samples->families[i].name, json_family(&samples->families[i]));
	return json;
}

static struct json_object *json_metric(const struct metric *metric)
{
	struct json_object *json = must(json_object_new_object());

	add_text(json, "name", metric->name);
	add(json, "value", metric->measured ? number(metric->value) : NULL);
	add(json, "goal", number(metric->goal));
	add_text(json, "better", metric->better == LOWER ? "lower" : "higher");
	add(json, "ok", must(json_object_new_boolean(metric->ok)));
	return json;
}

static struct json_object *json_metrics(const struct samples *samples)
{
	struct json_object *json = must(json_object_new_array());

	for (size_t i = 0; i < metrics_count(); i++) {
		struct metric metric = metrics_get(i, samples);

		append(json, json_metric(&metric));
	}
	return json;
}

static void add_processor(struct json_object *to)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char *line = NULL, *colon;
	size_t room = 0;

	if (!file)
		err(1, "/proc/cpuinfo");
	while (getline(&line, &room, file) > 0) {
		colon = strchr(line, ':');
		if (!colon || strncmp(line, "model name", strlen("model name")))
			continue;
		colon[strcspn(colon, "\n")] = '\0';
		add_text(to, "processor", colon + 2);
		break;
	}
	free(line);
	fclose(file);
}

static struct json_object *json_machine(const struct utsname *name)
{
	struct json_object *json = must(json_object_new_object());
	double bytes = (double)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);

	add_text(json, "architecture", name->machine);
	add_processor(json);
	add(json, "processors", must(json_object_new_int64(sysconf(_SC_NPROCESSORS_ONLN))));
	add(json, "memory_bytes", number(bytes));
	return json;
}

static void add_surroundings(struct json_object *to)
{
	char date[32];
	time_t now = time(NULL);
	struct utsname name;

	if (uname(&name))
		err(1, "uname");
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	add_text(to, "date", date);
	add_text(to, "kernel", name.release);
	add(to, "machine", json_machine(&name));
}

void json_write(const struct samples *samples, const char *path)
{
	struct json_object *json = must(json_object_new_object());

	add_surroundings(json);
	add(json, "metrics", json_metrics(samples));
	add(json, "families", json_families(samples));
	if (json_object_to_file_ext(path, json, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED))
		errx(1, "%s: %s", path, json_util_get_last_err());
	json_object_put(json);
}
