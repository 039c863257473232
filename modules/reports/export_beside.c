/*
 * What stands beside a frozen month's figures on paper: corrections and the right of reply.
 */
#include <inttypes.h>

#include "printed.h"
#include "reports/correction_text.h"
#include "reports/corrections.h"
#include "reports/export.h"

static struct str name_of(const struct report *report, struct str code)
{
	const struct place *place = find_place(report, code);

	return place ? place->name : code;
}

static struct str measure_name(struct str name)
{
	enum measure measure;

	return measure_parse(name.p, name.n, &measure) ? str_of(measure_words(measure).words) :
							 name;
}

static void print_figure(struct printed *p, struct arena *a, const struct report *report,
			 const struct str *c)
{
	bool is_total = str_is(c[FIGURE_KIND], "total");

	printed_paragraph(p, arena_printf(a, "%.*s %.*s：冻结数 %.*s/%.*s，更正为 %.*s/%.*s。",
		STR_ARG(is_total ? STR("合计") : name_of(report, c[FIGURE_DEPARTMENT])),
		STR_ARG(measure_name(c[FIGURE_MEASURE])), STR_ARG(c[FIGURE_WAS_NUM]),
		STR_ARG(c[FIGURE_WAS_DEN]), STR_ARG(c[FIGURE_NUM]), STR_ARG(c[FIGURE_DEN])));
}

static void print_correction(struct printed *p, struct arena *a, const struct report *report,
			     struct str text, int64_t at, struct str only)
{
	struct lines lines = lines_section(text, STR(CORRECTION_FIGURES),
					   STR(CORRECTION_TASKS));
	struct str c[LINE_CELLS];

	printed_heading(p, 2, arena_printf(a, "更正第 %" PRIu32 " 号（%.*s）",
					   report->month->row.corrections,
					   STR_ARG(time_words(a, at))));
	printed_note(p, STR("冻结的数字不变；以下为按其后所知应有的数字（分子/分母）。"));
	while (lines_next(&lines, c)) {
		bool is_own = str_is(c[FIGURE_KIND], "own");
		if (!str_is(c[FIGURE_SCOPE], scope_names[report->question.scope]) ||
		    (!is_own && !str_is(c[FIGURE_KIND], "total")) ||
		    (is_own && only.p && !str_eq(c[FIGURE_DEPARTMENT], only)))
			continue;
		print_figure(p, a, report, c);
	}
}

static bool is_for(const struct statement *statement, struct str only)
{
	return !only.p || str_eq(statement->department, only);
}

static void print_statements(struct printed *p, struct arena *a, const struct report *report,
			     const struct statements *list, struct str only)
{
	printed_heading(p, 2, STR("单位申辩"));
	for (size_t i = 0; i < list->n; i++)
		if (is_for(&list->v[i], only))
			printed_paragraph(p, arena_printf(a, "%.*s（%.*s）：%.*s",
				STR_ARG(name_of(report, list->v[i].department)),
				STR_ARG(measure_name(list->v[i].measure)),
				STR_ARG(list->v[i].text)));
}

static bool has_any(const struct statements *list, struct str only)
{
	for (size_t i = 0; i < list->n; i++)
		if (is_for(&list->v[i], only))
			return true;
	return false;
}

bool beside_print(struct printed *p, struct tx *tx, const struct report *report,
		  struct str only)
{
	struct arena *a = tx_arena(tx);
	const struct statements *list;
	struct str text;
	int64_t at;

	if (!report->month)
		return false;
	list = statements_read(tx, report->month->number);
	bool is_corrected = report->bundle && correction_newest(tx, report->month, &text, &at);
	bool is_spoken = has_any(list, only);
	if (is_corrected || is_spoken)
		printed_heading(p, 1, STR("四、更正与申辩"));
	if (is_corrected)
		print_correction(p, a, report, text, at, only);
	if (is_spoken)
		print_statements(p, a, report, list, only);
	return is_corrected || is_spoken;
}
