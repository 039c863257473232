/*
 * Taking a step back for eight seconds: what a person registered, dispatched, answered or merged in
 * a session waits as long before anything of it is sent, and nothing ever is when it is taken back.
 * Programs and what is in a hurry do not wait; a kill in between loses nothing.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { advance } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { ringing } from './lib/pbx.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { startGateway } from './lib/sms_gateway.mjs';
import { slowness, until } from './lib/until.mjs';
import { anAppeal, appealNow, eventsOf, leadOf, register, row, rowOf } from './lib/world.mjs';

const gateway = await startGateway(fs.mkdtempSync(path.join(os.tmpdir(), 'sms-')));
const server = await startServer({ clock: MONDAY, env: { LIANDONG_SMS_GATEWAY_FILE: gateway.file,
	LIANDONG_PUBLIC_URL: 'https://hotline.example' } });
const operator = server.as('operator');
let person = await server.signedIn('operator'), dispatcher = await server.signedIn('dispatcher');
const where = rowOf(server, 'CGJ');
const nowhere = { category: '160101', area: 'A01' };
const urgent = row(server, 'L1');
const receiver = await startReceiver();
for (const department of new Set(['CGJ', 'JTJ', urgent.department]))
	await server.as('admin').post('/webhooks', { department, url: receiver.url, events: ['*'],
		format: 'standard' }, { expect: 201 });

/* LD260302000017 is 2603020000017 in the rows. */
const number = (id) => id.slice(2, 8) + id.slice(8).padStart(7, '0');
const about = (id) => receiver.requests.filter((one) => one.json.data.appeal === id);
const held = (id) => sql(server, `SELECT COUNT(*) FROM outbox_held h JOIN outbox_delivery d
	ON d.endpoint_id = h.endpoint_id AND d.id = h.delivery_id
	WHERE h.held_for = ${number(id)} AND d.standing = 1`)[0][0];
const typesOf = async (id) => (await eventsOf(server, id)).map((one) => one.type);
const make = async (changes = {}, place = where, client = person) =>
	(await client.register(anAppeal(place, changes), { expect: 201 })).json;
const undo = (appeal, client = person, expect = 200) =>
	client.post(`/appeals/${appeal.id}/undo`, { version: appeal.version }, { expect });
const undone = [];	/* of which nothing may ever be sent */

test('a registration: its message waits, is taken back, and the history shows both', async () => {
	const asked = Date.now(), made = await make();
	const ends = Date.parse(made.undo_until);
	assert.ok(ends > asked + 7000 && ends <= Date.now() + 8000, `${ends - asked} ms after it was asked`);
	assert.equal(held(made.id), '1');
	const after = (await undo(made)).json;
	assert.deepEqual([after.state, after.undo_until], ['withdrawn', undefined]);
	assert.deepEqual(after.tasks.map((one) => one.state), ['withdrawn']);
	assert.deepEqual(await typesOf(made.id), ['appeal.received', 'task.dispatched',
		'appeal.undone', 'task.withdrawn', 'appeal.withdrawn']);
	const events = await eventsOf(server, made.id);
	assert.deepEqual(events[2].data, { step: 'registered' });
	assert.equal(events[4].data.reason, 'undone');
	assert.equal(held(made.id), '0');
	undone.push(made.id);
});

test('a registration nobody gets, and one with a call, which is nobody\'s again', async () => {
	const waiting = await make({}, nowhere);
	assert.equal((await undo(waiting)).json.state, 'withdrawn');
	const call = await ringing(server, person, '13912340099');
	const made = await make({ call: call.id });
	await undo(made);
	assert.equal((await person.get(`/calls/${call.id}`)).json.appeal, null);
	undone.push(waiting.id, made.id);
});

test('a dispatch: accepted again, and dispatched anew to the same department', async () => {
	const made = await register(server, nowhere);
	const dispatch = () => dispatcher.post(`/appeals/${made.id}/dispatch`,
		{ department: 'JTJ', assist: ['CGJ'] }, { expect: 200 });
	const first = (await dispatch()).json;
	assert.ok(first.undo_until);
	assert.equal(held(made.id), '2');
	const after = (await undo(first, dispatcher)).json;
	assert.deepEqual([after.state, after.tasks.map((one) => one.state)],
		['accepted', ['withdrawn', 'withdrawn']]);
	assert.equal(held(made.id), '0');
	const again = (await dispatch()).json;
	assert.deepEqual([again.state, again.tasks.length], ['dispatched', 4]);
	await undo(again, dispatcher);
	assert.equal((await appealNow(server, made.id)).state, 'accepted');
	assert.deepEqual((await typesOf(made.id)).filter((type) => type === 'appeal.undone').length, 2);
	undone.push(made.id);
});

test('assists alone go back, their lead stays', async () => {
	const made = await register(server, where);
	const added = (await dispatcher.post(`/appeals/${made.id}/dispatch`,
		{ department: 'CGJ', assist: ['JTJ'] }, { expect: 200 })).json;
	const after = (await undo(added, dispatcher)).json;
	assert.deepEqual([after.state, after.tasks.map((one) => one.state)],
		['dispatched', ['awaiting_sign', 'withdrawn']]);
	assert.deepEqual((await server.department('JTJ').get('/tasks', { expect: 200 })).json.items
		.filter((one) => one.appeal === made.id && one.state === 'awaiting_sign'), []);
});

test('an answer: accepted again; of a repeat the department has its task again', async () => {
	const asked = await make({ content_class: 'consultation' }, nowhere, operator);
	const answered = (await person.post(`/appeals/${asked.id}/answer`, { text: '周一至周五。' },
		{ expect: 200 })).json;
	assert.equal(answered.state, 'answered');
	assert.equal((await undo(answered)).json.state, 'accepted');
	assert.equal(sql(server, `SELECT COUNT(*) FROM vault_retirement
		WHERE appeal_id = ${number(asked.id)}`)[0][0], '0', 'the caller is not forgotten');
	const caller = { name: '孙权', phone: '13912340077' };
	const before = await register(server, nowhere, { caller, content_class: 'consultation' });
	await operator.post(`/appeals/${before.id}/answer`, { text: '已告知。' }, { expect: 200 });
	const repeat = await register(server, where, { caller });
	const told = (await person.post(`/appeals/${repeat.id}/answer`,
		{ text: '结果如前。', repeat_of: before.id }, { expect: 200 })).json;
	assert.equal(leadStates(told), 'withdrawn');
	const again = (await undo(told)).json;
	assert.deepEqual([again.state, leadStates(again)], ['dispatched', 'awaiting_sign']);
	const due = (await server.as('supervisor').get(`/tasks/${leadOf(repeat).id}`)).json;
	assert.deepEqual([due.due, due.sign_due], [leadOf(repeat).due, leadOf(repeat).sign_due]);
	await server.department('CGJ').post(`/tasks/${leadOf(repeat).id}/sign`, {}, { expect: 200 });
});
const leadStates = (appeal) => appeal.tasks.map((one) => one.state).join();

test('a merge: both are what they were, and the department is told of neither', async () => {
	const parent = await register(server, where), child = await register(server, where);
	await until(() => about(child.id).length === 1, { what: 'its dispatch' });
	const merged = (await person.post(`/appeals/${child.id}/merge`, { into: parent.id },
		{ expect: 200 })).json;
	assert.equal(merged.state, 'merged');
	const after = (await undo(merged)).json;
	assert.deepEqual([after.state, after.merged_into, leadStates(after)],
		['dispatched', null, 'awaiting_sign']);
	assert.deepEqual((await typesOf(child.id)).slice(-5), ['task.withdrawn', 'appeal.merged',
		'appeal.undone', 'task.restored', 'appeal.unmerged']);
	assert.deepEqual((await typesOf(parent.id)).slice(-2), ['appeal.joined', 'appeal.parted']);
	assert.equal(held(child.id), '0');
});

test('not by somebody else, not twice, not of another version, not once more has happened',
	async () => {
		const code = async (...args) => (await undo(...args, 409)).json.code;
		const made = await make();
		assert.equal(await code(made, dispatcher), 'not_undoable');
		assert.equal(await code(made, operator), 'not_undoable');
		assert.equal(await code({ ...made, version: made.version - 1 }, person), 'not_undoable');
		await server.department('CGJ').post(`/tasks/${leadOf(made).id}/sign`, {}, { expect: 200 });
		assert.equal(await code(made, person), 'not_undoable');
		assert.equal(await code(await appealNow(server, made.id), person), 'not_undoable');
		const other = await make();
		await undo(other);
		assert.equal(await code(other, person), 'not_undoable');
		assert.equal(await code(await appealNow(server, other.id), person), 'not_undoable');
		undone.push(other.id);
		await person.post(`/appeals/${made.id}/undo`, {}, { expect: 422 });
		await person.post('/appeals/LD990101000001/undo', { version: 1 }, { expect: 404 });
		const two = await make();
		const both = await Promise.all([1, 2].map(() => person.post(`/appeals/${two.id}/undo`,
			{ version: two.version })));
		assert.deepEqual(both.map((one) => one.status).sort(), [200, 409]);
		undone.push(two.id);
	});

test('a program\'s registration, an urgent one and L1 are sent at once and not offered', async () => {
	const begun = Date.now();
	const made = [await make({}, where, operator), await make({}, urgent),
		await make({ urgent: true }, where)];
	for (const one of made)
		assert.equal(one.undo_until, undefined);
	await until(() => made.every((one) => about(one.id).length > 0), { what: 'all three' });
	assert.ok(Date.now() - begun < 7000 * slowness());
	for (const one of made)
		await undo(one, person, 409);
});

test('what is not taken back is sent when its time is over; what was, never', async () => {
	const phone = '13912340055';
	await make({ caller: { name: '陆逊', phone: '13912340056' } }).then((one) => {
		undone.push(one.id);
		return undo(one);
	});
	const kept = await make({ caller: { name: '周瑜', phone } });
	const [hook] = await until(() => about(kept.id).length && about(kept.id),
		{ what: 'the held message' });
	assert.ok(hook.at >= Date.parse(kept.undo_until), 'not before its time');
	assert.equal(hook.json.data.seq, 1);
	await undo(kept, person, 409);
	for (const id of undone)
		assert.deepEqual(about(id), [], id);
	await advance(server, { seconds: 9 });
	await until(() => gateway.to(phone).length === 1, { what: 'the receipt' });
	assert.deepEqual(gateway.to('13912340056'), []);
	assert.equal(sql(server, `SELECT COUNT(*) FROM outbox_delivery WHERE topic IN (${
		undone.map(number)})
		AND type LIKE 'task.%'`)[0][0], '0');
});

test('a kill within the eight seconds loses nothing: neither the message nor the offer', async () => {
	const kept = await make(), taken = await make();
	await server.kill();
	await server.restart();
	person = await server.signedIn('operator');
	if (Date.parse(taken.undo_until) > Date.now() + 1000)
		await undo(taken);
	await until(() => about(kept.id).length === 1, { what: 'the message after all' });
	assert.equal(about(kept.id)[0].json.type, 'task.dispatched');
	if ((await appealNow(server, taken.id)).state === 'withdrawn')
		assert.deepEqual(about(taken.id), []);
});

endsCleanly(server);
