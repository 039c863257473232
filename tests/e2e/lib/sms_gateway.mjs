/*
 * A gateway of short messages on loopback, as Cloud MAS is described: it opens the base64, checks the
 * MAC by a formula of its own, answers, and calls back with reports and replies.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { startReceiver } from './receiver.mjs';

const EC = { ecName: '某区政府', apId: 'liandong', sign: 'SIGN', secret: 'mas-s3cret' };
const md5 = (text) => createHash('md5').update(text).digest('hex');

/* What it says of a request: the code of its answer. */
function judge(body) {
	let m;
	try {
		m = JSON.parse(Buffer.from(body, 'base64').toString('utf8'));
	} catch {
		return { code: 'InvalidMessage' };
	}
	const mac = md5(m.ecName + m.apId + m.secretKey + m.mobiles + m.content + m.sign + m.addSerial);
	if (m.secretKey !== EC.secret || m.ecName !== EC.ecName)
		return { code: 'InvalidUsrOrPwd', m };
	return { code: m.mac === mac && m.addSerial === '' ? 'success' : 'IllegalMac', m };
}

/* script(n) gives a code for the n-th request instead, "hang" or "reset". */
export async function startGateway(dir, { script = () => undefined, wait = 30 } = {}) {
	const gateway = { messages: [], taken: [] };
	const receiver = await startReceiver({ answer: (entry) => {
		const { code: own, m } = judge(entry.body);
		const code = script(gateway.messages.length + 1) ?? own;
		gateway.messages.push({ code, ...m });
		if (code === 'hang' || code === 'reset')
			return code;
		const id = `mas-${gateway.messages.length}`;
		if (code === 'success')
			gateway.taken.push({ id, mobile: m.mobiles, content: m.content });
		return { status: 200, headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ rspcod: code, success: code === 'success', msgGroup: id }) };
	} });
	const at = (name, text) => {
		fs.writeFileSync(path.join(dir, name), text, { mode: 0o600 });
		return path.join(dir, name);
	};
	gateway.token = 'callback-token-of-the-gateway';
	const shipped = fs.readFileSync(new URL('../../../config/sms/cloud-mas.conf', import.meta.url),
		'utf8');
	/* The shipped file with this place's values: what administrators have to change, too. */
	gateway.file = at('mas.conf', shipped
		.replace(/^url = .*$/m, `url = ${receiver.url}`)
		.replace(/^set\.ecName = .*$/m, `set.ecName = ${EC.ecName}`)
		.replace(/^set\.sign = .*$/m, `set.sign = ${EC.sign}`)
		.replace(/^secret\.secretKey = .*$/m, `secret.secretKey = ${at('mas-secret', `${EC.secret}\n`)}`)
		.replace(/^callback_token = .*$/m, `callback_token = ${at('mas-token', `${gateway.token}\n`)}`) +
		`wait = ${wait} json:/rspcod == "TooBusy"\n`);
	assert.equal(receiver.requests.length, 0);
	const call = (server, what, body, token = gateway.token, expect = 200) => server.anonymous()
		.post(`/sms/mas/${token}/${what}`, body, { expect });
	gateway.report = (server, list, ...more) => call(server, 'report', list.map(({ id, state }) =>
		({ msgGroup: id, reportStatus: state ?? 'CM:0000', mobile: 'x' })), ...more);
	gateway.reply = (server, list, ...more) => call(server, 'reply', list.map(
		({ id, mobile, content }) => ({ smsId: id, mobile, smsContent: content, sendTime: 't' })), ...more);
	gateway.to = (mobile) => gateway.taken.filter((one) => one.mobile === mobile);
	gateway.stop = receiver.stop;
	return gateway;
}
