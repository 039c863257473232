/* The signer's client. */
#include "signer.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "log.h"
#include "metrics.h"
#include "must.h"
#include "out/local_socket.h"
#include "out/signer_client.h"

enum { QUIET_SECONDS = 10 };
enum trouble { TROUBLE_NONE, TROUBLE_AWAY, TROUBLE_REFUSED };

const struct setting signer_settings[] = {
	{ "signer_socket", SETTING_PATH, "", .fixed = true, .help =
	  "Unix socket of liandong-signer, which signs the ledger's checkpoints; empty: nothing "
	  "is signed. A demo has one of its own." },
	{ "signer_origin", SETTING_TEXT, "localhost/liandong", .fixed = true, .help =
	  "Name of the ledger in all that is signed: a host name and a path that nobody else "
	  "uses; liandong-signer must be started with the same." },
	{ 0 }
};

static struct metric signed_total = {
	.name = "liandong_signer_signed_total", .kind = METRIC_COUNTER,
	.help = "Checkpoints that the signer signed.",
};
static struct metric away = {
	.name = "liandong_signer_away", .kind = METRIC_GAUGE,
	.help = "1 while the signer does not answer: checkpoints wait.",
};
static struct metric refused = {
	.name = "liandong_signer_refused", .kind = METRIC_GAUGE,
	.help = "1 while nothing can be signed because the ledger is not what it was.",
};
static _Atomic int trouble;	/* enum trouble, as it was last logged */
/* One that hangs is left alone for a while: each question holds a worker for its whole time. */
static _Atomic int64_t quiet_until;	/* clock_monotonic() */

void signer_start(void)
{
	metric_register(&signed_total);
	metric_register(&away);
	metric_register(&refused);
}

/* True when this is news. */
static bool trouble_becomes(enum trouble now)
{
	metric_set(&away, now == TROUBLE_AWAY);
	metric_set(&refused, now == TROUBLE_REFUSED);
	return atomic_exchange(&trouble, (int)now) != (int)now;
}

static void trouble_ends(void)
{
	if (trouble_becomes(TROUBLE_NONE))
		log_info("signer", "signs_again", "trouble=none");
}

static void is_away(const char *why)
{
	if (trouble_becomes(TROUBLE_AWAY))
		log_warn("signer", "away", "why=%s checkpoints=wait", why);
}

void signer_alarm(const char *event, uint64_t size)
{
	if (trouble_becomes(TROUBLE_REFUSED))
		log_error("signer", event, "size=%" PRIu64 " signature=none", size);
}

/* ---- one exchange ---- */

static bool read_line(int fd, char *line, size_t size, int64_t deadline, size_t *ret_n)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, line + n, size - n);

		if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		if (got < 0 && !local_socket_wait(fd, POLLIN, deadline))
			return false;
		n += got > 0 ? (size_t)got : 0;
		if (n > 0 && line[n - 1] == '\n') {
			*ret_n = n - 1;
			return true;
		}
	}
	return false;
}

static bool ask(struct arena *a, struct str question, struct str *ret_answer)
{
	struct str socket_path = setting_str("signer_socket");
	int64_t deadline = clock_monotonic() + LIMIT_SIGNER_SECONDS * CLOCK_SECOND;
	char *line = arena_alloc(a, LIMIT_NOTE_BYTES);
	size_t n = 0;

	if (socket_path.n == 0) {
		is_away("no_signer_socket_is_set");
		return false;
	}
	if (clock_monotonic() < atomic_load(&quiet_until))
		return false;
	int fd = local_socket_connect(socket_path.p);
	bool is_answered = fd >= 0 && local_socket_send(fd, question, deadline) &&
			   read_line(fd, line, LIMIT_NOTE_BYTES, deadline, &n);

	if (fd >= 0)
		close(fd);
	if (!is_answered && fd >= 0)
		atomic_store(&quiet_until, clock_monotonic() + QUIET_SECONDS * CLOCK_SECOND);
	if (!is_answered)
		is_away(fd < 0 ? "it_cannot_be_reached" : "it_does_not_answer");
	*ret_answer = (struct str){ line, n };
	return is_answered;
}

/* What follows `word` and a blank; STR_NONE when the line begins otherwise. */
static struct str behind(struct str line, struct str word)
{
	if (!str_starts(line, word))
		return STR_NONE;
	return (struct str){ line.p + word.n, line.n - word.n };
}

bool signer_vkey(struct arena *a, struct str *ret_vkey)
{
	struct str line;

	if (!ask(a, STR("key\n"), &line))
		return false;
	*ret_vkey = behind(line, STR("ok "));
	if (!ret_vkey->p)
		is_away("it_has_no_key");
	return ret_vkey->p != NULL;
}

static struct str question_line(struct arena *a, const struct signer_question *q)
{
	struct str root = encode_base64(a, q->root);
	struct buf line;

	must(q->root.n == SHA256_BYTES && q->proof.n % SHA256_BYTES == 0);
	buf_init(&line, LIMIT_NOTE_BYTES);
	buf_printf(&line, "sign %" PRIu64 " %.*s %" PRIu64 " ", q->size, STR_ARG(root),
		   q->old_size);
	for (size_t at = 0; at < q->proof.n; at += SHA256_BYTES) {
		struct str hash = { q->proof.p + at, SHA256_BYTES };

		if (at)
			buf_add_byte(&line, ',');
		buf_add(&line, encode_base64(a, hash));
	}
	buf_add(&line, q->proof.n ? STR("\n") : STR("-\n"));
	must(!line.overflow);
	struct str text = arena_str(a, buf_str(&line));

	buf_free(&line);
	return text;
}

enum signer_verdict signer_sign(struct arena *a, const struct signer_question *question,
				struct signer_answer *ret_answer)
{
	struct str line;

	*ret_answer = (struct signer_answer){ .note = STR_NONE };
	if (!ask(a, question_line(a, question), &line))
		return SIGNER_AWAY;
	struct str note = behind(line, STR("ok ")), size = behind(line, STR("no size "));

	if (note.p && decode_base64(a, note, &ret_answer->note)) {
		metric_add(&signed_total, 1);
		trouble_ends();
		return SIGNER_SIGNED;
	}
	if (size.p && str_to_u64(size, &ret_answer->size) &&
	    ret_answer->size <= question->size && ret_answer->size != question->old_size)
		return SIGNER_ELSEWHERE;
	if (trouble_becomes(TROUBLE_REFUSED))
		log_error("signer", size.p ? "rollback" : "refused",
			  "size=%" PRIu64 " signature=none answer=%s", question->size,
			  log_quote(line));
	return SIGNER_REFUSED;
}
