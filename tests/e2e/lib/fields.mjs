/*
 * The fields that every answer must carry for browsers, judged on the bytes of its head: each once,
 * with its value, and nothing that names a program or its version.
 */
const DATA_POLICY = "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'none'";

const ALWAYS = {
	'x-content-type-options': /^nosniff$/,
	'x-frame-options': /^DENY$/,
	'strict-transport-security': /^max-age=(3153[6-9]\d{3}|315[4-9]\d{4}|31[6-9]\d{5}|3[2-9]\d{6}|\d{9,}); includeSubDomains$/,
	'cross-origin-opener-policy': /^same-origin$/,
	'cross-origin-resource-policy': /^same-origin$/,
	'permissions-policy': /^(\w+=\(\), )*camera=\(\), microphone=\(\), geolocation=\(\)(, \w+=\(\))*$/,
};
const TELLING = ['server', 'x-powered-by', 'via', 'x-aspnet-version'];

/* Values by lower-case name; a field that stands twice gives an array. */
export function fieldsOf(head) {
	const fields = {};
	for (const line of head.split('\r\n').slice(1)) {
		const [, name, value] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
		if (name === undefined)
			continue;
		const key = name.toLowerCase();
		fields[key] = key in fields ? [].concat(fields[key], value) : value;
	}
	return fields;
}

/* The rules of a Content-Security-Policy by directive. */
export function policyOf(text) {
	return Object.fromEntries(String(text).split(';').map((rule) => rule.trim().split(/\s+/))
		.map(([name, ...sources]) => [name, sources]));
}

function policyFaults(text, is_page) {
	if (!is_page)
		return text === DATA_POLICY ? [] : [`content-security-policy: ${text}`];
	const policy = policyOf(text), faults = [];
	for (const name of ['object-src', 'base-uri', 'frame-ancestors', 'default-src'])
		if (policy[name]?.join(' ') !== "'none'")
			faults.push(`content-security-policy: ${name} ${policy[name]}`);
	for (const name of ['script-src', 'style-src', 'connect-src', 'form-action'])
		if (policy[name]?.join(' ') !== "'self'")
			faults.push(`content-security-policy: ${name} ${policy[name]}`);
	if (/unsafe|\*|https?:/.test(text))
		faults.push(`content-security-policy: ${text}`);
	return faults;
}

/*
 * What is wrong with the head of an answer; kind: `data`, `page` (the console's document, asked
 * for anew each time) or `asset` (named by its content, kept for ever).
 */
export function fieldFaults(head, kind = 'data') {
	const fields = fieldsOf(head), faults = [];
	for (const [name, wanted] of Object.entries(ALWAYS))
		if (typeof fields[name] !== 'string' || !wanted.test(fields[name]))
			faults.push(`${name}: ${fields[name]}`);
	faults.push(...policyFaults(fields['content-security-policy'], kind !== 'data'));
	const referrer = kind === 'data' ? 'no-referrer' : 'same-origin';
	if (fields['referrer-policy'] !== referrer)
		faults.push(`referrer-policy: ${fields['referrer-policy']}`);
	const kept = { data: 'no-store', page: 'no-cache',
		asset: 'public, max-age=31536000, immutable' }[kind];
	if (fields['cache-control'] !== kept)
		faults.push(`cache-control: ${fields['cache-control']}`);
	for (const name of TELLING)
		if (name in fields)
			faults.push(`${name}: ${fields[name]}`);
	return faults;
}
