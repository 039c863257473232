/*
 * A district's past months for the screens that look back: seeded histories of the twelve months
 * before the running one and of its days until now, imported into the running demo, and the older
 * months frozen by the leader. One department misses the target three months in a row, one falls
 * in the last month over one class of appeals, one never has ten cases.
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

/* Code, cases a month, share of every hundred that is late or open, by months before the last. */
export const units = [
	['CGJ', 34, [9, 7, 8]], ['CGZF', 26, [11, 6, 9]], ['GAJ', 28, [2, 3, 4]], ['SCJ', 22, [5, 4, 4]],
	['SHJ', 18, [7, 6, 8]], ['RSJ', 20, [3, 4, 3]], ['JTJ', 19, [9, 8, 7]], ['ZJJ', 24, [40, 4, 5]],
	['WJW', 16, [4, 5, 6]], ['BHJD', 22, [26, 24, 22, 4]], ['CQJD', 16, [6, 5, 8]], ['XFDD', 5, [15, 15, 15]],
	['GSGS', 14, [5, 6, 5]], ['RLGS', 15, [12, 9, 8]],
];

/** Of a month as 2026-10, moved by so many. */
export function monthShifted(month, by) {
	const [year, number] = month.split('-').map(Number);
	return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

export const running = new Date(Date.now() + zone).toISOString().slice(0, 7);
export const last = monthShifted(running, -1);

function random(seed) {
	let state = seed;
	return most => {
		state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
		return Math.floor((state / 0x7fffffff) * most);
	};
}

function historiesOf(month, before, draw, now) {
	const [year, number] = month.split('-').map(Number);
	const begins = Date.UTC(year, number - 1, 1) - zone;
	const lines = [];
	const iso = at => new Date(at).toISOString();
	for (const [department, cases, late] of units) {
		const share = late[Math.min(Math.max(before, 0), late.length - 1)];
		for (let n = 0; n < cases; n++) {
			const bad = draw(100) < share;
			const at = begins + draw(18) * day + 9 * 3_600_000 + draw(400) * 60_000;
			const events = [[at + 3_600_000, { type: 'sign' }],
				[at + 7_200_000, { type: 'contact', channel: 'phone', outcome: 'reached' }]];
			const closed = at + (bad ? 11 + draw(15) : 1 + draw(3)) * day;
			if (!bad || draw(8) > 0) {
				events.push([closed, { type: 'complete', result: 'solved', reply: '已处理。' }],
					[closed + 3_600_000, { type: 'review_pass' }]);
				if (draw(10) < 8) {
					const happy = draw(100) >= (bad ? 45 : 7);
					events.push([closed + day, { type: 'visit', channel: 'phone', reached: true, contacted: true,
						solved: happy ? 'yes' : 'no', attitude: 'satisfied',
						result: happy ? 'satisfied' : 'dissatisfied', ...happy ? {} : { reason: 'result' } }]);
				}
			}
			const told = events.filter(([when]) => when < now - 60_000).map(([when, event]) => ({ at: iso(when), ...event }));
			/* the one who falls does so over heating alone */
			const category = bad && department === 'ZJJ' && before === 0 ? '0401' : categories[draw(5)];
			if (at < now - 60_000)
				lines.push({ channel: ['110', '12345', '12345', 'web', 'enterprise'][draw(5)],
					external_no: `PM-${month}-${department}-${n}`, content_class: 'help', category,
					area: 'A01', title: `${department} 第 ${n + 1} 件`, text: '过去月份的诉求。', department,
					limit_class: 'L3', received_at: iso(at), events: told });
		}
	}
	return lines;
}

/** Imports the histories; months: how many of them lie before the running one. */
export function importPast(months = 12) {
	const draw = random(20261127);
	const now = Date.now();
	const lines = Array.from({ length: months + 1 }, (_, i) => months - i).flatMap(back =>
		historiesOf(monthShifted(running, -back), back - 1, draw, now));
	const file = path.join(os.tmpdir(), `past-months-${process.pid}.jsonl`);
	writeFileSync(file, lines.map(line => `${JSON.stringify(line)}\n`).join(''));
	const bin = path.resolve(process.env.LIANDONG_BIN ?? 'build/liandong');
	const run = spawnSync(bin, ['import', file, '--dir', path.dirname(path.dirname(access.ca_file))],
		{ encoding: 'utf8', env: { PATH: process.env.PATH } });
	rmSync(file);
	return { run, count: lines.length };
}

export const keyOf = name => access.keys.find(key => key.name === name).key;

export async function freezeMonths(months) {
	for (const month of months)
		await request('POST', `/api/v1/reports/${month}/freeze`, keyOf('leader'), {});
}
