// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "chart.h"

/* All of it, and what is left for the figures between the labels. */
#define WIDTH 480
#define HEIGHT 200
#define LEFT 56
#define RIGHT 10
#define TOP 8
#define BOTTOM 22
#define PLOT_WIDTH (WIDTH - LEFT - RIGHT)
#define PLOT_HEIGHT (HEIGHT - TOP - BOTTOM)
#define LEVELS 4
#define TIMES 4

static double x_of(const struct chart *chart, int64_t time_ms)
{
	double all = (double)(chart->to_ms - chart->from_ms);

	return LEFT + (all > 0 ? (double)(time_ms - chart->from_ms) / all : 1) * PLOT_WIDTH;
}

static double y_of(const struct chart *chart, double y)
{
	return TOP + (1 - (chart->most > 0 ? y / chart->most : 0)) * PLOT_HEIGHT;
}

static void level_label(const struct chart *chart, int level)
{
	double figure = chart->most * level / LEVELS;
	double y = y_of(chart, figure);

	printf("<path class=\"grid\" d=\"M%d %.1fH%d\"/>"
	       "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
	       LEFT, y, WIDTH - RIGHT, LEFT - 6, y + 5, chart->format((uint64_t)figure).s);
}

/* Days say more than hours where there are many of them. */
static void time_label(const struct chart *chart, int at)
{
	int64_t all = chart->to_ms - chart->from_ms;
	time_t time = (chart->from_ms + all * at / TIMES) / 1000;
	const char *anchor = at ? at == TIMES ? "end" : "middle" : "start";
	char label[24];
	struct tm tm;

	strftime(label, sizeof(label), all > 3 * 86400000LL ? "%m-%d" : "%H:%M",
		 localtime_r(&time, &tm));
	printf("<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
	       LEFT + PLOT_WIDTH * at / TIMES, HEIGHT - 6, anchor, label);
}

void chart_begin(const struct chart *chart)
{
	printf("<figure><figcaption>%s</figcaption>\n"
	       "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
	       chart->title, WIDTH, HEIGHT, chart->title);
	for (int level = 0; level <= LEVELS; level++)
		level_label(chart, level);
	for (int at = 0; at <= TIMES; at++)
		time_label(chart, at);
}

static void to_dot(const struct chart *chart, const struct dot *dot, bool first)
{
	printf("%c%.1f %.1f", first ? 'M' : 'L', x_of(chart, dot->time_ms), y_of(chart, dot->y));
}

void chart_area(const struct chart *chart, const char *class, const struct dot *upper,
		const struct dot *lower, size_t count)
{
	printf("<path class=\"%s\" d=\"", class);
	for (size_t i = 0; i < count; i++)
		to_dot(chart, &upper[i], !i);
	for (size_t i = count; i; i--)
		to_dot(chart, &lower[i - 1], false);
	puts(count ? "Z\"/>" : "M0 0\"/>");
}

void chart_line(const struct chart *chart, const char *class, const struct dot *dots,
		size_t count)
{
	bool drawing = false;

	printf("<path class=\"%s\" d=\"M0 0", class);
	for (size_t i = 0; i < count; i++) {
		if (dots[i].y >= 0)
			to_dot(chart, &dots[i], !drawing);
		drawing = dots[i].y >= 0;
	}
	puts("\"/>");
}

void chart_level(const struct chart *chart, const char *class, double y)
{
	if (y <= chart->most)
		printf("<path class=\"%s\" d=\"M%d %.1fH%d\"/>\n", class, LEFT, y_of(chart, y),
		       WIDTH - RIGHT);
}

void chart_end(void)
{
	puts("</svg></figure>");
}
