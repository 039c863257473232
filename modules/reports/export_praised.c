/*
 * Praised cases of a month, to learn from: what the matter was, where, and how long it took. Not
 * a word of what was said, and nothing that could tell who said it: where few appeals share
 * category, area and department, these three are left out.
 */
#include "reports/export.h"

#include "csv.h"
#include "module.h"
#include "reports/month.h"

#include "reports_praised_sql.h"

enum { FEWEST_ALIKE = 5 };	/* received in the month, below which a case could be known */

static void praised_line(struct csv *csv, const struct sql_reports_praised_row *row)
{
	csv_text(csv, row->is_suppressed ? "1" : "0");
	csv_str(csv, row->category);
	csv_str(csv, row->area);
	csv_str(csv, row->department);
	csv_text(csv, limit_class_names[row->limit_class]);
	csv_u64(csv, row->days);
	csv_text(csv, row->result ? task_result_names[row->result - 1] : "");
}

struct reply reports_praised_csv(struct req *r)
{
	static const char *const heads[] = {
		"suppressed", "category", "area", "department", "limit_class", "days", "result",
		NULL
	};
	struct sql_reports_praised_row row = { 0 };
	struct month month;
	struct csv csv;

	if (!req_month(r, &month))
		return reply_invalid(r);
	struct rows *rows = sql_reports_praised(req_tx(r), (struct sql_reports_praised){
		.t0 = month.period.t0, .t1 = month.period.t1,
		.first_id = appeal_first_id(month.period.t0),
		.end_id = appeal_first_id(month.period.t1), .least = FEWEST_ALIKE,
		.praise = CONTENT_PRAISE, .best = ANSWER_VERY_SATISFIED,
	});
	csv_open(&csv, req_spool(r), heads);
	while (sql_reports_praised_next(rows, &row))
		praised_line(&csv, &row);
	csv_close(&csv);
	struct str name = month_name(req_arena(r), month.number);
	return reply_spool(r, CSV_TYPE, "praised-%.*s.csv", STR_ARG(name));
}
