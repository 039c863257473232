/*
 * Deferred writes on their way. A message to the database and its answer cost more than most
 * statements do, so the arrays of a flush are sent back to back and only then their answers
 * are read, in the same order: many groups cost one round trip.
 *
 * Where one fails the database still runs what was sent after it. That is harmless, since all
 * of it is in one transaction, which has failed and is undone. Hence a COMMIT never travels
 * along: it goes out when every answer has been read and was good.
 *
 * Neither side may wait for the other to read. What is under way is bounded so that our
 * messages fit in the socket while the database is busy with the first of them, and so do its
 * answers, short all of them, while we are still sending. A message larger than that travels
 * alone.
 */
#include "must.h"
#include "store/connection.h"

enum {
	UNDERWAY_MESSAGES = 64,
	UNDERWAY_BYTES = 64 * 1024,
};

/* An array that was sent and not answered yet. */
struct message {
	struct prepared *prepared;
	uint32_t rows;
};

struct pipeline {
	struct connection *connection;
	struct message underway[UNDERWAY_MESSAGES];
	uint32_t count;
	size_t bytes;
	enum tx_error error;	/* the first one */
};

/*
 * After an error the answers are read all the same, so that the next statement gets its own.
 * What they say is of no interest then: it may be a consequence.
 */
static void read_answers(struct pipeline *pipeline)
{
	for (uint32_t i = 0; i < pipeline->count && pipeline->connection->mysql; i++) {
		struct message *m = &pipeline->underway[i];

		if (pipeline->error == TX_OK)
			pipeline->error = prepared_receive(m->prepared, m->rows);
		else
			prepared_discard(m->prepared);
	}
	pipeline->count = 0;
	pipeline->bytes = 0;
}

/* One message more; the place for it is made by reading all answers. */
static void send_array(struct pipeline *pipeline, struct prepared *p,
		       const struct deferred_array *array)
{
	bool is_full = pipeline->count == UNDERWAY_MESSAGES ||
		       pipeline->bytes + array->bytes > UNDERWAY_BYTES;

	if (pipeline->count && is_full)
		read_answers(pipeline);
	if (pipeline->error != TX_OK)
		return;
	pipeline->error = prepared_send(p, array);
	if (pipeline->error != TX_OK)
		return;
	pipeline->underway[pipeline->count++] = (struct message){ p, array->rows };
	pipeline->bytes += array->bytes;
}

static void send_group(struct pipeline *pipeline, struct prepared *p)
{
	struct deferred_array array = { 0 };

	while (pipeline->error == TX_OK && prepared_next_array(p, &array))
		send_array(pipeline, p, &array);
}

enum tx_error connection_flush(struct connection *c, struct prepared *const *groups,
			       uint32_t count)
{
	struct pipeline pipeline = { .connection = c };

	/* Preparing is asked and answered at once: nothing may be under way by then. */
	for (uint32_t i = 0; i < count && pipeline.error == TX_OK; i++)
		pipeline.error = prepared_make_ready(groups[i]);
	for (uint32_t i = 0; i < count && pipeline.error == TX_OK; i++)
		send_group(&pipeline, groups[i]);
	read_answers(&pipeline);
	for (uint32_t i = 0; i < count; i++)
		prepared_forget(groups[i]);
	return pipeline.error;
}
