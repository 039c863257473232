/*
 * The bill of materials: node config/sbom.mjs PROGRAM...
 *
 * Prints what the programs consist of as CycloneDX 1.6 JSON (ECMA-424): themselves, the Debian
 * packages of every library that the loader maps into them, and the npm packages whose code the
 * console holds, each with version, licence and package URL. The same programs on the same
 * machine give the same bytes; SOURCE_DATE_EPOCH sets the time.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const CONSOLE = path.join(ROOT, 'modules/console/web');

function run(program, ...args) {
	return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26,
		env: { ...process.env, LC_ALL: 'C' } });
}

function sha256(bytes) {
	return createHash('sha256').update(bytes).digest('hex');
}

/* ---- Debian ---- */

function librariesOf(program) {
	return run('ldd', program).split('\n').map((line) => /(\/\S+) \(0x/.exec(line)?.[1])
		.filter((file) => file).map((file) => fs.realpathSync(file));
}

/* Debian 12 has merged /lib into /usr/lib, but some packages still name the old place. */
function packagesOf(files) {
	const names = files.flatMap((file) => [file, file.replace(/^\/usr/, '')]);
	const found = spawnSync('dpkg', ['-S', ...names], { encoding: 'utf8',
		env: { ...process.env, LC_ALL: 'C' } }).stdout;
	const owners = new Map(found.split('\n').map((line) => line.split(': '))
		.map(([owner, file]) => [file?.replace(/^\/lib/, '/usr/lib'), owner]));
	for (const file of files)
		if (!owners.has(file))
			throw new Error(`${file} belongs to no Debian package`);
	return new Map(files.map((file) => [file, owners.get(file)]));
}

/* Short names of a machine-readable copyright file; none where it is prose. */
function licencesOf(name) {
	const file = `/usr/share/doc/${name}/copyright`;
	if (!fs.existsSync(file))
		return [];
	const text = fs.readFileSync(file, 'utf8');
	if (!/^Format: /m.test(text))
		return [];
	return [...new Set([...text.matchAll(/^License: *(\S[^\n]*)/gm)].map((match) => match[1].trim()))];
}

function debianComponents(names) {
	return run('dpkg-query', '-W', '-f=${Package}\t${Version}\t${Architecture}\t${Maintainer}\n',
		...names).trim().split('\n').map((line) => {
		const [name, version, machine, maintainer] = line.split('\t');
		const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}` +
			`?arch=${machine}&distro=debian-12`;
		const licences = licencesOf(name);
		return { type: 'library', 'bom-ref': purl, name, version, purl,
			supplier: { name: maintainer.replace(/ *<.*/, '') }, ...(licences.length ?
				{ licenses: licences.map((one) => ({ license: { name: one } })) } : {}) };
	});
}

/* ---- npm ---- */

/* What is bundled: the dependencies of the console and theirs, not its tools. */
function bundledPackages() {
	const lock = JSON.parse(fs.readFileSync(path.join(CONSOLE, 'package-lock.json'), 'utf8'));
	return Object.entries(lock.packages).filter(([at, one]) => at && !one.dev && !one.optional)
		.map(([at, one]) => ({ name: at.replace(/^.*node_modules\//, ''), ...one }));
}

function npmComponent(one) {
	const purl = `pkg:npm/${one.name.replace(/^@/, '%40')}@${one.version}`;
	const hash = /^sha512-(.+)$/.exec(one.integrity ?? '');
	return { type: 'library', 'bom-ref': purl, name: one.name, version: one.version, purl,
		...(one.license ? { licenses: [{ license: { id: one.license } }] } : {}),
		...(hash ? { hashes: [{ alg: 'SHA-512',
			content: Buffer.from(hash[1], 'base64').toString('hex') }] } : {}) };
}

/* ---- the bill ---- */

function programComponent(file) {
	const name = path.basename(file), bytes = fs.readFileSync(file);
	return { type: 'application', 'bom-ref': `program:${name}`, name, version: versionOf(),
		hashes: [{ alg: 'SHA-256', content: sha256(bytes) }] };
}

let version;
function versionOf() {
	try {
		version ??= run('git', '-C', ROOT, 'rev-parse', '--short=12', 'HEAD').trim();
	} catch {
		version = 'unknown';
	}
	return version;
}

function madeAt() {
	const epoch = process.env.SOURCE_DATE_EPOCH;
	return new Date(epoch ? Number(epoch) * 1000 : Date.now()).toISOString().replace(/\.\d+Z$/, 'Z');
}

const byRef = (a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1);

function billOf(programs) {
	const files = new Map(programs.map((one) => [path.basename(one), librariesOf(one)]));
	const owners = packagesOf([...new Set([...files.values()].flat())]);
	const libraries = debianComponents([...new Set(owners.values())]);
	const refs = new Map(libraries.map((one) => [one.name, one['bom-ref']]));
	const uses = new Map([...files].map(([name, own]) =>
		[name, own.map((file) => refs.get(owners.get(file).split(':')[0]))]));
	const bundled = bundledPackages().map(npmComponent);
	uses.get('liandong')?.push(...bundled.map((one) => one['bom-ref']));
	const parts = programs.map(programComponent);
	const components = [...parts, ...libraries, ...bundled].sort(byRef);
	const bill = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1,
		metadata: { timestamp: madeAt(),
			tools: { components: [{ type: 'application', name: 'config/sbom.mjs' }] },
			component: { type: 'application', 'bom-ref': 'product:liandong', name: 'liandong',
				version: versionOf() } },
		components,
		dependencies: [
			{ ref: 'product:liandong', dependsOn: parts.map((one) => one['bom-ref']).sort() },
			...parts.map((one) => ({ ref: one['bom-ref'],
				dependsOn: [...new Set(uses.get(one.name))].sort() })).sort(
				(a, b) => (a.ref < b.ref ? -1 : 1)),
		] };
	const digest = sha256(JSON.stringify(bill));
	const serial = [digest.slice(0, 8), digest.slice(8, 12), `5${digest.slice(13, 16)}`,
		`8${digest.slice(17, 20)}`, digest.slice(20, 32)].join('-');
	return { bomFormat: bill.bomFormat, specVersion: bill.specVersion,
		serialNumber: `urn:uuid:${serial}`, ...bill };
}

const programs = process.argv.slice(2);
if (programs.length === 0) {
	process.stderr.write('usage: node config/sbom.mjs PROGRAM...\n');
	process.exit(2);
}
process.stdout.write(JSON.stringify(billOf(programs), null, '\t') + '\n');
