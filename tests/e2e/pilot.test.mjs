/*
 * The pilot: two months lived through day by day, each day's telling kept, and in the end held
 * against what came of the tasks that were known on that day.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { dice } from '../recount/histories.mjs';
import { nameOf, dayNamed } from '../recount/calendar.mjs';
import { compare } from './lib/rankings.mjs';
import { local, moveTo, ms } from './lib/clock.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { leadOf, register, rowOf } from './lib/world.mjs';

const SEED = Number(process.env.TEST_SEED ?? 4711);
const CODES = ['CGJ', 'JTJ', 'GSGS'];
const NAME = '贾宝玉', PHONE = '13912345678';
const MEASURES = ['on_time', 'completion'];
const server = await startServer({ clock: local('2026-02-09 09:00') });
const leader = server.as('leader');
const dispatcher = server.as('dispatcher');
const dispatcher2 = await newKey(server, 'dispatcher-2', 'dispatcher');
const reviewer = server.as('reviewer');
const d = dice(SEED);
const tasks = [];
const told = [];		/* [day's pilot of the district or a department] */
const did = {};

const pilotOf = async (month, query = '', client = leader) =>
	(await client.get(`/reports/${month}/pilot${query}`, { expect: 200 })).json;

/* Whether the server took the step; what is not possible is refused and costs nothing. */
async function step(client, task, action, body) {
	const answer = await client.post(`/tasks/${task.id}/${action}`, body,
		{ expect: [200, 403, 404, 409, 422] });
	if (answer.status === 200)
		did[action] = (did[action] ?? 0) + 1;
	return answer.status === 200;
}

/* What takes a task out of the base, or gives it more time. */
async function leave(task, own, now) {
	const until = new Date(now + 6 * 86_400_000).toISOString();
	if (d.chance(0.06) &&
	    await step(own, task, 'return', { reason: 'not_my_duty', basis: '三定方案',
		    propose: 'SZZX' }))
		await step(dispatcher, task, 'return/accept', { redispatch_to: 'SZZX' });
	if (d.chance(0.08) && await step(own, task, 'extend',
		{ days: 5, reason: '配件在途', caller_informed: true }))
		await step(dispatcher2, task, 'extend/approve', {});
	if (d.chance(0.04))
		await step(dispatcher, task, 'pause', { ground: 'disaster', until });
	/* What is on account has left: whatever brings it back makes it one that comes later. */
	if (d.chance(0.02) &&
	    await step(dispatcher, task, 'account', { plan: '列入计划', review_on: '2026-06-01' })) {
		task.is_on_account = true;
		return;
	}
	if (d.chance(0.03) && await step(reviewer, task, 'exclude',
		{ ground: 'G6', evidence: '系统故障证明' }))
		await step(server.as('supervisor'), task, 'exclude/approve', { published: '系统故障' });
	if (d.chance(0.02)) {
		const answer = await server.as('operator').post(`/appeals/${task.appeal}/withdraw`,
			{ reason: '诉求人撤回', confirmed_by: d.pick(['recording', 'none']) });
		did.withdraw = (did.withdraw ?? 0) + (answer.status === 200);
	}
}

/*
 * One turn of a task's department and of the centre. It leaves only while it is neither
 * due nor closed: that is what the pilot allows for.
 */
async function turn(task, now) {
	const own = server.department(task.department);
	const is_early = now < ms(task.due) && !task.is_closed && !task.is_on_account;
	if (d.chance(0.1))
		await step(dispatcher, task, 'resume', {});
	if (d.chance(0.3))
		await step(own, task, 'sign', {});
	if (d.chance(0.3))
		await step(own, task, 'contact', { channel: 'phone', outcome: 'reached' });
	if (d.chance(0.2))
		await step(own, task, 'complete', { result: 'solved', reply: '已办结。' });
	/* In the month's last week hardly anything is reviewed: that comes in April. */
	if (d.chance(now > ms('2026-03-24 00:00') ? 0.03 : 0.25)) {
		const pass = d.chance(0.7);
		if (await step(reviewer, task, 'review', { pass, reason: '材料' }))
			task.is_closed ||= pass;
	}
	if (is_early)
		await leave(task, own, now);
}

async function live(day) {
	const is_last = nameOf(day + 1).endsWith('-01');
	await moveTo(server, `${nameOf(day)} 09:00`);
	for (const code of CODES)
		if (d.chance(0.6)) {
			const appeal = await register(server, rowOf(server, code),
				{ caller: { name: NAME, phone: PHONE } });
			tasks.push(leadOf(appeal));
		}
	await moveTo(server, `${nameOf(day)} 16:00`);
	for (const task of tasks.slice(-60))
		await turn(task, ms(`${nameOf(day)} 16:00`));
	const month = nameOf(day).slice(0, 7);
	told.push({ month, department: null, pilot: await pilotOf(month) });
	if (is_last)
		await moveTo(server, `${nameOf(day)} 23:59:59`);
}

test('February and March are lived through, and the pilot is asked every day', async (t) => {
	t.diagnostic(`seed ${SEED}`);
	for (let day = dayNamed('2026-02-09'); day < dayNamed('2026-04-01'); day++)
		await live(day);
	await moveTo(server, '2026-04-01 09:00');
	t.diagnostic(JSON.stringify(did));
	for (const action of ['sign', 'complete', 'review', 'return/accept', 'extend/approve',
		'pause', 'resume', 'account', 'exclude/approve', 'withdraw'])
		assert.ok(did[action] > 0, `${action}: ${did[action]}`);
	assert.equal(told.length, 51);
});

/* The end's figure of tasks that were there before a moment. */
async function endOf(month, measure, before, department) {
	const query = department ? `&department=${department}` : '';
	const listOf = async (part) => (await leader.all(
		`/reports/${month}/tasks?measure=${measure}&part=${part}${query}`))
		.filter((one) => ms(one.dispatched_at) < before);
	return { num: (await listOf('num')).length, den: (await listOf('den')).length };
}

const lies = (end, outlook) => (end.den === 0 || ((outlook.best.den === 0 ||
	compare(end, outlook.best) <= 0) && (outlook.worst.den === 0 ||
	compare(end, outlook.worst) >= 0)));

async function assertHeld() {
	let narrow = 0;
	for (const { month, pilot } of told)
		for (const measure of MEASURES) {
			for (const one of [{ department: null, ...pilot }, ...pilot.departments]) {
				const code = one === pilot ? null : one.department;
				const end = await endOf(month, measure, ms(pilot.as_of), code);
				const outlook = one[measure];
				assert.ok(lies(end, outlook), `${pilot.as_of} ${code} ${measure}: ` +
					`${JSON.stringify(end)} in ${JSON.stringify(outlook)}`);
				narrow += outlook.worst.rate !== '0.00' || outlook.best.rate !== '100.00';
			}
		}
	return narrow;
}

test('every day has told an interval in which the end of its tasks lies', async (t) => {
	const narrow = await assertHeld();
	t.diagnostic(`${narrow} intervals of ${told.length} days say something`);
	assert.ok(narrow > told.length);
});

test('reviews after the end move figures, and only inside of what was told', async () => {
	const before = (await leader.get('/reports/2026-03', { expect: 200 })).json.total.measures;
	await moveTo(server, '2026-04-03 10:00');
	for (const task of tasks)
		await step(reviewer, task, 'review', { pass: true });
	const after = (await leader.get('/reports/2026-03', { expect: 200 })).json.total.measures;
	assert.notDeepEqual(after.on_time, before.on_time);
	await assertHeld();
});

test('an interval that is too narrow by one case is found', async () => {
	const { month, pilot } = told.at(-1);
	const end = await endOf(month, 'on_time', ms(pilot.as_of));
	const twin = structuredClone(pilot.on_time);
	twin.best = { num: end.num - 1, den: end.den };
	assert.ok(lies(end, pilot.on_time));
	assert.ok(!lies(end, twin));
	assert.ok(!lies(end, { ...pilot.on_time, worst: { num: end.num + 1, den: end.den } }));
});

test('the cases still needed are those between today and the target', () => {
	let asked = 0;
	for (const { pilot } of told)
		for (const { worst, best, needed, within_reach } of MEASURES.map((name) =>
			pilot[name])) {
			const meets = (k) => 100 * (worst.num + k) >= 90 * worst.den;
			if (needed === null)
				assert.ok(!best.meets || best.den < worst.den);
			else if (needed <= within_reach && worst.den)
				assert.ok(meets(needed) && (needed === 0 || !meets(needed - 1)));
			asked += needed > 0;
		}
	assert.ok(asked > 0);
});

test('today\'s rate is the report\'s, and each open task named is due in the month', async () => {
	const pilot = await pilotOf('2026-04');
	const report = (await leader.get('/reports/2026-04', { expect: 200 })).json;
	for (const name of MEASURES)
		assert.deepEqual(pilot[name].today, report.total.measures[name]);
	for (const one of pilot.departments)
		assert.deepEqual(one.on_time.today, report.departments.find((other) =>
			other.department === one.department).measures.on_time);
	const dues = pilot.tasks.map((one) => ms(one.due));
	assert.deepEqual(dues, [...dues].sort((a, b) => a - b));
	assert.ok(dues.length > 0 && dues.every((due) => due < ms('2026-05-01 00:00')));
	assert.equal(pilot.tasks.length, Math.min(50, pilot.on_time.within_reach));
	assert.deepEqual([pilot.period, pilot.target, pilot.department], ['2026-04', 90, null]);
	assert.equal(ms(pilot.until), ms('2026-05-01 00:00'));
});

test('a department is told of its own alone', async () => {
	const own = await pilotOf('2026-04', '', server.department('CGJ'));
	assert.equal(own.department, 'CGJ');
	assert.deepEqual(own.departments.map((one) => one.department), ['CGJ']);
	assert.ok(own.tasks.every((one) => one.department === 'CGJ'));
	const asked = await pilotOf('2026-04', '?department=CGJ');
	assert.deepEqual({ ...asked, as_of: '' }, { ...own, as_of: '' });
	await server.department('CGJ').get('/reports/2026-04/pilot?department=JTJ',
		{ expect: 404 });
	await leader.get('/reports/2026-04/pilot?department=NOPE', { expect: 422 });
});

test('only of the running month can the end be told', async () => {
	for (const month of ['2026-03', '2026-05'])
		assert.equal((await leader.get(`/reports/${month}/pilot`, { expect: 409 })).json.code,
			'month_not_running');
	for (const period of ['2026-Q2', '2026', 'x'])
		await leader.get(`/reports/${period}/pilot`, { expect: 422 });
});

test('no telling shows a caller', () => {
	const text = JSON.stringify(told);
	for (const word of [NAME, PHONE, '路灯不亮'])
		assert.ok(!text.includes(word), word);
});

endsCleanly(server);
