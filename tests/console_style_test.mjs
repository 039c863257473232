/*
 * A class is styled by one group of screens only: groups' styles are loaded when they are needed,
 * so that one of them must never change how another group looks.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const source = join(dirname(fileURLToPath(import.meta.url)), '../modules/console/web/src');
const shared = new Set(['styles', 'public']);

/* The classes that rules of this sheet begin with, and what else stands alone as a selector. */
function subjects(text) {
	const plain = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/@import[^;]*;/g, '');
	return [...plain.matchAll(/([^{}]+)\{/g)].flatMap(([, list]) => list.split(','))
		.map((one) => one.trim()).filter((one) => !one.startsWith('@') && !/^(from|to|\d+%)$/.test(one));
}

function stylesOf(group) {
	return readdirSync(join(source, group)).filter((name) => name.endsWith('.css'))
		.map((name) => readFileSync(join(source, group, name), 'utf8')).join('\n');
}

/* Classes of single-class rules, by group; and rules that name no class. */
function judge(groups) {
	const owners = new Map();
	const bare = [];
	for (const [group, text] of Object.entries(groups)) {
		for (const selector of subjects(text)) {
			if (!/[.#]/.test(selector))
				bare.push(`${group}: ${selector}`);
			const alone = /^\.([\w-]+)(?:::?[\w-]+(?:\([^)]*\))?|\[[^\]]*\])*$/.exec(selector)?.[1];
			if (alone)
				owners.set(alone, new Set([...owners.get(alone) ?? [], group]));
		}
	}
	return { bare, twice: [...owners].filter(([, all]) => all.size > 1).map(([name, all]) => `${name}: ${[...all].join(' ')}`) };
}

test('no class is styled by two groups, and no group styles bare elements', () => {
	const groups = Object.fromEntries(readdirSync(source, { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && !shared.has(entry.name))
		.map(({ name }) => [name, stylesOf(name)]).filter(([, text]) => text));
	assert.ok(Object.keys(groups).length > 5);
	assert.deepEqual(judge(groups), { bare: [], twice: [] });
});

test('the check finds a class of two groups and a bare element', () => {
	assert.deepEqual(judge({ a: '.one { x: y } .two .one { x: y }', b: '.one:hover, table { x: y }' }),
		{ bare: ['b: table'], twice: ['one: a b'] });
});
