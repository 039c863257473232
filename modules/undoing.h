/*
 * What a person has just done in a session may be taken back for some seconds: what is to be sent
 * of it waits as long, and when it is taken back nothing is ever sent. Not what a program did, and
 * nothing in a hurry (L0, L1, urgent appeals): that goes out at once.
 *
 * Whoever makes such a step asks undo_window() before it, lets its events have the answer as
 * not_before, and offers the step when it has been made.
 *
 * Threads: the worker of the request.
 */
#pragma once

#include "matter.h"

enum undo_step {	/* stored: numbers are fixed */
	UNDO_REGISTERED = 1, UNDO_DISPATCHED, UNDO_ANSWERED, UNDO_MERGED
};

/* not_before of what takes a step back: never sent. */
#define UNDO_SEND_NEVER INT64_MAX

/* Until when the step could be taken back, real time; 0: not at all. */
int64_t undo_window(const struct actor *by, const struct appeal *appeal, bool is_hurried);
/* Whether tasks of this class go out at once. */
static inline bool undo_is_hurried(enum limit_class class)
{
	return class == LIMIT_L0 || class == LIMIT_L1;
}
/* Whether an open task of the appeal is of such a class. */
bool undo_has_hurried(const struct matter *m);

struct undo_offer {
	enum undo_step step;
	int64_t until;			/* undo_window(); 0: nothing is offered */
	int64_t at;			/* of the step's events */
	enum appeal_state state;	/* of the appeal before the step */
	uint32_t tasks_before;
};
/* After the step: the matter as it now is, whose answer then says until when. */
void undo_offer(struct req *r, struct matter *m, const struct undo_offer *offer);
