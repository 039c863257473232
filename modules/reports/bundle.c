/*
 * Writing the bundle of a month. The scan goes by time of closing, the bundle by task: lines
 * are kept as they come and put in order at the end.
 */
#include "reports/bundle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "crypto.h"
#include "documents.h"
#include "log.h"
#include "must.h"
#include "reports/bundle_words.h"
#include "sealing.h"
#include "spool.h"

/* Where the lines of one task stand in the buffers of a maker. */
struct task_lines {
	uint64_t id;
	struct span { size_t at, n; } task, visits, submissions;
};

struct maker {
	struct tx *tx;
	struct report *scopes[SCOPES];
	struct buf tasks, visits, submissions;
	struct buf order;	/* struct task_lines, one after the other */
};

/* ---- facts ---- */

static void add_cell(struct buf *out, const char *text)
{
	buf_add_byte(out, '\t');
	buf_add(out, str_of(text));
}

static void add_number(struct buf *out, int64_t value)
{
	char text[24] = { 0 };
	char *at = text;

	buf_add_byte(out, '\t');
	if (value < 0)
		*at++ = '-';
	at = str_put_u64(at, value < 0 ? (uint64_t)-value : (uint64_t)value, 1);
	buf_add(out, (struct str){ text, (size_t)(at - text) });
}

static void add_task(struct buf *out, struct str reference, const struct case_row *row)
{
	const struct task_fact *f = &row->fact;

	buf_add(out, reference);
	buf_add_byte(out, '\t');
	buf_add(out, row->department);
	add_cell(out, channel_names[row->channel - 1]);
	add_cell(out, task_role_names[row->role - 1]);
	add_cell(out, content_class_text(f->content));
	add_cell(out, limit_class_text(row->limit_class));
	add_cell(out, task_state_names[row->state - 1]);
	add_number(out, f->dispatched_at);
	add_number(out, f->sign_due);
	add_number(out, f->signed_at);
	add_number(out, f->contact_due);
	add_number(out, f->contacted_at);
	add_number(out, f->due);
	add_number(out, f->original_due);
	add_number(out, f->extended);
	add_number(out, f->closed_at);
	add_cell(out, bundle_left_words[f->left]);
	add_number(out, f->left_at);
	add_number(out, f->withdrawal_recorded);
	add_number(out, f->excluded_at);
	add_cell(out, bundle_bar_words[f->visit_bar]);
	add_number(out, f->redo_running);
	add_number(out, f->sent_back);
	add_number(out, f->return_asked);
	add_number(out, f->return_refused);
	add_number(out, f->recomplaint);
	buf_add_byte(out, '\n');
}

static void add_visit(struct buf *out, struct str reference, const struct visit_fact *visit)
{
	const char *level = answer_level_text(visit->result);

	buf_add(out, reference);
	add_number(out, visit->at);
	add_number(out, visit->reached);
	add_cell(out, bundle_contacted_words[visit->contacted]);
	add_cell(out, bundle_solved_words[visit->solved]);
	add_cell(out, level ? level : "-");
	buf_add_byte(out, '\n');
}

static void add_submission(struct buf *out, struct str reference,
			   const struct submission_fact *submission)
{
	buf_add(out, reference);
	add_number(out, submission->at);
	add_cell(out, bundle_outcome_words[submission->outcome]);
	buf_add_byte(out, '\n');
}

/* ---- collecting ---- */

static void tally_scopes(struct maker *maker, const struct judged *judged)
{
	size_t at = (size_t)(judged->place - maker->scopes[0]->places);

	for (uint32_t scope = 0; scope < SCOPES; scope++) {
		struct report *report = maker->scopes[scope];
		if (!scope || judged->row->channel == (enum channel)scope)
			report_add(report, &report->places[at], &judged->judgement);
	}
}

static void take_line(struct scan *scan, const struct judged *judged)
{
	struct maker *maker = scan->taker;
	const struct task_fact *f = &judged->row->fact;
	struct arena *a = tx_arena(scan->tx);

	if (!judged->judgement.sets)
		return;
	struct arena_mark mark = arena_mark(a);
	struct str reference = task_reference(a, judged->row->id);
	struct task_lines lines = {
		.id = judged->row->id, .task.at = maker->tasks.n,
		.visits.at = maker->visits.n, .submissions.at = maker->submissions.n,
	};

	add_task(&maker->tasks, reference, judged->row);
	for (size_t i = 0; i < f->visit_count; i++)
		add_visit(&maker->visits, reference, &f->visits[i]);
	for (size_t i = 0; i < f->submission_count; i++)
		add_submission(&maker->submissions, reference, &f->submissions[i]);
	lines.task.n = maker->tasks.n - lines.task.at;
	lines.visits.n = maker->visits.n - lines.visits.at;
	lines.submissions.n = maker->submissions.n - lines.submissions.at;
	buf_add(&maker->order, (struct str){ (const char *)&lines, sizeof(lines) });
	arena_rewind(a, mark);
	tally_scopes(maker, judged);
}

static int compare_lines(const void *a, const void *b)
{
	const struct task_lines *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

/* ---- sections ---- */

static void add_words(struct buf *out, const char *name, uint32_t bits, int count,
		      const char *(*text)(int))
{
	bool is_first = true;

	buf_printf(out, "\t%s=", name);
	for (int i = 0; i < count; i++) {
		if (!(bits >> i & 1))
			continue;
		if (!is_first)
			buf_add_byte(out, ',');
		buf_add(out, str_of(text(i)));
		is_first = false;
	}
}

static const char *level_word(int level)
{
	return answer_level_text((enum answer_level)level);
}

static const char *content_word(int content)
{
	return content_class_text((enum content_class)content);
}

static void add_head(struct buf *out, const struct maker *maker, const struct month *month)
{
	const struct report *report = maker->scopes[0];
	struct arena *a = tx_arena(maker->tx);
	uint8_t digest[SHA256_BYTES] = { 0 };
	uint64_t version = 0;
	struct str text;

	if (document_newest(maker->tx, DOCUMENT_CALENDAR, &version, &text))
		crypto_sha256(text, digest);
	buf_add(out, STR(BUNDLE_FIRST));
	buf_printf(out, "period\t%.*s\t%" PRId64 "\t%" PRId64 "\nfrozen\t%" PRId64 "\n",
		   STR_ARG(month_name(a, month->number)), month->period.t0, month->period.t1,
		   month->period.freeze);
	buf_printf(out, "origin\t%.*s\nrules\t%s\t%" PRIu64, STR_ARG(ledger_origin()),
		   report->rules->version, report->rules->target);
	add_words(out, "satisfied", report->rules->satisfied_levels, ANSWER_LEVELS, level_word);
	add_words(out, "strict", report->rules->strict_levels, ANSWER_LEVELS, level_word);
	add_words(out, "unrated", report->rules->unrated_contents, CONTENT_CLASSES,
		  content_word);
	buf_printf(out, "\ncalendar\t%" PRIu64 "\t%.*s\n", version,
		   STR_ARG(encode_hex(a, (struct str){ (const char *)digest, SHA256_BYTES })));
}

static void add_departments(struct buf *out, const struct report *report)
{
	buf_add(out, STR(BUNDLE_DEPARTMENTS));
	for (size_t i = 0; i < report->place_count; i++) {
		const struct place *place = &report->places[i];
		buf_printf(out, "%.*s\t%.*s\t%.*s\t%.*s\n", STR_ARG(place->code),
			   STR_ARG(place->name), STR_ARG(place->parent),
			   STR_ARG(place->peer_group));
	}
}

static void add_lines(struct buf *out, const struct maker *maker)
{
	const struct task_lines *lines = (const void *)maker->order.p;
	size_t n = maker->order.n / sizeof(*lines);

	buf_add(out, STR(BUNDLE_TASKS));
	for (size_t i = 0; i < n; i++)
		buf_add(out, (struct str){ maker->tasks.p + lines[i].task.at,
					   lines[i].task.n });
	buf_add(out, STR(BUNDLE_VISITS));
	for (size_t i = 0; i < n; i++)
		buf_add(out, (struct str){ maker->visits.p + lines[i].visits.at,
					   lines[i].visits.n });
	buf_add(out, STR(BUNDLE_SUBMISSIONS));
	for (size_t i = 0; i < n; i++)
		buf_add(out, (struct str){ maker->submissions.p + lines[i].submissions.at,
					   lines[i].submissions.n });
}

static void add_figures(struct buf *out, const char *scope, const char *kind, struct str code,
			const struct tally *tally, uint64_t target)
{
	for (int i = 0; i < MEASURES; i++) {
		struct rate rate = tally->rate[i];
		char text[RATE_TEXT_BYTES];
		const char *percent = measures[i].den ?
			rate_text(rate, target, text, sizeof(text)) : NULL;
		enum verdict verdict = measures[i].den ? rate_meets(rate, target) : VERDICT_NONE;

		buf_printf(out, "%s\t%s\t%.*s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%s\t%s\n", scope,
			   kind, STR_ARG(code), measures[i].name, rate.num, rate.den,
			   percent ? percent : "-",
			   verdict == VERDICT_NONE ? "-" : verdict == VERDICT_MET ? "1" : "0");
	}
}

static void add_scope(struct buf *out, const struct report *report)
{
	const char *scope = scope_names[report->question.scope];
	uint64_t target = report->rules->target;

	add_figures(out, scope, "total", STR("-"), &report->total, target);
	for (size_t i = 0; i < report->place_count; i++)
		if (report->places[i].has_tasks)
			add_figures(out, scope, "own", report->places[i].code,
				    &report->places[i].own, target);
	for (size_t i = 0; i < report->place_count; i++) {
		struct tally sum = place_sum(&report->places[i]);
		if (report->places[i].has_below)
			add_figures(out, scope, "roll_up", report->places[i].code, &sum,
				    target);
	}
}

/* ---- the whole ---- */

static void free_buf(void *buf)
{
	buf_free(buf);
}

static struct buf *buf_of_tx(struct tx *tx)
{
	struct buf *out = arena_new_of(tx_arena(tx), struct buf);

	buf_init(out, LIMIT_SEALED_BYTES);
	arena_defer(tx_arena(tx), free_buf, out);
	return out;
}

static void collect(struct maker *maker, const struct month *month)
{
	struct question question = {
		.name = month_name(tx_arena(maker->tx), month->number),
		.period = month->period,
	};

	for (uint32_t scope = 0; scope < SCOPES; scope++) {
		question.scope = scope;
		maker->scopes[scope] = report_open_live(maker->tx, &question);
	}
	struct scan scan = {
		.tx = maker->tx, .report = maker->scopes[0], .department = STR(""),
		.take = take_line, .taker = maker,
	};
	scan_live(&scan);
	if (maker->order.n)
		qsort(maker->order.p, maker->order.n / sizeof(struct task_lines),
		      sizeof(struct task_lines), compare_lines);
	for (uint32_t scope = 0; scope < SCOPES; scope++)
		report_roll_up(maker->scopes[scope]);
}

struct str bundle_make(struct tx *tx, const struct month *month)
{
	struct maker maker = { .tx = tx };
	struct buf *parts[] = {
		&maker.tasks, &maker.visits, &maker.submissions, &maker.order,
	};
	struct buf *out = buf_of_tx(tx);
	bool is_whole = true;

	for (size_t i = 0; i < array_count(parts); i++)
		buf_init(parts[i], LIMIT_SEALED_BYTES);
	collect(&maker, month);
	add_head(out, &maker, month);
	add_departments(out, maker.scopes[0]);
	add_lines(out, &maker);
	buf_add(out, STR(BUNDLE_FIGURES));
	for (uint32_t scope = 0; scope < SCOPES; scope++)
		add_scope(out, maker.scopes[scope]);
	for (size_t i = 0; i < array_count(parts); i++) {
		is_whole &= !parts[i]->overflow;
		buf_free(parts[i]);
	}
	if (!is_whole || out->overflow) {
		log_error("reports", "bundle_too_large", "month=%" PRIu32 " most=%u",
			  month->number, LIMIT_SEALED_BYTES);
		tx_fail(tx, TX_BROKEN);
	}
	return buf_str(out);
}

/* ---- the file ---- */

static void add_seal(struct buf *out, struct arena *a, struct str content,
		     const struct seal_proof *proof)
{
	uint8_t digest[SHA256_BYTES];

	crypto_sha256(content, digest);
	buf_printf(out, BUNDLE_SEAL "digest\t%.*s\nentry\t%" PRIu64 "\t%.*s\nproof\t",
		   STR_ARG(encode_hex(a, (struct str){ (const char *)digest, SHA256_BYTES })),
		   proof->position, STR_ARG(encode_base64(a, proof->entry)));
	for (size_t i = 0; i < proof->inclusion.n; i++)
		buf_printf(out, "%s%.*s", i ? "," : "",
			   STR_ARG(encode_base64(a, (struct str){
				(const char *)proof->inclusion.v[i].v,
				SHA256_BYTES })));
	buf_printf(out, "%s\ncheckpoint\t%.*s\nkey\t%.*s\n", proof->inclusion.n ? "" : "-",
		   STR_ARG(encode_base64(a, proof->checkpoint)), STR_ARG(proof->vkey));
}

struct reply bundle_show(struct req *r)
{
	struct tx *tx = req_tx(r);
	struct seal_proof proof;
	struct str content;
	struct month month;
	struct buf seal;

	if (!req_month(r, &month))
		return reply_invalid(r);
	if (month.state < MONTH_FROZEN ||
	    !sealed_content(tx, ENTRY_MONTH_FROZEN, month.number, 1, &content))
		return reply_missing(r);
	if (!sealed_proof(tx, ENTRY_MONTH_FROZEN, month.number, 1, &proof)) {
		reply_header(r, "Retry-After", "1");
		return reply_problem(r, 503, "not_sealed_yet",
				     "The ledger has not signed this month yet; ask again.");
	}
	buf_init(&seal, LIMIT_SEAL_BYTES);
	add_seal(&seal, tx_arena(tx), content, &proof);
	must(!seal.overflow);
	spool_add(req_spool(r), content);
	spool_add(req_spool(r), buf_str(&seal));
	buf_free(&seal);
	return reply_spool(r, "text/plain; charset=utf-8", "%.*s.bundle",
			   STR_ARG(month_name(tx_arena(tx), month.number)));
}
