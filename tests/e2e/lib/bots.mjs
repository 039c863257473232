/*
 * Bots of groups as their vendors describe them, on loopback: each judges what it gets by formulas
 * of its own and answers as the vendor would, always with status 200.
 */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { startReceiver } from './receiver.mjs';

const MINUTE = 60_000;
const hmac = (key, text) => createHmac('sha256', key).update(text).digest('base64');

/* What the vendor would say: the code of the answer, 0 for taken. */
const JUDGES = {
	wecom({ json }) {
		const content = json?.markdown?.content;
		if (json?.msgtype !== 'markdown' || typeof content !== 'string')
			return 40008;
		return Buffer.byteLength(content) <= 4096 ? 0 : 40058;
	},
	dingtalk({ json, url }, { secret, keyword }) {
		const asked = new URL(url, 'http://bot');
		const stamp = asked.searchParams.get('timestamp');
		if (secret && (asked.searchParams.get('sign') !== hmac(secret, `${stamp}\n${secret}`) ||
		    Math.abs(Number(stamp) - Date.now()) > 60 * MINUTE))
			return 310000;
		if (json?.msgtype !== 'markdown' || !json.markdown?.title || !json.markdown?.text)
			return 400402;
		return !keyword || json.markdown.title.includes(keyword) ? 0 : 310000;
	},
	feishu({ json, body }, { secret }) {
		if (Buffer.byteLength(body) > 20 * 1024)
			return 9499;
		if (secret && (json?.sign !== hmac(`${json?.timestamp}\n${secret}`, '') ||
		    Math.abs(Number(json.timestamp) * 1000 - Date.now()) > 60 * MINUTE))
			return 19021;
		return json?.msg_type === 'interactive' && json.card?.header?.title?.content &&
			Array.isArray(json.card.elements) ? 0 : 9499;
	},
};

/* The title and the text of a message, whatever the vendor. */
const READERS = {
	wecom: ({ json }) => ({ title: json.markdown.content.split('\n')[0],
		text: json.markdown.content }),
	dingtalk: ({ json }) => ({ title: json.markdown.title, text: json.markdown.text }),
	feishu: ({ json }) => ({ title: json.card.header.title.content,
		text: json.card.elements[0].text.content, link: json.card.elements[1]?.actions[0].url,
		colour: json.card.header.template }),
};

/*
 * script(n) gives a code that the n-th request (from 1) is answered with instead, or undefined;
 * a promise is waited for, so that a request can be held.
 */
export async function startBot(format, { secret, keyword, script = () => undefined } = {}) {
	const bot = { format, codes: [] };
	let waiting = Promise.resolve();
	const receiver = await startReceiver({ answer: (entry) => {
		const code = script(bot.codes.length + 1) ?? JUDGES[format](entry, { secret, keyword });
		bot.codes.push(code);
		return { status: 200, headers: { 'content-type': 'application/json' },
			body: JSON.stringify(format === 'feishu' ? { code, msg: 'm' } :
				{ errcode: code, errmsg: 'm' }), until: waiting };
	} });
	bot.requests = receiver.requests;
	bot.url = receiver.url + (format === 'feishu' ? '/v2/the-key' : '?key=the-key');
	bot.said = () => receiver.requests.map((one) => READERS[format](one));
	bot.stop = receiver.stop;
	/* Holds every answer from now on, until the function that is given back is called. */
	bot.hold = () => {
		let release;
		waiting = new Promise((resolve) => { release = resolve; });
		return () => { waiting = Promise.resolve(); release(); };
	};
	assert.ok(JUDGES[format]);
	return bot;
}
