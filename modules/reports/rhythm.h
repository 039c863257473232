/*
 * Inside the reports module: the rhythm of supervision. A weekly list (周督查) of what is late or
 * about to be, a monthly analysis (月分析), a quarterly summary (季总结): each number with the cases
 * behind it. Whoever freezes one seals it into the ledger as it then is.
 */
#pragma once

#include "module.h"
#include "reports/month.h"

#include "reports_rhythm_sql.h"

enum rhythm_kind { RHYTHM_WEEK = 1, RHYTHM_MONTH, RHYTHM_QUARTER };	/* stored */
extern const char *const rhythm_kind_names[];

struct rhythm {
	enum rhythm_kind kind;
	struct str name;	/* "2026-W10" */
	struct period period;
	uint32_t ends;		/* its last day as 20260308 */
};

/* What people conclude: each has somebody who owns it, and a day. */
struct rhythm_finding {
	struct str text, owner;
	int64_t due;
};

/* Who froze it; made_at 0: nobody, it is what is known now. */
struct rhythm_stamp {
	int64_t at;
	struct str by;
	const struct rhythm_finding *findings;
	size_t finding_count;
};

/* rhythm_content.c: the JSON object of a period, as it is answered and sealed. The transaction
 * reads in one view. */
void rhythm_write(struct json *j, struct tx *tx, const struct rhythm *rhythm,
		  const struct rhythm_stamp *stamp);

/* rhythm.c: routes, the job, and the hook of what has a mark. */
struct reply rhythm_show(struct req *r);
struct reply rhythm_freeze(struct req *r);
bool rhythm_run(struct tx *tx);
int64_t rhythm_next_due(struct tx *tx);
void rhythm_keep_mark(struct tx *tx, const struct event *event);
