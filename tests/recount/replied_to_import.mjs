/*
 * Turns a file of answered messages into a file for `liandong import`.
 *
 *     node tests/recount/replied_to_import.mjs replied.jsonl > import.jsonl
 *
 * Each input line holds { no, title, text, at, reply, replied_at }. It becomes one appeal of
 * channel `web` with external_no `no` and limit class L5, received, dispatched and signed at
 * `at`, completed with result `explained` and passed at `replied_at`. Its department is the
 * capital letter of the first place of the form A3区 in the title, else in the text, else X.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PLACE = /([A-Z])[0-9]*(?:市|区|县)/;

export function departmentOf({ title, text }) {
	return (PLACE.exec(title) ?? PLACE.exec(text))?.[1] ?? 'X';
}

export function importLine(message) {
	return {
		channel: 'web', external_no: message.no, title: message.title, text: message.text,
		category: null, area: null, content_class: null,
		department: departmentOf(message), limit_class: 'L5', received_at: message.at,
		events: [
			{ at: message.at, type: 'sign' },
			{ at: message.replied_at, type: 'complete', result: 'explained',
				reply: message.reply },
			{ at: message.replied_at, type: 'review_pass' },
		],
	};
}

export function readLines(file) {
	return fs.readFileSync(file, 'utf8').split('\n').filter((line) => line.trim() !== '')
		.map((line) => JSON.parse(line));
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
	for (const message of readLines(process.argv[2] ?? '/dev/stdin'))
		process.stdout.write(JSON.stringify(importLine(message)) + '\n');
}
