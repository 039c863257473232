/*
 * The life of an appeal and of its tasks as values, stated a second time and in another
 * language: which action is legal when, and what it makes of a task. Written from the table of
 * transitions, not from the server; the server's answers are compared with it.
 *
 * An appeal: { id, state, version, content_class, category, accused, asked, transferring,
 * merged_into, children, tasks, events }; moments are milliseconds, 0 is none.
 */
import { lastWorkingSecondBefore, redoDue, dueOfClass, heldDue, extendedDue }
	from './due.mjs';

/* In the order in which the server names them. */
export const TASK_ACTIONS = ['sign', 'contact', 'progress', 'complete', 'review', 'visits',
	'redo', 'return', 'return/accept', 'return/refuse', 'dispute', 'ruling', 'extend',
	'extend/approve', 'extend/refuse', 'pause', 'resume', 'account', 'unaccount', 'exclude',
	'exclude/approve', 'exclude/refuse', 'assist', 'report', 'assist-delay', 'urge',
	'supervise', 'escalate'];
export const APPEAL_ACTIONS = ['dispatch', 'answer', 'refuse', 'transfer',
	'transfer/acknowledge', 'transfer/refuse', 'withdraw', 'merge', 'unmerge', 'reopen'];

export const OPEN = ['awaiting_sign', 'in_hand', 'return_requested', 'paused', 'on_account',
	'review_pending'];
const DONE = ['closed', 'visited'];
const GONE = ['returned', 'withdrawn'];
export const isOpen = (task) => OPEN.includes(task.state);
export const isLive = (task) => !GONE.includes(task.state);
const isDone = (task) => DONE.includes(task.state);
const isWatched = (task) => isOpen(task) || isDone(task);
const isWorkable = (task) => ['awaiting_sign', 'in_hand'].includes(task.state);
const inHand = (task) => task.state === 'in_hand';
const isLead = (task) => task.role === 'lead';
/* Until a submission has passed; a redo and a reopened task have had one. */
const isFirst = (task) => task.closed_at === 0;

const LEGAL = {
	sign: (t) => t.state === 'awaiting_sign',
	contact: inHand,
	progress: inHand,
	complete: inHand,
	review: (t) => t.state === 'review_pending',
	visits: isWatched,
	redo: (t) => isDone(t) && t.round === 1,
	return: (t) => isWorkable(t) && isFirst(t) && t.standing !== 'ruled',
	'return/accept': (t) => t.state === 'return_requested',
	'return/refuse': (t) => t.state === 'return_requested',
	dispute: (t) => isWorkable(t) && isFirst(t) && isLead(t) && t.standing === 'refused',
	ruling: (t) => (isWorkable(t) || t.state === 'return_requested') && isFirst(t) &&
		isLead(t) && t.standing !== 'ruled',
	extend: (t) => inHand(t) && isFirst(t) && !t.extension,
	'extend/approve': (t) => isWatched(t) && t.extension !== null,
	'extend/refuse': (t) => isWatched(t) && t.extension !== null,
	pause: (t) => inHand(t) && isFirst(t),
	resume: (t) => t.state === 'paused',
	account: (t) => inHand(t) && isFirst(t) && isLead(t),
	unaccount: (t) => t.state === 'on_account',
	exclude: (t) => !t.exclusion_by && !t.excluded_at,
	'exclude/approve': (t) => t.exclusion_by !== null,
	'exclude/refuse': (t) => t.exclusion_by !== null,
	assist: (t) => inHand(t) && isLead(t),
	report: (t) => inHand(t) && !isLead(t),
	'assist-delay': (t) => inHand(t) && isLead(t),
	urge: isWatched,
	supervise: isWatched,
	escalate: isWatched,
};

const APPEAL_LEGAL = {
	dispatch: (a) => ['accepted', 'dispatched'].includes(a.state),
	answer: (a) => a.state === 'accepted' && !a.transferring,
	refuse: (a) => a.state === 'accepted' && !a.transferring,
	transfer: (a) => a.state === 'accepted' && !a.transferring,
	'transfer/acknowledge': (a) => a.transferring,
	'transfer/refuse': (a) => a.transferring,
	withdraw: (a) => ['accepted', 'dispatched', 'closed'].includes(a.state),
	merge: (a) => ['accepted', 'dispatched'].includes(a.state) && !a.transferring,
	unmerge: (a) => a.state === 'merged',
	reopen: (a) => ['archived', 'answered', 'refused', 'transferred', 'withdrawn']
		.includes(a.state),
};

export const isLegal = (task, action) => LEGAL[action](task);
export const allowed = (task) => TASK_ACTIONS.filter((action) => isLegal(task, action));
export const isAppealLegal = (appeal, action) => APPEAL_LEGAL[action](appeal);
export const appealAllowed = (appeal) =>
	APPEAL_ACTIONS.filter((action) => isAppealLegal(appeal, action));

/* ---- who ---- */

const TASK_ROLES = {
	department: ['sign', 'contact', 'progress', 'complete', 'return', 'dispute', 'extend',
		'assist', 'report', 'assist-delay'],
	dispatcher: ['return/accept', 'return/refuse', 'extend/approve', 'extend/refuse', 'pause',
		'resume', 'account', 'unaccount', 'exclude', 'urge'],
	reviewer: ['review', 'redo', 'exclude'],
	visitor: ['visits'],
	supervisor: ['redo', 'return/accept', 'return/refuse', 'ruling', 'extend/approve',
		'extend/refuse', 'exclude', 'exclude/approve', 'exclude/refuse', 'urge',
		'supervise', 'escalate'],
	leader: ['extend/approve', 'extend/refuse'],
	operator: [], intake: [], auditor: [], admin: [],
};
const APPEAL_ROLES = {
	operator: ['answer', 'refuse', 'transfer', 'transfer/acknowledge', 'transfer/refuse',
		'withdraw', 'merge', 'unmerge', 'reopen'],
	dispatcher: ['dispatch', 'transfer', 'transfer/acknowledge', 'transfer/refuse'],
	intake: ['withdraw'],
	supervisor: ['dispatch'],
	department: [], reviewer: [], visitor: [], leader: [], auditor: [], admin: [],
};
export const rolesOf = (action) => Object.keys(TASK_ROLES)
	.filter((role) => TASK_ROLES[role].includes(action));
export const mayTask = (role, action) => TASK_ROLES[role].includes(action);
export const mayAppeal = (role, action) => APPEAL_ROLES[role].includes(action);

/* Whether a department knows of the appeal: it has, or had and gave back, a task of it. */
export const isSeenBy = (appeal, department) => appeal.accused !== department &&
	appeal.tasks.some((task) => task.department === department);

/* ---- what an action makes ---- */

export const leadOf = (appeal) => appeal.tasks.find((task) => isLead(task) && isLive(task));
const returnedLeads = (appeal) => appeal.tasks.filter((task) => isLead(task) &&
	task.state === 'returned').length;

/* An event of the history; version counts those of the appeal, and changes of the task. */
function tell(appeal, type, task = null, at = 0) {
	appeal.events.push({ type, task: task?.id ?? null, at });
	appeal.version += 1;
}

function change(appeal, task, type, at) {
	task.version += 1;
	tell(appeal, type, task, at);
}

export function newTask(appeal, { department, role = 'lead', limit_class, by = null,
	is_ruled = false, due = null }, now) {
	const task = {
		id: `${appeal.id}-${appeal.tasks.length + 1}`, department, role, limit_class,
		state: 'awaiting_sign', state_before: null, round: 1, version: 1,
		dispatched_at: now, dispatched_by: by, signed_at: 0, contacted_at: 0,
		submitted_at: 0, closed_at: 0, sign_due: dueOfClass(limit_class, 'sign', now),
		contact_due: dueOfClass(limit_class, 'contact', now),
		due: due ?? dueOfClass(limit_class, 'done', now), redo_due: 0,
		is_contacted: false, standing: is_ruled ? 'ruled' : null, extension: null,
		extensions: 0, held: null, left: null, left_at: 0, exclusion_by: null,
		excluded_at: 0, urges: 0, outcome: null, archive_at: 0, waiting: 0,
	};
	task.original_due = task.due;
	appeal.tasks.push(task);
	if (isLead(task))
		appeal.state = 'dispatched';
	tell(appeal, 'task.dispatched', task, now);
	return task;
}

export function newAssist(appeal, lead, department, by, now) {
	const latest = lastWorkingSecondBefore(lead.due, now);
	const whole = dueOfClass(lead.limit_class, 'done', now);
	return newTask(appeal, { department, role: 'assist', limit_class: lead.limit_class, by,
		due: Math.min(latest, whole) }, now);
}

/* What a settled task waits for is the archive; whatever happens to it moves that on. */
function settle(appeal, task, now, is_heard = false) {
	const is_settled = task.state === 'visited' || (task.state === 'closed' &&
		(task.archive_at > 0 || !isLead(task) || !appeal.asked || is_heard));
	if (!is_settled)
		return;
	task.archive_at = dueOfClass('archive', 'done', now);
	if (task.state === 'closed' && isLead(task) && !task.outcome && !appeal.asked)
		task.outcome = 'not_visitable';
}

function openRedo(appeal, task, now) {
	task.redo_due = redoDue(task.limit_class, now);
	startRound(appeal, task);
	change(appeal, task, 'task.redo', now);
}

function startRound(appeal, task) {
	Object.assign(task, { state: 'in_hand', round: task.round + 1, is_contacted: false,
		archive_at: 0 });
	if (isLead(task))
		appeal.state = 'dispatched';
}

function leave(task, state, now) {
	Object.assign(task, { state, left: state, left_at: now, archive_at: 0 });
}

function giveBack(appeal, task, type, to, by, is_ruled, now) {
	leave(task, 'returned', now);
	if (isLead(task))
		appeal.state = 'accepted';
	change(appeal, task, type, now);
	if (!to)
		return;
	const lead = leadOf(appeal);
	if (!isLead(task) && lead)
		newAssist(appeal, lead, to, by, now);
	else if (!isLead(task))
		newTask(appeal, { department: to, role: 'assist', limit_class: task.limit_class, by },
			now);
	else
		newTask(appeal, { department: to, limit_class: task.limit_class, by,
			is_ruled: is_ruled || returnedLeads(appeal) >= 2 }, now);
}

function takeUp(appeal, task, now) {
	task.due = heldDue(task.limit_class, task.due, task.held.since, now);
	if (!task.contacted_at)
		task.contact_due = heldDue(task.limit_class, task.contact_due, task.held.since, now);
	const type = task.state === 'paused' ? 'task.resumed' : 'task.off_account';
	Object.assign(task, { state: 'in_hand', held: null, left: null, left_at: 0 });
	change(appeal, task, type, now);
}

const DISSATISFIED = ['dissatisfied', 'very_dissatisfied'];
const OWN_REASONS = ['result', 'attitude', 'speed'];
const SATISFIED = ['very_satisfied', 'satisfied', 'basically_satisfied'];

function outcomeOf({ result }) {
	return SATISFIED.includes(result) ? 'satisfied' :
		result === 'neutral' ? 'neutral' : 'dissatisfied';
}

function visit(appeal, task, body, now) {
	const is_own = !body.caller_appeal;
	tell(appeal, 'task.visited', task, now);
	if (isDone(task) && body.reached && body.result && is_own) {
		const asks = DISSATISFIED.includes(body.result) && OWN_REASONS.includes(body.reason) &&
			appeal.state !== 'withdrawn';
		task.state = 'visited';
		task.outcome = outcomeOf(body);
		task.version += 1;
		if (asks && task.round > 1)
			tell(appeal, 'task.escalated', task, now);
		if (asks && task.round === 1) {
			startRound(appeal, task);
			task.redo_due = redoDue(task.limit_class, now);
			tell(appeal, 'task.redo', task, now);
		}
	}
	settle(appeal, task, now, body.reached && is_own);
}

const EFFECTS = {
	sign(a, t, body, by, now) {
		Object.assign(t, { state: 'in_hand', signed_at: now });
		change(a, t, 'task.signed', now);
	},
	contact(a, t, body, by, now) {
		t.contacted_at ||= now;
		t.is_contacted = true;
		change(a, t, 'task.contacted', now);
	},
	progress: (a, t, body, by, now) => change(a, t, 'task.progressed', now),
	complete(a, t, body, by, now) {
		Object.assign(t, { state: 'review_pending', submitted_at: now });
		change(a, t, 'task.completed', now);
	},
	review(a, t, body, by, now) {
		if (!body.pass) {
			t.state = 'in_hand';
			change(a, t, 'task.review_failed', now);
			return;
		}
		Object.assign(t, { state: 'closed', redo_due: 0 });
		t.closed_at ||= t.submitted_at;
		if (isLead(t))
			a.state = 'closed';
		change(a, t, 'task.review_passed', now);
		settle(a, t, now);
	},
	visits: (a, t, body, by, now) => visit(a, t, body, now),
	redo: (a, t, body, by, now) => openRedo(a, t, now),
	return(a, t, body, by, now) {
		Object.assign(t, { state_before: t.state, state: 'return_requested',
			standing: 'asked' });
		change(a, t, 'task.return_requested', now);
	},
	dispute(a, t, body, by, now) {
		Object.assign(t, { state_before: t.state, state: 'return_requested',
			standing: 'disputed' });
		change(a, t, 'task.disputed', now);
	},
	'return/accept': (a, t, body, by, now) => giveBack(a, t, 'task.return_accepted',
		body.redispatch_to, by, isRulingDue(a, t, true), now),
	'return/refuse'(a, t, body, by, now) {
		t.standing = isRulingDue(a, t, false) ? 'ruled' : 'refused';
		t.state = t.state_before;
		change(a, t, 'task.return_refused', now);
	},
	ruling(a, t, body, by, now) {
		if (body.department !== t.department) {
			giveBack(a, t, 'task.ruled', body.department, by, true, now);
			return;
		}
		if (t.state === 'return_requested')
			t.state = t.state_before;
		t.standing = 'ruled';
		change(a, t, 'task.ruled', now);
	},
	extend(a, t, body, by, now) {
		t.extension = { days: body.days, asked_at: now };
		change(a, t, 'task.extension_requested', now);
	},
	'extend/approve'(a, t, body, by, now) {
		t.due = extendedDue(t.limit_class, t.due, t.extension.days);
		t.extensions += 1;
		t.extension = null;
		change(a, t, 'task.extension_decided', now);
		settle(a, t, now);
	},
	'extend/refuse'(a, t, body, by, now) {
		t.extension = null;
		change(a, t, 'task.extension_decided', now);
		settle(a, t, now);
	},
	pause(a, t, body, by, now) {
		Object.assign(t, { state: 'paused', held: { since: now, until: body.until_ms } });
		change(a, t, 'task.paused', now);
	},
	account(a, t, body, by, now) {
		Object.assign(t, { state: 'on_account', left_at: now,
			held: { since: now, until: body.until_ms } });
		change(a, t, 'task.on_account', now);
	},
	resume: (a, t, body, by, now) => takeUp(a, t, now),
	unaccount: (a, t, body, by, now) => takeUp(a, t, now),
	exclude(a, t, body, by, now) {
		t.exclusion_by = by;
		change(a, t, 'task.exclusion_requested', now);
		settle(a, t, now);
	},
	'exclude/approve'(a, t, body, by, now) {
		Object.assign(t, { exclusion_by: null, excluded_at: now });
		change(a, t, 'task.excluded', now);
		settle(a, t, now);
	},
	'exclude/refuse'(a, t, body, by, now) {
		t.exclusion_by = null;
		change(a, t, 'task.exclusion_refused', now);
		settle(a, t, now);
	},
	assist(a, t, body, by, now) {
		for (const department of body.departments)
			newAssist(a, t, department, by, now);
	},
	report: (a, t, body, by, now) => change(a, t, 'task.reported', now),
	'assist-delay': (a, t, body, by, now) => tell(a, 'task.assist_delayed',
		a.tasks.find((one) => one.id === body.assist), now),
	urge(a, t, body, by, now) {
		t.urges += 1;
		change(a, t, 'task.urged', now);
		settle(a, t, now);
	},
	supervise(a, t, body, by, now) {
		change(a, t, 'task.supervised', now);
		settle(a, t, now);
	},
	escalate(a, t, body, by, now) {
		change(a, t, 'task.escalated', now);
		settle(a, t, now);
	},
};

/* A ruling decides a dispute, and the second return that is accepted. */
export const isRulingDue = (appeal, task, is_accepted) => task.standing === 'disputed' ||
	(is_accepted && isLead(task) && returnedLeads(appeal) > 0);

export function apply(appeal, task, action, body, by, now) {
	EFFECTS[action](appeal, task, body, by, now);
}

function withdrawTasks(appeal, left, now) {
	const kept = [];
	for (const task of appeal.tasks.filter(isOpen)) {
		kept.push({ task, state: task.state, left: task.left, left_at: task.left_at,
			archive_at: task.archive_at });
		leave(task, 'withdrawn', now);
		change(appeal, task, 'task.withdrawn', now);
	}
	return kept;
}

/* The desk ends the appeal: its departments' tasks leave, its merged callers are parted. */
function endForAll(a, state, type, now) {
	a.state = state;
	withdrawTasks(a, 'merged', now);
	tell(a, type, null, now);
	partChildren(a, now);
}

function partChildren(a, now) {
	for (const child of [...a.children].sort((x, y) => x.id < y.id ? -1 : 1))
		unmerge(a, child, now);
}

function unmerge(parent, child, now) {
	const { state, kept } = child.merge;
	parent.children = parent.children.filter((one) => one !== child);
	Object.assign(child, { state, merged_into: null, merge: null, parent: null });
	for (const { task, ...was } of kept) {
		Object.assign(task, was);
		change(child, task, 'task.restored', now);
	}
	tell(child, 'appeal.unmerged', null, now);
	tell(parent, 'appeal.parted', null, now);
}

const APPEAL_EFFECTS = {
	dispatch(a, body, by, now) {
		const lead = leadOf(a) ?? newTask(a, { department: body.department, by,
			limit_class: body.limit_class, is_ruled: returnedLeads(a) >= 2 }, now);
		for (const department of body.assist ?? [])
			if (!a.tasks.some((t) => isLive(t) && t.department === department))
				newAssist(a, lead, department, by, now);
	},
	answer: (a, body, by, now) => endForAll(a, 'answered', 'appeal.answered', now),
	refuse: (a, body, by, now) => endForAll(a, 'refused', 'appeal.refused', now),
	transfer(a, body, by, now) {
		a.transferring = true;
		tell(a, 'appeal.transfer_asked', null, now);
	},
	'transfer/acknowledge'(a, body, by, now) {
		a.transferring = false;
		if (a.state === 'accepted')
			endForAll(a, 'transferred', 'appeal.transferred', now);
		else
			tell(a, 'appeal.transferred', null, now);
	},
	'transfer/refuse'(a, body, by, now) {
		a.transferring = false;
		tell(a, 'appeal.transfer_refused', null, now);
	},
	withdraw(a, body, by, now) {
		a.state = 'withdrawn';
		a.transferring = false;
		withdrawTasks(a, 'withdrawn', now);
		tell(a, 'appeal.withdrawn', null, now);
		partChildren(a, now);
	},
	merge(a, { parent }, by, now) {
		const state = a.state;
		a.merge = { state, kept: withdrawTasks(a, 'merged', now) };
		Object.assign(a, { state: 'merged', merged_into: parent.id, parent });
		parent.children.push(a);
		tell(a, 'appeal.merged', null, now);
		tell(parent, 'appeal.joined', null, now);
	},
	unmerge: (a, body, by, now) => unmerge(a.parent, a, now),
	reopen(a, body, by, now) {
		const lead = leadOf(a);
		a.state = 'accepted';
		if (lead) {
			startRound(a, lead);
			Object.assign(lead, { outcome: null,
				redo_due: dueOfClass(lead.limit_class, 'done', now) });
			change(a, lead, 'task.reopened', now);
		}
		tell(a, 'appeal.reopened', null, now);
	},
};

export function applyAppeal(appeal, action, body, by, now) {
	APPEAL_EFFECTS[action](appeal, body, by, now);
}

/* What the table's last column leaves to the clock: the moment of the next such step, or
 * Infinity, and the step itself. */
export function nextMoment(appeal) {
	return Math.min(Infinity, ...appeal.tasks.map(momentOf));
}

function momentOf(task) {
	const held = task.held && ['paused', 'on_account'].includes(task.state) ?
		task.held.until + 1000 : Infinity;
	return Math.min(held, task.archive_at || Infinity);
}

export function clockStep(appeal, now) {
	for (const task of appeal.tasks.filter((one) => momentOf(one) <= now)) {
		if (task.held && task.state !== 'archived' && isOpen(task)) {
			takeUp(appeal, task, now);
		} else if (appeal.tasks.some(isOpen) || task.waiting) {
			task.archive_at = dueOfClass('archive', 'done', now);
		} else {
			Object.assign(task, { state: 'archived', archive_at: 0 });
			if (appeal.state === 'closed' && appeal.tasks.filter(isLive)
				.every((one) => one.state === 'archived'))
				appeal.state = 'archived';
			change(appeal, task, 'task.archived', now);
		}
	}
}
