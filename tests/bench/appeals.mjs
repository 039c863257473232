/*
 * The appeals of the bench: whole HTTP requests of about 1 KB with Chinese content, written to
 * files in which ten `@` stand where bench_load puts each appeal's own number, and the
 * receivers of the departments they go to.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { converse, measure } from './processes.mjs';
import { query } from './database.mjs';

const MARK = '@'.repeat(10);
/* Numbers become telephone numbers with a 1 before them: 138 0000 0000 and on. */
const FIRST_NUMBER = 3_800_000_000;
const NUMBERS_OF_A_RUN = 1_000_000;
const DEPARTMENTS = 4;
const HOLD_SECONDS = 20;
/* As stored: microseconds UTC. */
const NOW = 'CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED)';

const MATTERS = [
	{
		title: '小区东门路灯连续三晚不亮',
		text:
			'我住在人民路幸福家园小区，从上周五开始，东门到公交站之间的六盏路灯全部不亮，' +
			'晚上八点以后一片漆黑。昨天晚上已经有一位老人在这里被路沿绊倒，膝盖擦伤。' +
			'物业说路灯不归他们管，让我们打热线。请有关单位尽快派人检修，' +
			'并告诉我们大概什么时候能修好，修好之前能不能先放几盏临时灯。',
	},
	{
		title: '工地夜间施工噪声严重扰民',
		text:
			'建设路与解放街交叉口的工地最近一周每天夜里十一点以后还在打桩和倒混凝土，' +
			'声音很大，窗户关上也能听见。家里有上高三的孩子和两个老人，根本没有办法休息。' +
			'我们找过施工方，对方说手续齐全，但没有给我们看夜间施工的许可。' +
			'请核实是否有许可，没有的话请依法处理，并告诉我们处理结果。',
	},
	{
		title: '自来水发黄有异味已经两天',
		text:
			'从前天早上开始，花园里三号楼和五号楼的自来水发黄，放十几分钟也不变清，' +
			'烧开以后有铁锈味，不敢喝也不敢做饭，只能出去买桶装水。楼下的几户也是一样。' +
			'打了水厂的电话，说会有人来看，但到现在没有人联系我们。' +
			'请尽快查明原因，检测水质并公布结果，给受影响的住户一个说法。',
	},
	{
		title: '人行道井盖破损存在安全隐患',
		text:
			'学府路实验小学门口往北五十米的人行道上，有一个井盖裂成两半，中间塌下去一块，' +
			'旁边只放了一个塑料桶。这里是孩子上学放学的必经之路，每天早晚人很多，' +
			'下雨天积水以后完全看不见。已经有学生踩空过。' +
			'请马上更换井盖，在更换以前先围起来，不要等出了事再处理。',
	},
];

/* The catalogue rows that the appeals take turns on: different departments. */
function pickRoutes(catalogue) {
	const routes = [];
	for (const row of catalogue)
		if (routes.length < DEPARTMENTS &&
		    !routes.some((taken) => taken.department === row.department))
			routes.push(row);
	return routes;
}

function appealBody({ category, area }, { title, text }) {
	return {
		channel: '110', external_no: `110-${MARK}`, content_class: 'help',
		category, area, title, text: `${text}事项编号${MARK}。`, urgent: false,
		address: '人民路与建设路交叉口东北角', occurred_at: '2026-01-05T21:30:00+08:00',
		caller: { name: '王建国', phone: `1${MARK}`, anonymous: false, secret: false,
			visit_wanted: true },
	};
}

function requestText(demo, key, appeal) {
	const body = JSON.stringify(appeal);
	return ['POST /api/v1/appeals HTTP/1.1', `Host: 127.0.0.1:${demo.port}`,
		`Authorization: Bearer ${key}`, 'Content-Type: application/json',
		`Content-Length: ${Buffer.byteLength(body)}`, `Idempotency-Key: bench-${MARK}`,
		'', body].join('\r\n');
}

/* Registers the receiver for each department; their ids. */
async function addEndpoints(demo, routes, url) {
	const key = demo.keyOf('admin');
	const ids = [];
	for (const { department } of routes) {
		const spec = { department, url, events: ['*'], format: 'standard' };
		const { id } = await demo.call(key, 'POST', '/api/v1/webhooks', spec);
		ids.push(id);
	}
	return ids;
}

/*
 * Registers receivers and writes the requests. The result makes load and single appeals, and
 * holds and releases what waits for the receivers.
 */
export async function prepareAppeals(demo, program, scratch) {
	const routes = pickRoutes(demo.access.catalogue);
	const intake = demo.keyOf('intake', '110');
	const sink = converse(program('bench_sink'));
	const url = `http://127.0.0.1:${(await sink.hear()).split(' ')[1]}/hook`;
	const endpoints = await addEndpoints(demo, routes, url);
	const templates = routes.map((row, i) => appealBody(row, MATTERS[i % MATTERS.length]));
	const files = templates.map((appeal, i) => {
		const file = join(scratch, `appeal-${i}.http`);
		writeFileSync(file, requestText(demo, intake, appeal));
		return file;
	});
	let next = FIRST_NUMBER;

	const registerOne = (index = 0) => {
		const number = String(next++);
		const text = JSON.stringify(templates[index]).replaceAll(MARK, number);
		return demo.call(intake, 'POST', '/api/v1/appeals', JSON.parse(text),
			{ 'Idempotency-Key': `bench-${number}` });
	};
	const load = (options) => {
		const first = next;
		next += NUMBERS_OF_A_RUN;
		return measure(program('bench_load'), { port: demo.port, ca: demo.caFile,
			request: files.join(','), expect: 201, first, ...options });
	};
	const count = (sql) => Number(query(demo.database, sql)[0][0]);
	/* Not delivered yet; `isDue` leaves out what waits for its next attempt. */
	const openDeliveries = (isDue = false) => count(`SELECT COUNT(*)
		FROM liandong.outbox_delivery
		WHERE standing = 1 ${isDue ? `AND due_at <= ${NOW}` : ''}`);
	const openEndpoints = () => count(`SELECT COUNT(*) FROM liandong.outbox_endpoint
		WHERE held_until <= ${NOW}`);
	/* The receivers fail until they are left alone: what is for them waits. */
	const hold = async () => {
		const until = Date.now() + HOLD_SECONDS * 1000;
		sink.say('status 500');
		while (openEndpoints() > 0) {
			if (Date.now() > until)
				throw new Error('failing receivers are not left alone');
			for (let i = 0; i < routes.length; i++)
				await registerOne(i);
		}
	};
	const release = () => {
		const admin = demo.keyOf('admin');
		sink.say('status 204');
		return Promise.all(endpoints.map((id) =>
			demo.call(admin, 'POST', `/api/v1/webhooks/${id}/enable`, {})));
	};
	const report = async () => {
		sink.say('report');
		return JSON.parse(await sink.hear());
	};

	return { sink, url, endpoints, registerOne, load, openDeliveries, hold, release,
		report };
}
