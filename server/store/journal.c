#include "store/journal.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include "attr.h"
#include "base/loop.h"
#include "bounds.h"
#include "clock.h"
#include "live_sql.h"
#include "must.h"
#include "store/store.h"

enum { PLACED_AT_ONCE = 1024, PRUNED_AT_ONCE = 2000 };

/* Where workers and the loop meet, under a lock of its own. */
static struct {
	pthread_mutex_t lock;
	void (*fn)(void);	/* NULL: nobody listens */
	bool is_posted;
} listener = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void deliver(void *arg UNUSED)
{
	pthread_mutex_lock(&listener.lock);
	void (*fn)(void) = listener.fn;

	listener.is_posted = false;
	pthread_mutex_unlock(&listener.lock);
	if (fn)
		fn();
}

static void committed(void *arg UNUSED)
{
	pthread_mutex_lock(&listener.lock);
	bool is_first = listener.fn && !listener.is_posted;

	listener.is_posted |= is_first;
	pthread_mutex_unlock(&listener.lock);
	if (is_first)
		loop_post(deliver, NULL);
}

void journal_listen(void (*fn)(void))
{
	pthread_mutex_lock(&listener.lock);
	listener.fn = fn;
	pthread_mutex_unlock(&listener.lock);
}

/* ---- telling ---- */

void live_tell(struct tx *tx, const struct live_topic *topic, const struct live_audience *to,
	       struct str data)
{
	must(!topic->say && data.n > 0 && data.n <= LIMIT_LIVE_BYTES);
	sql_live_tell(tx, (struct sql_live_tell){
		.topic = str_of(topic->name), .roles = to->roles, .unit = to->unit,
		.account = to->account, .but_account = to->but_account,
		.data = arena_str(tx_arena(tx), data), .told_at = clock_real(),
	});
	tx_after_commit(tx, committed, NULL);
}

void live_tell_of(struct tx *tx, const struct live_topic *topic, const struct live_message *m)
{
	must(topic->say && m->subject);
	sql_live_tell(tx, (struct sql_live_tell){
		.topic = str_of(topic->name), .subject = m->subject, .part = m->part,
		.number = m->number, .code = m->code, .at = m->at, .told_at = clock_real(),
	});
	tx_after_commit(tx, committed, NULL);
}

/* ---- positions ---- */

/* The ids of what waits, as a JSON list; STR_NONE when nothing does. */
static struct str waiting_ids(struct tx *tx, uint64_t *ret_n)
{
	struct sql_live_waiting_row row = { 0 };
	struct rows *rows = sql_live_waiting(tx, (struct sql_live_waiting){ PLACED_AT_ONCE });
	struct buf list;
	uint64_t n = 0;

	buf_init(&list, PLACED_AT_ONCE * 21 + 2);
	while (sql_live_waiting_next(rows, &row))
		buf_printf(&list, "%c%" PRIu64, n++ ? ',' : '[', row.id);
	buf_add_byte(&list, ']');
	struct str ids = n ? arena_str(tx_arena(tx), buf_str(&list)) : STR_NONE;
	buf_free(&list);
	*ret_n = n;
	return ids;
}

/*
 * Looks without the lock first: nearly always nothing waits. What waits is read again behind the
 * lock, for another server may have placed it meanwhile.
 */
bool journal_place(struct tx *tx)
{
	struct sql_live_place_lock_row place = { 0 };
	uint64_t n;

	if (!waiting_ids(tx, &n).p || !sql_live_place_lock(tx, &place))
		return tx_ok(tx);
	for (struct str ids; (ids = waiting_ids(tx, &n)).p; place.last += n)
		if (sql_live_position_give(tx, (struct sql_live_position_give){
				.ids = ids, .last = place.last }) != n)
			tx_fail(tx, TX_CONFLICT);
	sql_live_place_move(tx, (struct sql_live_place_move){ .last = place.last });
	return tx_ok(tx);
}

struct journal_range journal_range(struct tx *tx)
{
	struct sql_live_place_row row = { 0 };

	if (!sql_live_place(tx, &row))
		return (struct journal_range){ 0 };
	return (struct journal_range){ row.last, row.gone };
}

static struct journal_line line_of(struct arena *a, const struct sql_live_after_row *row)
{
	return (struct journal_line){
		.position = row->position, .topic = arena_str(a, row->topic),
		.message = { row->subject, row->part, row->number, row->code, row->at },
		.audience = { row->roles, arena_str(a, row->unit), row->account,
			      row->but_account },
		.data = arena_str(a, row->data),
	};
}

size_t journal_read(struct tx *tx, uint64_t after, size_t n, struct journal_line **ret_lines)
{
	struct arena *a = tx_arena(tx);
	struct journal_line *lines = arena_array_of(a, struct journal_line, n);
	struct sql_live_after_row row = { 0 };
	struct rows *rows = sql_live_after(tx, (struct sql_live_after){
		.after = after, .n = (uint32_t)n });
	size_t found = 0;

	while (found < n && sql_live_after_next(rows, &row))
		lines[found++] = line_of(a, &row);
	*ret_lines = lines;
	return found;
}

/* ---- keeping it small ---- */

bool journal_prune(struct tx *tx)
{
	struct sql_live_old_row old = { 0 };

	if (!journal_place(tx))
		return false;
	struct journal_range range = journal_range(tx);
	uint64_t most = range.last > LIMIT_LIVE_KEPT ? range.last - LIMIT_LIVE_KEPT : 0;
	uint64_t gone = range.gone;

	if (sql_live_old(tx, (struct sql_live_old){
			.gone = range.gone, .n = PRUNED_AT_ONCE,
			.before = clock_real() - LIMIT_LIVE_KEPT_SECONDS * CLOCK_SECOND }, &old) &&
	    old.position > gone)
		gone = old.position;
	if (most > gone)
		gone = most < range.gone + PRUNED_AT_ONCE ? most : range.gone + PRUNED_AT_ONCE;
	if (gone == range.gone || sql_live_gone(tx, (struct sql_live_gone){
			.was = range.gone, .gone = gone }) != 1)
		return false;
	sql_live_prune(tx, (struct sql_live_prune){ .was = range.gone, .gone = gone });
	return gone == range.gone + PRUNED_AT_ONCE;
}
