/*
 * Inside the calls module: how its files share the work. told.c takes what the PBX pushes,
 * calls.c shows calls and lets people take and end them, history.c is what a caller called about
 * before, seats.c who sits at which telephone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "calling.h"
#include "cti.h"
#include "domain.h"
#include "module.h"

#include "calls_sql.h"

enum call_state { CALL_RINGING = 1, CALL_ANSWERED, CALL_ENDED, CALL_MISSED };	/* stored: fixed */
extern const char *const call_state_names[];
extern const char *const call_direction_names[];	/* by enum cti_direction - 1 */

/* A call as its row has it; strings live in the arena of tx. */
struct call {
	uint64_t id;
	enum cti_direction direction;
	enum call_state state;
	struct str number_sealed, number_index;
	struct str queue;
	int64_t heard_at, announced_at, answered_at, ended_at;
	bool is_forwarded;
	uint32_t answered_by_kind;
	uint64_t answered_by;
	struct str answered_login, answered_name;
	uint64_t appeal_id;
	uint64_t rings_at;		/* the one account whose telephone rings; 0: the queue */
	uint64_t appeals, open_appeals;	/* of its number; 0 where it was locked */
};

/* By the name the interface gives it, locked until the end of the transaction. */
bool call_lock(struct tx *tx, struct str name, struct call *ret_call) MUST_USE;
/* The state that follows from the instants is put in; everybody who follows calls is told. */
void call_save(struct tx *tx, struct call *call);
/* The number in clear; STR_NONE where there is none. */
struct str call_open(struct tx *tx, const struct call *call);
struct str call_place(struct arena *a, uint64_t id);

/* told.c */
struct reply cti_take(struct req *r);

/* history.c */
void history_write(struct req *r, struct str phone_index, bool with_counts);
struct reply callers_history(struct req *r);

/* seats.c */
struct reply seat_put(struct req *r);
/* The person whom a PBX means by a telephone, a login or a name of these; false: nobody known. */
bool seat_find(struct tx *tx, struct str said, uint64_t *ret_account) MUST_USE;
