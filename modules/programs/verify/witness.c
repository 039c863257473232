/*
 * One round: the log's newest checkpoint, the proof that it goes on from the last one seen,
 * the state on disk, the cosignature to the log.
 */
#include "verify/witness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "verify/findings.h"
#include "verify/json_proof.h"
#include "verify/web.h"
#include "verify/witness_store.h"

enum { PATH_ROOM = 128 };

/* UNREACHABLE is tried again, a REFUSED log ends the witness. */
enum round { ROUND_DONE, ROUND_UNREACHABLE, ROUND_REFUSED, ROUND_BROKEN };

struct witness {
	const struct witness_question *question;
	struct web *web;
	struct key log;
	struct witness_key own;
	struct witness_state state;
};

/* The newest checkpoint and the text it stands in. */
struct head {
	char *text;		/* to be freed */
	struct note note;
	struct checkpoint checkpoint;
};

static enum round refuse(const struct head *head, const char *what)
{
	printf("REFUSED: %s; nothing was cosigned\n%s", what, head->text ? head->text : "");
	return ROUND_REFUSED;
}

static enum round ask_head(struct witness *w, struct head *head)
{
	struct text answer;

	if (!web_ask(w->web, "/api/v1/ledger/head", NULL, &answer))
		return ROUND_UNREACHABLE;
	head->text = head_checkpoint(answer);
	if (!head->text) {
		fputs("the log has no checkpoint yet\n", stderr);
		return ROUND_UNREACHABLE;
	}
	if (!note_parse(text_of(head->text), &head->note) ||
	    !checkpoint_parse(&head->note, &head->checkpoint))
		return refuse(head, "the log's head is no checkpoint");
	if (!text_same(head->checkpoint.origin, w->log.name))
		return refuse(head, "the checkpoint is of another log");
	if (note_signing(&head->note, &w->log, NULL) != SIGNING_GOOD)
		return refuse(head, "the checkpoint has no good signature of the log");
	return ROUND_DONE;
}

/* Whether the head goes on from what is on disk; a first head is taken as it is. */
static enum round check_history(struct witness *w, const struct head *head)
{
	const struct checkpoint *c = &head->checkpoint;
	struct consistency consistency = { 0 };
	char path[PATH_ROOM];
	struct text answer;

	if (c->size < w->state.size)
		return refuse(head, "the log shrank: it showed a larger tree before");
	if (c->size == w->state.size && w->state.size > 0)
		return hash_same(&c->root, &w->state.root) ? ROUND_DONE :
			refuse(head,
			       "FORK: the log showed another tree of the same size before");
	if (w->state.size == 0)
		return ROUND_DONE;
	snprintf(path, sizeof(path), "/api/v1/ledger/consistency?from=%" PRIu64 "&to=%" PRIu64,
		 w->state.size, c->size);
	if (!web_ask(w->web, path, NULL, &answer))
		return ROUND_UNREACHABLE;
	if (!consistency_parse(answer, &consistency) || consistency.from != w->state.size ||
	    consistency.to != c->size ||
	    !merkle_is_consistent(w->state.size, &w->state.root, c->size, &c->root,
				  &consistency.proof))
		return refuse(head, "FORK: the log does not show that its tree goes on from "
			      "the one it showed before");
	return ROUND_DONE;
}

/* The note with one more line, to be freed. */
static char *cosign(const struct witness *w, const struct head *head, uint64_t now)
{
	const struct text text = head->note.text;
	uint8_t blob[KEY_ID_BYTES + 8 + SIGNATURE_BYTES];
	char base64[BASE64_ROOM(sizeof(blob))];
	char *message = malloc(COSIGNED_ROOM + text.n), *note = NULL;

	if (!message)
		abort();
	memcpy(blob, w->own.public.id, KEY_ID_BYTES);
	for (int i = 0; i < 8; i++)
		blob[KEY_ID_BYTES + i] = (uint8_t)(now >> (56 - 8 * i));
	bool is_signed = ed25519_sign(w->own.seed, cosigned_message(text, now, message),
				      blob + KEY_ID_BYTES + 8);
	free(message);
	if (is_signed && asprintf(&note, "%s\xe2\x80\x94 %s %s\n", head->text, w->own.name,
				  base64_write(blob, sizeof(blob), base64)) < 0)
		abort();
	return note;
}

static enum round send_cosignature(struct witness *w, const struct head *head)
{
	char *note = cosign(w, head, (uint64_t)time(NULL));
	char *json = note ? cosignature_json(text_of(note)) : NULL;
	struct text answer;
	enum round round = ROUND_BROKEN;

	if (json)
		round = web_ask(w->web, "/api/v1/ledger/cosignatures", json, &answer) ?
			ROUND_DONE : ROUND_UNREACHABLE;
	if (round == ROUND_DONE)
		printf("cosigned: %s, %" PRIu64 " entries\n", SHOWN(head->checkpoint.origin),
		       head->checkpoint.size);
	free(json);
	free(note);
	return round;
}

static enum round follow(struct witness *w, struct head *head)
{
	enum round round = ask_head(w, head);

	if (round == ROUND_DONE)
		round = check_history(w, head);
	if (round != ROUND_DONE)
		return round;
	/* What the log gives back with this witness's good line needs no second one. */
	if (head->checkpoint.size == w->state.size &&
	    note_signing(&head->note, &w->own.public, NULL) == SIGNING_GOOD)
		return ROUND_DONE;
	const struct witness_state state = {
		.size = head->checkpoint.size, .root = head->checkpoint.root,
	};
	if (!witness_state_write(w->question->dir, &state))
		return ROUND_BROKEN;
	w->state = state;
	return send_cosignature(w, head);
}

static enum round one_round(struct witness *w)
{
	struct head head = { .text = NULL };
	enum round round = follow(w, &head);

	free(head.text);
	return round;
}

/* The name a witness has when nobody gave one: the log's, and that it is its witness. */
static void name_of(const struct witness_question *question, const struct key *log, char *out)
{
	if (question->name)
		snprintf(out, KEY_NAME_MAX, "%s", question->name);
	else
		snprintf(out, KEY_NAME_MAX, "%.*s/witness", (int)log->name.n, log->name.p);
}

static bool open_key(const struct witness_question *question, struct key *log,
		     struct witness_key *own)
{
	char name[KEY_NAME_MAX];
	bool has_log = question->key && key_parse(text_of(question->key), log);

	if (question->key && !has_log) {
		fprintf(stderr, "--key: %s is no verifier key (NAME+ID+KEY).\n", question->key);
		return false;
	}
	if (question->name && strpbrk(question->name, " \t\r\n+")) {
		fputs("--name: a name has no blanks and no '+'.\n", stderr);
		return false;
	}
	if (has_log || question->name)
		name_of(question, log, name);
	return witness_key_open(question->dir, has_log || question->name ? name : NULL, own);
}

int witness_public(const struct witness_question *question)
{
	struct witness_key own;
	struct key log;
	char text[KEY_TEXT_ROOM];

	if (!open_key(question, &log, &own))
		return STATUS_UNREADABLE;
	puts(key_write(&own.public, text));
	return STATUS_GOOD;
}

static int status_of(enum round round)
{
	if (round == ROUND_BROKEN)
		return STATUS_UNREADABLE;
	return round == ROUND_DONE ? STATUS_GOOD : STATUS_WRONG;
}

int witness_run(const struct witness_question *question)
{
	struct witness w = { .question = question };
	enum round round = ROUND_BROKEN;

	if (!open_key(question, &w.log, &w.own) || !witness_state_read(question->dir, &w.state))
		return STATUS_UNREADABLE;
	w.web = web_open(question->url, question->ca_file, question->token_file);
	if (!w.web)
		return STATUS_UNREADABLE;
	do {
		round = one_round(&w);
		fflush(stdout);
		if (!question->every || round == ROUND_REFUSED || round == ROUND_BROKEN)
			break;
	} while (sleep(question->every) == 0);
	web_close(w.web);
	return status_of(round);
}
