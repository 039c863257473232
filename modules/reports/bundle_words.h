/*
 * Words of a bundle that no other interface has; index = value of the enum in rules/facts.h.
 * One table serves the writer and the reader, so that they cannot differ.
 */
#pragma once

static const char *const bundle_left_words[] = {
	"-", "returned", "withdrawn", "merged", "on_account", NULL
};
static const char *const bundle_bar_words[] = {
	"-", "anonymous", "no_contact", "not_wanted", "legal", NULL
};
static const char *const bundle_contacted_words[] = { "-", "yes", "no", NULL };
static const char *const bundle_solved_words[] = { "-", "yes", "partly", "no", NULL };
static const char *const bundle_outcome_words[] = { "-", "passed", "refused", NULL };

#define BUNDLE_FIRST "liandong-bundle/1\n"
#define BUNDLE_DEPARTMENTS "[departments]\ncode\tname\tparent\tpeer_group\n"
#define BUNDLE_TASKS "[tasks]\ntask\tdepartment\tchannel\trole\tcontent\tlimit_class\tstate" \
	"\tdispatched_at\tsign_due\tsigned_at\tcontact_due\tcontacted_at\tdue\toriginal_due" \
	"\textended\tclosed_at\tleft\tleft_at\trecorded\texcluded_at\tbar\tredo_running" \
	"\tsent_back\treturn_asked\treturn_refused\trecomplaint\n"
#define BUNDLE_VISITS "[visits]\ntask\tat\treached\tcontacted\tsolved\tresult\n"
#define BUNDLE_SUBMISSIONS "[submissions]\ntask\tat\toutcome\n"
#define BUNDLE_FIGURES "[figures]\nscope\tkind\tdepartment\tmeasure\tnum\tden\trate\tmeets\n"
#define BUNDLE_SEAL "[seal]\n"
