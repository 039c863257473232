/* The same in English. */
export const en = {
	"inbox.step_done": "{step}: recorded.",

	"promise_state.pending": "to come",
	"promise_state.due": "to be checked",
	"promise_state.kept": "kept",
	"promise_state.broken": "broken",
	"promise_state.lapsed": "lapsed",

	"supervised_state.open": "open",
	"supervised_state.proved": "waits for sign-off",
	"supervised_state.signed_off": "signed off",

	"batch.outcome": "Outcome",

	"promise_state.made": "All",
} as const;
