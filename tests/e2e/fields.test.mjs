/*
 * Which fields each reader is shown, against modules/fields.tsv: values that occur nowhere else
 * are planted in every field of an appeal, once with and once without the caller's wish for
 * secrecy, and looked for on every surface: forms, lists, papers, tables, search, webhooks.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import test from 'node:test';
import { readAccess } from './lib/access.mjs';
import { moveTo } from './lib/clock.mjs';
import { fileOf, pagesOf, run } from './lib/files.mjs';
import { newKey } from './lib/keys.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { anAppeal, complete, contact, leadOf, review, sign, visit } from './lib/world.mjs';

const USCC = '91350100M000100Y43';
const server = await startServer({ clock: MONDAY });
const { roles } = readAccess();

function readFields() {
	const text = fs.readFileSync(new URL('../../modules/fields.tsv', import.meta.url), 'utf8');
	const [header, ...lines] = text.split('\n').filter((line) => line && !line.startsWith('#'))
		.map((line) => line.split('\t'));
	assert.deepEqual(header.slice(1), roles, 'the roles are those of access.tsv');
	return Object.fromEntries(lines.map(([field, ...cells]) => [field,
		Object.fromEntries(cells.map((cell, i) => [roles[i], cell.split('/')]))]));
}

const fields = readFields();
const shown = (field, reader, is_secret) => {
	const [whole, unit = whole] = fields[field][reader.role];
	const cell = reader.is_of_unit ? unit : whole;
	return cell === 'yes' || (cell === 'open' && !is_secret);
};

/* ---- what is planted ---- */

/* Characters that no other text of the district has, one set for each of the two. */
const PLANTS = {
	open: { caller_name: ['鸑鷟', '鸑*'], caller_phone: ['15912763498', '159****3498'],
		external_no: 'KOPEN7731', title: '甲題龘', text: '甲文靐', address: '甲址齉路', place: '丙號7719',
		location: [26.0713, 119.3062], enterprise: '甲企灪', advice: '甲擬爩', reply: '甲覆纞' },
	secret: { caller_name: ['麤爨', '麤*'], caller_phone: ['15812763497', '158****3497'],
		external_no: 'KSECR7732', title: '乙題龘', text: '乙文靐', address: '乙址齉路', place: '丁號7720',
		location: [26.0814, 119.3173], enterprise: '乙企灪', advice: '乙擬爩', reply: '乙覆纞' },
};
const traceOf = (kind, field) => {
	const plant = PLANTS[kind][field];
	return field === 'location' ? String(plant[0]) : Array.isArray(plant) ? plant[1] : plant;
};

async function plant(kind) {
	const p = PLANTS[kind], intake = server.as('intake', { channel: 'enterprise' });
	const made = (await intake.register(anAppeal({ category: '160101', area: 'A01' }, {
		channel: 'enterprise', external_no: p.external_no, title: p.title, text: p.text,
		address: p.address + p.place, location: { lat: p.location[0], lon: p.location[1] },
		caller: { name: p.caller_name[0], phone: p.caller_phone[0],
			id_number: '11010519491231002X', address: '庙后巷7号',
			secret: kind === 'secret' },
		accused: { department: 'SCJ', person: '受訴人' },
		enterprise: { uscc: USCC, name: p.enterprise } }), { expect: 201 })).json;
	const sent = (await server.as('dispatcher').post(`/appeals/${made.id}/dispatch`,
		{ department: 'CGJ', assist: [], advice: p.advice }, { expect: 200 })).json;
	const task = leadOf(sent);
	await sign(server, task);
	await contact(server, task);
	await complete(server, task, { reply: p.reply });
	await review(server, task);
	await visit(server, task, 'satisfied');
	const child = (await intake.register(anAppeal({ category: '160101', area: 'A01' },
		{ channel: 'enterprise', caller: { name: p.caller_name[0],
			phone: p.caller_phone[0], secret: kind === 'secret' },
		enterprise: { uscc: USCC, name: p.enterprise } }), { expect: 201 })).json;
	return { id: made.id, task: task.id, child: child.id };
}

await server.as('admin').post('/enterprises', { uscc: USCC, name: '云河甲公司', area: 'A01',
	contact_leader: 'contact1' }, { expect: 201 });
const receiver = await startReceiver();
const hook = (await server.as('admin').post('/webhooks', { department: 'CGJ', format: 'standard',
	url: receiver.url, events: ['*'] }, { expect: 201 })).json;
receiver.secrets.push(hook.secret);
const cases = { open: await plant('open'), secret: await plant('secret') };
/* A report counts what happened before its moment. */
await moveTo(server, '2026-03-03 10:00');

const readers = [];
for (const role of roles)
	readers.push({ name: role, role, client: role === 'intake' ?
		server.as('intake', { channel: 'enterprise' }) : role === 'department' ?
			server.department('CGJ') : server.as(role) });
readers.push({ name: 'unit_supervisor', role: 'supervisor', is_of_unit: true,
	client: await newKey(server, 'supervisor-CGJ', 'supervisor', 'CGJ') });
const kinds = Object.keys(PLANTS);
const searched = ['title', 'text', 'address', 'external_no'];

/* ---- forms ---- */

const valueOf = {
	caller_name: (a) => a.caller.name, caller_phone: (a) => a.caller.phone,
	caller_id_number: (a) => a.caller.id_number, caller_address: (a) => a.caller.address,
	place: (a) => /號/.test(a.address ?? '') ? a.address : null,
	external_no: (a) => a.external_no, title: (a) => a.title, text: (a) => a.text,
	address: (a) => a.address, location: (a) => a.location, accused: (a) => a.accused,
	enterprise: (a) => a.enterprise?.name ?? null, advice: (a) => a.tasks[0].advice,
	reply: (a) => a.tasks[0].reply,
};

/* What an appeal in its own form tells a reader, field by field, against the table. */
function judgeForm(appeal, reader, kind) {
	const wrong = [];
	for (const [field, read] of Object.entries(valueOf)) {
		const is_shown = read(appeal) !== null;
		if (is_shown !== shown(field, reader, kind === 'secret'))
			wrong.push(`${field} of the ${kind} one is ${is_shown ? '' : 'not '}shown to ` +
				reader.name);
	}
	return wrong;
}

test('an appeal in its form and in the list shows each reader what the table says', async () => {
	const wrong = [];
	let forms = 0;
	for (const reader of readers)
		for (const kind of kinds) {
			const answer = await reader.client.get(`/appeals/${cases[kind].id}`);
			const list = await reader.client.get('/appeals?limit=50');
			const listed = list.json.items?.find((one) => one.id === cases[kind].id);
			assert.equal(answer.status === 200, listed !== undefined ||
				(reader.is_of_unit ?? false), `${reader.name} ${answer.status}`);
			for (const appeal of [answer.json, listed])
				if (answer.status === 200 && appeal) {
					forms++;
					wrong.push(...judgeForm(appeal, reader, kind));
				}
		}
	assert.deepEqual(wrong, []);
	assert.ok(forms >= 30, `${forms} forms were judged`);
});

test('the appeal it was joined to is told to whom the table says', async () => {
	let told = 0;
	for (const kind of kinds) {
		await server.as('operator').post(`/appeals/${cases[kind].child}/merge`,
			{ into: cases[kind].id }, { expect: 200 });
		for (const reader of readers) {
			const answer = await reader.client.get(`/appeals/${cases[kind].child}`);
			if (answer.status !== 200)
				continue;
			assert.equal(answer.json.merged_into !== null,
				shown('merged_into', reader, kind === 'secret'), reader.name);
			told += answer.json.merged_into === cases[kind].id;
		}
	}
	assert.ok(told >= 14, `${told} were told`);
});

/* ---- every page ---- */

/* Words of an answer in whatever form it came. */
function wordsOf({ type, bytes, text }) {
	const words = type.startsWith('application/pdf') ? pagesOf(bytes).join('') :
		/spreadsheet/.test(type) ? run('unzip', ['-p', fileOf(bytes, 'xlsx')]) : text;
	return words.replace(/\s/g, '');
}

/* Where a field shall be found if it is shown: the twin that the search can find it. */
const SURFACES = {
	'/api/v1/tasks/{id}': ['title', 'text', 'address', 'advice', 'reply'],
	'/api/v1/tasks': ['title', 'text', 'address', 'advice', 'reply'],
	'/api/v1/tasks/{id}/ticket.pdf': ['title', 'text', 'address', 'enterprise', 'advice',
		'reply'],
	'/api/v1/reports/{period}/tasks': ['title'],
	'/api/v1/reports/{period}/tasks.csv': ['title'],
	'/api/v1/reports/{period}.xlsx': ['title'],
};
const QUERIES = { '/api/v1/reports/{period}/tasks': '?measure=satisfaction&part=den',
	'/api/v1/appeals': '?limit=50', '/api/v1/tasks': '?limit=50' };

test('no page shows a reader a field that the table hides, and each shows what it says', async (t) => {
	const described = (await server.anonymous().get('/api/openapi.json', { expect: 200 })).json;
	const paths = Object.entries(described.paths).filter(([path, item]) => item.get &&
		path.startsWith('/api/v1/') && !/stream|\{(delivery|file)\}/.test(path))
		.map(([path]) => path);
	const wrong = [], found = new Set();
	let pages = 0;
	for (const path of paths)
		for (const kind of path.includes('{id}') ? kinds : ['open'])
			for (const reader of readers) {
				const target = path.replace('{id}', path.includes('/tasks/') ?
					cases[kind].task : cases[kind].id).replace('{uscc}', USCC)
					.replace('{period}', '2026-03').replace('{year}', '2026')
					.replace('{kind}', 'limits').replace('{unit}', 'CGJ')
					.replace('{n}', '1') + (QUERIES[path] ?? '');
				const answer = await reader.client.get(target);
				const words = wordsOf(answer);
				pages++;
				for (const of of kinds)
					for (const field of Object.keys(PLANTS[of])) {
						const is_there = words.includes(traceOf(of, field));
						const is_own_page = of === kind || !path.includes('{id}');
						if (is_there && !shown(field, reader, of === 'secret'))
							wrong.push(`${reader.name} ${path}: ${field} of the ${of} one`);
						if (is_there)
							found.add(`${path} ${field}`);
						if (answer.status === 200 && is_own_page && !is_there &&
						    SURFACES[path]?.includes(field) &&
						    shown(field, reader, of === 'secret') &&
						    reader.role !== 'contact')
							wrong.push(`${reader.name} ${path}: no ${field} of the ${of} one`);
					}
			}
	t.diagnostic(`${pages} answers of ${paths.length} paths`);
	assert.deepEqual(wrong, []);
	for (const [path, names] of Object.entries(SURFACES))
		for (const field of names)
			assert.ok(found.has(`${path} ${field}`), `${field} was found on ${path}`);
});

/* ---- search and webhooks ---- */

test('a search finds by a field only what it shows', async () => {
	const wrong = [];
	let found = 0;
	for (const reader of readers.filter(({ role }) => fields.title[role][0] !== '-'))
		for (const kind of kinds)
			for (const field of searched) {
				const q = encodeURIComponent(traceOf(kind, field));
				const answer = await reader.client.get(`/appeals?q=${q}`);
				if (answer.status !== 200)
					continue;
				const is_found = answer.json.items.some(({ id }) => id === cases[kind].id);
				const may_know = (await reader.client.get(`/appeals/${cases[kind].id}`))
					.status === 200;
				found += is_found;
				if (is_found !== (may_know && shown(field, reader, kind === 'secret')))
					wrong.push(`${reader.name}: ${field} of the ${kind} one`);
			}
	assert.deepEqual(wrong, []);
	assert.ok(found > 30, `${found} were found`);
});

test('a webhook tells its department what the table shows a department', async () => {
	const received = await until(() => receiver.requests.length >= 6 && receiver.requests,
		{ what: 'webhooks' });
	const words = received.map(({ body }) => body).join('\n');
	const department = readers.find(({ role }) => role === 'department');
	for (const kind of kinds) {
		assert.ok(words.includes(traceOf(kind, 'title')));
		for (const field of Object.keys(PLANTS[kind]))
			if (words.includes(traceOf(kind, field)))
				assert.ok(shown(field, department, kind === 'secret'), `${field} ${kind}`);
		for (const field of ['caller_name', 'caller_phone'])
			assert.ok(!words.includes(PLANTS[kind][field][0]), field);
	}
	await receiver.stop();
});

test('the judge of forms catches a field too many and a field too few', () => {
	const observer = readers.find(({ role }) => role === 'observer');
	const form = { caller: { name: '鸑*', phone: '1', id_number: null, address: null }, external_no: null, title: 't', text: 't',
		address: null, location: null, accused: null, enterprise: null,
		tasks: [{ advice: null, reply: 'r' }] };
	assert.deepEqual(judgeForm(form, observer, 'open'), []);
	assert.equal(judgeForm({ ...form, address: 'x' }, observer, 'open').length, 1);
	assert.equal(judgeForm({ ...form, title: null }, observer, 'open').length, 1);
	assert.equal(judgeForm(form, observer, 'secret').length, 5);
});

test('a table of fields that is none ends the build with its line', () => {
	const modules = new URL('../../modules/', import.meta.url);
	const true_text = fs.readFileSync(new URL('fields.tsv', modules), 'utf8');
	const complaint = (text) => {
		const done = spawnSync('awk', ['-v', 'part=table', '-f',
			new URL('fields.awk', modules).pathname], { input: text, encoding: 'utf8' });
		assert.equal(done.stdout === '', done.status !== 0, 'a bad table makes nothing');
		return done.stderr;
	};
	assert.equal(complaint(true_text), '');
	for (const [text, wanted] of [
		[true_text.replace('\nreply\tyes', '\nreply\tmaybe'), /intake: `maybe` is no cell/],
		[true_text.replace('\nreply\t', '\ntitle\t'), /title stands in line \d+ already/],
		[true_text.replace('\nreply\t', '\nReply\t'), /`Reply` is no name of a field/],
		[`${true_text}more\tyes\n`, /2 columns, the first line has 16/]])
		assert.match(complaint(text), wanted);
});

endsCleanly(server);
