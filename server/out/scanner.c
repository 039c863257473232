/*
 * The client of clamd: `zINSTREAM`, the bytes in pieces behind their lengths, an empty piece, and a
 * line that ends in NUL: "stream: OK" or "stream: NAME FOUND". Whatever else is said is no answer.
 */
#include "virus_scan.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "bounds.h"
#include "clock.h"
#include "log.h"
#include "metrics.h"
#include "out/local_socket.h"
#include "out/scanner_client.h"

enum { PIECE_BYTES = KIB(256), ANSWER_BYTES = 512 };

const struct setting virus_scan_settings[] = {
	{ "clamd_socket", SETTING_PATH, "", .fixed = true, .help =
	  "Unix socket of clamd, which looks through files that were uploaded; empty: nobody "
	  "does, and they are shown as unscanned." },
	{ 0 }
};

static struct metric away = {
	.name = "liandong_scanner_away", .kind = METRIC_GAUGE,
	.help = "1 while the virus scanner does not answer: files wait.",
};
static struct metric found_total = {
	.name = "liandong_scanner_found_total", .kind = METRIC_COUNTER,
	.help = "Files in which the scanner found something.",
};
static _Atomic bool is_away;	/* as it was last logged */

void virus_scan_start(void)
{
	metric_register(&away);
	metric_register(&found_total);
}

bool virus_scan_is_on(void)
{
	return setting_str("clamd_socket").n > 0;
}

static enum scan_answer standing(enum scan_answer answer)
{
	bool is_news = atomic_exchange(&is_away, answer == SCAN_AWAY) != (answer == SCAN_AWAY);

	metric_set(&away, answer == SCAN_AWAY);
	if (is_news && answer == SCAN_AWAY)
		log_warn("scanner", "away", "files=wait");
	else if (is_news)
		log_info("scanner", "answers_again", "files=scanned");
	return answer;
}

static bool send_piece(int fd, struct str piece, int64_t deadline)
{
	const char length[4] = {
		(char)(piece.n >> 24), (char)(piece.n >> 16), (char)(piece.n >> 8), (char)piece.n,
	};

	return local_socket_send(fd, (struct str){ length, sizeof(length) }, deadline) &&
	       local_socket_send(fd, piece, deadline);
}

static bool send_all(int fd, struct str bytes, int64_t deadline)
{
	if (!local_socket_send(fd, (struct str){ "zINSTREAM", sizeof("zINSTREAM") }, deadline))
		return false;
	while (bytes.n > 0) {
		struct str piece = { bytes.p, bytes.n < PIECE_BYTES ? bytes.n : PIECE_BYTES };

		if (!send_piece(fd, piece, deadline))
			return false;
		bytes.p += piece.n;
		bytes.n -= piece.n;
	}
	return send_piece(fd, STR(""), deadline);
}

/* The line without its NUL; false when it does not come, or does not end. */
static bool read_answer(int fd, char out[ANSWER_BYTES], struct str *ret_line, int64_t deadline)
{
	size_t n = 0;

	while (n < ANSWER_BYTES) {
		ssize_t got = read(fd, out + n, ANSWER_BYTES - n);

		if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		if (got < 0 && !local_socket_wait(fd, POLLIN, deadline))
			return false;
		n += got > 0 ? (size_t)got : 0;
		const char *end = memchr(out, 0, n);
		if (end) {
			*ret_line = (struct str){ out, (size_t)(end - out) };
			return true;
		}
	}
	return false;
}

static enum scan_answer judge(struct str line)
{
	struct str end = STR(" FOUND");

	if (str_is(line, "stream: OK"))
		return SCAN_CLEAN;
	if (!str_starts(line, STR("stream: ")) || line.n <= 8 + end.n ||
	    memcmp(line.p + line.n - end.n, end.p, end.n) != 0)
		return SCAN_AWAY;
	metric_add(&found_total, 1);
	log_warn("scanner", "found", "name=%s",
		 log_quote((struct str){ line.p + 8, line.n - 8 - end.n }));
	return SCAN_FOUND;
}

enum scan_answer virus_scan(struct str bytes)
{
	int64_t deadline = clock_monotonic() + LIMIT_SCAN_SECONDS * CLOCK_SECOND;
	int fd = local_socket_connect(setting_str("clamd_socket").p);
	char answer[ANSWER_BYTES];
	struct str line;

	if (fd < 0)
		return standing(SCAN_AWAY);
	bool is_answered = send_all(fd, bytes, deadline) &&
			   read_answer(fd, answer, &line, deadline);
	close(fd);
	return standing(is_answered ? judge(line) : SCAN_AWAY);
}
