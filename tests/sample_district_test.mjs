/*
 * The sample district in config/district: are its files whole, do their codes meet, and do the
 * sample appeals show the states that the demo is to show? Only the files are read; no server
 * runs. What surprises: the pair of the access list (below) takes the catalogue in string
 * order, where 0203 stands before 020301, so a four-digit row wins over the leaves under it.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const DIRECTORY = fileURLToPath(new URL('../config/district/', import.meta.url));

const COLUMNS = {
	departments: 'code name name_en parent kind peer_group takes_tasks initials phone',
	areas: 'code name name_en initials department',
	categories: 'code parent name name_en initials keywords',
	catalogue: 'category area department limit_class urgent_allowed department_only basis',
};
const KINDS = ['district', 'bureau', 'street', 'utility', 'police'];
const PEER_GROUPS = ['emergency_utilities', 'enforcement', 'departments', 'streets',
	'enterprises'];
const CHANNELS = ['110', '12345', 'enterprise', 'window', 'web', 'app', 'letter', 'leader'];
const CONTENT_CLASSES = ['consultation', 'help', 'complaint', 'report', 'suggestion', 'praise'];
const LEVELS = ['very_satisfied', 'satisfied', 'basically_satisfied', 'neutral',
	'dissatisfied', 'very_dissatisfied'];
const DISSATISFIED = ['dissatisfied', 'very_dissatisfied'];
const REASONS = ['result', 'attitude', 'speed', 'policy', 'other_unit'];
const REDO_REASONS = ['result', 'attitude', 'speed'];
const RESULTS = ['solved', 'partly', 'explained', 'promised', 'untrue', 'no_jurisdiction'];

/* Days after receipt by which a limit has run out whatever holidays lie in between. */
const SURELY_OVERDUE_DAYS = { L1: 1, L3: 16, L4: 24, L5: 34 };

const APPEAL_MEMBERS = ['channel', 'external_no', 'content_class', 'category', 'area', 'title',
	'text', 'urgent', 'address', 'caller', 'accused', 'enterprise', 'days_ago', 'events'];

/* Members of each kind of event besides after_hours and type: required, then optional. */
const EVENT_MEMBERS = {
	sign: [[], []],
	contact: [['channel', 'outcome', 'note'], []],
	progress: [['text'], []],
	complete: [['result', 'reply'], ['legal_basis']],
	review_pass: [[], []],
	review_refuse: [['reason'], []],
	visit: [['channel', 'reached', 'contacted', 'solved', 'result', 'attitude', 'truthful',
		'reason', 'note'], []],
};

const read = (name) => readFileSync(DIRECTORY + name, 'utf8');

/* Rows of a TSV file as objects; an empty cell is null. Fails on a row of another width. */
function table_read(name) {
	const lines = read(`${name}.tsv`).split('\n')
		.filter((line) => line !== '' && !line.startsWith('#'));
	const header = lines[0].split('\t');

	assert.deepEqual(header, COLUMNS[name].split(' '), `${name}.tsv: header`);
	return lines.slice(1).map((line) => {
		const cells = line.split('\t');

		assert.equal(cells.length, header.length, `${name}.tsv: cells of "${line}"`);
		return Object.fromEntries(header.map((column, i) =>
			[column, cells[i] || null]));
	});
}

const departments = table_read('departments');
const areas = table_read('areas');
const categories = table_read('categories');
const catalogue = table_read('catalogue');
const appeals = read('appeals.jsonl').split('\n').filter((line) => line !== '')
	.map((line) => JSON.parse(line));

const department_by_code = new Map(departments.map((row) => [row.code, row]));
const category_codes = new Set(categories.map((row) => row.code));
const area_codes = new Set(areas.map((row) => row.code));
const row_by_pair = new Map(catalogue.map((row) => [`${row.category} ${row.area}`, row]));
const takers = departments.filter((row) => row.takes_tasks === '1');

const route = (category, area) =>
	row_by_pair.get(`${category} ${area}`) ?? row_by_pair.get(`${category} *`);

/*
 * The pair that stands for a department in the access list: its first row without a guard, by
 * category and area in string order, `*` read as A01 unless A01 has a row of its own.
 */
function access_pair(department) {
	const pairs = catalogue
		.filter((row) => row.department === department && row.department_only === '0')
		.map((row) => ({ ...row, area: row.area === '*' ? 'A01' : row.area }))
		.filter((row) => route(row.category, row.area).department === department);

	pairs.sort((a, b) => (`${a.category} ${a.area}` < `${b.category} ${b.area}` ? -1 : 1));
	return pairs[0];
}

function assert_unique(values, what) {
	const seen = new Set();

	for (const value of values) {
		assert.ok(!seen.has(value), `${what}: ${value} twice`);
		seen.add(value);
	}
}

function assert_text(value, longest, what) {
	assert.equal(typeof value, 'string', what);
	assert.ok(value.trim() === value && value !== '', `${what}: empty or padded`);
	assert.ok(value.length <= longest, `${what}: ${value.length} characters`);
}

/*
 * The state that the events lead to, by the rules of the tasks: each event must be legal where
 * it stands. Visits are legal at any time and count only once a submission has passed.
 */
function task_replay(appeal) {
	const task = { state: 'awaiting_sign', contacted: false, passed: false, round: 1,
		refused: 0, attempts: 0, answers: [] };
	const step = (allowed, event, next) => {
		assert.ok(allowed.includes(task.state),
			`${appeal.external_no}: ${event.type} while ${task.state}`);
		task.state = next;
	};
	const visit = (event) => {
		task.attempts += event.reached ? 0 : 1;
		if (!event.reached || !task.passed)
			return;
		task.answers.push(event);
		step(['closed', 'visited'], event, 'visited');
		if (DISSATISFIED.includes(event.result) &&
		    REDO_REASONS.includes(event.reason)) {
			task.state = 'in_hand';
			task.round++;
			task.contacted = false;
		}
	};

	for (const event of appeal.events) {
		if (event.type === 'sign') {
			step(['awaiting_sign'], event, 'in_hand');
		} else if (event.type === 'contact') {
			step(['in_hand'], event, 'in_hand');
			task.contacted = true;
		} else if (event.type === 'progress') {
			step(['in_hand'], event, 'in_hand');
		} else if (event.type === 'complete') {
			assert.ok(task.contacted, `${appeal.external_no}: no contact`);
			step(['in_hand'], event, 'review_pending');
		} else if (event.type === 'review_pass') {
			step(['review_pending'], event, 'closed');
			task.passed = true;
		} else if (event.type === 'review_refuse') {
			step(['review_pending'], event, 'in_hand');
			task.refused++;
		} else {
			visit(event);
		}
	}
	return task;
}

/* Check character of an organisation code over its eight characters (GB 11714). */
function organisation_check(body) {
	const weights = [3, 7, 9, 10, 5, 8, 4, 2];
	const sum = weights.reduce((total, weight, i) =>
		total + weight * parseInt(body[i], 36), 0);

	return '0X987654321'[sum % 11];
}

/* Check character of a unified social credit code over the other 17 (GB 32100-2015). */
function credit_check(body) {
	const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
	let weight = 1;
	let sum = 0;

	for (const character of body) {
		sum += alphabet.indexOf(character) * weight;
		weight = weight * 3 % 31;
	}
	return alphabet[(31 - sum % 31) % 31];
}

test('every_file_is_plain_utf8_with_unix_lines', () => {
	const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
	const tables = Object.keys(COLUMNS).map((name) => `${name}.tsv`);

	for (const file of [...tables, 'appeals.jsonl']) {
		const text = decoder.decode(readFileSync(DIRECTORY + file));

		assert.ok(!text.includes('\uFEFF'), `${file}: byte order mark`);
		assert.ok(!text.includes('\r'), `${file}: carriage return`);
		assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'), `${file}: end`);
		assert.ok(file === 'appeals.jsonl' || !text.includes('"'), `${file}: quotes`);
	}
});

test('every_code_is_short_ascii_and_stands_once', () => {
	for (const [name, rows] of Object.entries({ departments, areas, categories })) {
		assert_unique(rows.map((row) => row.code), name);
		assert_unique(rows.map((row) => `${row.parent ?? ''} ${row.name}`),
			`${name} names`);
		for (const row of rows)
			assert.match(row.code, /^[A-Z0-9_-]{1,16}$/);
	}
	assert_unique(catalogue.map((row) => `${row.category} ${row.area}`), 'catalogue');
});

test('no_name_or_basis_is_missing_or_overlong', () => {
	for (const row of [...departments, ...areas, ...categories]) {
		assert_text(row.name, 32, `${row.code}: name`);
		assert_text(row.name_en, 64, `${row.code}: name_en`);
		assert.match(row.name_en, /^[A-Z0-9][ -~]*$/);
	}
	for (const row of categories) {
		assert_text(row.keywords, 64, `${row.code}: keywords`);
		assert_unique(row.keywords.split(','), `${row.code}: keywords`);
		for (const word of row.keywords.split(','))
			assert_text(word, 16, `${row.code}: keyword`);
	}
	for (const row of catalogue) {
		assert_text(row.basis, 128, `${row.category} ${row.area}: basis`);
		assert.match(row.basis, /清单(（.+）)?第[1-9][0-9]*项$/);
	}
});

test('departments_are_one_tree_of_three_levels', () => {
	const depth = new Map();

	for (const row of departments) {
		assert.ok(row.parent === null || depth.has(row.parent), `${row.code}: parent`);
		depth.set(row.code, row.parent === null ? 1 : depth.get(row.parent) + 1);
		assert.ok(KINDS.includes(row.kind), `${row.code}: kind`);
		assert.ok(PEER_GROUPS.includes(row.peer_group), `${row.code}: peer_group`);
		assert.ok(['0', '1'].includes(row.takes_tasks), `${row.code}: takes_tasks`);
		assert.match(row.phone, /^[0-9]{4}-[0-9]{7}$/);
		assert.equal(row.kind === 'street', row.peer_group === 'streets', row.code);
		assert.equal(row.kind === 'district', row.parent === null, row.code);
	}
	assert_unique(departments.map((row) => row.phone), 'phones');
	assert.deepEqual([...new Set(depth.values())].sort(), [1, 2, 3]);
	assert.equal(departments.filter((row) => row.parent === null).length, 1);
	assert.equal(department_by_code.get('CGJ').name, '城市管理局');
	assert.equal(department_by_code.get('CGJ').initials, 'csglj');
});

test('there_are_enough_departments_of_every_kind', () => {
	const count = (kind) => takers.filter((row) => row.kind === kind).length;

	assert.ok(takers.length >= 34, `${takers.length} departments take tasks`);
	assert.ok(count('bureau') >= 15, 'bureaus');
	assert.ok(count('street') >= 8, 'streets');
	assert.ok(count('utility') >= 6, 'utilities');
	assert.ok(count('police') >= 1, 'police');
	for (const group of PEER_GROUPS)
		assert.ok(takers.some((row) => row.peer_group === group), group);
});

test('each_of_twelve_areas_has_its_own_street_office', () => {
	assert.deepEqual(areas.map((row) => row.code),
		Array.from({ length: 12 }, (_, i) => `A${String(i + 1).padStart(2, '0')}`));
	assert_unique(areas.map((row) => row.department), 'street offices');
	for (const row of areas) {
		assert.equal(department_by_code.get(row.department)?.kind, 'street', row.code);
		assert.equal(department_by_code.get(row.department).takes_tasks, '1', row.code);
	}
});

test('categories_have_three_levels_each_below_the_one_before', () => {
	const count = [0, 0, 0];
	const parents = new Set(categories.map((row) => row.parent));
	const seen = new Set();

	for (const row of categories) {
		assert.match(row.code, /^([0-9]{2}){1,3}$/);
		assert.equal(row.parent, row.code.slice(0, -2) || null, row.code);
		assert.ok(row.parent === null || seen.has(row.parent), `${row.code}: parent`);
		assert.ok(row.code.length === 6 || parents.has(row.code),
			`${row.code}: nothing below`);
		seen.add(row.code);
		count[row.code.length / 2 - 1]++;
	}
	assert.ok(count[0] >= 12 && count[1] >= 45 && count[2] >= 160, `levels ${count}`);
});

test('initials_follow_the_name_character_by_character', () => {
	const initial_of = new Map();

	for (const row of [...departments, ...areas, ...categories]) {
		const characters = [...row.name].filter((character) =>
			/[\p{Script=Han}A-Za-z0-9]/u.test(character));

		assert.match(row.initials, /^[a-z0-9]+$/);
		assert.equal(row.initials.length, characters.length, `${row.name}: length`);
		characters.forEach((character, i) => {
			/* No character of these names is read in two ways, so one must do. */
			const initial = initial_of.get(character) ?? row.initials[i];

			assert.equal(row.initials[i], initial, `${row.name}: ${character}`);
			initial_of.set(character, initial);
		});
	}
});

test('every_catalogue_row_names_what_exists', () => {
	for (const row of catalogue) {
		const where = `${row.category} ${row.area}`;

		assert.ok(category_codes.has(row.category) && row.category.length >= 4, where);
		assert.ok(row.area === '*' || area_codes.has(row.area), where);
		assert.equal(department_by_code.get(row.department)?.takes_tasks, '1', where);
		assert.ok(Object.hasOwn(SURELY_OVERDUE_DAYS, row.limit_class), where);
		assert.ok(['0', '1'].includes(row.urgent_allowed), where);
		assert.ok(['0', '1'].includes(row.department_only), where);
	}
});

test('what_belongs_to_departments_never_goes_to_a_street', () => {
	const guarded = new Set(catalogue.filter((row) => row.department_only === '1')
		.map((row) => row.category));

	assert.ok(guarded.size >= 20, 'guarded categories');
	for (const row of catalogue)
		assert.ok(!guarded.has(row.category) ||
			department_by_code.get(row.department).kind !== 'street',
		`${row.category} ${row.area}`);
});

test('a_street_receives_only_what_lies_in_its_area', () => {
	for (const row of catalogue) {
		if (department_by_code.get(row.department).kind !== 'street')
			continue;
		assert.equal(areas.find((area) => area.code === row.area)?.department,
			row.department, `${row.category} ${row.area}`);
	}
});

test('every_leaf_has_a_receiver_in_every_area_but_the_new_matters', () => {
	const unrouted = new Set();

	for (const { code } of categories.filter((row) => row.code.length >= 4))
		for (const area of area_codes)
			if (!route(code, area))
				unrouted.add(code);
	assert.deepEqual([...unrouted],
		['1503', '1601', '160101', '160102', '160103', '160104']);
	for (const area of area_codes) {
		assert.equal(route('0203', area).department, 'CGJ', area);
		assert.equal(route('0203', area).limit_class, 'L3', area);
	}
});

test('every_department_that_takes_tasks_has_an_access_pair', () => {
	for (const { code } of takers)
		assert.ok(access_pair(code), `${code}: no catalogue row without a guard`);
	const { category, area, limit_class } = access_pair('CGJ');

	assert.deepEqual([category, area, limit_class], ['0203', 'A01', 'L3']);
	assert_unique(takers.map(({ code }) => access_pair(code)).map((row) =>
		`${row.category} ${row.area}`), 'access pairs');
});

test('every_appeal_is_well_formed', () => {
	assert.ok(appeals.length >= 40, `${appeals.length} appeals`);
	assert_unique(appeals.map((appeal) => `${appeal.channel} ${appeal.external_no}`),
		'numbers');
	assert_unique(appeals.map((appeal) => appeal.title), 'titles');
	for (const appeal of appeals) {
		const where = appeal.external_no;

		assert.deepEqual(Object.keys(appeal), APPEAL_MEMBERS, where);
		assert.ok(CHANNELS.includes(appeal.channel), where);
		assert.ok(CONTENT_CLASSES.includes(appeal.content_class), where);
		assert.ok(category_codes.has(appeal.category), where);
		assert.ok(area_codes.has(appeal.area), where);
		assert_text(appeal.external_no, 32, where);
		assert_text(appeal.title, 40, where);
		assert_text(appeal.text, 400, where);
		assert_text(appeal.address, 64, where);
		assert.equal(typeof appeal.urgent, 'boolean', where);
		assert.ok(appeal.accused?.department == null ||
			department_by_code.has(appeal.accused.department), where);
	}
	for (const channel of CHANNELS)
		assert.ok(appeals.some((appeal) => appeal.channel === channel), channel);
	for (const content_class of CONTENT_CLASSES)
		assert.ok(appeals.some((appeal) => appeal.content_class === content_class),
			content_class);
});

test('callers_are_invented_and_the_anonymous_leave_nothing', () => {
	for (const { caller, external_no: where } of appeals) {
		assert.deepEqual(Object.keys(caller), ['name', 'phone', 'anonymous', 'secret',
			'visit_wanted'], where);
		if (caller.anonymous) {
			assert.deepEqual([caller.name, caller.phone, caller.visit_wanted],
				[null, null, false], where);
			continue;
		}
		assert.match(caller.name, /^\p{Script=Han}{3}$/u);
		assert.match(caller.phone, /^1380000[0-9]{4}$/);
	}
	assert_unique(appeals.map(({ caller }) => caller.phone).filter(Boolean), 'phones');
});

test('every_enterprise_has_a_valid_credit_code', () => {
	const enterprises = appeals.filter((appeal) => appeal.enterprise);

	assert.ok(enterprises.length >= 5, 'enterprises');
	assert_unique(enterprises.map((appeal) => appeal.enterprise.uscc), 'credit codes');
	for (const { channel, enterprise } of enterprises) {
		assert.equal(channel, 'enterprise');
		assert_text(enterprise.name, 40, enterprise.uscc);
		assert.match(enterprise.uscc, /^91[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/);
		assert.equal(enterprise.uscc[16],
			organisation_check(enterprise.uscc.slice(8, 16)));
		assert.equal(enterprise.uscc[17],
			credit_check(enterprise.uscc.slice(0, 17)));
	}
	/* A code changed in one place must fail, or the check above proves nothing. */
	assert.notEqual(credit_check(`92${enterprises[0].enterprise.uscc.slice(2, 17)}`),
		enterprises[0].enterprise.uscc[17]);
});

test('events_are_complete_in_order_and_in_the_past', () => {
	for (const appeal of appeals) {
		let before = 0;

		assert.ok(appeal.days_ago > 0 && appeal.days_ago <= 45, appeal.external_no);
		for (const event of appeal.events) {
			const where = `${appeal.external_no} ${event.after_hours}`;
			const [required, optional] = EVENT_MEMBERS[event.type];
			const names = Object.keys(event).slice(2);

			assert.ok(event.after_hours > before, where);
			assert.ok(event.after_hours < appeal.days_ago * 24, where);
			before = event.after_hours;
			assert.deepEqual(names.filter((name) => !optional.includes(name)),
				required, where);
			for (const name of ['reply', 'legal_basis', 'text', 'note'])
				if (event[name] != null)
					assert_text(event[name], 200, where);
		}
	}
});

test('contacts_results_and_answers_use_the_words_of_the_contract', () => {
	for (const event of appeals.flatMap((appeal) => appeal.events)) {
		if (event.type === 'contact') {
			assert.ok(['phone', 'visit', 'sms'].includes(event.channel));
			assert.ok(['reached', 'no_answer', 'refused'].includes(event.outcome));
		} else if (event.type === 'complete') {
			assert.ok(RESULTS.includes(event.result));
		} else if (event.type === 'visit') {
			assert.ok(['phone', 'sms', 'network'].includes(event.channel));
			assert.ok([null, 'yes', 'partly', 'no'].includes(event.solved));
			assert.ok([null, ...LEVELS].includes(event.result));
			assert.ok([null, ...LEVELS].includes(event.attitude));
			assert.equal(event.reached, event.result !== null);
			assert.equal(DISSATISFIED.includes(event.result),
				REASONS.includes(event.reason));
		}
	}
});

test('an_appeal_without_a_receiver_has_no_events', () => {
	const accepted = appeals.filter((appeal) => {
		const receiver = route(appeal.category, appeal.area)?.department;

		return !receiver || receiver === appeal.accused?.department;
	});

	assert.ok(accepted.length >= 3);
	assert.ok(accepted.some((appeal) => appeal.accused?.department), 'a recusal');
	assert.ok(accepted.some((appeal) => !appeal.accused), 'a new matter');
	for (const appeal of accepted)
		assert.deepEqual(appeal.events, [], appeal.external_no);
});

test('the_appeals_show_every_state_that_the_demo_names', () => {
	const replayed = appeals.map((appeal) => ({ appeal, task: task_replay(appeal),
		row: route(appeal.category, appeal.area) }))
		.filter(({ appeal, row }) =>
			row && row.department !== appeal.accused?.department);
	const some = (what, matches) =>
		assert.ok(replayed.some((one) => matches(one.task, one.appeal, one.row)), what);
	const state = (name) => (task) => task.state === name;
	const last = (task) => task.answers[task.answers.length - 1]?.result;

	for (const name of ['awaiting_sign', 'in_hand', 'review_pending', 'closed', 'visited'])
		some(name, state(name));
	some('signed only', (task, appeal) =>
		task.state === 'in_hand' && appeal.events.length === 1);
	some('overdue, unsigned', (task, appeal, row) => task.state === 'awaiting_sign' &&
		appeal.days_ago > SURELY_OVERDUE_DAYS[row.limit_class]);
	for (const limit_class of ['L1', 'L3', 'L5'])
		some(`overdue, open, ${limit_class}`, (task, appeal, row) => !task.passed &&
			task.state === 'in_hand' && row.limit_class === limit_class &&
			appeal.days_ago > SURELY_OVERDUE_DAYS[limit_class]);
	some('satisfied', (task) => last(task) === 'satisfied' && task.round === 1);
	some('dissatisfied, no redo', (task) => task.state === 'visited' && task.round === 1 &&
		DISSATISFIED.includes(last(task)));
	some('redo in hand', (task) => task.state === 'in_hand' && task.round === 2);
	some('redo under review', (task) =>
		task.state === 'review_pending' && task.round === 2);
	some('redo that satisfied', (task) => task.round === 2 && last(task) === 'satisfied');
	some('unreachable', (task) => task.attempts >= 3 && task.answers.length === 0);
	some('anonymous and closed', (task, appeal) => appeal.caller.anonymous && task.passed);
	some('secret', (task, appeal) => appeal.caller.secret && task.passed);
	some('refused, then passed', (task) => task.refused > 0 && task.passed);
	some('refused and open', (task) => task.refused > 0 && task.state === 'in_hand');
	some('urgent and closed', (task, appeal, row) => task.passed && appeal.urgent &&
		row.urgent_allowed === '1');
});

test('the_last_month_and_this_one_both_have_closed_appeals', () => {
	const closed = appeals.filter((appeal) =>
		appeal.events.some((event) => event.type === 'review_pass'));

	assert.ok(closed.filter((appeal) => appeal.days_ago >= 31).length >= 4, 'older');
	assert.ok(closed.filter((appeal) => appeal.days_ago < 31 && appeal.days_ago >= 10)
		.length >= 5, 'between');
	assert.ok(closed.filter((appeal) => appeal.days_ago < 10).length >= 4, 'fresh');
});
