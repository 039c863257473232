/*
 * Hints before saving: which appeals may be the same matter, and why. A hint for a person:
 * registering asks nobody, merges nothing and withholds nothing.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { local, moveTo } from './lib/clock.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { anAppeal, appealNow, close, eventsOf, leadOf, register, rowOf } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const operator = server.as('operator');
const where = rowOf(server, 'CGJ');
const other_place = rowOf(server, 'JTJ');

/* What stands nowhere else, so that one test does not find the appeals of another. */
const told = (changes = {}) => ({
	title: '文庙东巷路灯整条不亮', text: '从巷口到小学后门的路灯半个多月不亮，晚自习学生要打手电。',
	address: '文昌街道文庙东巷', location: { lat: 34.0201, lon: 113.8502 },
	caller: { name: '韩梅梅', phone: '13933330001' }, ...changes,
});
/* What is typed in before saving: an appeal without the members hints do not take. */
const draft = (changes = {}) => {
	const { caller, title, text, address, location } = told();
	return { phone: caller.phone, title, text, address, location, category: where.category,
		area: where.area, ...changes };
};
const hints = async (body, client = operator) =>
	(await client.post('/appeals/hints', body, { expect: 200 })).json.items;
const hintOf = (items, appeal) => items.find((one) => one.appeal.id === appeal.id);

const first = await register(server, where, told());

test('the same caller with the same matter is found for every reason, first of all', async () => {
	const items = await hints(draft());
	assert.equal(items[0].appeal.id, first.id);
	assert.deepEqual(items[0].reasons, ['same_phone', 'same_place', 'same_category',
		'near_in_time', 'alike_text']);
	assert.equal(items[0].kind, 'same_caller_open');
	assert.ok(items[0].score > 900 && items[0].score <= 1000, `score ${items[0].score}`);
	assert.deepEqual(items.map((one) => one.score),
		items.map((one) => one.score).sort((a, b) => b - a));
});

test('another caller about the same place and matter is another caller', async () => {
	const hint = hintOf(await hints(draft({ phone: '13933339999' })), first);
	assert.equal(hint.kind, 'other_caller');
	assert.ok(!hint.reasons.includes('same_phone'));
	assert.ok(hintOf(await hints(draft({ phone: undefined })), first), 'or nobody known');
});

test('a hint shows what is needed to recognise the matter, and identity only masked', async () => {
	const answer = await operator.post('/appeals/hints', draft(), { expect: 200 });
	const { appeal } = answer.json.items[0];
	assert.deepEqual([appeal.state, appeal.title, appeal.department, appeal.lead],
		['dispatched', first.title, 'CGJ', leadOf(first).id]);
	assert.deepEqual(appeal.caller, { name: '韩**', phone: '139****0001' });
	assert.ok(!answer.text.includes('13933330001'));
});

test('words in another order and with other marks are found by their text', async () => {
	const items = await hints({ title: '路灯不亮', category: where.category, area: where.area,
		text: '小学后门到巷口的路灯，半个多月了都不亮！晚自习学生打着手电。' });
	assert.ok(hintOf(items, first)?.reasons.includes('alike_text'));
});

test('two hundred metres are the same place, a kilometre is not', async () => {
	const body = { category: where.category, area: where.area, address: undefined };
	const near = await hints({ ...body, location: { lat: 34.0211, lon: 113.8502 } });
	assert.deepEqual(hintOf(near, first)?.reasons,
		['same_place', 'same_category', 'near_in_time']);
	const far = await hints({ ...body, location: { lat: 34.0301, lon: 113.8502 } });
	assert.equal(hintOf(far, first), undefined);
});

test('another matter of another caller elsewhere is no hint', async () => {
	const items = await hints({ phone: '13933338888', title: '公交车到站不停',
		text: '上午八点三路车经过青石镇中学站没有停靠。', category: other_place.category,
		area: other_place.area, address: '青石镇中学站' });
	assert.equal(hintOf(items, first), undefined);
});

test('another matter of the same caller is a hint for the phone alone', async () => {
	const items = await hints({ phone: '139 3333 0001', title: '公交车到站不停',
		text: '上午八点三路车没有停靠。', category: other_place.category,
		area: other_place.area });
	const hint = hintOf(items, first);
	assert.deepEqual([hint.kind, hint.reasons],
		['same_caller_open', ['same_phone', 'near_in_time']]);
});

test('what the same caller was told already is a closed matter', async () => {
	const caller = { name: '李雷', phone: '13933330002' };
	const appeal = await register(server, where, { caller });
	await close(server, leadOf(appeal));
	const hint = hintOf(await hints({ phone: caller.phone }), appeal);
	assert.deepEqual([hint.kind, hint.reasons, hint.appeal.state],
		['same_caller_closed', ['same_phone', 'near_in_time'], 'closed']);
});

test('what another caller withdrew is nothing to join; the own is still shown', async () => {
	const text = { title: '某某桥头石狮子歪斜', text: '桥头东侧的石狮子底座开裂，已经歪斜。' };
	const appeal = await register(server, where,
		{ ...text, caller: { name: '王五', phone: '13933330003' } });
	const asked = { ...text, category: where.category, area: where.area };
	assert.ok(hintOf(await hints({ ...asked, phone: '13933330004' }), appeal));
	await operator.post(`/appeals/${appeal.id}/withdraw`,
		{ reason: '不要了', confirmed_by: 'none' }, { expect: 200 });
	assert.equal(hintOf(await hints({ ...asked, phone: '13933330004' }), appeal), undefined);
	assert.equal(hintOf(await hints({ ...asked, phone: '13933330003' }), appeal)?.kind,
		'same_caller_closed');
});

test('a merged appeal is shown with the one it was merged into', async () => {
	const caller = { name: '赵六', phone: '13933330005' };
	const child = await register(server, where, { caller });
	await operator.post(`/appeals/${child.id}/merge`, { into: first.id }, { expect: 200 });
	const hint = hintOf(await hints({ phone: caller.phone }), child);
	assert.deepEqual([hint.kind, hint.appeal.merged_into], ['same_caller_open', first.id]);
});

test('an empty draft has no hints', async () => {
	for (const body of [{}, { title: null, text: null, phone: null }, { category: where.category }])
		assert.deepEqual(await hints(body), []);
});

test('a draft is read like a registration: all complaints at once', async () => {
	const answer = await operator.post('/appeals/hints', { category: 'NOPE', area: 'NOPE',
		location: { lat: 200, lon: 0 }, caller: {}, occurred_at: 'gestern' }, { expect: 422 });
	assert.deepEqual(answer.json.errors.map((one) => one.pointer).sort(),
		['#/area', '#/caller', '#/category', '#/location/lat', '#/occurred_at']);
});

test('hints are for those who register and dispatch', async () => {
	assert.ok(hintOf(await hints(draft(), server.as('dispatcher')), first));
	for (const client of [server.department('CGJ'), server.as('intake', { channel: '110' }),
		...['reviewer', 'visitor', 'supervisor', 'leader', 'auditor', 'admin']
			.map((role) => server.as(role))])
		await client.post('/appeals/hints', draft(), { expect: 403 });
	await server.anonymous().post('/appeals/hints', draft(), { expect: 401 });
});

test('asking for hints changes nothing', async () => {
	const before = [await appealNow(server, first.id), await eventsOf(server, first.id)];
	await hints(draft());
	assert.deepEqual([await appealNow(server, first.id), await eventsOf(server, first.id)],
		before);
});

test('registering never merges and never withholds, however alike', async () => {
	const again = (await operator.register(anAppeal(where, told()), { expect: 201 })).json;
	assert.notEqual(again.id, first.id);
	assert.deepEqual([again.state, leadOf(again).state, again.merged_into],
		['dispatched', 'awaiting_sign', null]);
	assert.equal((await appealNow(server, first.id)).state, 'dispatched');
});

test('after thirty days only the phone remembers, unless the matter happened back then',
	async () => {
		await moveTo(server, '2026-04-03 09:00');
		const hint = hintOf(await hints(draft()), first);
		assert.ok(hint.reasons.includes('same_phone') && !hint.reasons.includes('near_in_time'));
		assert.equal(hintOf(await hints(draft({ phone: '13933339999' })), first), undefined);
		const then = await hints(draft({ occurred_at: local('2026-03-01 20:00') }));
		assert.ok(hintOf(then, first).reasons.includes('near_in_time'));
	});

endsCleanly(server);
