/*
 * The bill of materials against the published schema of CycloneDX 1.6, and against what the loader
 * and the bundle say: nothing that is in the programs is missing from it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const SCHEMAS = path.join(ROOT, 'tests/node_modules/@cyclonedx/cyclonedx-library/res/schema');
const PROGRAMS = ['liandong', 'liandong-signer', 'liandong-verify', 'liandong-pdf']
	.map((name) => path.join(ROOT, 'build', name));

function make(epoch = '1767225600', programs = PROGRAMS) {
	const done = spawnSync('node', [path.join(ROOT, 'config/sbom.mjs'), ...programs],
		{ encoding: 'utf8', env: { ...process.env, SOURCE_DATE_EPOCH: epoch } });
	assert.equal(done.status, 0, done.stderr);
	return done.stdout;
}

function schema(name) {
	return JSON.parse(fs.readFileSync(path.join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), 'utf8'));
}

function judge() {
	const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
	addFormats(ajv);
	for (const format of ['iri-reference', 'idn-email'])
		ajv.addFormat(format, true);
	ajv.addSchema(schema('spdx'), 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json');
	ajv.addSchema(schema('jsf-0.82'), 'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json');
	return ajv.compile(schema('bom-1.6'));
}

const text = make();
const bill = JSON.parse(text);
const libraries = bill.components.filter((one) => one.type === 'library');
const named = (name) => libraries.find((one) => one.name === name);

test('it is CycloneDX 1.6 by the published schema, and a broken one is not', () => {
	const is_valid = judge();
	assert.ok(is_valid(bill), JSON.stringify(is_valid.errors?.slice(0, 5)));
	for (const breakIt of [(one) => delete one.bomFormat, (one) => delete one.components[0].name,
		(one) => { one.serialNumber = 'urn:uuid:1'; }, (one) => { one.components[0].kind = 1; },
		(one) => { one.components[0].type = 'thing'; },
		(one) => { one.components.find((part) => part.name === 'preact').licenses[0].license.id =
			'No-Such-Licence'; }]) {
		const broken = structuredClone(bill);
		breakIt(broken);
		assert.ok(!is_valid(broken), String(breakIt));
	}
});

test('every library has a version and a package URL of its kind, and each stands once', () => {
	assert.ok(libraries.length > 40);
	for (const one of libraries) {
		assert.match(one.purl, /^pkg:(deb\/debian\/[a-z0-9.+%-]+@[^?]+\?arch=\w+&distro=debian-12|npm\/(%40[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+)$/);
		assert.ok(one.purl.includes(`@${encodeURIComponent(one.version)}`));
	}
	const refs = bill.components.map((one) => one['bom-ref']);
	assert.equal(new Set(refs).size, refs.length);
	for (const { ref, dependsOn } of bill.dependencies)
		for (const one of [...dependsOn, ref].filter((each) => each !== 'product:liandong'))
			assert.ok(refs.includes(one), one);
});

test('it names every library that the loader maps, at the version that is installed', () => {
	const files = new Set(PROGRAMS.flatMap((program) => [...spawnSync('ldd', [program],
		{ encoding: 'utf8' }).stdout.matchAll(/=> (\/\S+)/g)].map(([, file]) =>
		fs.realpathSync(file))));
	assert.ok(files.size > 40);
	const owners = spawnSync('dpkg', ['-S', ...[...files].flatMap((file) =>
		[file, file.replace(/^\/usr/, '')])], { encoding: 'utf8' }).stdout.trim().split('\n');
	assert.ok(owners.length >= files.size);
	for (const line of owners)
		assert.ok(named(line.split(':')[0]), line);
	for (const name of ['libc6', 'libssl3', 'libcurl4', 'libmariadb3', 'libevent-2.1-7',
		'libjansson4', 'libsodium23', 'libcairo2', 'libqrencode4'])
		assert.equal(named(name)?.version, spawnSync('dpkg-query', ['-W', '-f=${Version}', name],
			{ encoding: 'utf8' }).stdout, name);
});

test('it names what the console bundles, with licences, and none of its tools', () => {
	for (const name of ['preact', '@preact/signals', '@preact/signals-core'])
		assert.equal(named(name)?.licenses[0].license.id, 'MIT', name);
	for (const name of ['esbuild', 'typescript'])
		assert.equal(named(name), undefined);
	const asked = bill.dependencies.find((one) => one.ref === 'program:liandong').dependsOn;
	assert.ok(asked.includes(named('preact').purl));
});

test('licences are known of most libraries', () => {
	const known = libraries.filter((one) => one.licenses?.length);
	assert.ok(known.length > libraries.length * 0.6, `${known.length} of ${libraries.length}`);
});

test('the same programs give the same bill', () => {
	assert.equal(make(), text);
	assert.notEqual(make('1767225601'), text);
	assert.equal(bill.metadata.timestamp, '2026-01-01T00:00:00Z');
});
