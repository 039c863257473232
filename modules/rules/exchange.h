/*
 * Hand-overs between the hotline and another service (移交转办, 国办发〔2022〕12号): the steps of
 * one hand-over, the messages that make them, and batches of messages as signed files.
 *
 * A hand-over is offered by one side and answered by the other. Each side numbers its own
 * messages of it from 1 without a gap, so a message is known by (sender, number, sequence). Who
 * offers stays responsible until ACCEPT: TIMEOUT says only that time is over and the duty is
 * where it was, and an answer that crossed it, or comes late, still counts. What was answered
 * hangs on the receiver's messages alone, so both sides come to the same state in whatever order
 * messages of the two directions cross.
 *
 *	offered --ACCEPT--> accepted --RESULT--> done --VISITED--> visited
 *	   |  \--REFUSE--> refused    \--PROGRESS*; of a done or visited one: it is in hand again
 *	   \--TIMEOUT--> overdue --ACCEPT or REFUSE--> ...
 *
 * Pure. Threads: any; memory is the arena given.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "attr.h"
#include "crypto.h"
#include "form.h"
#include "json.h"
#include "rules/note.h"
#include "str.h"

/* ---- steps ---- */

enum exchange_kind {	/* stored: numbers are fixed */
	EXCHANGE_OFFER = 1,
	EXCHANGE_ACCEPT,
	EXCHANGE_REFUSE,
	EXCHANGE_TIMEOUT,
	EXCHANGE_PROGRESS,
	EXCHANGE_RESULT,
	EXCHANGE_VISITED,
	EXCHANGE_KIND_END,
};
enum exchange_state {	/* stored: numbers are fixed */
	EXCHANGE_NONE,		/* before the offer */
	EXCHANGE_OFFERED,
	EXCHANGE_OVERDUE,	/* not answered in time: still with who offered it */
	EXCHANGE_ACCEPTED,
	EXCHANGE_REFUSED,
	EXCHANGE_DONE,
	EXCHANGE_ENDED,		/* done, and its caller was asked */
	EXCHANGE_STATE_END,
};
/* Index = number - 1; NULL-terminated. */
extern const char *const exchange_kind_names[];
extern const char *const exchange_state_names[];

/* The state after a message; EXCHANGE_NONE when it is not possible, or not that side's to send. */
enum exchange_state exchange_step(enum exchange_state state, enum exchange_kind kind,
				  bool is_by_offerer);
/*
 * What a side may send as it sees things. Less than exchange_step() takes: a TIMEOUT that crossed
 * an answer is taken, but nobody sends one who has seen the answer.
 */
bool exchange_may_send(enum exchange_state state, enum exchange_kind kind, bool is_offerer);

/* The fifths of published reports (签收时长): 0-30 s, 30-60, 60-120, 120-180, more. */
enum { EXCHANGE_SPANS = 5 };
extern const char *const exchange_span_names[EXCHANGE_SPANS];
uint32_t exchange_span(int64_t microseconds);

/* ---- messages ---- */

extern const char *const exchange_reason_names[];	/* of a REFUSE */
extern const char *const exchange_result_names[];	/* of a RESULT */
enum exchange_reason {
	EXCHANGE_NOT_IN_LIST, EXCHANGE_MISSING_FACTS, EXCHANGE_NOT_OURS, EXCHANGE_OTHER_REASON,
};
/* Behind the results of a task, in their order. */
enum { EXCHANGE_NO_JURISDICTION = 5, EXCHANGE_ANSWERED, EXCHANGE_NOT_TAKEN, EXCHANGE_WITHDRAWN };

/* Absent: texts STR_NONE, choices -1, instants and numbers 0. */
struct exchange_message {
	struct str sender;
	struct str offered_by;	/* code of the side whose number it is */
	struct str number;
	int64_t sequence;	/* of the sender, within the hand-over */
	int kind;		/* enum exchange_kind - 1 */
	int64_t at;
	/* OFFER */
	struct str item;	/* of the list of hand-over items */
	int64_t item_version;	/* of the sender's list */
	enum tri is_urgent;
	int64_t first_response_at;	/* police were called by voice before this was written */
	struct str title;
	struct str place;
	struct str category, area;	/* of the common catalogue, where the sender knows them */
	int content_class;
	struct str contact_name, contact_phone;	/* where the caller allows it */
	struct str recording;	/* reference of the recorded call */
	/* ACCEPT: own_no. REFUSE: reason. RESULT: result. VISITED: level. */
	struct str own_no;
	int reason, result, level;
	int64_t on_scene_at;	/* PROGRESS and RESULT: when somebody arrived */
	struct str text;
};

extern const struct field exchange_message_fields[];
/* What the kind needs and does not take; complaints name members, `at` is before them ("#"). */
void exchange_message_check(const struct exchange_message *message, const char *at,
			    struct field_errors *errors);
/* One JSON object, members in a fixed order, what is absent left out. */
struct str exchange_message_text(struct arena *a, const struct exchange_message *message);

/*
 * The text of a message whose words were erased before it left: kind and sequence go all the same,
 * or what follows would be behind a gap for ever.
 */
#define EXCHANGE_ERASED "已删除"

/* ---- batches ---- */

/*
 * A batch: a signed note (rules/note.h) of two lines, the first the format, the second a JSON
 * object, and behind an empty line the messages, one JSON object a line:
 *
 *	liandong-exchange/1
 *	{"sender":"110","receiver":"12345","batch":7,"previous":"<hex>","received":3,
 *	 "missing":["5"],"made_at":"...","lines":["<hex>", ...]}
 *
 *	— 110 BASE64
 *
 *	{"sender":"110", ...}
 *
 * lines are the SHA-256 of the messages; digest of a batch is the SHA-256 of the note's text, and
 * previous that of the batch before, 64 zeros of the first. received and missing are about the
 * other direction: all up to it were taken in; which ones are asked for again. "refused" is there
 * where messages of that direction were not possible, though their batch was taken in: a line
 * NUMBER SEQUENCE REASON each.
 */
enum { EXCHANGE_HEX = 64, EXCHANGE_MISSING_MAX = 32, EXCHANGE_REFUSED_MAX = 32 };
struct exchange_batch {
	struct str sender, receiver;
	int64_t number;
	struct str previous;
	int64_t received;
	struct str_list missing;	/* decimal numbers */
	struct str_list refused;
	int64_t made_at;
	struct str_list lines;	/* their hashes */
	struct str digest;	/* hex */
	/* Read: */
	struct exchange_message *messages;
	struct str *texts;	/* the line of each */
};

/* The note's text, of which the caller makes the signature; sets lines and digest. */
struct str exchange_batch_note(struct arena *a, struct exchange_batch *batch,
			       const struct str *messages, size_t n);
/* The whole file. */
struct str exchange_batch_text(struct arena *a, struct str note, const struct note_key *key,
			       const uint8_t signature[SIGN_BYTES], const struct str *messages,
			       size_t n);

/* Why a batch is not taken: the line of the file, from 1, and a sentence. */
struct exchange_fault {
	size_t line;
	struct str why;
};
/* The whole file or nothing: format, signature by this key, every line. */
bool exchange_batch_read(struct arena *a, struct str file, const struct note_key *key,
			 struct exchange_batch *ret_batch, struct exchange_fault *ret_fault)
	MUST_USE;
