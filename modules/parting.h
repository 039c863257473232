/*
 * How tasks leave their departments together with their appeal, and how an appeal is parted
 * again from the one it was merged into, as if it had never been merged. Shared by desk.c and
 * merges.c.
 *
 * A merge keeps what leaving changes in the tasks (merges_task); everything else stays in their
 * rows, so that parting restores them to the last field. Threads: the worker of the request.
 */
#pragma once

#include "action.h"

/*
 * The open tasks of the action's appeal leave, one event task.withdrawn each; closed ones stay.
 * `cause` is what the departments are told: they learn neither reasons nor other appeals.
 */
void parting_withdraw_tasks(struct action *act, enum leaving how, const char *cause);
/* One of them. */
void parting_withdraw_task(struct action *act, struct task *task, enum leaving how,
			   const char *cause);

/*
 * The appeal ends at the desk: what departments still have of it leaves as nobody's work
 * (LEFT_MERGED), the fact is published, and whose appeals were merged into it are parted, so that
 * none of them ends unheard.
 */
struct ending {
	struct tx *tx;
	const struct actor *by;
	int64_t at;
	struct matter *m;
	enum appeal_state state;
	const char *cause;	/* as above */
	struct event *event;
	struct str why;		/* what the others' history says */
	int64_t not_before;	/* of its events, those of the others apart */
};
void parting_end(const struct ending *ending);

/* An undoing of merges: who does it, when, and why. */
struct parting {
	struct tx *tx;
	const struct actor *by;
	int64_t at;
	struct appeal *parent;	/* its version moves with each child */
	struct str reason;
	int64_t not_before;	/* of its events */
};
/*
 * The child is again what it was: its state, its tasks, their standing and due times. Events
 * task.restored each and appeal.unmerged, and appeal.parted of the parent.
 */
void parting_unmerge(const struct parting *parting, struct matter *child);
/* Parts every appeal that was merged into the parent: its end is not the end of theirs. */
void parting_unmerge_all(const struct parting *parting);
