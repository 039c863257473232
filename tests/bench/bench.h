/*
 * What the programs of the bench share: the clock both sides are measured by, samples with
 * percentiles, options, and one way to stop. Everything is inline, so that each program of
 * this folder is one C file. Memory lives as long as the process and is left to its end.
 */
#pragma once

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define NANOSECONDS 1000000000LL

/* Monotonic, in nanoseconds; the same clock in every process of this machine. */
static inline int64_t bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NANOSECONDS + t.tv_nsec;
}

__attribute__((format(printf, 1, 2)))
_Noreturn static inline void bench_fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

static inline void *bench_alloc(size_t count, size_t size)
{
	void *p = calloc(count, size);

	if (!p)
		bench_fail("out of memory");
	return p;
}

/* The value behind `--name`, or the fallback. */
static inline const char *option(int argc, char **argv, const char *name, const char *fallback)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return argv[i + 1];
	return fallback;
}

static inline const char *option_required(int argc, char **argv, const char *name)
{
	const char *value = option(argc, argv, name, NULL);

	if (!value)
		bench_fail("%s: %s is missing", argv[0], name);
	return value;
}

static inline uint64_t option_number(int argc, char **argv, const char *name, uint64_t fallback)
{
	const char *value = option(argc, argv, name, NULL);
	char *end;

	if (!value)
		return fallback;
	errno = 0;
	uint64_t number = strtoull(value, &end, 10);
	if (errno || end == value || *end)
		bench_fail("%s %s is not a whole number", name, value);
	return number;
}

/* A whole file with a NUL after it; the caller frees. */
static inline char *read_whole(const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "rb");
	char *bytes = NULL;
	size_t size = 0;
	size_t got;

	if (!file)
		bench_fail("%s: %s", path, strerror(errno));
	do {
		bytes = realloc(bytes, size + 65536);
		if (!bytes)
			bench_fail("out of memory");
		got = fread(bytes + size, 1, 65535, file);
		size += got;
	} while (got);
	fclose(file);
	bytes[size] = '\0';
	*ret_size = size;
	return bytes;
}

/* Durations in nanoseconds. */
struct samples {
	int64_t *v;
	size_t n;
	size_t cap;
};

static inline void samples_add(struct samples *s, int64_t value)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 4096;
		s->v = realloc(s->v, s->cap * sizeof(*s->v));
		if (!s->v)
			bench_fail("out of memory");
	}
	s->v[s->n++] = value;
}

static inline int samples_order(const void *a, const void *b)
{
	const int64_t *x = a;
	const int64_t *y = b;

	return (*x > *y) - (*x < *y);
}

static inline void samples_sort(struct samples *s)
{
	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), samples_order);
}

/* Of sorted samples, in microseconds, nearest rank; 0 when there are none. */
static inline double samples_at(const struct samples *s, uint32_t permille)
{
	if (!s->n)
		return 0;

	size_t rank = (s->n * permille + 999) / 1000;

	return (double)s->v[rank ? rank - 1 : 0] / 1000.0;
}

/* Seconds of processor time this process has used. */
static inline double bench_cpu(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* What every measuring program prints as its last line. */
static inline void samples_print(struct samples *s, uint64_t refused, int64_t duration)
{
	double seconds = (double)duration / (double)NANOSECONDS;

	samples_sort(s);
	printf("{\"count\":%zu,\"refused\":%llu,\"seconds\":%.6f,\"rate\":%.3f,"
	       "\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f,\"cpu_seconds\":%.3f}\n",
	       s->n, (unsigned long long)refused, seconds,
	       seconds > 0 ? (double)s->n / seconds : 0.0, samples_at(s, 500),
	       samples_at(s, 990), samples_at(s, 1000), bench_cpu());
	fflush(stdout);
}
