/*
 * Names of numbers and the two references people read aloud. The order of every list is the
 * order of its enum in domain.h or events.h.
 */
#include "domain.h"

#include "events.h"
#include "module.h"
#include "must.h"
#include "rules/calendar.h"

const uint32_t administrator_roles = ROLE_ADMIN | ROLE_SYSTEM | ROLE_SECURITY | ROLE_AUDIT;
const char *role_name(unsigned role)
{
	for (int i = 0; role_names[i]; i++)
		if (role == 1u << i)
			return role_names[i];
	return NULL;
}
const char *const channel_names[] = {
	"110", "12345", "enterprise", "window", "web", "app", "letter", "leader", NULL
};
const char *const appeal_state_names[] = {
	"accepted", "dispatched", "closed", "archived", "answered", "refused", "transferred",
	"merged", "withdrawn", NULL
};
const char *const task_state_names[] = {
	"awaiting_sign", "in_hand", "return_requested", "paused", "on_account",
	"review_pending", "closed", "visited", "archived", "returned", "withdrawn", NULL
};
const char *const task_role_names[] = { "lead", "assist", NULL };
const char *const task_result_names[] = {
	"solved", "partly", "explained", "promised", "untrue", "no_jurisdiction", NULL
};
const char *const return_standing_names[] = {
	"asked", "refused", "disputed", "ruled", NULL
};
const char *const visit_outcome_names[] = {
	"satisfied", "neutral", "dissatisfied", "unreachable", "not_visitable", "honest_no",
	NULL
};
const char *const content_class_names[] = {
	"consultation", "help", "complaint", "report", "suggestion", "praise", NULL
};
const char *const limit_class_names[] = { "L0", "L1", "L2", "L3", "L4", "L5", "LX", NULL };

const char *const event_type_names[] = {
	"appeal.received", "task.dispatched", "task.signed", "task.contacted",
	"task.progressed", "task.completed", "task.review_failed", "task.review_passed",
	"task.visited", "task.redo", "task.warned", "task.overdue", "task.card",
	"identity.revealed", "task.return_requested", "task.return_accepted",
	"task.return_refused", "task.disputed", "task.ruled", "task.extension_requested",
	"task.extension_decided", "task.paused", "task.resumed", "task.on_account",
	"task.off_account", "task.exclusion_requested", "task.excluded",
	"task.exclusion_refused", "task.withdrawn", "task.restored", "task.reported",
	"task.assist_delayed", "task.urged", "task.supervised", "task.escalated",
	"task.due_moved", "task.visit_asked", "task.unreachable", "task.archived",
	"task.reopened", "appeal.answered", "appeal.refused", "appeal.transfer_asked",
	"appeal.transferred", "appeal.transfer_refused", "appeal.withdrawn", "appeal.merged",
	"appeal.unmerged", "appeal.joined", "appeal.parted", "appeal.reopened",
	"appeal.fast_lane", "appeal.observed", "task.callback_asked",
	"task.callback_answered", "appeal.exchanged", "appeal.attached",
	"appeal.undone", NULL
};
const char *const visit_channel_names[] = { "phone", "sms", "network", NULL };
const char *const solved_names[] = { "yes", "partly", "no", NULL };
const char *const level_names[] = {
	"very_satisfied", "satisfied", "basically_satisfied", "neutral", "dissatisfied",
	"very_dissatisfied", NULL
};
const char *const visit_reason_names[] = {
	"result", "attitude", "speed", "policy", "other_unit", NULL
};
const char *const contact_channel_names[] = { "phone", "visit", "sms", "centre", NULL };
const char *const contact_outcome_names[] = { "reached", "no_answer", "refused", NULL };

/* Seven digits of the day's count behind six of the date, two of the task behind all. */
#define COUNT_PER_DAY UINT64_C(10000000)
#define TASKS_PER_APPEAL UINT64_C(100)

enum { REFERENCE_BYTES = 2 + 20 + 20 + 1 + 20 };	/* whatever the number */

static char *put_appeal(char *at, uint64_t appeal_id)
{
	*at++ = 'L';
	*at++ = 'D';
	at = str_put_u64(at, appeal_id / COUNT_PER_DAY, 6);
	return str_put_u64(at, appeal_id % COUNT_PER_DAY, 6);
}

struct str appeal_reference(struct arena *a, uint64_t appeal_id)
{
	char text[REFERENCE_BYTES];
	char *end = put_appeal(text, appeal_id);

	return arena_str(a, (struct str){ text, (size_t)(end - text) });
}

/* The digits behind "LD": 12, or 13 on a day with more than 999,999 appeals. */
uint64_t appeal_id_of(struct str reference)
{
	uint64_t date, count;

	if (reference.n < 14 || reference.n > 15 || !str_starts(reference, STR("LD")))
		return 0;
	struct str counted = { reference.p + 8, reference.n - 8 };
	if (!str_to_u64((struct str){ reference.p + 2, 6 }, &date) ||
	    !str_to_u64(counted, &count) || count == 0)
		return 0;
	/* One text for one appeal: seven digits only where six do not suffice. */
	if (counted.n == 7 && counted.p[0] == '0')
		return 0;
	return date * COUNT_PER_DAY + count;
}

uint64_t appeal_first_id(int64_t at)
{
	struct civil date = civil_of_day(day_of_instant(at));

	return (uint64_t)(date.year % 100 * 10000 + date.month * 100 + date.day) *
	       COUNT_PER_DAY;
}

struct str task_reference(struct arena *a, uint64_t task_id)
{
	char text[REFERENCE_BYTES];
	char *end = put_appeal(text, task_id / TASKS_PER_APPEAL);

	*end++ = '-';
	end = str_put_u64(end, task_id % TASKS_PER_APPEAL, 1);
	return arena_str(a, (struct str){ text, (size_t)(end - text) });
}

uint64_t task_id_of(struct str reference)
{
	size_t dash = reference.n;
	uint64_t ordinal;

	while (dash > 0 && reference.p[dash - 1] != '-')
		dash--;
	if (dash == 0)
		return 0;
	struct str tail = { reference.p + dash, reference.n - dash };
	uint64_t appeal = appeal_id_of((struct str){ reference.p, dash - 1 });
	if (!appeal || tail.n == 0 || tail.p[0] == '0' || !str_to_u64(tail, &ordinal) ||
	    ordinal == 0 || ordinal >= TASKS_PER_APPEAL)
		return 0;
	return appeal * TASKS_PER_APPEAL + ordinal;
}
