/*
 * The reference machine: a second, independent statement of which steps are legal in which
 * state and for whom. It replays the events of an appeal and names every step that could not
 * have happened; the state it ends in must be the state that the server shows.
 */

/* type of event -> { from, to, by }; by lists the roles that may cause it. */
const STEPS = {
	'task.dispatched': { from: [null], to: 'awaiting_sign', by: ['operator', 'intake',
		'dispatcher', 'system'] },
	'task.signed': { from: ['awaiting_sign'], to: 'in_hand', by: ['department'] },
	'task.contacted': { from: ['awaiting_sign', 'in_hand', 'review_pending'], to: 'same',
		by: ['department'] },
	'task.progressed': { from: ['in_hand'], to: 'same', by: ['department'] },
	'task.completed': { from: ['in_hand'], to: 'review_pending', by: ['department'] },
	'task.review_passed': { from: ['review_pending'], to: 'closed', by: ['reviewer'] },
	'task.review_failed': { from: ['review_pending'], to: 'in_hand', by: ['reviewer'] },
	'task.redo': { from: ['closed', 'visited'], to: 'in_hand', by: ['visitor', 'reviewer',
		'supervisor', 'system'] },
	'task.warned': { from: 'open', to: 'same', by: ['system'] },
	'task.overdue': { from: 'open', to: 'same', by: ['system'] },
	'task.card': { from: 'open', to: 'same', by: ['system', 'supervisor'] },
	'task.urged': { from: 'any', to: 'same', by: ['supervisor', 'dispatcher'] },
};
const MARKS = ['task.warned', 'task.overdue', 'task.card'];
const OPEN = ['awaiting_sign', 'in_hand', 'review_pending'];
const ANSWERED = (data) => data?.result !== null && data?.result !== undefined;

function isLegal(step, state) {
	return step.from === 'any' ? state !== null :
		step.from === 'open' ? OPEN.includes(state) : step.from.includes(state);
}

function next(event, state) {
	if (event.type === 'task.visited')
		return state === 'closed' && ANSWERED(event.data) ? 'visited' : state;
	const to = STEPS[event.type].to;
	return to === 'same' ? state : to;
}

/* roleOf(by) gives the role of an actor, or undefined when it cannot be told. */
export function replay(events, roleOf = () => undefined) {
	const wrong = [];
	const tasks = new Map();
	let appeal = null;
	let latest = 0;

	events.forEach((event, i) => {
		if (event.seq !== i + 1)
			wrong.push(`event ${i + 1} has seq ${event.seq}`);
		/* Marks of the clock may be made up for later; people act in order. */
		if (!MARKS.includes(event.type)) {
			if (Date.parse(event.at) < latest)
				wrong.push(`event ${event.seq} lies before what was done before it`);
			latest = Date.parse(event.at);
		}
		if (event.type === 'appeal.received') {
			if (appeal !== null)
				wrong.push(`event ${event.seq}: received twice`);
			appeal = 'accepted';
			return;
		}
		if (appeal === null)
			wrong.push(`event ${event.seq}: ${event.type} before the receipt`);
		if (!event.task)
			return;
		const state = tasks.get(event.task) ?? null;
		const step = STEPS[event.type] ?? (event.type === 'task.visited' ?
			{ from: 'any', by: ['visitor'] } : undefined);
		if (!step) {
			wrong.push(`event ${event.seq}: no step ${event.type} is known`);
			return;
		}
		if (!isLegal(step, state))
			wrong.push(`event ${event.seq}: ${event.type} from ${state}`);
		const role = roleOf(event.by);
		if (role !== undefined && !step.by.includes(role))
			wrong.push(`event ${event.seq}: ${event.type} by ${role}`);
		tasks.set(event.task, next(event, state));
	});
	return { wrong, tasks, appeal };
}
