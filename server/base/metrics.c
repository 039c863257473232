/*
 * The page of all metrics. HELP and TYPE stand once before the first sample of a name, with
 * its other label sets right behind, wherever these were registered.
 */
#include "metrics.h"

#include "must.h"

#include <inttypes.h>
#include <string.h>

static struct metric *first, *last;

static bool has_name_of(const struct metric *a, const struct metric *b)
{
	return strcmp(a->name, b->name) == 0;
}

static bool has_labels_of(const struct metric *a, const struct metric *b)
{
	return strcmp(a->labels ? a->labels : "", b->labels ? b->labels : "") == 0;
}

void metric_register(struct metric *m)
{
	must(m->name && m->help && m->next == NULL);
	for (const struct metric *other = first; other; other = other->next) {
		if (!has_name_of(m, other))
			continue;
		must(!has_labels_of(m, other));
		must(m->kind == other->kind);
	}
	if (last)
		last->next = m;
	else
		first = m;
	last = m;
}

/* In a HELP line a backslash and a line break are escaped (text format 0.0.4). */
static void write_head(struct buf *out, const struct metric *m)
{
	buf_printf(out, "# HELP %s ", m->name);
	for (const char *c = m->help; *c; c++) {
		if (*c == '\\')
			buf_add(out, STR("\\\\"));
		else if (*c == '\n')
			buf_add(out, STR("\\n"));
		else
			buf_add_byte(out, *c);
	}
	buf_printf(out, "\n# TYPE %s %s\n", m->name,
		   m->kind == METRIC_COUNTER ? "counter" : "gauge");
}

static void write_sample(struct buf *out, const struct metric *m)
{
	int64_t value = atomic_load_explicit(&m->value, memory_order_relaxed);

	if (m->labels)
		buf_printf(out, "%s{%s} %" PRId64 "\n", m->name, m->labels, value);
	else
		buf_printf(out, "%s %" PRId64 "\n", m->name, value);
}

static bool is_first_of_name(const struct metric *m)
{
	const struct metric *other = first;

	while (!has_name_of(m, other))
		other = other->next;
	return other == m;
}

void metric_write(struct buf *out)
{
	for (const struct metric *m = first; m; m = m->next) {
		if (!is_first_of_name(m))
			continue;
		write_head(out, m);
		for (const struct metric *same = m; same; same = same->next) {
			if (has_name_of(m, same))
				write_sample(out, same);
		}
	}
}
