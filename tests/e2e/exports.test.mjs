/*
 * Reports and tasks as files: what they say is what the interface says, their form is read by
 * programs of others, and whatever happens to the one that prints, the server goes on.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import ExcelJS from 'exceljs';
import JSZip from 'jszip';
import { removePrinter, replacePrinter, restorePrinter } from './lib/own_bin.mjs';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { codesOf, fileOf, pagesOf, run, tableOf } from './lib/files.mjs';
import { until } from './lib/until.mjs';
import { close, leadOf, register, rowOf, visit } from './lib/world.mjs';

const { startServer, endsCleanly, MONDAY } = await import('./lib/server.mjs');
const server = await startServer({ clock: MONDAY, env: { LIANDONG_PRINT_SECONDS: '20' } });
const leader = server.as('leader');
const CSV = 'text/csv; charset=utf-8; header=present';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const FORMULA = '=HYPERLINK("http://203.0.113.1/","点击")';
const BROKEN = '第一行\r\n第二行,"引号"';
const LONG = '云河区综合行政执法与应急管理协调联动指挥调度服务保障中心（含各街道派驻机构）';
const get = (path, client = leader, expect = 200) => client.get(path, { expect });
const bytesOf = async (path, client = leader) => (await get(path, client)).bytes;
const tasks = {};

/* Figures of a report as (kind, department, measure) -> text of a line of the table. */
function figuresOf(report) {
	const figures = new Map();
	const add = (kind, department, name, measures) => {
		for (const [measure, value] of Object.entries(measures)) {
			const is_count = typeof value === 'number';
			figures.set([kind, department, measure].join(' '), is_count ?
				{ num: String(value), den: '0', rate: '', meets: '', name } :
				{ num: String(value.num), den: String(value.den), rate: value.rate ?? '',
					meets: value.meets === null ? '' : value.meets ? '1' : '0', name });
		}
	};
	add('total', '', '', report.total.measures);
	for (const one of report.departments)
		add('own', one.department, one.name, one.measures);
	for (const one of report.roll_up)
		add('roll_up', one.department, one.name, one.measures);
	return figures;
}

const namesOf = (sheet) => sheet.getRow(1).values.slice(1);
const workbook = async (bytes) => {
	const book = new ExcelJS.Workbook();
	await book.xlsx.load(bytes);
	return book;
};

async function assertSame(path, client = leader) {
	const report = (await get(path, client)).json;
	const expected = figuresOf(report);
	const [base, query = ''] = path.split('?');
	const rows = tableOf(await bytesOf(`${base}.csv?${query}`, client));
	assert.equal(rows.length, expected.size);
	for (const { scope, kind, department, measure, ...rest } of rows) {
		assert.equal(scope, report.scope);
		/* What is a formula is defused in the table alone. */
		rest.name = rest.name.replace(/^'=/, '=');
		assert.deepEqual(rest, expected.get([kind, department, measure].join(' ')),
			`${kind} ${department} ${measure}`);
	}
}

test('a month is played: one closed and satisfied, one not, one open, one in a formula', async () => {
	const place = rowOf(server, 'CGJ');
	for (const [name, title] of [['good', '路灯不亮'], ['bad', BROKEN.replaceAll(/\r\n/g, ' ')],
		['open', FORMULA], ['secret', '-2+3 楼道堆物']])
		tasks[name] = leadOf(await register(server, place, { title, channel: '110',
			...(name === 'secret' ? { caller: { name: '赵六', phone: '13911112222',
				secret: true } } : {}) }));
	sql(server, `UPDATE intake_appeal SET title = '第一行\\r\\n第二行,"引号"' WHERE title LIKE '第一行%'`);
	tasks.far = leadOf(await register(server, rowOf(server, 'GSGS'),
		{ title: '楼栋停水', channel: '12345' }));
	sql(server, `UPDATE reference_department SET name = '=1+cmd' WHERE code = 'CGJ';
		UPDATE reference_department SET name = '${LONG}' WHERE code = 'GSGS'`);
	await moveTo(server, '2026-03-03 09:00');
	await close(server, tasks.good);
	await visit(server, tasks.good, 'satisfied');
	await close(server, tasks.bad);
	await visit(server, tasks.bad, 'dissatisfied', { reason: 'policy', solved: 'no' });
	await moveTo(server, '2026-03-20 09:00');
});

test('the table has the figures of the report, for each scope and for a department', async () => {
	for (const scope of ['all', '110', '12345', 'enterprise'])
		await assertSame(`/reports/2026-03?scope=${scope}`);
});

test('a department gets its own rows and the totals, in every format', async () => {
	const own = server.department('CGJ');
	const other = server.department('JTJ');
	const rows = tableOf(await bytesOf('/reports/2026-03.csv', own));
	assert.deepEqual([...new Set(rows.map((row) => row.department))].sort(), ['', 'CGJ']);
	const strange = tableOf(await bytesOf('/reports/2026-03.csv', other));
	assert.deepEqual([...new Set(strange.map((row) => row.department))], ['']);
	assert.equal(tableOf(await bytesOf('/reports/2026-03/tasks.csv', own)).length, 4);
	assert.equal(tableOf(await bytesOf('/reports/2026-03/tasks.csv', other)).length, 0);
	await get('/reports/2026-03/tasks.csv?department=CGJ', other, 404);
	const book = await workbook(await bytesOf('/reports/2026-03.xlsx', other));
	assert.equal(book.getWorksheet('办件').rowCount, 1);
	const text = pagesOf(await bytesOf('/reports/2026-03.pdf', other)).join('');
	assert.ok(!text.includes('CGJ') && text.includes('合计'));
});

test('answers say what they are and what they are called', async () => {
	for (const [path, type, name] of [['/reports/2026-03.csv', CSV, 'report-2026-03-all.csv'],
		['/reports/2026-Q1.xlsx?scope=110', XLSX, 'report-2026-Q1-110.xlsx'],
		['/reports/2026-W10.pdf', 'application/pdf', 'report-2026-W10-all.pdf'],
		['/reports/2026/tasks.csv', CSV, 'tasks-2026-all-A#.csv'],
		[`/tasks/${tasks.good.id}/ticket.pdf`, 'application/pdf',
			`ticket-${tasks.good.id}.pdf`]]) {
		const answer = await get(path);
		assert.equal(answer.headers['content-type'], type);
		const act = answer.headers['x-export-act'];
		assert.equal(answer.headers['content-disposition'],
			`attachment; filename="${name.replace('#', act)}"`);
		assert.equal(Number(answer.headers['content-length']), answer.bytes.length);
		assert.equal(answer.headers['transfer-encoding'], undefined);
		assert.equal(answer.headers['cache-control'], 'no-store');
		const head = await leader.request('HEAD', path, { expect: 200 });
		assert.equal(head.bytes.length, 0);
		assert.equal(head.headers['content-type'], type);
	}
});

test('every case stands in the table with its facts and why it counts', async () => {
	const bytes = await bytesOf('/reports/2026-03/tasks.csv');
	const rows = new Map(tableOf(bytes).map((row) => [row.task, row]));
	const row = (name) => rows.get(tasks[name].id);
	assert.equal(rows.size, 5);
	assert.equal(row('far').name, LONG);
	const good = (await server.as('supervisor').get(`/tasks/${tasks.good.id}`)).json;
	for (const fact of ['appeal', 'department', 'state', 'limit_class', 'dispatched_at',
		'signed_at', 'due', 'original_due', 'closed_at'])
		assert.equal(row('good')[fact], good[fact], fact);
	assert.equal(row('good').why_completion, 'N1');
	assert.equal(row('good').why_satisfaction, 'S');
	assert.equal(row('bad').why_satisfaction, 'E');
	assert.deepEqual([row('open').why_completion, row('open').closed_at, row('open').visits],
		['N3', '', '0']);
	assert.equal(row('bad').title, BROKEN);
	assert.equal(row('open').title, `'${FORMULA}`);
	assert.equal(row('secret').title, "'-2+3 楼道堆物");
	assert.equal(row('good').name, "'=1+cmd");
	/* As many as the numbers say, which open into lists of the same cases. */
	for (const [measure, why] of [['on_time', 'why_completion'], ['satisfaction', 'why_satisfaction']]) {
		const listed = await leader.all(`/reports/2026-03/tasks?measure=${measure}&part=den`);
		assert.ok(listed.length > 0);
		for (const one of listed)
			assert.equal(rows.get(one.task)[why], one.why);
	}
	/* A program that knows nothing of quotes finds no more lines than there are. */
	const file = fileOf(bytes, 'csv');
	assert.equal(run('awk', ['BEGIN { RS = "\\r\\n" } END { print NR }', file]).trim(), '8');
	assert.equal(run('awk', ['-F,', 'NR == 1 { print NF }', file]).trim(), '33');
});

test('a workbook has the figures, the cases, and charts with the target as a line', async () => {
	const bytes = await bytesOf('/reports/2026-03.xlsx');
	const book = await workbook(bytes);
	assert.deepEqual(book.worksheets.map((sheet) => sheet.name), ['说明', '数字', '办件',
		'来源']);
	const figures = book.getWorksheet('数字');
	assert.deepEqual(namesOf(figures).slice(4, 7), ['分子', '分母', '比率']);
	const expected = figuresOf((await get('/reports/2026-03')).json);
	const kinds = { 合计: 'total', 本单位: 'own', 含下级: 'roll_up' };
	let n = 0;
	figures.eachRow((row, i) => {
		if (i === 1)
			return;
		const [, , kind, code, , num, den, rate, , , measure] = row.values;
		const one = expected.get([kinds[kind], code ?? '', measure].join(' '));
		assert.equal(typeof num, 'number');
		assert.equal(String(num), one.num);
		assert.equal(String(den ?? 0), one.den);
		assert.equal(rate === undefined ? '' : (rate * 100).toFixed(2), one.rate);
		n += 1;
	});
	assert.equal(n, expected.size);
	const cases = book.getWorksheet('办件');
	const titles = [];
	cases.eachRow((row, i) => i > 1 && titles.push(row.getCell(9).value));
	assert.deepEqual(titles.sort(), ["'" + FORMULA, "'-2+3 楼道堆物", BROKEN.replace('\r', ''),
		'路灯不亮', '楼栋停水'].sort());
	assert.ok(cases.getRow(2).getCell(10).value instanceof Date);
	const zip = await JSZip.loadAsync(bytes);
	const charts = Object.keys(zip.files).filter((name) => /^xl\/charts\/chart\d+\.xml$/.test(name));
	assert.equal(charts.length, 3);
	for (const name of charts) {
		const xml = await zip.file(name).async('string');
		assert.match(xml, /<c:lineChart>/);
		assert.match(xml, /<c:upDownBars>/);
		assert.match(xml, /<c:v>目标<\/c:v>/);
		const values = [...xml.matchAll(/<c:val><c:numRef><c:f>([^<]+)</g)].map(([, f]) => f);
		assert.equal(values.length, 2, xml);
		const [target, rates] = values.map((f) => /!\$([A-Z]+)\$(\d+)(?::\$[A-Z]+\$(\d+))?$/.exec(f));
		assert.deepEqual([target[1], rates[1]], ['H', 'G']);
		assert.equal(figures.getCell(`H${target[2]}`).value, 0.9);
		assert.equal(figures.getCell(`B${rates[2]}`).value, '本单位');
		assert.equal(figures.getCell(`B${rates[3] ?? rates[2]}`).value, '本单位');
	}
	assert.ok(!/<f>/.test(await zip.file('xl/worksheets/sheet3.xml').async('string')));
});

/* The act whose number a copy bears. */
async function actOf(answer, file) {
	const id = answer.headers['x-export-act'];
	const act = (await server.as('auditor').get(`/audit/${id}`, { expect: 200 })).json;
	assert.deepEqual([act.kind, act.by.role, act.detail.file], ['exported', 'leader', file]);
	return { ...act, code: `A${id}` };
}

test('each copy of cases says who took it out, when, and under which act of the audit',
	async () => {
		const table = await get('/reports/2026-03/tasks.csv?scope=all');
		const { code, detail } = await actOf(table, 'tasks.csv');
		assert.equal(detail.about, '2026-03 all');
		assert.match(table.headers['content-disposition'], new RegExp(`-${code}\\.csv"$`));
		const cases = tableOf(table.bytes);
		assert.equal(cases.length, 5, 'no row more than there are cases');
		for (const row of cases)
			assert.equal(Object.keys(row).at(-1) === 'copy' && row.copy, code, 'in each row');

		const book = await get('/reports/2026-03.xlsx');
		const mark = await actOf(book, 'report.xlsx');
		const pages = (await workbook(book.bytes)).worksheets;
		for (const sheet of pages)
			assert.match(sheet.headerFooter.oddHeader, new RegExp(`^&Rleader .* ${mark.code}$`));
		const told = new Map();
		pages.at(-1).eachRow((row) => told.set(row.getCell(1).value, row.getCell(2).value));
		assert.deepEqual([told.get('调出人'), told.get('审计编号')], ['leader', mark.code]);
		assert.match(told.get('时间'), /^2026-/);
	});

test('a ticket bears its reader on each page, a bulletin nobody, and both are acts', async () => {
	const ticket = await get(`/tasks/${tasks.good.id}/ticket.pdf`);
	const { code, detail } = await actOf(ticket, 'ticket');
	assert.equal(detail.about, tasks.good.id);
	for (const page of pagesOf(ticket.bytes))
		assert.match(page.replaceAll(/\s/g, ''),
			new RegExp(`leader2026-\\d\\d-\\d\\d\\d\\d:\\d\\d${code}`));
	const bulletin = await get('/reports/2026-03.pdf');
	const act = await actOf(bulletin, 'report.pdf');
	assert.ok(!pagesOf(bulletin.bytes).join('').includes(act.code));
});

test('figures for everybody bear nobody, and are the same bytes whoever asks', async () => {
	const one = await get('/reports/2026-02.csv'), other = await get('/reports/2026-02.csv',
		server.as('supervisor'));
	assert.equal(one.headers['x-export-act'], undefined);
	assert.deepEqual(one.bytes, other.bytes);
});

test('a report on paper has its sentences, every rate with its numbers, and its basis', async () => {
	const bytes = await bytesOf('/reports/2026-03.pdf');
	const pages = pagesOf(bytes);
	const text = pages.join('');
	const { total, target } = (await get('/reports/2026-03')).json;
	assert.match(text, /2026年3月诉求办理情况通报/);
	const words = run('pdftotext', ['-raw', fileOf(bytes, 'pdf'), '-']).replaceAll(/\s/g, '');
	assert.ok(words.includes(LONG), 'a long name stands in full in the table');
	for (const { num, den, rate } of Object.values(total.measures))
		if (den) {
			assert.ok(text.includes(`${rate}%`), rate);
			assert.ok(text.includes(`${num}/${den}`), `${num}/${den}`);
		}
	assert.ok(text.replaceAll(/\s/g, '').includes(`未达到${target}%的目标`));
	assert.match(text, /目标 90%/);
	assert.match(text, /本期尚未封存/);
	assert.match(text, /规则版本/);
	assert.match(text, /2026-03-20 09:00/);
	pages.forEach((page, i) => assert.ok(page.replaceAll(/\s/g, '')
		.endsWith(`第${i + 1}页共${pages.length}页`), page));
	const fonts = run('pdffonts', [fileOf(bytes, 'pdf')]).split('\n').slice(2).filter((line) => line);
	assert.ok(fonts.length > 0);
	for (const line of fonts)
		assert.match(line, /^[A-Z]{6}\+Noto\S+CJKsc.* yes yes yes /, line);
	assert.equal(run('pdfimages', ['-list', fileOf(bytes, 'pdf')]).split('\n').length, 3,
		'charts are drawn, not pictures');
	assert.match(run('pdfinfo', [fileOf(bytes, 'pdf')]), /Page size: +595\.\d+ x 841\.\d+ pts \(A4\)/);
	assert.deepEqual(await bytesOf('/reports/2026-03.pdf'), bytes, 'the same again, byte by byte');
});

test('a period with nothing in it is a file like any other', async () => {
	const rows = tableOf(await bytesOf('/reports/2026-02.csv'));
	assert.ok(rows.every((row) => row.kind === 'total' && row.rate === '' && row.meets === ''));
	assert.equal(tableOf(await bytesOf('/reports/2026-02/tasks.csv')).length, 0);
	const book = await workbook(await bytesOf('/reports/2026-02.xlsx'));
	assert.equal(book.getWorksheet('办件').rowCount, 1);
	const text = pagesOf(await bytesOf('/reports/2026-02.pdf')).join('').replaceAll(/\s/g, '');
	assert.match(text, /没有计入满意率的事项，满意率不作计算/);
	assert.match(text, /没有可以比较的单位/);
	assert.ok(!/NaN|null|undefined/.test(text));
});

test('what cannot be asked is refused by name', async () => {
	for (const path of ['/reports/2026-13.csv', '/reports/2026-13.pdf', '/reports/x.xlsx',
		'/reports/2026-03.csv?scope=999', '/reports/2026-13/tasks.csv',
		'/reports/2026-03/tasks.csv?department=NOWHERE']) {
		const answer = await get(path, leader, 422);
		assert.equal(answer.json.code, 'invalid');
		assert.ok(answer.json.errors.length > 0, path);
	}
});

test('a ticket has the task and its code, and no identity', async () => {
	const own = server.department('CGJ');
	const bytes = await bytesOf(`/tasks/${tasks.open.id}/ticket.pdf`, own);
	const pages = pagesOf(bytes);
	const text = pages.join('');
	assert.equal(pages.length, 1);
	assert.ok(text.includes(tasks.open.id) && text.includes('诉求办理工单'));
	assert.ok(text.replaceAll(/\s/g, '').includes('HYPERLINK'));
	assert.match(text, /王\*\*/);
	assert.match(text, /138\*{4}\d{4}/);
	assert.ok(!/王小明|1380000\d{4}/.test(text));
	assert.deepEqual(codesOf(bytes), [tasks.open.id + '\n']);
	const secret = pagesOf(await bytesOf(`/tasks/${tasks.secret.id}/ticket.pdf`)).join('');
	assert.match(secret, /保密/);
	assert.ok(!/赵|139/.test(secret));
	await get(`/tasks/${tasks.open.id}/ticket.pdf`, server.department('JTJ'), 404);
	/* Room to write, until there is an answer. */
	const done = pagesOf(await bytesOf(`/tasks/${tasks.good.id}/ticket.pdf`)).join('');
	assert.ok(text.includes('承办人') && !text.includes('办理结果'));
	assert.ok(!done.includes('承办人') && done.includes('办理结果') && done.includes('路灯已于今日修好'));
});

test('a matter of ten thousand characters is printed to its last, over several pages', async () => {
	const text = Array.from({ length: 1250 }, (_, i) => `第${String(i).padStart(4, '0')}句话。`)
		.join('').slice(0, 9990) + '就此结束';
	const task = leadOf(await register(server, rowOf(server, 'CGJ'), { text }));
	const pages = pagesOf(await bytesOf(`/tasks/${task.id}/ticket.pdf`));
	assert.ok(pages.length >= 5, `${pages.length} pages`);
	const words = pages.join('').replaceAll(/\s/g, '');
	for (const part of ['第0000句话', '第0600句话', '第1100句话', '就此结束'])
		assert.ok(words.includes(part), part);
});

/* A 5xx that says what is wrong, and a server that goes on at once. */
async function assertFails(status, code) {
	const answer = await get('/reports/2026-03.pdf', leader, status);
	assert.equal(answer.type.split(';')[0], 'application/problem+json');
	assert.equal(answer.json.code, code);
	assert.ok(answer.json.detail.length > 20);
	await get('/reports/2026-03.csv');
	await get('/reports/2026-03');
}

const descriptors = () => fs.readdirSync(`/proc/${server.pid}/fd`).length;
const children = () => fs.readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')
	.trim().split(' ').length;

test('a printer that is missing, killed, failing, silent or slow costs a 5xx and nothing else',
	async () => {
		await get('/reports/2026-03.csv');
		const before = [descriptors(), children()];
		removePrinter();
		await assertFails(503, 'print_missing');
		replacePrinter('kill -9 $$');
		await assertFails(500, 'print_failed');
		replacePrinter('echo half of a page; echo "no ink" >&2; exit 3');
		await assertFails(500, 'print_failed');
		assert.match(server.log(), /error print failed .*number=3 said="no ink/);
		replacePrinter('exit 0');
		await assertFails(500, 'print_failed');
		restorePrinter();
		await until(() => descriptors() <= before[0], { what: 'no file to stay open' });
		assert.equal(children(), before[1], 'no process is left');
		assert.equal(pagesOf(await bytesOf('/reports/2026-03.pdf')).length > 1, true);
	});

test('a printer that takes too long is killed, while others are served', async () => {
	const { startServer: start } = await import('./lib/server.mjs');
	const hasty = await start({ clock: MONDAY, env: { LIANDONG_PRINT_SECONDS: '1' } });
	replacePrinter('echo $$ > ' + fileOf('', 'pid') + '; exec sleep 600');
	const waiting = hasty.as('leader').get('/reports/2026-03.pdf', { expect: 503 });
	await hasty.as('leader').get('/reports/2026-03.csv', { expect: 200 });
	const answer = await waiting;
	assert.equal(answer.json.code, 'print_slow');
	assert.ok(Number(answer.headers['retry-after']) > 0);
	restorePrinter();
	assert.ok((await hasty.as('leader').get('/reports/2026-03.pdf', { expect: 200 })).bytes.length);
	await hasty.stop();
});

endsCleanly(server);
