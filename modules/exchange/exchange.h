/*
 * Inside of the exchange with other services: who they are, what is handed over, messages of
 * both directions, and batches. Nothing here is for other modules; the desk's transfer reaches it
 * as a fact (events.h).
 *
 * The row of a peer and the row of a hand-over are read, changed and stored by compare-and-set in
 * one function each; none is held while facts are published, since a hook may send something.
 *
 * Threads: the worker that owns tx. Memory is the arena of tx.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "events.h"
#include "matter.h"
#include "module.h"
#include "rules/exchange.h"

#include "exchange_sql.h"

typedef struct sql_exchange_peer_one_row peer_row;
typedef struct sql_exchange_by_number_row handover_row;

/* Several statements bring the same columns, so their rows differ in type but not in content. */
#define HANDOVER_OF(row) (handover_row){ \
	.id = (row).id, .peer = (row).peer, .is_ours = (row).is_ours, .number = (row).number, \
	.appeal_id = (row).appeal_id, .state = (row).state, .pressing = (row).pressing, \
	.item = (row).item, .item_version = (row).item_version, \
	.first_response_at = (row).first_response_at, .offered_at = (row).offered_at, \
	.accept_by = (row).accept_by, .answered_at = (row).answered_at, \
	.arrived_at = (row).arrived_at, .ended_at = (row).ended_at, \
	.their_no = (row).their_no, .sent_seq = (row).sent_seq, \
	.received_seq = (row).received_seq, .version = (row).version }

enum { PEER_LIVE = 1, PEER_BATCH };

/* Our own code, as peers know us. */
struct str exchange_own_code(void);
/* By which our batches verify. */
struct note_key exchange_own_key(void);

/* False when there is none of this code. */
bool peer_read(struct tx *tx, struct str code, peer_row *ret_peer) MUST_USE;
/* The next version of it. */
void peer_save(struct tx *tx, peer_row *peer);
/* The channel that appeals of it come by. */
enum channel peer_channel(const peer_row *peer);
/* The peer of the path for a program: of role intake its own alone. */
bool req_peer_row(struct req *r, peer_row *ret_peer) MUST_USE;

/* Until when an offer of this moment is to be answered. */
int64_t exchange_accept_by(int64_t at, bool is_urgent);

/* Who does something, and from where messages came. */
struct exchange_call {
	struct tx *tx;
	const struct actor *by;
	uint64_t batch;		/* number of theirs that brought it, 0 */
};

/*
 * Sends the next message of ours, of which everything is filled but the head; stores the
 * hand-over and publishes it about the appeal (NULL: there is none yet). It must be possible.
 */
void exchange_send(const struct exchange_call *call, handover_row *handover,
		   struct exchange_message *message, struct appeal *appeal);
/* An empty message of this kind. */
struct exchange_message exchange_message_of(enum exchange_kind kind, int64_t at);
/* A message that is kept, as it was; false when there is none. */
bool exchange_message_read(struct tx *tx, const handover_row *handover, bool is_ours, uint32_t seq,
			   struct exchange_message *ret_message) MUST_USE;

/* The message of a row; where its words were erased, its kind, time and coded word alone. */
bool exchange_message_open(struct tx *tx, const struct sql_exchange_messages_of_row *row,
			   struct exchange_message *ret_message) MUST_USE;

/* The text of a message of ours as it leaves; where it was erased, what is nobody's of it. */
bool exchange_leaving(struct tx *tx, const struct sql_exchange_messages_row *row,
		      struct str *ret_text) MUST_USE;

enum exchange_taking {
	TAKEN, TAKEN_BEFORE,
	REFUSED_CONTENT,	/* the same number and sequence with another content */
	REFUSED_GAP,		/* messages before it are missing */
	REFUSED_STEP,		/* not possible as the hand-over stands */
	REFUSED_UNKNOWN,	/* of a hand-over or a sender that is none */
};
extern const char *const exchange_taking_codes[];	/* of a refusal */
struct exchange_taken {
	enum exchange_taking how;
	struct str why;		/* of a refusal: a sentence */
	handover_row handover;	/* as it now is */
};
/* Takes a message of the peer in; what follows of it is done. */
void exchange_take(const struct exchange_call *call, struct str peer,
		   const struct exchange_message *message, struct exchange_taken *ret_taken);
/*
 * One that was not possible and will not come again, since a batch is signed once: its number is
 * used up, so that what follows it is not behind a gap.
 */
void exchange_pass_over(const struct exchange_call *call, const struct exchange_message *message,
			struct exchange_taken *taken);

/* Stores a new one; its place in the list follows from the rest. */
void exchange_handover_add(struct tx *tx, const handover_row *handover);
/* A new offer of theirs: taken on, refused, or left to an operator. */
void exchange_consider(const struct exchange_call *call, const peer_row *peer,
		       handover_row *handover, const struct exchange_message *offer);

/* Takes an offer on: makes the appeal, and says so. */
struct offer_terms {
	struct str category, area;
	int content_class;
	bool is_urgent;
};
void exchange_accept(const struct exchange_call *call, const peer_row *peer,
		     handover_row *handover,
		     const struct exchange_message *offer, const struct offer_terms *terms);
void exchange_refuse(const struct exchange_call *call, handover_row *handover,
		     enum exchange_reason reason, struct str text);

extern const struct hook exchange_hooks[];
extern const struct job exchange_jobs[];

/* ---- batches ---- */

/*
 * Puts what waits into a new batch, signed, and gives its number; 0 when nothing waits: neither a
 * message nor an acknowledgement that is owed.
 */
uint64_t exchange_batch_close(struct tx *tx, struct str peer);
/* The file of one of ours; false when there is none, or it is not kept any more. */
bool exchange_batch_file(struct tx *tx, struct str peer, uint64_t number, struct str *ret_file)
	MUST_USE;

enum exchange_import { IMPORT_TAKEN, IMPORT_KNOWN, IMPORT_GAP, IMPORT_REFUSED, IMPORT_OTHER };
struct exchange_imported {
	enum exchange_import how;
	int64_t number;
	size_t messages;	/* of which `refused` were not possible */
	size_t refused;
	struct exchange_fault fault;	/* IMPORT_REFUSED, IMPORT_OTHER */
	uint64_t missing_from, missing_to;	/* IMPORT_GAP */
};
/*
 * A file that does not verify leaves nothing; a gap is noted, to be asked for. A message that is
 * not possible is noted with its reason and named to the other side, and the rest is taken in: the
 * sender could not sign another batch under the number, so all behind it would be lost too.
 */
void exchange_batch_import(const struct exchange_call *call, struct str peer, struct str file,
			   struct exchange_imported *ret_imported);

/* ---- routes and commands, by file ---- */

struct reply exchange_peer_add(struct req *r);
struct reply exchange_peer_list(struct req *r);
struct reply exchange_list(struct req *r);
struct reply exchange_figures(struct req *r);
struct reply exchange_said(struct req *r);
struct reply exchange_offer_accept(struct req *r);
struct reply exchange_offer_refuse(struct req *r);
struct reply exchange_messages_take(struct req *r);
struct reply exchange_messages_list(struct req *r);
struct reply exchange_batches_list(struct req *r);
struct reply exchange_batches_close(struct req *r);
struct reply exchange_batch_show(struct req *r);
struct reply exchange_batch_put(struct req *r);
int exchange_command(const struct command_call *call);
