#include "hearing.h"

#include "action.h"
#include "event_record.h"

#include "changes_sql.h"

struct hearing {
	struct matter *matters;		/* by id */
	uint32_t count;
	struct str ids;
};

/* Each id once, in order. */
static uint64_t *subjects(struct tx *tx, const struct live_message *list, size_t n,
			  uint32_t *ret_count)
{
	uint64_t *ids = arena_array_of(tx_arena(tx), uint64_t, n);
	uint32_t count = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t at = count;

		while (at > 0 && ids[at - 1] > list[i].subject)
			at--;
		if (at > 0 && ids[at - 1] == list[i].subject)
			continue;
		for (uint32_t k = count++; k > at; k--)
			ids[k] = ids[k - 1];
		ids[at] = list[i].subject;
	}
	*ret_count = count;
	return ids;
}

static struct matter *find(const struct hearing *h, uint64_t appeal_id)
{
	uint32_t low = 0, high = h->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (h->matters[middle].appeal.id < appeal_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < h->count && h->matters[low].appeal.id == appeal_id ? &h->matters[low] : NULL;
}

struct str hearing_ids(const struct hearing *h)
{
	return h->ids;
}

const struct matter *hearing_matter(const struct hearing *h, uint64_t appeal_id)
{
	return find(h, appeal_id);
}

static void read_appeals(struct tx *tx, struct hearing *h)
{
	struct arena *a = tx_arena(tx);
	struct sql_changes_appeals_row row = { 0 };
	struct rows *rows = sql_changes_appeals(tx, (struct sql_changes_appeals){ h->ids });

	while (sql_changes_appeals_next(rows, &row))
		h->matters[h->count++].appeal = (struct appeal){
			.id = row.id, .is_secret = row.is_secret,
			.accused_department = arena_str(a, row.accused_department),
			.enterprise_uscc = arena_str(a, row.enterprise_uscc),
			.registered_by_kind = (enum actor_kind)row.registered_by_kind,
			.registered_by = row.registered_by,
		};
}

static void read_tasks(struct tx *tx, struct hearing *h)
{
	struct arena *a = tx_arena(tx);
	struct sql_changes_tasks_row row = { 0 };
	struct rows *rows = sql_changes_tasks(tx, (struct sql_changes_tasks){ h->ids });

	while (sql_changes_tasks_next(rows, &row)) {
		struct matter *m = find(h, row.appeal_id);

		if (!m || m->task_count == TASKS_PER_APPEAL_MAX)
			continue;
		if (!m->tasks)
			m->tasks = arena_array_of(a, struct task, row.tasks);
		m->tasks[m->task_count++] = (struct task){
			.id = row.id, .appeal_id = row.appeal_id,
			.department = arena_str(a, row.department),
			.role = (enum task_role)row.role, .left_at = row.left_at,
		};
	}
}

struct hearing *hearing_open(struct tx *tx, const struct live_message *list, size_t n)
{
	struct hearing *h = arena_new_of(tx_arena(tx), struct hearing);
	uint32_t count;
	uint64_t *wanted = subjects(tx, list, n, &count);

	h->ids = ids_json(tx_arena(tx), wanted, count);
	h->matters = arena_array_of(tx_arena(tx), struct matter, count);
	read_appeals(tx, h);
	read_tasks(tx, h);
	return h;
}

bool hearing_allows(struct tx *tx, const struct hearing *h, uint64_t appeal_id,
		    enum relation relation, const struct actor *reader)
{
	const struct matter *m = find(h, appeal_id);

	return m && matter_is_seen(tx, m, relation, reader);
}

/* ---- what the history tells ---- */

static bool is_of(const struct reference *ref, const struct live_reader *reader,
		  const struct task *t)
{
	return reader->relation == RELATION_TREE ?
		reference_is_within(ref, t->department, reader->actor.unit) :
		str_eq(t->department, reader->actor.unit);
}

/* What an assist reports is for the lead, while it leads. */
static bool is_shared_with(const struct task *t, const struct live_message *change)
{
	return (KINDS_SHARED >> change->code & 1) && t->role == TASK_LEAD &&
	       (!t->left_at || change->at <= t->left_at);
}

bool hearing_tells(const struct tx *tx, const struct matter *m, const struct live_message *change,
		   const struct live_reader *reader)
{
	uint32_t role = reader->actor.role;
	bool is_partial = reader->relation == RELATION_TREE || (role & ROLE_DEPARTMENT);

	if (role & (ROLE_OBSERVER | ROLE_CONTACT))
		return false;
	if ((is_partial || (role & ROLE_INTAKE)) && (KINDS_HIDDEN >> change->code & 1))
		return false;
	if (!is_partial || change->code == EVENT_APPEAL_RECEIVED)
		return true;
	for (uint32_t i = 0; i < m->task_count; i++)
		if (is_of(reference_of(tx), reader, &m->tasks[i]) &&
		    (m->tasks[i].id == change->part || is_shared_with(&m->tasks[i], change)))
			return true;
	return false;
}
