/*
 * What must hold of everybody's rights, whatever the access table says: written by hand from
 * the rules of the service, not from the table. Each statement gives the cells that break it.
 */
import { relationOf } from './access.mjs';

const CENTRE = ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader', 'auditor'];
const SEPARATED = ['system', 'security', 'audit'];
const ADMINISTRATORS = ['admin', ...SEPARATED];
const OUTSIDE = ['observer', 'contact'];
const EVERYBODY = ['intake', 'department', ...CENTRE, ...ADMINISTRATORS, ...OUTSIDE];
const but = (...roles) => EVERYBODY.filter((role) => !roles.includes(role));

const isChange = ({ method, handler }) => method !== 'GET' && !READS.includes(handler);
/* POSTs that only read: what they ask for may not stand in a URL, or is a table of its own. */
const READS = ['search_search', 'hints_show', 'laboratory_run', 'suggestions_show',
	'callers_history'];
const at = (pattern) => ({ path, method }) => pattern.test(`${method} ${path}`);
const below = (...prefixes) => at(new RegExp(`^\\w+ /api/v1/(${prefixes.join('|')})(?![\\w-])`));
const named = (...handlers) => ({ handler }) => handlers.includes(handler);
const and = (...all) => (row) => all.every((one) => one(row));
const or = (...all) => (row) => all.some((one) => one(row));
const not = (one) => (row) => !one(row);

/* Of appeals and tasks: everything that carries what a caller said, or does something to it. */
const ofCases = below('appeals', 'tasks', 'returns', 'visits', 'promises', 'supervised', 'meetings',
	'rule-problems', 'tripwires', 'levels', 'lotteries', 'observations', 'board');
/* Who opened whose contacts, when and why: records of audit without a word of the caller. */
const ofOpenings = at(/^GET \/api\/v1\/appeals\/\{id\}\/openings$/);
const ofFigures = below('reports', 'rhythm');
const ofReference = below('departments', 'areas', 'categories', 'catalogue', 'calendar', 'limits',
	'grounds', 'checklist', 'handover', 'quiet-days', 'four-acts', 'documents');
const ofWebhooks = below('webhooks');
const ofAudit = below('audit');
const ofSession = below('session', 'sessions', 'me');
const ofLedger = below('ledger');
const onTask = at(/^POST \/api\/v1\/tasks\/\{id\}\//);

/* No role of these has a cell there. */
const never = (says, roles, where) => ({ says, roles, where, is_kept: (cell) => cell === '-' });
/* Those that have one see their own. */
const atMostOwn = (says, roles, where) => ({ says, roles, where,
	is_kept: (cell) => cell === '-' || cell === 'own' });
/* Only these may. */
const only = (says, roles, where) => never(says, but(...roles), where);

export const CELL_POLICIES = [
	/* Administrators and what callers say. */
	never('no administrator reaches anything with what callers say', ADMINISTRATORS,
		and(ofCases, not(ofOpenings))),
	only('who opened a caller is read by who may open one and who audits',
		['operator', 'visitor', 'auditor', 'audit'], ofOpenings),
	never('no administrator reveals a caller', ADMINISTRATORS, named('callers_reveal')),
	never('no administrator prints a case', ADMINISTRATORS, named('tickets_print', 'notice_print')),
	only('accounts are kept by who administers people', ['admin', 'security'], below('accounts')),
	never('no separated administrator opens the cases behind a figure', SEPARATED,
		named('reports_tasks', 'reports_tasks_csv', 'reports_praised_csv')),
	never('the security administrator configures nothing of the trade', ['security'],
		and(or(ofReference, ofWebhooks, below('enterprises', 'filings')), isChange)),
	never('the security administrator reads no webhook and no warning', ['security'],
		or(ofWebhooks, below('warnings'))),
	never('the system administrator reads no audit record', ['system'], ofAudit),
	never('the one administrator reads no audit record either', ['admin'], ofAudit),
	never('the security administrator reads no audit record', ['security'], ofAudit),
	never('the audit administrator configures nothing', ['audit'],
		and(or(ofReference, ofWebhooks, below('enterprises', 'leaders')), isChange)),
	never('who audits changes nothing but its own session', ['audit'],
		and(isChange, not(ofSession))),
	/* The auditor. */
	never('the auditor changes no case', ['auditor'], and(ofCases, isChange,
		not(named('lottery_commit', 'lottery_open')))),
	never('the auditor changes no figure', ['auditor'], and(ofFigures, isChange)),
	never('the auditor changes no reference data, no webhook and no enterprise', ['auditor'],
		and(or(ofReference, ofWebhooks, below('enterprises', 'filings')), isChange)),
	never('the auditor decides and publishes nothing', ['auditor'],
		named('item_decision', 'item_publication', 'finding_to_clue', 'finding_dismiss')),
	/* Departments. */
	atMostOwn('a department sees no case, task, filing or webhook but its own', ['department'],
		or(ofCases, ofWebhooks, below('filings', 'accountability', 'leaders'))),
	/* What it attaches belongs to its own open task. */
	never('a department does nothing to an appeal as a whole', ['department'],
		and(below('appeals'), isChange, not(named('attachments_add')))),
	never('a department judges no task', ['department'], named('tasks_review', 'tasks_redo',
		'tasks_return_accept', 'tasks_return_refuse', 'tasks_ruling', 'extensions_approve',
		'extensions_refuse', 'exclusion_ask', 'exclusion_approve', 'exclusion_refuse')),
	never('a department marks and supervises nobody', ['department'], named('supervision_urge',
		'supervision_supervise', 'supervision_escalate', 'items_refuse', 'items_sign_off')),
	never('a department learns no caller\'s name or number', ['department'],
		named('callers_reveal', 'search_search', 'hints_show')),
	never('a department visits nobody', ['department'], named('visits_add', 'queue_list')),
	only('what a department does with a task, nobody does for it', ['department'],
		named('tasks_sign', 'tasks_contact', 'tasks_progress', 'tasks_complete', 'tasks_return',
			'tasks_dispute', 'tasks_assist', 'tasks_report', 'tasks_assist_delay',
			'extensions_ask', 'item_statement', 'statements_put', 'objections_add')),
	/* Intake. */
	atMostOwn('an intake key sees what it registered', ['intake'], ofCases),
	never('an intake key does nothing but register, read, withdraw and bring files', ['intake'],
		and(ofCases, not(named('intake_open', 'intake_show', 'history_list', 'search_list',
			'desk_withdraw', 'attachments_add', 'attachments_list', 'attachments_get')))),
	never('an intake key reads no figures', ['intake'], ofFigures),
	only('who calls is known to the desk alone', ['operator'], below('calls', 'callers/history')),
	only('ready answers are written by who dispatches, supervises or configures',
		['dispatcher', 'supervisor', 'admin', 'system'], and(below('knowledge'), isChange)),
	atMostOwn('nobody sees another\'s drafts', EVERYBODY, below('drafts')),
	only('only intake and the desk register', ['intake', 'operator'], named('intake_open')),
	/* Who may do what at the centre. */
	only('only the desk and visitors reveal', ['operator', 'visitor'], named('callers_reveal')),
	only('only reviewers review', ['reviewer'], named('tasks_review')),
	only('only visitors visit', ['visitor'], named('visits_add')),
	only('only dispatchers and supervisors dispatch', ['dispatcher', 'supervisor'],
		named('tasks_dispatch')),
	only('only supervisors rule, and approve or refuse exclusions', ['supervisor'],
		named('tasks_ruling', 'exclusion_approve', 'exclusion_refuse')),
	only('only the leader freezes, publishes and decides', ['leader'],
		named('month_freeze_route', 'month_publish_route', 'item_decision', 'problem_answer')),
	only('only dispatchers stop a clock', ['dispatcher'],
		named('pauses_pause', 'pauses_resume', 'pauses_account', 'pauses_unaccount')),
	only('only those who configure change reference data', ['admin', 'system'],
		and(ofReference, isChange)),
	only('only who configures moves the test clock', ['admin', 'system'], named('clock_put')),
	only('audit records are for the auditor and the audit administrator', ['auditor', 'audit'],
		ofAudit),
	/* Those outside. */
	never('an outside supervisor changes nothing and writes observations', ['observer'],
		and(isChange, not(or(ofSession, named('observations_add'))))),
	atMostOwn('an outside supervisor reads no other one\'s observations', ['observer'],
		below('observations')),
	never('an outside supervisor searches no phone and reads no history', ['observer'],
		named('search_search', 'history_list', 'callers_reveal', 'hints_show')),
	atMostOwn('a contact leader sees its own enterprises and their appeals', ['contact'],
		or(ofCases, below('enterprises', 'filings'))),
	never('a contact leader urges, and changes nothing else', ['contact'],
		and(isChange, not(or(ofSession, named('supervision_urge'))))),
	never('nobody outside reads accountability, tripwires or drawn inspections', OUTSIDE,
		below('accountability', 'leaders', 'tripwires', 'lotteries', 'supervised', 'meetings')),
];

/* Pairs of rights that one role may not have together: who does one does not judge it. */
export const APART = [
	['who reviews is not who handles', ['tasks_complete'], ['tasks_review']],
	['who visits is not who handles', ['tasks_complete'], ['visits_add']],
	['who visits is not who reviews', ['tasks_review'], ['visits_add']],
	['who asks for an extension does not decide it', ['extensions_ask'],
		['extensions_approve', 'extensions_refuse']],
	['who returns a task does not decide the return', ['tasks_return'],
		['tasks_return_accept', 'tasks_return_refuse']],
	['who objects to a figure does not answer the objection', ['objections_add'],
		['objections_answer']],
	['who raises a clue does not decide it', ['items_add', 'finding_to_clue'], ['item_decision'],
		['leader']],
	['who files does not keep the register', ['filings_add'], ['enterprises_add']],
	['who configures does not read audit records', ['areas_add', 'endpoint_add'], ['audit_list'],
		['department']],
	['who reveals does not read audit records', ['callers_reveal'], ['audit_list']],
];

/* Judging, closing, excluding: never by contracted people. */
export const STAFF = ['tasks_review', 'tasks_redo', 'tasks_ruling', 'exclusion_ask',
	'exclusion_approve', 'exclusion_refuse', 'desk_answer', 'desk_refuse', 'desk_reopen',
	'extensions_approve', 'extensions_refuse', 'pauses_pause', 'month_freeze_route',
	'month_publish_route', 'item_decision', 'observations_answer'];

/* What somebody without credentials may ask, and nothing else. */
export const PUBLIC = ['session_open', 'openapi_show', 'console_page', 'console_file', 'ways_show',
	'oidc_start', 'oidc_back', 'oidc_leave', 'cti_take', 'sms_report', 'sms_reply', 'progress_show', 'answer_take',
	'progress_page', 'link_page'];

/* What a supervisor of a unit may change: marks on what stands below it, that it is open on the own
 * screen, and the own account. */
export const UNIT_CHANGES = ['presence_say_own', 'supervision_urge', 'supervision_supervise',
	'supervision_escalate', 'alerts_choose',
	'session_close', 'own_password', 'own_factor_start', 'own_factor_confirm',
	'own_recovery_codes', 'own_sessions_end', 'own_session_end'];

/* The cells of a table that break a statement: [{ row, role }]. */
export const breaches = (policy, rows) => rows.filter((row) => !row.is_public &&
	policy.where(row)).flatMap((row) => policy.roles.filter((role) =>
	!policy.is_kept(relationOf(row, role))).map((role) => ({ row, role })));

/* Statements about the table as a whole that do not hold. */
export function wholeBreaches(rows) {
	const wrong = [];
	const has = (handlers, role) => handlers.some((handler) =>
		relationOf(rows.find((row) => row.handler === handler), role) !== '-');
	for (const [says, first, second, except = []] of APART)
		for (const role of EVERYBODY)
			if (!except.includes(role) && has(first, role) && has(second, role))
				wrong.push(`${says}: ${role}`);
	for (const handler of STAFF)
		if (!rows.find((row) => row.handler === handler).is_staff_only)
			wrong.push(`contracted people may: ${handler}`);
	for (const { handler, is_public } of rows)
		if (is_public !== PUBLIC.includes(handler))
			wrong.push(`without credentials: ${handler}`);
	for (const row of rows)
		if (isChange(row) && relationOf(row, 'supervisor', true) === 'tree' &&
		    !UNIT_CHANGES.includes(row.handler))
			wrong.push(`a supervisor of a unit may: ${row.handler}`);
	/* A change that two of the three could make would have no second pair of eyes. */
	for (const row of rows)
		if (isChange(row) && !ofSession(row) && !row.is_public &&
		    SEPARATED.filter((role) => row.cells[role] !== '-').length > 1)
			wrong.push(`two separated administrators may: ${row.handler}`);
	return wrong;
}
