/*
 * Counters and gauges, shown at /metrics in the Prometheus text format 0.0.4. A metric is a
 * static object of its owner, made known once by METRIC_*; labels are fixed at registration
 * and come from small closed sets, never from input.
 *
 * Threads: any; relaxed atomics.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "str.h"

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE };

struct metric {
	const char *name;	/* liandong_..., counters end in _total */
	const char *help;
	const char *labels;	/* `lane="fast"` or NULL */
	enum metric_kind kind;
	_Atomic int64_t value;
	struct metric *next;
};

/* Adds the metric to the page; the object lives as long as the process. Start-up only. */
void metric_register(struct metric *m);
static inline void metric_add(struct metric *m, int64_t n)
{
	atomic_fetch_add_explicit(&m->value, n, memory_order_relaxed);
}
static inline void metric_set(struct metric *m, int64_t n)
{
	atomic_store_explicit(&m->value, n, memory_order_relaxed);
}
/* The page. */
void metric_write(struct buf *out);
