/*
 * The words of the trade: an appeal as a channel hands it over, and the steps of a task, each
 * done by the role that may.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

let serial = 0;

/* A row of the catalogue with this limit class for a help appeal. */
export function row(server, limit_class = 'L3', skip = 0) {
	const rows = server.access.catalogue.filter((one) => one.limit_class === limit_class);
	assert.ok(rows.length > skip, `access.json has catalogue rows of class ${limit_class}`);
	return rows[skip];
}

export function rowOf(server, department) {
	const found = server.access.catalogue.find((one) => one.department === department);
	assert.ok(found, `access.json has a catalogue row of ${department}`);
	return found;
}

/* The body of POST /appeals for this catalogue row. */
export function anAppeal(where, changes = {}) {
	serial += 1;
	return {
		channel: '12345', content_class: 'help', category: where.category, area: where.area,
		title: `路灯不亮 ${serial}`, text: `小区门口的路灯坏了三天，请尽快修理。第 ${serial} 件`,
		caller: { name: '王小明', phone: `1380000${String(1000 + serial % 9000)}` },
		...changes,
	};
}

/* A registration answers with the appeal as it then reads, a receipt, and the code of the caller. */
export function withoutReceipt({ receipt, caller_code, ...appeal }) {
	assert.match(receipt, /^liandong-receipt\/1\n/);
	assert.match(caller_code, /^\d{4}$/);
	return appeal;
}

export async function register(server, where, changes = {}) {
	const answer = await server.as('operator').register(anAppeal(where, changes),
		{ expect: 201 });
	return withoutReceipt(answer.json);
}

/* The lead task of an appeal. */
export function leadOf(appeal) {
	const leads = appeal.tasks.filter((task) => task.role === 'lead');
	assert.equal(leads.length, 1, `one lead task: ${JSON.stringify(appeal.tasks)}`);
	return leads[0];
}

export async function taskNow(server, task) {
	return (await server.as('supervisor').get(`/tasks/${task.id}`, { expect: 200 })).json;
}

export async function appealNow(server, id) {
	return (await server.as('supervisor').get(`/appeals/${id}`, { expect: 200 })).json;
}

export async function eventsOf(server, id) {
	return server.as('supervisor').all(`/appeals/${id}/events`);
}

async function step(client, task, action, body) {
	const answer = await client.post(`/tasks/${task.id}/${action}`, body, { expect: 200 });
	assert.equal(answer.json.id, task.id, 'an action answers with the task');
	return answer.json;
}

export const sign = (server, task) =>
	step(server.department(task.department), task, 'sign', {});

export const contact = (server, task, changes = {}) =>
	step(server.department(task.department), task, 'contact',
		{ channel: 'phone', outcome: 'reached', note: '已电话联系', ...changes });

export const complete = (server, task, changes = {}) =>
	step(server.department(task.department), task, 'complete',
		{ result: 'solved', reply: '您好，路灯已于今日修好，感谢您的反映。', attachments: [],
			...changes });

export const review = (server, task, pass = true, reason = '资料齐全') =>
	step(server.as('reviewer'), task, 'review', { pass, reason });

/* A return visit; without an answer it is an attempt that reached nobody. */
export const visit = (server, task, result = null, changes = {}) =>
	step(server.as('visitor'), task, 'visits', {
		channel: 'phone', reached: result !== null, contacted: result === null ? null : true,
		solved: result === null ? null : 'yes', result, attitude: result,
		truthful: result === null ? null : true, reason: null, note: '回访', ...changes,
	});

/* From awaiting signature to closed. */
export async function close(server, task) {
	await sign(server, task);
	await contact(server, task);
	await complete(server, task);
	return review(server, task);
}

export const newKey = () => randomUUID();

/* Events of one type, optionally of one task. */
export const ofType = (events, type, task) => events.filter((event) =>
	event.type === type && (task === undefined || event.task === task));

/* A wish to be forgotten, of an appeal that is over, and not yet decided: its number. */
export async function askErasure(server) {
	const operator = server.as('operator');
	const { id } = await register(server, rowOf(server, 'CGJ'));
	await operator.post(`/appeals/${id}/withdraw`, { reason: '自行解决', confirmed_by: 'recording' },
		{ expect: 200 });
	return (await server.as('supervisor').post('/callers/erase',
		{ appeals: [id], reason: '本人申请' }, { expect: 201 })).json.id;
}

/* Clear values of a caller, one reveal a field. */
export async function revealed(client, id, fields, purpose = '核实') {
	const clear = {};
	for (const field of fields)
		Object.assign(clear, (await client.post(`/appeals/${id}/reveal`,
			{ fields: [field], purpose }, { expect: 200 })).json);
	return clear;
}
