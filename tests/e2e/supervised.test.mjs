/* The supervision ledger: demands with a day, proof, sign-off by another person, letters,
 * meetings and hidden inspections; every act numbered and entered into the ledger. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { tellsOf } from '../verify/tampering.mjs';
import { advance, assertSameTime, local, moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { pagesOf } from './lib/files.mjs';
import { newKey } from './lib/keys.mjs';
import { allSigned, judged } from './lib/sealed.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { close, leadOf, register, rowOf, visit } from './lib/world.mjs';

const CANARY = { name: '欧阳秘密', phone: '13987654321' };
const server = await startServer({ clock: local('2026-03-02 09:00') });
const supervisor = server.as('supervisor');
const second = await newKey(server, 'supervisor-2', 'supervisor');
const own = server.department('CGJ');
const other = server.department('JTJ');
const DEMAND = { kind: 'demand', source: 'leader', department: 'CGJ', owner: '张局长',
	demand: '三日内修复东门路灯并书面反馈', due: '2026-03-05' };

const open = async (changes = {}) =>
	(await supervisor.post('/supervised', { ...DEMAND, ...changes }, { expect: 200 })).json;
const step = async (client, item, name, text = '已办', expect = 200) =>
	(await client.post(`/supervised/${item.id}/${name}`, { text }, { expect })).json;
const now = async (item, client = supervisor) =>
	(await client.get(`/supervised/${item.id}`, { expect: 200 })).json;
const kinds = (item) => item.acts.map((act) => act.kind);
const idOf = (item) => {
	const [prefix, year, n] = item.id.split('-');
	const kind = ['DC', 'JD', 'JY', 'MC'].indexOf(prefix) + 1;
	return sql(server, `SELECT id FROM supervised_item WHERE kind = ${kind} AND
		year = ${year} AND n = ${Number(n)}`)[0][0];
};

/* The contents entered about a subject, each checked against the digest of its entry. */
async function entered(subject) {
	const count = sql(server, `SELECT COUNT(*) FROM ledger_content WHERE kind = 8 AND
		subject = ${subject}`)[0][0];
	const rows = await until(() => {
		const list = sql(server, `SELECT e.number, HEX(e.digest), HEX(c.bytes)
			FROM ledger_entry e JOIN ledger_content c USING (kind, subject, number)
			WHERE e.kind = 8 AND e.subject = ${subject} ORDER BY e.number`);
		return list.length === Number(count) && list;
	}, { what: `the entries of ${subject}` });
	return rows.map(([number, digest, hex], i) => {
		const bytes = Buffer.from(hex, 'hex');
		assert.equal(Number(number), i + 1);
		assert.equal(createHash('sha256').update(bytes).digest('hex').toUpperCase(), digest);
		return JSON.parse(bytes);
	});
}

test('a demand goes from its opening over progress and proof to the sign-off', async () => {
	const item = await open();
	assert.match(item.id, /^DC-2026-000\d$/);
	assertSameTime(item.due, '2026-03-05 23:59:59');
	assert.deepEqual([item.state, item.version, kinds(item)], ['open', 1, ['opened']]);
	await step(own, item, 'progress', '灯具已到货');
	const proved = await step(own, item, 'proof', '已修复，照片见附件');
	assert.equal(proved.state, 'proved');
	const done = await step(supervisor, item, 'sign-off', '现场核实无误');
	assert.equal(done.state, 'signed_off');
	assert.deepEqual(kinds(done), ['opened', 'progressed', 'proved', 'signed_off']);
	assert.deepEqual(done.acts.map((act) => act.n), [1, 2, 3, 4]);
	assert.deepEqual(await now(item, own), done);
	const acts = await entered(idOf(item));
	assert.deepEqual(acts.map((one) => one.act), kinds(done));
	assert.deepEqual(acts.map((one) => one.item.state), ['open', 'open', 'proved', 'signed_off']);
	assert.equal(acts[2].text, '已修复，照片见附件');
	for (const name of ['progress', 'proof', 'urge', 'refuse', 'sign-off'])
		assert.deepEqual((await step(supervisor, item, name, '再', 409)).allowed, []);
	assert.deepEqual(await now(item), done);
});

test('who reported the proof neither signs off nor refuses it', async () => {
	const item = await open();
	await step(supervisor, item, 'proof', '单位交来纸质反馈');
	const before = await now(item);
	for (const name of ['sign-off', 'refuse'])
		assert.equal((await step(supervisor, item, name, '自己办', 403)).code,
			'separation_of_duty');
	assert.deepEqual(await now(item), before);
	assert.equal((await step(second, item, 'sign-off')).state, 'signed_off');
});

test('a refused proof was none: the item is open again and its due stands', async () => {
	const item = await open();
	await step(own, item, 'proof');
	const refused = await step(supervisor, item, 'refuse', '照片看不出地点');
	assert.deepEqual([refused.state, refused.due, refused.proved_at], ['open', item.due, null]);
	assert.deepEqual((await step(supervisor, item, 'sign-off', '好', 409)).allowed,
		['progress', 'proof', 'urge', 'due']);
	await step(own, item, 'proof', '补拍照片');
	await step(supervisor, item, 'sign-off');
});

test('of two sign-offs at once one is taken', async () => {
	const item = await open();
	await step(own, item, 'proof');
	const answers = await Promise.all([supervisor, second, supervisor, second].map((one) =>
		one.post(`/supervised/${item.id}/sign-off`, { text: '好' }, { expect: [200, 409] })));
	assert.equal(answers.filter((one) => one.status === 200).length, 1);
	assert.deepEqual(kinds(await now(item)), ['opened', 'proved', 'signed_off']);
});

test('numbers of a kind have no gap, also where many are opened at once', async () => {
	const first = await open({ kind: 'decision' });
	assert.equal(first.id, 'JD-2026-0001');
	assert.equal((await open({ kind: 'recommendation' })).id, 'JY-2026-0001');
	await supervisor.post('/supervised', { ...DEMAND, kind: 'decision', department: 'NONE' },
		{ expect: 422 });
	const more = await Promise.all(Array.from({ length: 6 }, () => open({ kind: 'decision' })));
	assert.deepEqual(more.map((one) => one.id).sort(),
		[2, 3, 4, 5, 6, 7].map((n) => `JD-2026-000${n}`));
});

test('what cannot be demanded is told field by field, and nothing is opened', async () => {
	const before = sql(server, 'SELECT COUNT(*) FROM supervised_item');
	const answer = await supervisor.post('/supervised', { kind: 'order', source: 'leader',
		department: 'NONE', demand: ' ', due: '2026-03-01', task: 'LD990101000001-1' },
	{ expect: 422 });
	assert.deepEqual(answer.json.errors.map((one) => one.pointer).sort(),
		['#/demand', '#/department', '#/due', '#/kind', '#/task']);
	assert.deepEqual(sql(server, 'SELECT COUNT(*) FROM supervised_item'), before);
});

test('an item does not tell a department of a case against it', async () => {
	const task = leadOf(await register(server, rowOf(server, 'JTJ'), { caller: CANARY,
		accused: { department: 'CGJ' } }));
	const before = sql(server, 'SELECT COUNT(*) FROM supervised_item');
	const answer = await supervisor.post('/supervised', { ...DEMAND, task: task.id },
		{ expect: 422 });
	assert.deepEqual(answer.json.errors.map((one) => [one.pointer, one.code]),
		[['#/task', 'recused']]);
	assert.deepEqual(sql(server, 'SELECT COUNT(*) FROM supervised_item'), before);
	await supervisor.post('/supervised', { ...DEMAND, department: 'JTJ', task: task.id },
		{ expect: 200 });
});

test('another department finds no item, no notice, and lists only its own', async () => {
	const item = await open();
	for (const path of ['', '/notice.pdf'])
		await other.get(`/supervised/${item.id}${path}`, { expect: 404 });
	await step(other, item, 'proof', '好', 404);
	assert.ok((await other.all('/supervised')).every((one) => one.department === 'JTJ'));
	assert.ok((await own.all('/supervised')).some((one) => one.id === item.id));
	await other.get('/supervised?department=CGJ', { expect: 403 });
});

test('an item past its due is marked and urged once; a proof in time is not', async () => {
	const late = await open();
	const proved = await open();
	const refused = await open();
	const moved = await open();
	await step(own, proved, 'proof');
	await step(own, refused, 'proof');
	await supervisor.post(`/supervised/${moved.id}/due`, { due: '2026-03-20', text: '需定制' },
		{ expect: 200 });
	await moveTo(server, '2026-03-05 23:59:59');
	assert.deepEqual(kinds(await now(late)), ['opened']);
	await moveTo(server, '2026-03-06 09:00');
	const marked = await now(late);
	assert.deepEqual(kinds(marked), ['opened', 'overdue', 'urged']);
	assert.deepEqual([marked.overdue, marked.urges], [true, 1]);
	assertSameTime(marked.overdue_at, '2026-03-06 00:00');
	assert.deepEqual((await entered(idOf(late))).map((one) => one.act), kinds(marked));
	assert.deepEqual(kinds(await now(proved)), ['opened', 'proved']);
	assert.deepEqual(kinds(await now(moved)), ['opened', 'due_moved']);
	await step(supervisor, refused, 'refuse', '不算');
	await advance(server, { minutes: 1 });
	assert.deepEqual(kinds(await now(refused)),
		['opened', 'proved', 'proof_refused', 'overdue', 'urged']);
	await advance(server, { days: 3 });
	assert.deepEqual(await now(late), marked);
	const listed = (await supervisor.all('/supervised?overdue=yes')).map((one) => one.id);
	assert.ok(listed.includes(late.id) && listed.includes(refused.id));
	assert.ok(!listed.includes(proved.id) && !listed.includes(moved.id));
	const rest = (await supervisor.all('/supervised?overdue=no')).map((one) => one.id);
	assert.ok(rest.includes(proved.id) && !rest.includes(late.id));
});

test('a joint meeting becomes items with a department and a day', async () => {
	const body = { title: '路灯管理联席会议', held_on: '2026-03-02', present: '城管局、交通局',
		items: [{ department: 'CGJ', demand: '移交灯杆台账', due: '2026-04-06' },
			{ department: 'JTJ', demand: '核对路口名单', due: '2026-04-08', owner: '李科长' }] };
	const made = (await supervisor.post('/meetings', body, { expect: 200 })).json;
	assert.equal(made.id, 'LH-2026-0001');
	const listed = await supervisor.all(`/supervised?meeting=${made.id}`);
	assert.deepEqual(listed, made.agreed);
	assert.deepEqual(listed.map((one) => [one.department, one.source, one.meeting]),
		[['CGJ', 'meeting', made.id], ['JTJ', 'meeting', made.id]]);
	await step(own, listed[0], 'proof');
	await step(supervisor, listed[0], 'sign-off');
	const [shown] = await server.as('leader').all('/meetings');
	assert.deepEqual([shown.items, shown.items_open], [2, 1]);
	const [[subject]] = sql(server, 'SELECT id FROM supervised_meeting');
	assert.equal((await entered(subject))[0].present, body.present);
	const bad = await supervisor.post('/meetings', { ...body, items: [{ ...body.items[0],
		department: 'NONE' }] }, { expect: 422 });
	assert.deepEqual(bad.json.errors.map((one) => one.pointer), ['#/items/0/department']);
	assert.equal((await supervisor.all('/meetings')).length, 1);
});

test('inspections are drawn from risk, keep its figures, and are known to supervisors only', async () => {
	const tasks = [];
	for (let i = 0; i < 3; i++) {
		const task = leadOf(await register(server, rowOf(server, 'CGJ'), { caller: CANARY }));
		await close(server, task);
		await visit(server, task, 'dissatisfied', { reason: 'speed', solved: 'no' });
		tasks.push(task.id);
		await advance(server, { minutes: 1 });
	}
	const returned = leadOf(await register(server, rowOf(server, 'JTJ'), { caller: CANARY }));
	await other.post(`/tasks/${returned.id}/return`, { reason: 'not_my_duty', basis: '三定方案',
		propose: null }, { expect: 200 });
	const risks = (await supervisor.get('/supervised/risks', { expect: 200 })).json.items;
	const risk = risks.find((one) => one.department === 'CGJ');
	assert.deepEqual(risk.figures.dissatisfied, { count: 3, tasks });
	assert.deepEqual(risk.figures.repeats.tasks, tasks.slice(0, 2), 'the same caller again');
	assert.deepEqual(risks.find((one) => one.department === 'JTJ').figures.returns,
		{ count: 1, tasks: [returned.id] });
	for (const one of risks)
		assert.equal(one.sum, Object.values(one.figures).reduce((sum, figure) => {
			assert.equal(figure.count, figure.tasks.length);
			return sum + figure.count;
		}, 0));
	const drawn = (await supervisor.post('/supervised/draw', { count: 1, due: '2026-04-13',
		demand: '现场核查近期办结件' }, { expect: 200 })).json.items;
	assert.deepEqual(drawn.map((one) => [one.id, one.department]), [['MC-2026-0001', 'CGJ']]);
	assert.deepEqual(drawn[0].risk.figures, risk.figures);
	const next = (await second.post('/supervised/draw', { count: 20, due: '2026-04-13',
		demand: '现场核查' }, { expect: 200 })).json.items;
	assert.ok(next.length > 0 && next.every((one) => one.department !== 'CGJ'));
	for (const client of [own, ...['operator', 'dispatcher', 'reviewer', 'visitor', 'leader',
		'auditor'].map((role) => server.as(role))]) {
		await client.get(`/supervised/${drawn[0].id}`, { expect: 404 });
		await client.get(`/supervised/${drawn[0].id}/notice.pdf`, { expect: 404 });
		assert.ok((await client.all('/supervised')).every((one) => one.kind !== 'inspection'));
		assert.deepEqual(await client.all('/supervised?kind=inspection'), []);
	}
	await step(own, drawn[0], 'proof', '好', 404);
	await step(supervisor, drawn[0], 'proof', '核查属实');
	await step(second, drawn[0], 'sign-off');
	const [first] = await entered(idOf(drawn[0]));
	assert.deepEqual(first.item.risk, drawn[0].risk);
});

test('the notice tells demand, due and number on paper, and no caller', async () => {
	const task = leadOf(await register(server, rowOf(server, 'CGJ'), { caller: CANARY }));
	const item = await open({ due: '2026-04-20', task: task.id });
	const letter = await open({ kind: 'decision', due: '2026-04-20', task: task.id });
	for (const [one, title] of [[item, '督办单'], [letter, '监察决定书']]) {
		const answer = await own.get(`/supervised/${one.id}/notice.pdf`, { expect: 200 });
		assert.equal(answer.headers['content-type'], 'application/pdf');
		const words = pagesOf(answer.bytes).join('');
		for (const word of [title, one.id, DEMAND.demand, '2026-04-20 23:59:59', task.id,
			'张局长'])
			assert.ok(words.includes(word), `${word} in ${words}`);
		for (const secret of Object.values(CANARY))
			assert.ok(!words.includes(secret));
	}
});

test('no caller is shown by anything of this, nor kept by it', async () => {
	const seen = [];
	for (const path of ['/supervised?limit=200', '/supervised/risks', '/meetings'])
		seen.push((await supervisor.get(path, { expect: 200 })).text);
	for (const table of ['supervised_item', 'supervised_act', 'supervised_meeting'])
		seen.push(JSON.stringify(sql(server, `SELECT * FROM ${table}`)));
	seen.push(sql(server, 'SELECT HEX(bytes) FROM ledger_content WHERE kind = 8')
		.map(([hex]) => Buffer.from(hex, 'hex').toString()).join('\n'));
	for (const text of seen)
		for (const secret of Object.values(CANARY))
			assert.ok(!text.includes(secret));
});

test('an independent program finds an act that was changed later, and nothing before', async () => {
	const { keys } = await allSigned(server);
	const before = await judged(server, keys.checkpoint);
	assert.equal(before.status, 0, before.out + before.error);
	const [[position, subject]] = sql(server, `SELECT e.position, e.subject FROM ledger_entry e
		JOIN ledger_content c USING (kind, subject, number)
		WHERE e.kind = 8 AND c.bytes LIKE '%"act":"proved"%' LIMIT 1`);
	sql(server, `UPDATE ledger_content SET bytes = REPLACE(bytes, '"proved"', '"PROVED"')
		WHERE kind = 8 AND subject = ${subject}`);
	const after = await judged(server, keys.checkpoint);
	assert.equal(after.status, 1);
	assert.ok(after.out.split('\n').some((line) => tellsOf(line, Number(position))), after.out);
});

endsCleanly(server);
