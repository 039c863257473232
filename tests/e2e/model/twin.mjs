/*
 * One appeal lived twice: on the server and in the model. Every step is judged by the model
 * first, then asked of the server; answer, state, versions and due times must be the same.
 */
import assert from 'node:assert/strict';
import { ms } from '../lib/clock.mjs';
import { eventsOf } from '../lib/world.mjs';
import * as model from './states.mjs';
import { dayText, tomorrow } from './due.mjs';

/* Marks of the running clock: judged by deadlines, not by the table of transitions. */
export const MARKS = ['task.warned', 'task.overdue', 'task.card'];
const rfc = (moment) => new Date(moment).toISOString();
const at = (text) => text === null || text === undefined ? 0 : ms(text);

/* A sound body for each action on a task; `now` in milliseconds. */
export const TASK_BODIES = {
	sign: () => ({}),
	contact: () => ({ channel: 'phone', outcome: 'reached', note: '已联系' }),
	progress: () => ({ text: '正在采购灯具' }),
	complete: () => ({ result: 'solved', reply: '已修好。', attachments: [] }),
	review: () => ({ pass: true, reason: '' }),
	visits: () => ({ channel: 'phone', reached: true, contacted: true, solved: 'yes',
		result: 'satisfied', attitude: 'satisfied', truthful: true, reason: null, note: '' }),
	redo: () => ({ reason: '仍未修好' }),
	return: (task) => ({ reason: 'not_my_duty', basis: '三定方案第四条',
		propose: task?.department === 'JTJ' ? 'GAJ' : 'JTJ' }),
	'return/accept': () => ({ reason: '确非其职责' }),
	'return/refuse': () => ({ reason: '属于你单位职责' }),
	dispute: () => ({ reason: '职责清单另有规定' }),
	ruling: (task) => ({ department: task.department, basis: '研究决定' }),
	extend: () => ({ days: 1, reason: '配件在途', caller_informed: true }),
	'extend/approve': () => ({}),
	'extend/refuse': () => ({ reason: '理由不充分' }),
	pause: (task, now) => ({ ground: 'caller_material', until: rfc(now + 3 * 86_400_000) }),
	resume: () => ({}),
	account: (task, now) => ({ plan: '列入改造计划',
		review_on: dayText(now + 3 * 86_400_000) }),
	unaccount: () => ({}),
	exclude: () => ({ ground: 'G1', evidence: '派单目录条目' }),
	'exclude/approve': () => ({}),
	'exclude/refuse': () => ({ reason: '证据不足' }),
	assist: (task) => ({ departments: [task.department === 'GAJ' ? 'JTJ' : 'GAJ'] }),
	report: () => ({ text: '已到现场' }),
	'assist-delay': (task, now, appeal) => ({ note: '催了三次',
		assist: appeal.tasks.find((one) => one.role === 'assist')?.id ?? task.id }),
	urge: () => ({}),
	supervise: (task, now) => ({ demand: '两日内办结', due: rfc(tomorrow(now)) }),
	escalate: () => ({ reason: '久拖不决' }),
};
export const APPEAL_BODIES = {
	dispatch: () => ({ department: 'CGJ', limit_class: 'L3' }),
	answer: () => ({ text: '已当场答复' }),
	refuse: () => ({ reason: 'litigation', told: '可向人民法院起诉' }),
	transfer: () => ({ to: '110', reason: '涉及治安' }),
	'transfer/acknowledge': () => ({ by: '接警员' }),
	'transfer/refuse': () => ({ reason: '不属治安' }),
	withdraw: () => ({ reason: '诉求人撤回', confirmed_by: 'recording' }),
	merge: (appeal) => ({ into: appeal.id }),
	unmerge: () => ({ reason: '不是同一件事' }),
	reopen: () => ({ reason: '有新情况' }),
};

/* What the server says of a task, in the words of the model. */
function shown(json) {
	return { state: json.state, role: json.role, department: json.department,
		round: json.round, version: json.version, sign_due: at(json.sign_due),
		contact_due: at(json.contact_due), due: at(json.due),
		original_due: at(json.original_due), redo_due: at(json.redo_due),
		standing: json.return_standing, asked: at(json.extension_asked_at),
		extensions: json.extensions, since: at(json.held_since), until: at(json.held_until),
		signed_at: at(json.signed_at), contacted_at: at(json.contacted_at),
		closed_at: at(json.closed_at), exclusion: json.exclusion_asked,
		excluded_at: at(json.excluded_at), urges: json.urges, outcome: json.outcome };
}

function expected(task) {
	return { state: task.state, role: task.role, department: task.department,
		round: task.round, version: task.version, sign_due: task.sign_due,
		contact_due: task.contact_due, due: task.due, original_due: task.original_due,
		redo_due: task.redo_due, standing: task.standing,
		asked: task.extension?.asked_at ?? 0, extensions: task.extensions,
		since: task.held?.since ?? 0, until: task.held?.until ?? 0,
		signed_at: task.signed_at, contacted_at: task.contacted_at,
		closed_at: task.closed_at, exclusion: task.exclusion_by !== null,
		excluded_at: task.excluded_at, urges: task.urges, outcome: task.outcome };
}

const readable = (value) => Object.fromEntries(Object.entries(value).map(([name, one]) =>
	[name, typeof one === 'number' && one > 1e11 ? new Date(one).toISOString() : one]));

export function assertTask(json, task, story) {
	assert.deepEqual(readable(shown(json)), readable(expected(task)), `${task.id}: ${story}`);
}

export class Twin {
	/* json: the answer to the registration; roads as the catalogue has them. */
	constructor(server, json, { accused = null, asked = true } = {}) {
		this.server = server;
		this.done = [];
		this.appeal = { id: json.id, state: 'accepted', version: 0, accused, asked,
			content_class: json.content_class, channel: json.channel, transferring: false,
			merged_into: null, merge: null, parent: null, children: [], tasks: [],
			events: [] };
		const now = ms(json.received_at);
		this.appeal.events.push({ type: 'appeal.received', task: null, at: now });
		this.appeal.version = 1;
		for (const { department, limit_class } of json.tasks)
			model.newTask(this.appeal, { department, limit_class }, now);
	}

	get lead() {
		return model.leadOf(this.appeal) ??
			this.appeal.tasks.findLast((one) => one.role === 'lead');
	}

	/* Steps that the clock alone makes, up to this moment. */
	clockTo(now) {
		for (let next = model.nextMoment(this.appeal); next <= now;
			next = model.nextMoment(this.appeal))
			model.clockStep(this.appeal, next);
	}

	async task(task, action, client, { body, now, by = client.name } = {}) {
		body ??= TASK_BODIES[action](task, now, this.appeal);
		const { until_ms, ...sent } = body;
		const answer = await client.post(`/tasks/${task.id}/${action}`, sent, { expect: 200 });
		this.done.push(`${task.id.slice(-1)} ${action} by ${client.name}`);
		model.apply(this.appeal, task, action, this.#dated(body, sent), by, now);
		assertTask(answer.json, task, this.story());
		return answer;
	}

	#dated(body, sent) {
		if (sent.review_on)
			return { ...body, until_ms: ms(`${sent.review_on} 23:59:59`) };
		return sent.until ? { ...body, until_ms: Math.floor(ms(sent.until) / 1000) * 1000 } :
			body;
	}

	async whole(action, client, { body, parent, now, by = client.name } = {}) {
		body ??= APPEAL_BODIES[action](parent?.appeal ?? this.appeal);
		const answer = await client.post(`/appeals/${this.appeal.id}/${action}`, body,
			{ expect: 200 });
		this.done.push(`${action} by ${client.name}`);
		model.applyAppeal(this.appeal, action,
			parent ? { parent: parent.appeal } : body, by, now);
		this.assertAppeal(answer.json);
		return answer;
	}

	story() {
		return this.done.slice(-30).join('; ');
	}

	assertAppeal(json) {
		const { appeal } = this;
		assert.deepEqual([json.state, json.transferring, json.merged_into, json.tasks.length],
			[appeal.state, appeal.transferring, appeal.merged_into, appeal.tasks.length],
			`${appeal.id}: ${this.story()}`);
		json.tasks.forEach((task, i) => assertTask(task, appeal.tasks[i], this.story()));
	}

	/* Everything as it now is: the appeal, its tasks, and its history without a gap. */
	async assertSame() {
		const { server, appeal } = this;
		const json = (await server.as('supervisor').get(`/appeals/${appeal.id}`,
			{ expect: 200 })).json;
		const events = await eventsOf(server, appeal.id);
		this.assertAppeal(json);
		assert.deepEqual(events.map((event) => event.seq), events.map((event, i) => i + 1),
			`${appeal.id}: seq without a gap`);
		assert.equal(json.version, events.length, `${appeal.id}: version counts events`);
		const told = events.filter((event) => !MARKS.includes(event.type));
		assert.deepEqual(told.map((event) => `${event.type} ${event.task} ${event.at}`),
			appeal.events.map((event) => `${event.type} ${event.task} ` +
				told_at(event.at, told)), `${appeal.id}: ${this.story()}`);
	}
}

/* The server's way to write a moment. */
function told_at(moment, told) {
	const found = told.find((event) => ms(event.at) === moment);
	return found ? found.at : rfc(moment);
}
