/*
 * States that a screen is to be looked at in, made through the interface as programs do it: an
 * appeal, its task in hand, given back, submitted, closed.
 */
import assert from 'node:assert/strict';
import { access, request, uniqueText } from './harness.mjs';

export function keyOf(role, department = null) {
	const found = access.keys.find(one => one.role === role
		&& (department === null || one.department === department));
	assert.ok(found, `the demo has a key of role ${role} ${department ?? ''}`);
	return found.key;
}

export const post = (path, key, body) => request('POST', `/api/v1${path}`, key, body);
export const get = (path, key) => request('GET', `/api/v1${path}`, key);

/** The catalogue's row of a department. */
export const rowFor = department => access.catalogue.find(row => row.department === department);

/** A pair that the catalogue leaves to people. */
export const unrouted = { category: '160101', area: 'A01' };

export function registered(where, changes = {}) {
	return post('/appeals', keyOf('operator'), { channel: '12345', content_class: 'help',
		category: where.category, area: where.area, title: uniqueText('路灯不亮'),
		text: '小区门口一排路灯三天没亮。', caller: { name: '王秀英', phone: '13800001111' }, ...changes });
}

const step = (task, action, body) =>
	post(`/tasks/${task.id}/${action}`, keyOf('department', task.department), body);

export async function inHand(department, changes = {}) {
	const appeal = await registered(rowFor(department), changes);
	const [task] = appeal.tasks;
	await step(task, 'sign', {});
	return { ...await step(task, 'contact', { channel: 'phone', outcome: 'reached', note: '已联系' }),
		appeal: appeal.id };
}

export async function givenBack(department, propose, changes = {}) {
	const appeal = await registered(rowFor(department), changes);
	const [task] = appeal.tasks;
	return { ...await step(task, 'return', { reason: 'not_my_duty', basis: '三定方案第四条', propose }),
		appeal: appeal.id };
}

export async function submitted(department, changes = {}) {
	const task = await inHand(department, changes);
	return step(task, 'complete', { result: 'solved', reply: '已更换灯具并复核。', attachments: [] });
}

export async function closed(department, changes = {}) {
	const task = await submitted(department, changes);
	return post(`/tasks/${task.id}/review`, keyOf('reviewer'), { pass: true, reason: '资料齐全' });
}

export const taskNow = id => get(`/tasks/${id}`, keyOf('supervisor'));
export const appealNow = id => get(`/appeals/${id}`, keyOf('supervisor'));
export const eventsOf = async id =>
	(await get(`/appeals/${id}/events?limit=200`, keyOf('auditor'))).items;
