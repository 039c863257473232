/*
 * Strings that have broken other software, through every text field: taken and given back to the
 * byte, or refused with 422 that names the field. Never an error of the server, never a text
 * mended in silence. TEST_NAUGHTY=all puts every string into every field of every operation; by
 * itself each field of the operations that are not walked through gets a seeded draw.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startServer, endsCleanly, MONDAY } from '../e2e/lib/server.mjs';
import { inParallel, patiently } from '../e2e/lib/until.mjs';
import { OF_PEOPLE } from '../e2e/lib/matrix.mjs';
import { anAppeal, leadOf, newKey, revealed, rowOf } from '../e2e/lib/world.mjs';
import { actorsOf, addressOf, bodiesOf, describedBy } from './lib/described.mjs';
import { strings } from './lib/naughty.mjs';
import { targetsOf } from './lib/targets.mjs';

const server = await startServer({ clock: MONDAY });
const document = await describedBy(server);
const operator = server.as('operator');
const supervisor = server.as('supervisor');
const cgj = server.department('CGJ');
const where = rowOf(server, 'CGJ');
const WIDTH = 8;
const is_all = process.env.TEST_NAUGHTY === 'all';
const seed = Number(process.env.TEST_SEED ?? Date.now() % 100_000);
const DRAW = 40;
const PEOPLE = ['operator', 'dispatcher', 'reviewer', 'visitor', 'leader', 'supervisor', 'auditor',
	'contact', 'system', 'security'];

/* Why a text may be refused: nothing to see, too long, controls, line ends in a line. */
const LINE = { max: 200, forbidden: /[\0-\x1f\x7f-\x9f\u2028\u2029]/ };
const TEXT = { max: 2000, forbidden: /[\0-\x08\x0b-\x1f\x7f-\x9f]/ };
const isRefusable = (text, { max, forbidden }) => text.trim() === '' || [...text].length > max ||
	forbidden.test(text) || /^[\s\u0085\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\u3164\u115f\u00ad\u200d]*$/u
	.test(text);

function assertNames(answer, fields, text) {
	if (text.includes('\0') && answer.status === 400)
		return;		/* U+0000 is no text in JSON here, whichever field it stands in */
	assert.equal(answer.status, 422, `${JSON.stringify(text)}: ${answer.status} ${answer.text}`);
	for (const { pointer } of answer.json.errors)
		assert.ok(fields.includes(pointer), `${JSON.stringify(text)}: ${pointer} is not blamed`);
}

const FIELDS = { '#/title': LINE, '#/text': { ...TEXT, max: 10_000 }, '#/address': LINE,
	'#/caller/name': { ...LINE, max: 50 }, '#/accused/person': { ...LINE, max: 50 } };

function bodyWith(text, fields) {
	const body = { ...anAppeal(where), external_no: newKey(),
		accused: { person: '张三', department: null } };
	for (const pointer of fields) {
		const [, ...way] = pointer.split('/');
		way.slice(0, -1).reduce((node, name) => node[name], body)[way.at(-1)] = text;
	}
	return body;
}

/* What the server shows of an appeal to those who may see it. */
async function readBack(id) {
	const seen = (await supervisor.get(`/appeals/${id}`, { expect: 200 })).json;
	const shown = await revealed(operator, id, ['name', 'accused_person']);
	return { '#/title': seen.title, '#/text': seen.text, '#/address': seen.address,
		'#/caller/name': shown.name, '#/accused/person': shown.accused_person };
}

async function registers(text, fields) {
	const answer = await operator.register(bodyWith(text, fields));
	if (answer.status !== 201)
		return answer;
	const read = await readBack(answer.json.id);
	for (const pointer of fields)
		assert.equal(read[pointer], text, `${pointer} gives back what it took`);
	return answer;
}

test('every string goes through every field of an appeal, or is refused by that field', async () => {
	const refused = [];
	await inParallel(strings, WIDTH, async (text) => {
		const all = Object.keys(FIELDS);
		const together = await registers(text, all);
		if (together.status === 201)
			return;
		assertNames(together, all, text);
		for (const pointer of all) {
			const alone = await registers(text, [pointer]);
			if (alone.status === 201)
				continue;
			assertNames(alone, [pointer], text);
			refused.push([pointer, text]);
		}
	});
	const odd = refused.filter(([pointer, text]) => !isRefusable(text, FIELDS[pointer]));
	assert.deepEqual(odd, [], 'only what is blank, too long or no line is refused');
	assert.ok(refused.filter(([pointer]) => pointer === '#/text').length < 100);
});

/* The steps of a task: [who, action, field, the rest of the body]. */
const STEPS = [[cgj, 'contact', 'note', { channel: 'phone', outcome: 'reached' }],
	[cgj, 'progress', 'text', {}],
	[cgj, 'complete', 'reply', { result: 'solved', attachments: [] }],
	[server.as('reviewer'), 'review', 'reason', { pass: true }],
	[server.as('visitor'), 'visits', 'note', { channel: 'phone', reached: true, contacted: true,
		solved: 'yes', result: 'satisfied', attitude: 'satisfied', truthful: true, reason: null }]];

test('every string goes through the steps of a task and into its history', async () => {
	let kept = 0;
	await inParallel(strings, WIDTH, async (text) => {
		const task = leadOf((await operator.register(anAppeal(where), { expect: 201 })).json);
		const said = [];
		await cgj.post(`/tasks/${task.id}/sign`, {}, { expect: 200 });
		for (const [client, action, field, rest] of STEPS) {
			const answer = await client.post(`/tasks/${task.id}/${action}`, { ...rest, [field]: text });
			if (answer.status === 200) {
				said.push(text);
				continue;
			}
			assertNames(answer, [`#/${field}`], text);
			assert.ok(isRefusable(text, TEXT), `${action} refuses ${JSON.stringify(text)}`);
			await client.post(`/tasks/${task.id}/${action}`, { ...rest, [field]: '好' },
				{ expect: 200 });
		}
		const told = (await supervisor.get(`/appeals/${task.appeal}/events`, { expect: 200 })).json
			.items.flatMap((event) => Object.values(event.data ?? {}));
		assert.equal(told.filter((one) => one === text).length, said.length, JSON.stringify(text));
		kept += said.length;
	});
	assert.ok(kept > strings.length * STEPS.length * 0.8, `${kept} were kept`);
});

/* [way, shape] of every field that may hold text, in objects and first elements of lists. */
function* textsOf(shape, way = []) {
	for (const [name, field] of shape.fields) {
		if (field.types.has('string'))
			yield [...way, name];
		if (field.fields.size)
			yield* textsOf(field, [...way, name]);
		else if (field.element?.fields.size)
			yield* textsOf(field.element, [...way, name, 0]);
		else if (field.element?.types.has('string'))
			yield [...way, name, 0];
	}
}

function put(body, way, text) {
	const made = structuredClone(body);
	let node = made;
	way.slice(0, -1).forEach((name, i) => {
		node[name] = node[name] ?? (typeof way[i + 1] === 'number' ? [] : {});
		node = node[name];
	});
	node[way.at(-1)] = text;
	return made;
}

/* Strings for one field, others for the next. */
function draw(n) {
	if (is_all)
		return strings;
	return Array.from({ length: DRAW }, (_, i) =>
		strings[(seed + n * 101 + i * 127) % strings.length]);
}

const isAnswer = (answer) => answer.status < 500 && answer.status !== 401 &&
	(answer.text === '' || answer.json !== undefined || answer.status < 300);

let people = 0;

/* What is a person's own is tried by a person of its own: who is wrong too often must wait. */
async function whoTries({ name, path, roles }) {
	if (OF_PEOPLE.test(path)) {
		assert.ok(people < PEOPLE.length, `nobody is left to try ${path}`);
		return server.signedIn(PEOPLE[people++]);
	}
	for await (const client of actorsOf(server, roles.slice(0, 1)))
		return client;
	return assert.fail(`nobody may ${name}`);
}

test(`every text field of every operation withstands a draw (TEST_SEED=${seed})`, async () => {
	const targets = await targetsOf(server);
	const wrong = [];
	let sent = 0;
	for (const [i, operation] of bodiesOf(document).entries()) {
		if (/\/session$|test\/clock/.test(operation.path))
			continue;	/* would sign nobody in, or stop the time of the others */
		const client = await whoTries(operation);
		const path = await addressOf(operation.path, client, targets);
		const works = [...textsOf(operation.shape)].flatMap((way, j) =>
			draw(i * 17 + j).map((text) => [way, text]));
		await inParallel(works, WIDTH, async ([way, text]) => {
			const answer = await patiently(() => client.request(operation.method, path,
				{ body: put(operation.example, way, text) }));
			sent += 1;
			if (!isAnswer(answer))
				wrong.push(`${operation.name} ${way.join('/')} ${JSON.stringify(text)}: ` +
					`${answer.status} ${answer.text.slice(0, 200)}`);
		});
	}
	assert.deepEqual(wrong, []);
	assert.ok(sent > 500, `${sent} were sent`);
});

test(`every place in an address withstands a draw (TEST_SEED=${seed})`, async () => {
	const wrong = [];
	for (const [i, path] of Object.keys(document.paths).entries()) {
		if (!path.includes('{') || !document.paths[path].get)
			continue;
		await inParallel(draw(i).filter((text) => !text.includes('\0')), WIDTH, async (text) => {
			const answer = await supervisor.get(path.replaceAll(/\{\w+\}/g,
				encodeURIComponent(text) || '%20'));
			if (![200, 400, 403, 404, 422].includes(answer.status))
				wrong.push(`${path} ${JSON.stringify(text)}: ${answer.status}`);
		});
	}
	assert.deepEqual(wrong, []);
});

test(`every query parameter withstands a draw (TEST_SEED=${seed})`, async () => {
	const wrong = [];
	const lists = Object.entries(document.paths).filter(([path, item]) => item.get &&
		path.startsWith('/api/v1/') && !path.includes('{'));
	const parameter = (one) => one.$ref ?
		document.components.parameters[one.$ref.split('/').at(-1)] : one;
	for (const [i, [path, item]] of lists.entries())
		for (const { name, in: place } of (item.get.parameters ?? []).map(parameter)) {
			if (place !== 'query')
				continue;
			await inParallel(draw(i), WIDTH, async (text) => {
				const answer = await supervisor.get(
					`${path}?${name}=${encodeURIComponent(text)}`);
				if (!(answer.status < 500))
					wrong.push(`${path} ${name} ${JSON.stringify(text)}: ${answer.status}`);
			});
		}
	assert.deepEqual(wrong, []);
});

endsCleanly(server);
