/*
 * What a complaint of an enterprise finds when it is held against the register, the quiet days
 * and the filings. Facts stand side by side for the person who decides what to do; nothing here
 * is a verdict, and nothing of it is stored. Whoever called is no part of it.
 */
#include "enterprises/enterprises.h"

#include "matter.h"
#include "module.h"

enum { FINDINGS_MAX = 100 };

/* By kind. */
static const struct {
	const char *zh, *en;
} finding_texts[FINDING_KINDS] = {
	[FINDING_UNKNOWN_ENTERPRISE] = { "企业名录中没有该统一社会信用代码",
		"No enterprise of this code is registered." },
	[FINDING_NO_ACT] = { "事项类别不属于四乱，不作备案比对",
		"The category is none of the four acts: filings are not compared." },
	[FINDING_NO_BODY] = { "未指明被诉单位，与所有单位的备案比对",
		"Nobody is accused: filings of every body are compared." },
	[FINDING_UNKNOWN_BODY] = { "被诉单位不在单位名录中",
		"The accused body is no department of the district." },
	[FINDING_FILED] = { "当日已有备案", "A filing was in force on that day." },
	[FINDING_FILED_AFTERWARDS] = { "备案时间晚于当日", "It was filed after that day." },
	[FINDING_CHANGED_AFTERWARDS] = { "当日之后备案内容有变更",
		"A later version of the filing says something else." },
	[FINDING_OTHER_BODY] = { "有其他单位的备案", "Another body filed for that day." },
	[FINDING_UNFILED] = { "未见当日有效的备案", "No filing was in force on that day." },
	[FINDING_QUIET_DAY] = { "当日为企业安静生产日，备案中未见例外情形",
		"The day is a quiet production day, and no exception was filed." },
	[FINDING_QUIET_DAY_EXCEPTED] = { "当日为企业安静生产日，备案中载明例外情形",
		"The day is a quiet production day, and an exception was filed." },
	[FINDING_ABOVE_FILING] = { "诉求所述金额高于备案金额",
		"The complaint names a larger amount than was filed." },
};

/* Versions with the rows behind them, the oldest first. */
struct compared {
	struct filing_version *versions;
	struct sql_enterprises_filed_row *rows;
	uint32_t n;
	bool is_cut;	/* there are more */
};

static struct compared filings_read(struct tx *tx, struct str uscc)
{
	struct compared c = {
		.versions = arena_array_of(tx_arena(tx), struct filing_version,
					   VERSIONS_COMPARED),
		.rows = arena_array_of(tx_arena(tx), struct sql_enterprises_filed_row,
				       VERSIONS_COMPARED),
	};
	struct sql_enterprises_filed_row row = { 0 };
	struct rows *found = sql_enterprises_filed(tx, (struct sql_enterprises_filed){
		.uscc = uscc, .body = STR(""), .before = INT64_MAX,
		.n = VERSIONS_COMPARED + 1,
	});
	uint32_t n = 0;

	while (sql_enterprises_filed_next(found, &row) && n++ < VERSIONS_COMPARED) {
		/* They come newest first. */
		uint32_t at = VERSIONS_COMPARED - n;
		c.rows[at] = row;
		c.versions[at] = (struct filing_version){
			.filing = row.id, .version = row.version, .body = row.body,
			.kind = (enum four_act)row.kind, .amount = row.amount,
			.first_day = (int32_t)row.first_day, .last_day = (int32_t)row.last_day,
			.exception = (enum quiet_exception)row.exception,
			.is_revoked = row.is_revoked, .filed_at = row.filed_at,
		};
	}
	c.is_cut = n > VERSIONS_COMPARED;
	c.n = c.is_cut ? VERSIONS_COMPARED : n;
	c.rows += VERSIONS_COMPARED - c.n;
	c.versions += VERSIONS_COMPARED - c.n;
	return c;
}

static void write_finding(struct json *j, struct arena *a, const struct compared *c,
			  const struct entry_finding *f)
{
	json_object(j, NULL);
	json_text(j, "kind", finding_kind_names[f->kind]);
	json_text(j, "text", finding_texts[f->kind].zh);
	json_text(j, "text_en", finding_texts[f->kind].en);
	if (f->filing)
		write_filing(j, "filing", a, &c->rows[f->filing - c->versions]);
	else
		json_null(j, "filing");
	json_decimal(j, "amount_named", f->amount ? f->amount : JSON_NO_DECIMAL);
	json_close(j);
}

static void write_quiet_day(struct json *j, const struct quiet_rule *rule)
{
	if (!rule) {
		json_null(j, "quiet_day");
		return;
	}
	json_object(j, "quiet_day");
	json_str(j, "note", rule->note);
	write_day(j, "from", rule->from);
	json_close(j);
}

static void write_facts(struct json *j, const struct appeal *a, const struct entry_facts *facts,
			const struct reference *ref)
{
	json_str(j, "uscc", a->enterprise_uscc);
	json_bool(j, "uscc_valid", a->enterprise_uscc.p && uscc_is_valid(a->enterprise_uscc));
	json_bool(j, "registered", facts->is_registered);
	json_str(j, "body", facts->body);
	json_text(j, "act", facts->act ? four_act_names[facts->act - 1] : NULL);
	write_day(j, "day", facts->day);
	json_text(j, "day_from", a->occurred_at ? "occurred_at" : "received_at");
	write_quiet_day(j, reference_quiet_day(ref, facts->day));
	json_u64(j, "quiet_days_version", ref->quiet_days_version);
	json_u64(j, "four_acts_version", ref->four_acts_version);
	json_decimal(j, "amount_named", facts->amount ? facts->amount : JSON_NO_DECIMAL);
}

static struct entry_facts facts_of(struct tx *tx, const struct appeal *a)
{
	const struct reference *ref = reference_of(tx);
	struct sql_enterprises_one_row row = { 0 };
	int32_t day = day_of_instant(a->occurred_at ? a->occurred_at : a->received_at);

	return (struct entry_facts){
		.body = a->accused_department,
		.is_body_known = a->accused_department.p &&
			reference_department(ref, a->accused_department),
		.is_registered = a->enterprise_uscc.p && sql_enterprises_one(tx,
			(struct sql_enterprises_one){ .uscc = a->enterprise_uscc }, &row),
		.act = reference_four_act(ref, a->category), .day = day,
		.is_quiet = reference_quiet_day(ref, day) != NULL,
		.amount = amount_named(a->text),
	};
}

struct reply findings_show(struct req *r)
{
	struct entry_finding *findings = arena_array_of(req_arena(r), struct entry_finding,
							FINDINGS_MAX);
	struct json *j = req_json(r);
	struct compared compared = { .n = 0 };
	struct matter m;
	uint32_t n = 0;

	if (!req_matter(r, &m))
		return reply_missing(r);
	const struct appeal *a = &m.appeal;
	bool is_compared = a->channel == CHANNEL_ENTERPRISE || a->enterprise_uscc.p;
	struct entry_facts facts = facts_of(req_tx(r), a);
	if (a->enterprise_uscc.p)
		compared = filings_read(req_tx(r), a->enterprise_uscc);
	if (is_compared)
		n = entry_findings(&facts, compared.versions, compared.n, findings,
				   FINDINGS_MAX);
	json_object(j, NULL);
	json_str(j, "appeal", appeal_reference(req_arena(r), a->id));
	json_bool(j, "compared", is_compared);
	write_facts(j, a, &facts, reference_of(req_tx(r)));
	json_array(j, "findings");
	for (uint32_t i = 0; i < n; i++)
		write_finding(j, req_arena(r), &compared, &findings[i]);
	json_close(j);
	json_bool(j, "complete", !compared.is_cut && n < FINDINGS_MAX);
	json_text(j, "note", "比对结果仅供参考，是否违规由人核查认定。");
	json_text(j, "note_en", "Facts side by side; whether anything is wrong is for people to "
		  "establish.");
	json_close(j);
	return reply_ok(r);
}
