/*
 * A district's past months for the screens that look back: seeded histories of the months
 * before the running one and of its days until now, imported into the running demo, and the older
 * months frozen by the leader. One department misses the target three months in a row, one falls
 * in the last month over one class of appeals, one never has ten cases, and one case of the last
 * month waits for its review, so that a late decision moves a figure.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { access, request } from './harness.mjs';

const day = 86_400_000;
const zone = 8 * 3_600_000;
const categories = ['040103', '0203', '020101', '0401', '060402'];

/* Code, cases a month, and how many of a hundred are late or stay open: in the last month, the one
 * before it, and so on; the last of these for all that are older. */
const units = [
	['CGJ', 16, [9, 7, 8]], ['CGZF', 14, [14, 7]], ['SCJ', 12, [0, 8]], ['ZJJ', 14, [40, 7]], ['BHJD', 12, [26, 24, 22]],
	['CQJD', 11, [9, 9]], ['XFDD', 5, [20]], ['GSGS', 12, [8, 0]], ['RSJ', 11, [0, 9, 0]],
];

/** Whose first case of the last month waits for its review. */
export const waiting = 'GSGS';
/** Whose base is always small; who falls, and over which class of appeals. */
export const small = 'XFDD';
export const falling = { department: 'ZJJ', category: '0401' };

/** Of a month as 2026-10, moved by so many. */
export function monthShifted(month, by) {
	const [year, number] = month.split('-').map(Number);
	return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

export const keyOf = name => access.keys.find(key => key.name === name).key;

/* The demo's own time, which a test clock holds still. */
const now = Date.parse((await request('GET', '/api/v1/me', keyOf('leader'))).now ?? new Date().toISOString());

export const running = new Date(now + zone).toISOString().slice(0, 7);
export const last = monthShifted(running, -1);

function random(seed) {
	let state = seed;
	return most => {
		state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
		return Math.floor((state / 0x7fffffff) * most);
	};
}

function historiesOf(month, before, draw) {
	const [year, number] = month.split('-').map(Number);
	const begins = Date.UTC(year, number - 1, 1) - zone;
	const lines = [];
	const iso = at => new Date(at).toISOString();
	for (const [department, cases, late] of units) {
		const share = late[Math.min(Math.max(before, 0), late.length - 1)];
		for (let n = 0; n < cases; n++) {
			const bad = n < Math.round(cases * share / 100);
			const at = begins + draw(18) * day + 9 * 3_600_000 + draw(400) * 60_000;
			const events = [[at + 3_600_000, { type: 'sign' }],
				[at + 7_200_000, { type: 'contact', channel: 'phone', outcome: 'reached' }]];
			const waits = department === waiting && before === 0 && n === 0;
			const closed = at + (waits ? 1 : bad ? 20 + draw(10) : 1 + draw(3)) * day;
			if (!bad || waits || draw(8) > 0) {
				events.push([closed, { type: 'complete', result: 'solved', reply: '已处理。' }]);
				if (!waits)
					events.push([closed + 3_600_000, { type: 'review_pass' }]);
				if (!waits && draw(10) < 8) {
					const happy = draw(100) >= (bad ? 45 : 7);
					events.push([closed + day, { type: 'visit', channel: 'phone', reached: true, contacted: true,
						solved: happy ? 'yes' : 'no', attitude: 'satisfied',
						result: happy ? 'satisfied' : 'dissatisfied', ...happy ? {} : { reason: 'result' } }]);
				}
			}
			const told = events.filter(([when]) => when < now - 60_000).map(([when, event]) => ({ at: iso(when), ...event }));
			/* the one who falls does so over heating alone */
			const category = bad && department === falling.department && before === 0 ? falling.category
				: categories[draw(5)];
			if (at < now - 60_000)
				lines.push({ channel: ['110', '12345', '12345', 'web', 'enterprise'][draw(5)],
					external_no: `PM-${month}-${department}-${n}`, content_class: 'help', category,
					area: 'A01', title: `${department} 第 ${n + 1} 件`, text: '过去月份的诉求。', department,
					limit_class: 'L3', received_at: iso(at), events: told });
		}
	}
	return lines;
}

/** Imports the histories of so many months before the running one, and gives those months. */
export function importPast(months = 6) {
	const draw = random(20261127);
	const lines = Array.from({ length: months + 1 }, (_, i) => months - i).flatMap(back =>
		historiesOf(monthShifted(running, -back), back - 1, draw));
	const file = path.join(os.tmpdir(), `past-months-${process.pid}.jsonl`);
	writeFileSync(file, lines.map(line => `${JSON.stringify(line)}\n`).join(''));
	const bin = path.resolve(process.env.LIANDONG_BIN ?? 'build/liandong');
	const run = spawnSync(bin, ['import', file, '--dir', path.dirname(path.dirname(access.ca_file))],
		{ encoding: 'utf8', env: { PATH: process.env.PATH } });
	rmSync(file);
	assert.equal(run.status, 0, run.stderr);
	assert.match(run.stdout, new RegExp(`imported ${lines.length}, known 0, bad 0`));
	return Array.from({ length: months }, (_, i) => monthShifted(running, i - months));
}

export async function freezeMonths(months) {
	for (const month of months)
		await request('POST', `/api/v1/reports/${month}/freeze`, keyOf('leader'), {});
}
