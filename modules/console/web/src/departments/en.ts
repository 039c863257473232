export const en = {
	"contact.channel": "By",
	"contact.outcome": "Outcome",
	"contact.note": "Note",

	"contact_channel.phone": "Phone",
	"contact_channel.visit": "Visit",
	"contact_channel.sms": "SMS",

	"outcome.reached": "Reached",
	"outcome.no_answer": "No answer",
	"outcome.refused": "Refused",

	"progress.text": "Progress",
	"progress.promise_on": "Promised for (optional)",
} as const;
