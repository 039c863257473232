/*
 * Versioned tables over the interface: what is in force, what a change would do, who may make
 * one, and that two who change at once lose nothing.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import test from 'node:test';
import { BIN, startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { leadOf, register, row, taskNow } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const admin = server.as('admin');
const supervisor = server.as('supervisor');
const department = server.department('CGJ');
const KINDS = ['areas', 'categories', 'catalogue', 'calendar', 'limits', 'grounds', 'checklist',
	'handover', 'quiet-days', 'four-acts', 'retention'];

const newest = async (kind) =>
	(await supervisor.get(`/documents/${kind}`, { expect: 200 })).json;
const shipped = (file) => fs.readFileSync(new URL(`../../config/${file}`, import.meta.url), 'utf8');
const add = (kind, text, changes = {}, expect = 201) =>
	admin.post(`/${kind}`, { source: '测试', text, ...changes }, { expect });
const preview = async (kind, text) =>
	(await admin.post(`/${kind}/preview`, { text }, { expect: 200 })).json;

test('a fresh district has version 1 of every table, as it is shipped', async () => {
	for (const kind of KINDS) {
		const document = await newest(kind);
		assert.equal(document.kind, kind);
		assert.equal(document.version, 1);
		assert.equal(document.source, 'shipped');
		assert.equal(document.versions.length, 1);
		assert.ok(document.recorded_at);
	}
	for (const kind of ['grounds', 'checklist', 'handover', 'limits', 'quiet-days', 'four-acts',
		'retention'])
		assert.equal((await newest(kind)).text, shipped(`${kind}.tsv`));
});

test('departments read the grounds, the checklist, the items and the window of a return', async () => {
	const { json: grounds } = await department.get('/grounds', { expect: 200 });
	assert.equal(grounds.version, 1);
	const of = (list) => grounds.items.filter((one) => one.list === list);
	assert.deepEqual(of('return').map((one) => one.code), ['not_my_duty', 'not_my_area',
		'already_handled', 'insufficient_facts', 'out_of_scope', 'unsafe_secrecy']);
	assert.deepEqual(of('pause').map((one) => one.code),
		['caller_material', 'legal_procedure', 'disaster']);
	assert.deepEqual(of('exclusion').map((one) => one.code),
		['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G7', 'G8']);
	assert.deepEqual(of('return')[0], { list: 'return', code: 'not_my_duty',
		name: '不属于本单位职责', name_en: 'Not the duty of this department', channel: null,
		channel_en: null, needs: ['basis'] });
	assert.match(of('refusal').find((one) => one.code === 'litigation').channel, /12368/);
	const { json: checklist } = await department.get('/checklist', { expect: 200 });
	assert.deepEqual(checklist.items,
		[{ content_class: null, result: null, needs: ['reply', 'contact'] }]);
	const { json: handover } = await department.get('/handover', { expect: 200 });
	assert.equal(handover.items.filter((one) => one.direction === 'to_110').length, 8);
	assert.equal(handover.items.filter((one) => one.direction === 'from_110').length, 11);
	const { json: limits } = await department.get('/limits', { expect: 200 });
	assert.deepEqual(limits.items.map((one) => one.return), limits.items.map((one) =>
		one.limit_class === 'L0' ? { amount: 10, unit: 'minutes' } :
			{ amount: 1, unit: 'working_days' }));
	for (const { json } of [{ json: grounds }, { json: checklist }, { json: handover }])
		assert.equal(json.next_cursor, null);
});

test('a new version is in force at once and the old one stays readable', async () => {
	const before = await newest('checklist');
	const text = before.text + 'report\tsolved\tattachment\n';
	const answer = await add('checklist', text, { source: '联席会议纪要〔2026〕3号' });
	assert.deepEqual(answer.json, { kind: 'checklist', version: 2 });
	assert.equal(answer.headers.location, '/api/v1/documents/checklist?version=2');
	const { json: shown } = await department.get('/checklist', { expect: 200 });
	assert.equal(shown.version, 2);
	assert.deepEqual(shown.items[1],
		{ content_class: 'report', result: 'solved', needs: ['attachment'] });
	const { json: now } = await supervisor.get('/documents/checklist', { expect: 200 });
	assert.equal(now.version, 2);
	assert.equal(now.text, text);
	assert.deepEqual(now.versions.map((one) => [one.version, one.source]),
		[[2, '联席会议纪要〔2026〕3号'], [1, 'shipped']]);
	const { json: old } = await supervisor.get('/documents/checklist?version=1',
		{ expect: 200 });
	assert.equal(old.text, before.text);
	assert.equal(old.version, 1);
	assert.equal(old.versions.length, 2);
});

test('tasks keep the versions they were made with', async () => {
	const first = leadOf(await register(server, row(server, 'L3')));
	const text = shipped('limits.tsv').replace(/^(L3\t.*)5 working_days\t5 working_days/m,
		'$13 working_days\t5 working_days');
	assert.notEqual(text, shipped('limits.tsv'));
	const { json: { version } } = await add('limits', text);
	const second = leadOf(await register(server, row(server, 'L3')));
	const receipt = async (task) =>
		(await supervisor.get(`/tasks/${task.id}/deadline`, { expect: 200 })).json;
	assert.equal((await receipt(first)).limits_version, version - 1);
	assert.equal((await receipt(second)).limits_version, version);
	assert.equal((await taskNow(server, first)).due, first.due);
	assert.ok(second.due < first.due, `${second.due} is before ${first.due}`);
	assert.equal((await receipt(first)).due, first.due);
	const done = (await receipt(first)).limits.find((one) => one.limit === 'done');
	assert.equal(done.derived_due, first.due);
});

test('bad lines are described by number and nothing is stored', async () => {
	const text = shipped('grounds.tsv') + 'return\tbusy\t忙\tBusy\t-\t-\tmoney\n' +
		'retrun\tx\t甲\ta\t-\t-\t-\n';
	const line = text.split('\n').length - 2;
	const answer = await add('grounds', text, {}, 422);
	assert.deepEqual(answer.json.errors.map((one) => [one.pointer, one.code]),
		[['#/text', 'bad_line'], ['#/text', 'bad_line']]);
	assert.match(answer.json.errors[0].detail, new RegExp(`^Line ${line}: "money" is nothing`));
	assert.match(answer.json.errors[1].detail,
		new RegExp(`^Line ${line + 1}: "retrun" is no list`));
	assert.equal((await newest('grounds')).version, 1);
	for (const body of [{ source: 'x' }, { text: '*\t*\t-' }, { source: 'x', text: '  ' },
		{ source: 'x', text: '*\t*\t-', expected_version: 0 },
		{ source: 'x', text: '*\t*\t-', kind: 'grounds' }])
		await admin.post('/checklist', body, { expect: 422 });
});

test('an expected version that is no longer in force is refused and changes nothing', async () => {
	const before = await newest('handover');
	const text = before.text + 'F99\tfrom_110\t其他\tOther\tother\n';
	await add('handover', text, { expected_version: before.version });
	const answer = await add('handover', text + 'F98\tfrom_110\t甲\ta\tother\n',
		{ expected_version: before.version }, 409);
	assert.equal(answer.json.code, 'version_moved');
	const after = await newest('handover');
	assert.equal(after.version, before.version + 1);
	assert.equal(after.text, text);
	assert.equal((await department.get('/handover')).json.items.length, 20);
});

test('a preview names the lines that would change and stores nothing', async () => {
	const before = await newest('catalogue');
	const lines = before.text.split('\n');
	const at = lines.findIndex((line) => line.startsWith('010101\t*\t'));
	const changed = lines[at].replace('\tL1\t', '\tL3\t');
	const gone = lines.find((line) => line.startsWith('010103\t*\t'));
	const text = [...lines.slice(0, at), changed, ...lines.slice(at + 1)]
		.filter((line) => line !== gone).join('\n') + '010101\tA02\tCGJ\tL3\t0\t0\t-\n';
	const seen = await preview('catalogue', text);
	assert.equal(seen.version, before.version);
	assert.deepEqual(seen.problems, []);
	assert.deepEqual(seen.tasks, []);
	assert.ok(seen.note && seen.note_en);
	assert.deepEqual(seen.rows, { added: 1, removed: 1, changed: 1, items: [
		{ change: 'changed', line_before: lines[at], line_after: changed },
		{ change: 'added', line_before: null, line_after: '010101\tA02\tCGJ\tL3\t0\t0\t-' },
		{ change: 'removed', line_before: gone, line_after: null },
	] });
	assert.equal((await newest('catalogue')).version, before.version);
	const { json: shown } = await supervisor.get('/catalogue');
	assert.equal(shown.rows.find((one) => one.category === '010101').limit_class, 'L1');
});

test('every table but the calendar has a preview, and the text in force changes nothing', async () => {
	for (const kind of KINDS.filter((one) => one !== 'calendar')) {
		const { version, text } = await newest(kind);
		const seen = await preview(kind, text);
		assert.equal(seen.version, version, kind);
		assert.deepEqual([seen.problems, seen.rows],
			[[], { added: 0, removed: 0, changed: 0, items: [] }], kind);
	}
});

test('a preview describes bad lines beside what would change', async () => {
	const seen = await preview('checklist', '*\t*\treply\n*\tdone\treply\n');
	assert.equal(seen.problems.length, 1);
	assert.equal(seen.problems[0].line, 2);
	assert.match(seen.problems[0].text, /"done" is neither a result nor \*/);
	assert.equal(seen.rows.added, 1);
});

test('a preview of a whole new table counts all and shows the first 200', async () => {
	const text = Array.from({ length: 300 }, (_, i) =>
		`T${1000 + i}\tto_110\t甲\ta\tother\n`).join('');
	const seen = await preview('handover', text);
	assert.equal(seen.rows.added, 300);
	assert.equal(seen.rows.removed, 20);
	assert.equal(seen.rows.changed, 0);
	assert.equal(seen.rows.items.length, 200);
});

test('versions written at once get a number each and none is lost', async () => {
	const { version, text } = await newest('areas');
	const texts = Array.from({ length: 8 }, (_, i) => text + `Z${i}\t区${i}\tZone ${i}\tq\tCGJ\n`);
	const answers = await Promise.all(texts.map((one) => add('areas', one)));
	const numbers = answers.map((one) => one.json.version);
	assert.deepEqual([...numbers].sort((a, b) => a - b),
		texts.map((_, i) => version + 1 + i));
	for (const [i, number] of numbers.entries())
		assert.equal((await supervisor.get(`/documents/areas?version=${number}`)).json.text,
			texts[i]);
	const raced = await Promise.all(texts.map((one) => add('areas', one,
		{ expected_version: version + 8 }, [201, 409])));
	assert.equal(raced.filter((one) => one.status === 201).length, 1);
	assert.equal((await newest('areas')).version, version + 9);
});

test('only the administrator adds or previews, and texts are for those who answer for them', async () => {
	const others = ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader',
		'auditor'].map((role) => server.as(role)).concat(department);
	for (const client of others)
		for (const kind of KINDS) {
			await client.post(`/${kind}`, { source: 'x', text: 'x' }, { expect: 403 });
			if (kind !== 'calendar')
				await client.post(`/${kind}/preview`, { text: 'x' }, { expect: 403 });
		}
	for (const role of ['admin', 'auditor', 'supervisor', 'leader', 'dispatcher'])
		await server.as(role).get('/documents/limits', { expect: 200 });
	for (const client of [server.as('operator'), department])
		await client.get('/documents/limits', { expect: 403 });
	await server.anonymous().get('/grounds', { expect: 401 });
	await server.as('intake', { channel: '110' }).get('/grounds', { expect: 403 });
});

test('unknown kinds and versions are missing, and a version is a number', async () => {
	await supervisor.get('/documents/wishes', { expect: 404 });
	await supervisor.get('/documents/limits?version=99', { expect: 404 });
	await supervisor.get('/documents/limits?version=0', { expect: 404 });
	const answer = await supervisor.get('/documents/limits?version=new', { expect: 422 });
	assert.equal(answer.json.errors[0].pointer, '#/query/version');
});

test('the command line adds a version of each table or names the bad line', async () => {
	const before = await newest('grounds');
	const file = `${server.dir}/grounds.tsv`;
	const run = (kind) => spawnSync(BIN, [kind, 'import', file, '--dir', server.dir],
		{ encoding: 'utf8' });
	fs.writeFileSync(file, before.text.replace('不可抗力期间', '不可抗力'));
	const good = run('grounds');
	assert.equal(good.stdout, `version ${before.version + 1}\n`, good.stderr);
	assert.equal(good.status, 0);
	const after = await newest('grounds');
	assert.equal(after.version, before.version + 1);
	assert.equal(after.source, file);
	for (const kind of ['checklist', 'handover']) {
		const bad = run(kind);
		assert.equal(bad.status, 1);
		assert.match(bad.stderr, /grounds\.tsv:\d+: /);
	}
});

endsCleanly(server);
