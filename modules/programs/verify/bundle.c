/*
 * A bundle, whole: rows, figures, seal.
 */
#include "verify/bundle.h"

#include <inttypes.h>
#include <string.h>

#define SEAL_LINE "\n[seal]\n"

/* What the digest is over: everything before the line of the seal. */
static struct text content_of(struct text file)
{
	const char *found = file.n ?
		memmem(file.p, file.n, SEAL_LINE, strlen(SEAL_LINE)) : NULL;

	return found ? (struct text){ file.p, (size_t)(found - file.p) + 1 } : file;
}

static void print_headlines(const struct bundle *b, FILE *out)
{
	static const enum measure headlines[] = {
		ON_TIME, COMPLETION, SATISFACTION, SOLVED, VISIT_COVERAGE,
	};
	char rate[RATE_BYTES];

	for (size_t i = 0; i < sizeof(headlines) / sizeof(headlines[0]); i++) {
		uint64_t num = b->total[SCOPE_ALL].num[headlines[i]];
		uint64_t den = b->total[SCOPE_ALL].den[headlines[i]];
		bool is_missed = den && !rate_meets(num, den, b->rules.target);

		fprintf(out, "%-15s %s%s (%" PRIu64 "/%" PRIu64 ")%s\n",
			measure_name(headlines[i]), rate_write(num, den, b->rules.target, rate),
			den ? "%" : "", num, den,
			is_missed ? ", misses the target" : "");
	}
	fprintf(out, "%-15s %" PRIu64 "\n", measure_name(OVERDUE_STOCK),
		b->total[SCOPE_ALL].num[OVERDUE_STOCK]);
}

static void print_figures_hold(const struct bundle *b, FILE *out)
{
	fprintf(out, "OK figures: %" PRIu64 " recomputed from %zu tasks, %" PRIu64 " visits "
		"and %zu submissions of %zu departments\n", b->figure_count, b->task_count,
		b->visit_count, b->submission_count, b->department_count);
}

static void verify_rows(struct text file, struct bundle *bundle, const struct key *key,
			struct lines *lines, FILE *out)
{
	if (!bundle_read(lines, bundle))
		return;
	fprintf(out, "month %s of %s, frozen %s, rule set %s, target %" PRIu64 "%%\n",
		SHOWN(bundle->period), SHOWN(bundle->origin), MOMENT(bundle->month.freeze),
		SHOWN(bundle->rules_version), bundle->rules.target);
	if (!bundle_count(bundle, lines->findings))
		return;
	if (bundle_compare(lines, bundle))
		print_figures_hold(bundle, out);
	if (!lines->is_broken && seal_check(content_of(file), lines, bundle, key, out))
		print_headlines(bundle, out);
}

int bundle_verify(struct text file, const char *vkey, FILE *out)
{
	struct findings findings = { .out = out };
	struct lines lines = { .rest = file, .findings = &findings };
	struct bundle bundle = { 0 };
	struct key key;

	if (vkey && !key_parse(text_of(vkey), &key)) {
		fprintf(stderr, "--key: %s is no verifier key (NAME+ID+KEY).\n", vkey);
		return STATUS_UNREADABLE;
	}
	verify_rows(file, &bundle, vkey ? &key : NULL, &lines, out);
	bundle_free(&bundle);
	if (lines.is_broken)
		return STATUS_UNREADABLE;
	if (findings.count == 0) {
		fputs("every figure follows from the rows\n", out);
		return STATUS_GOOD;
	}
	fprintf(out, "NOT as it says: %" PRIu64 " differences\n", findings.count);
	return STATUS_WRONG;
}
