// SPDX-License-Identifier: GPL-2.0
/*
 * Calls the ioctls of ttlmap in all ways, guided by what KCOV sees of the module.
 *
 *   ioctl_fuzz [--blind] [--seed N] [--seconds N] [--repeat N] FILE...
 *
 * Programs in the files are run first, each --repeat times; then, for so many
 * seconds, others that are made of them. Before it is run each program is written
 * to standard error, so that it is known when the machine dies of it. Standard
 * output has, beside remarks for people, a program after @keep if it reached
 * something new, and after @wrong REASON if something is wrong, which ends the run.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sys/random.h>
#include <unistd.h>

#include "arena.h"
#include "corpus.h"
#include "coverage.h"
#include "execute.h"
#include "generate.h"
#include "judge.h"

#define NOTE_NS		(10 * NSEC_PER_SEC)
#define IDLE_EVERY	100	/* programs */

static bool blind;
static u64 seed, seconds, repeat = 1, runs, started;
static int kmsg;

static void say_program(const char *head, const struct program *program)
{
	printf("%s\n", head);
	program_print(stdout, program);
	fflush(stdout);
}

static void give_up(const struct program *program, const char *why)
{
	char head[512];

	snprintf(head, sizeof(head), "@wrong %s", why);
	say_program(head, program);
	exit(1);
}

static bool alarming(const char *record)
{
	static const char *const words[] = {
		"BUG", "WARNING", "INFO:", "UBSAN", "Oops", "stall", "ttlmap:",
	};

	for (u32 i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(record, words[i]))
			return true;
	return false;
}

/* Whether the kernel's log has grown by something that is worth a closer look. */
static bool kernel_spoke(void)
{
	char record[8192];
	bool spoke = false;
	ssize_t n;

	while ((n = read(kmsg, record, sizeof(record) - 1)) > 0 || errno == EPIPE) {
		record[n > 0 ? n : 0] = '\0';
		spoke |= n < 0 || alarming(record);
	}
	return spoke;
}

static void open_kmsg(void)
{
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg < 0 || lseek(kmsg, 0, SEEK_END) < 0)
		err(2, "/dev/kmsg");
}

static void note(const char *what)
{
	u64 ns = boottime_ns() - started;

	printf("# %s: %llu s, %llu programs, %llu a second; %u blocks, %u edges, %u kept\n", what,
	       ns / NSEC_PER_SEC, runs, runs * NSEC_PER_SEC / (ns ?: 1), coverage_blocks(),
	       coverage_edges(), corpus_size());
	fflush(stdout);
}

static void note_now_and_then(const char *what)
{
	static u64 next;

	if (boottime_ns() < next)
		return;
	next = boottime_ns() + NOTE_NS;
	note(what);
}

/* All descriptors are closed and all names are gone: so must be all maps. */
static void check_idle(const struct program *program)
{
	if (!eventually(module_idle() && !live_maps()))
		give_up(program, "maps are left when nobody holds them any more");
}

static void run(const struct program *program)
{
	program_print(stderr, program);
	fflush(stderr);
	execute_program(program);
	runs++;
	if (judge_complaint())
		give_up(program, judge_complaint());
	if (kernel_spoke() && system("kernel-log"))
		give_up(program, "the kernel complains");
	if (runs % IDLE_EVERY == 0)
		check_idle(program);
}

/* Take away what @edges can do without. */
static void minimize(struct program *program, const struct edges *edges)
{
	struct program less;

	for (u32 part = program->n / 2; part; part /= 2) {
		for (u32 at = 0; at + part <= program->n && program->n > part;) {
			less = *program;
			program_remove(&less, at, part);
			run(&less);
			if (coverage_again(edges))
				*program = less;
			else
				at += part;
		}
	}
}

/* Keep a program that reaches something new, as short as it can be. */
static void try(struct program *program, bool shorten)
{
	struct edges edges;

	run(program);
	edges = coverage_new();
	if (edges.n && shorten)
		minimize(program, &edges);
	if (edges.n || blind)
		corpus_add(program);
	if (edges.n)
		say_program("@keep", program);
	free(edges.edge);
}

static void run_file(const char *name)
{
	FILE *file = fopen(name, "re");
	struct program program;
	int n;

	if (!file)
		err(2, "%s", name);
	while ((n = program_read(file, name, &program)) > 0) {
		for (u64 i = 0; i < repeat; i++)
			try(&program, false);
		note_now_and_then("replaying");
	}
	fclose(file);
	if (n < 0)
		exit(2);
}

static void fuzz(struct rng *rng)
{
	struct program program;

	if (!corpus_size() || !rng_below(rng, 20)) {
		generate_program(rng, &program);
	} else {
		program = *corpus_pick(rng);
		generate_mutation(rng, &program, corpus_pick(rng));
	}
	try(&program, true);
	note_now_and_then("fuzzing");
}

static u64 to_number(const char *text)
{
	char *end;
	u64 value = strtoull(text, &end, 0);

	if (end == text || *end)
		errx(2, "%s: not a number", text);
	return value;
}

static void options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "blind", no_argument, NULL, 'b' },
		{ "seed", required_argument, NULL, 's' },
		{ "seconds", required_argument, NULL, 't' },
		{ "repeat", required_argument, NULL, 'r' },
		{ }
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == 'b')
			blind = true;
		else if (option == 's')
			seed = to_number(optarg);
		else if (option == 't')
			seconds = to_number(optarg);
		else if (option == 'r')
			repeat = to_number(optarg);
		else
			exit(2);
	}
}

/* What fails on demand says nothing of it, and so do allocations that may wait. */
static void allow_faults(void)
{
	if (file_write("/sys/kernel/debug/failslab/ignore-gfp-wait", "N") ||
	    file_write("/sys/kernel/debug/failslab/verbose", "0") ||
	    file_write("/sys/kernel/debug/fail_usercopy/verbose", "0") ||
	    file_write("/sys/kernel/debug/fail_page_alloc/verbose", "0"))
		errx(2, "this kernel does not fail on demand");
}

static void prepare(void)
{
	setvbuf(stderr, NULL, _IOFBF, 1 << 16);
	arena_map();
	judge_init();
	execute_init();
	open_kmsg();
	if (!seed && getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		err(2, "getrandom");
	if (!blind) {
		coverage_open();
		allow_faults();
	}
}

int main(int argc, char **argv)
{
	struct program none = { };
	struct rng rng;

	options(argc, argv);
	prepare();
	rng = rng_make(seed);
	started = boottime_ns();
	printf("# seed %llu\n", seed);
	for (int i = optind; i < argc; i++)
		run_file(argv[i]);
	note("replayed");
	if (!blind && corpus_size() && !coverage_blocks())
		errx(2, "KCOV saw nothing: the module is not built for it");
	while (boottime_ns() - started < seconds * NSEC_PER_SEC)
		fuzz(&rng);
	check_idle(&none);
	note("done");
	coverage_print();
	return 0;
}
