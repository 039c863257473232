/*
 * One return visit as it is told: an attempt, or what the caller answered. Nothing is filled in
 * for the caller: what was not answered is -1 or TRI_NONE.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "form.h"
#include "req.h"
#include "str.h"
#include "tx.h"

struct visit {
	uint64_t n;		/* number within the task */
	uint64_t caller_appeal;	/* whose caller: an appeal merged into the task's, 0 its own */
	bool is_after_contact;	/* an answer soon after the department called the caller */
	int64_t at;
	uint32_t round;
	int channel;		/* index into visit_channel_names */
	bool is_reached;
	enum tri contacted;
	int solved;		/* index into solved_names, -1 none */
	int result;		/* index into level_names, -1 none */
	int attitude;
	enum tri truthful;
	int reason;		/* index into visit_reason_names, -1 none */
	struct str note;
};

/* NULL-terminated words of the API, in the order of their stored numbers less one. */
extern const char *const visit_channel_names[];
extern const char *const solved_names[];
extern const char *const level_names[];
extern const char *const visit_reason_names[];

struct matter;
/* What the caller of an appeal was asked and answered: an array of the answer, which must be on
 * record. Of a merged one that is with the task it was merged into. */
void visits_write_of_caller(struct req *r, const char *key, const struct matter *m);

enum heard {
	HEARD,
	HEARD_BEFORE,		/* this caller has answered already */
	HEARD_TOO_SOON,		/* nobody waits for an answer */
};
/* Whether the caller of this appeal is waited for, as visit_hear() would find. */
enum heard visit_awaited(struct tx *tx, uint64_t appeal_id);
/*
 * What the caller of this appeal says without a visitor, by short message or on the public page: it is
 * recorded as a visit of the channel given, once for each time that the caller is waited for, by
 * the system itself. Of `said` channel, answers and note count.
 */
enum heard visit_hear(struct tx *tx, uint64_t appeal_id, const struct visit *said);
