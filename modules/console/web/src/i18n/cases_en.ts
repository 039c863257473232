/* What lists of things to decide, and their forms, have in common. */
export const en = {
	"list.all": "All",

	"docket.empty_next": "What comes will appear here.",

	"period.previous": "Previous period",
	"period.next": "Next period",

	"rung.yellow": "Yellow card",
	"rung.red": "Red card",

	"ground.overdue_half": "overdue by half the limit",
	"ground.overdue_days": "overdue by five working days",
	"ground.two_yellow": "second yellow card of the month",
	"ground.proven_fraud": "proven fraud",

	"step.clue": "Raise a clue",

	"field.number": "Number",
	"field.task": "Task",
	"field.kind": "Kind",
	"field.source": "Source",
	"field.state": "State",
	"field.text": "Text",
	"field.title": "Title",
	"field.note": "Note",
	"field.reason": "Reason",
	"field.evidence": "Evidence",
	"field.ground": "Ground",
	"field.facts": "Facts",
	"field.rule": "Rule (document, article)",
	"field.proposal": "Proposal",
	"field.problem": "Problem",
	"field.by": "By",

	"proposal.abolish": "Abolish",
	"proposal.amend": "Amend",
	"proposal.make": "Make",

	"consequence.clue": "The clue goes into the ledger; the department sees it and may answer.",

	"step.done": "{what}: done, and on record.",
} as const;
