/*
 * Invented appeals, and what a search of them should find: a scan of the texts in another
 * language. The database is asked only how far the packer has come.
 */
import assert from 'node:assert/strict';
import { sql } from './database.mjs';
import { until } from './until.mjs';

const SUBJECTS = ['小区', '物业', '电梯', '地下车库', '楼上住户', '路边摊', '施工工地', '公交站',
	'下水道', '路灯', '广场舞', '垃圾站', '学校门口', '菜市场', '停车场'];
const TROUBLES = ['漏水', '噪音扰民', '停运多日', '乱收费', '占道经营', '堵塞反味', '无人管理',
	'夜间施工', '违停严重', '不亮', '异味很大', '破损', '拖欠工资', '停水', '停电'];
const ASKS = ['请尽快处理。', '希望相关部门核实，给出答复。', '多次反映未果！', '要求退还费用；',
	'请依法查处，并回复本人。', '影响居民生活。'];
const ROADS = ['幸福路', '人民东路', '建设街', '长桥街道', '东明路', '柳湖西路', '𠮷祥巷'];
const RARE = ['鳏寡老人', '沼气池', '喷灌机', '红领巾', '古樟树', '蟑螂', '窨井盖'];

/* A title, text and address of mixed words, numbers, widths and a plate now and then. */
export function invent(random) {
	const room = `${1 + random.below(20)}栋${1 + random.below(4)}单元` +
		`${1 + random.below(30)}0${1 + random.below(4)}室`;
	const place = `${random.pick(ROADS)}${1 + random.below(999)}号`;
	const what = `${random.pick(SUBJECTS)}${random.pick(TROUBLES)}`;
	const sentences = [`来电人反映${place}${what}，${random.pick(ASKS)}`];

	for (let i = random.below(4); i > 0; i--)
		sentences.push(`${random.pick(SUBJECTS)}${random.pick(TROUBLES)}，` +
			`${random.pick(ASKS)}`);
	if (random.chance(0.1))
		sentences.push(`涉及${random.pick(RARE)}。`);
	if (random.chance(0.15))
		sentences.push(`车牌豫Ｋ${random.below(10)}A${100 + random.below(900)}。`);
	if (random.chance(0.2))
		sentences.push(`单号ＡＢ-${1000 + random.below(9000)} Tel${random.below(99999)}`);
	return {
		title: `${what}${random.chance(0.3) ? '（' + place + '）' : ''}`,
		text: sentences.join(random.chance(0.2) ? '\n' : ''),
		address: random.chance(0.6) ? `${place}　${room}` : undefined,
	};
}

/* What two people mean by the same word: one width, one case. */
export function fold(text) {
	return text.replaceAll('　', ' ').replace(/[！-～]/g,
		(c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
		.replace(/[A-Z]/g, (c) => c.toLowerCase());
}

/* Words find the street of an address; the rest of it is under seal. */
const streetOf = (address) => address?.replace(/(?<=.)(路|街道|街|巷)(?=.).*/u, '$1*');

const textOf = (one) => fold([one.title, one.text, streetOf(one.address), one.external_no]
	.filter((field) => field !== undefined && field !== null).join('\n'));

/* Single characters and marks are looked for in the last 90 days only. */
const reachesAll = (q) => /[0-9a-z㐀-鿿\u{20000}-\u{3ffff}]{2}/u.test(fold(q));

/* Ids of those that have all words, newest first; the test's day is in 2026. */
export function scan(appeals, q) {
	const words = fold(q).split(/[ \t]+/).filter((word) => word);
	return appeals.filter((one) => words.every((word) => textOf(one).includes(word)) &&
		(reachesAll(q) || one.received_at.startsWith('2026')))
		.map((one) => one.id).sort().reverse();
}

export const counted = (n) => (n > 1000 ? '1000+' : n);

/* Eleven kinds of questions; those of the texts are cut out of one of them. A room is found
 * where somebody typed it into a text, not where it stands in an address. */
export const KINDS = {
	common: (random) => random.pick(['小区', '漏水', '物业', '电梯', '停车场', '来电']),
	rare: (random) => random.pick(RARE).slice(0, 2),
	never: (random) => random.pick(['龘靐', '量子', '鳏寡漏', 'zz9', '98765432']),
	phrase: (random, appeals) => cut(random, random.pick(appeals).text, 4 + random.below(5)),
	everyday: (random) => random.pick(['噪音扰民', '占道经营', '无人管理', '违停严重']),
	apart: (random) => random.pick(['物业小区物业', '电梯小区', '漏水漏水', '停电停水停电']),
	several: (random) => `${random.pick(SUBJECTS)} ${random.pick(TROUBLES)}`,
	digits: (random) => String(1000 + random.below(9000)),
	room: (random, appeals) => random.pick(appeals.filter((one) => one.address))
		.address.split('　')[1],
	house: (random) => `${1 + random.below(999)}号`,
	mixed: (random) => random.pick(['豫k', 'ＡＢ', 'tel1', 'Ａ', '，请', '栋2', '水 电']),
};

function cut(random, text, length) {
	const letters = [...text.replaceAll('\n', '')];
	const from = random.below(Math.max(1, letters.length - length));
	return letters.slice(from, from + length).join('').trim() || letters[0];
}

/* ---- how far the packer has come ---- */

export const number = (server, text) => Number(sql(server, text)[0][0]);

export const levels = (server) => Object.fromEntries(sql(server,
	'SELECT level, COUNT(*) FROM search_segment WHERE state = 2 GROUP BY level;'));

/* Until fewer wait than make a segment, nothing is left to merge, and all is cleared away. */
export function packed(server, first) {
	return until(() => number(server, 'SELECT COUNT(*) FROM search_waiting;') < first &&
		number(server, 'SELECT COUNT(*) FROM search_segment WHERE state <> 2;') === 0 &&
		Object.entries(levels(server)).every(([level, n]) => level === '2' || n < 8),
	{ every: 100, what: 'the packer to be done' });
}

/* Every appeal is in one segment or waits, and every block belongs to a segment. */
export function assertWhole(server, count) {
	assert.equal(number(server, `SELECT (SELECT COUNT(*) FROM search_waiting) +
		(SELECT COALESCE(SUM(docs), 0) FROM search_segment WHERE state = 2);`), count);
	assert.equal(number(server, `SELECT COUNT(*) FROM search_block
		WHERE segment_id NOT IN (SELECT segment_id FROM search_segment);`), 0);
}
