/*
 * One thing of each kind, made by those who may, on which a step would be legal: what the lists of
 * an empty demo cannot show. Keys are beginnings of paths as the description writes them.
 */
import { sql } from '../../e2e/lib/database.mjs';
import { makeHandovers } from '../../e2e/lib/matrix.mjs';
import { ringing, tokenOf } from '../../e2e/lib/pbx.mjs';
import { anAppeal, askErasure, leadOf, register, rowOf, sign } from '../../e2e/lib/world.mjs';

export const USCC = '91350100M000100Y43';

async function savedDraft(server) {
	const id = '0123456789abcdef'.repeat(2);
	await server.as('operator').put(`/drafts/${id}`, { title: '路灯' }, { expect: 200 });
	return id;
}

export async function targetsOf(server) {
	const supervisor = server.as('supervisor');
	const cgj = server.department('CGJ');
	const appeal = (await server.as('intake', { channel: '110' }).register(
		anAppeal(rowOf(server, 'CGJ'), { channel: '110' }), { expect: 201 })).json;
	await register(server, rowOf(server, 'JTJ'));
	const admin = server.as('admin');
	await admin.post('/enterprises', { uscc: USCC, name: '云河甲公司', area: 'A01' },
		{ expect: 201 });
	const made = async (client, path, body) =>
		(await client.post(path, body, { expect: [200, 201] })).json.id;
	const webhook = await made(cgj, '/webhooks', { url: 'http://127.0.0.1:49151/',
		events: ['report.frozen'] });
	const secret = leadOf(await register(server, rowOf(server, 'CGJ'), { caller: { name: '鸑鷟',
		phone: '15912763498', secret: true } }));
	await sign(server, secret);
	await made(cgj, `/tasks/${secret.id}/callback`, { question: '漏水点在几楼？' });
	const callback = (await server.as('operator').get('/callbacks', { expect: 200 })).json
		.items.find((one) => one.task === secret.id).id;
	/* A finding takes the night job and a pattern of days: a row will do to be judged. */
	sql(server, `INSERT INTO accountability_finding SELECT 7001, 1, id, 'CGJ', 0, id, 1,
		id, 1, 1, 1, 0, NULL, 0, NULL FROM tasks_task LIMIT 1`);
	await makeHandovers(server);
	return {
		'/api/v1/exchange/{peer}': '110',
		'/api/v1/exchange/{peer}/batches/{number}': ['110', '1'],
		'/api/v1/exchange/{peer}/offers/{number}': ['110', 'M-1'],
		'/api/v1/tripwires/{id}': '7001',
		'/api/v1/appeals/{id}': appeal.id,
		'/api/v1/tasks/{id}': leadOf(appeal).id,
		'/api/v1/webhooks/{id}': webhook,
		'/api/v1/webhooks/{id}/deliveries/{delivery}': [webhook, '999999999'],
		/* A key and an account by which nobody asks: they are shut, rotated and tied to networks. */
		'/api/v1/keys/{id}': await made(admin, '/keys', { name: 'attacked', role: 'auditor' }),
		'/api/v1/accounts/{id}': await made(admin, '/accounts', { login: 'attacked',
			name: 'attacked', role: 'visitor' }),
		'/api/v1/departments/{code}': 'JTJ',
		'/api/v1/callers/erasures/{id}': await askErasure(server),
		'/api/v1/callbacks/{id}': callback,
		'/api/v1/cti/{token}': tokenOf(server),
		'/api/v1/calls/{id}': (await ringing(server, server.as('operator'), '13912340043')).id,
		'/api/v1/knowledge/{id}': String((await admin.get('/knowledge?limit=1',
			{ expect: 200 })).json.items[0].id),
		'/api/v1/drafts/{id}': await savedDraft(server),
		'/api/v1/filings/{id}': await made(cgj, '/filings', { uscc: USCC, kind: 'inspection',
			basis: '年度计划', first_day: '2026-03-26', last_day: '2026-03-27' }),
		'/api/v1/supervised/{id}': await made(supervisor, '/supervised', { kind: 'demand',
			source: 'policy', department: 'CGJ', demand: '书面反馈', due: '2026-03-20' }),
		'/api/v1/accountability/{id}': await made(supervisor, '/accountability',
			{ department: 'CGJ', title: '逾期', text: '多次催办无回应' }),
		'/api/v1/leaders/{id}': await made(supervisor, '/leaders', { department: 'CGJ',
			name: '李局长', valid_from: '2026-01-01' }),
		'/api/v1/lotteries/{id}': await made(supervisor, '/lotteries', { from: '2026-03-01',
			until: '2026-04-01', count: 1 }),
		'/api/v1/rule-problems/{id}': await made(supervisor, `/appeals/${appeal.id}/rule-problem`,
			{ rule: '维护办法', problem: '无人维护', proposal: 'amend' }),
		'/api/v1/observations/{id}': await made(server.as('observer'), '/observations',
			{ kind: 'suggestion', text: '公开报修电话' }),
		'/api/v1/reports/{period}/objections/{n}': ['2026-03', '1'],
		'/api/v1/reports/{period}': '2026-03',
		'/api/v1/rhythm/{period}': '2026-W10',
	};
}
