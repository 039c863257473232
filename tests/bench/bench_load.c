/*
 * Load over HTTPS keep-alive connections: one thread, epoll, OpenSSL, so that it takes little
 * of the cores it shares with the server. It knows no API: a request is a file with the whole
 * HTTP request, in which each run of ten `@` becomes a number that no other request has; the
 * server is trusted only with --ca. Connections are opened before the clock starts.
 *
 *	closed loop	--connections N and --seconds S or --count N
 *	open loop	also --rate R: R requests a second, whatever the answers do
 *	idle		--idle 1: each line "open N" on stdin opens N more connections, makes
 *			one request on each, leaves them open and prints "open TOTAL"
 *
 * --log FILE writes "REFERENCE NANOSECONDS" for each answer, the reference being the text
 * between --mark and the next quote in the body.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

enum { ANSWER_MAX = 32 * 1024, DIGITS = 10, MARKS_MAX = 16, TEMPLATES_MAX = 16 };

struct template {
	char *bytes;
	size_t size;
	size_t marks[MARKS_MAX];
	size_t mark_count;
};

struct connection {
	SSL *ssl;
	int fd;
	bool is_waiting;	/* an answer is owed */
	int64_t asked_at;
	char *answer;
	size_t answer_size;
};

static struct {
	const char *address;
	uint16_t port;
	SSL_CTX *tls;
	struct template templates[TEMPLATES_MAX];
	size_t template_count;
	char *request;		/* the copy that is numbered and sent */
	long expected;
	const char *mark;
	FILE *log;
	int epoll;
	struct connection *connections;
	size_t connection_count;
	uint64_t next_number;
	uint64_t asked;
	uint64_t refused;
	uint64_t answered;
	int64_t last_answer_at;
	struct samples latencies;
} load;

static void template_read(const char *path)
{
	static const char mark[] = "@@@@@@@@@@";
	struct template *t = &load.templates[load.template_count++];

	t->bytes = read_whole(path, &t->size);
	for (char *p = t->bytes; (p = strstr(p, mark)) != NULL; p += DIGITS) {
		if (t->mark_count == MARKS_MAX)
			bench_fail("%s: more than %d marks", path, MARKS_MAX);
		t->marks[t->mark_count++] = (size_t)(p - t->bytes);
	}
}

/* Paths are separated by commas; the requests take turns. */
static void templates_read(const char *paths)
{
	char *copy = strdup(paths);
	char *rest = copy;
	char *path;
	size_t largest = 0;

	while ((path = strsep(&rest, ",")) != NULL && load.template_count < TEMPLATES_MAX) {
		template_read(path);
		if (load.templates[load.template_count - 1].size > largest)
			largest = load.templates[load.template_count - 1].size;
	}
	load.request = bench_alloc(1, largest);
	free(copy);
}

static void tls_start(const char *ca)
{
	load.tls = SSL_CTX_new(TLS_client_method());
	if (!load.tls || SSL_CTX_load_verify_locations(load.tls, ca, NULL) != 1)
		bench_fail("%s cannot be read as a certificate authority", ca);
	SSL_CTX_set_verify(load.tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(load.tls, SSL_MODE_RELEASE_BUFFERS);
	if (X509_VERIFY_PARAM_set1_ip_asc(SSL_CTX_get0_param(load.tls), load.address) != 1)
		bench_fail("%s is not an address", load.address);
}

/* The handshake blocks: it lies outside of what is measured. */
static void connection_open(struct connection *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(load.port) };
	int one = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || inet_pton(AF_INET, load.address, &to.sin_addr) != 1 ||
	    connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		bench_fail("connect to %s:%u: %s", load.address, load.port, strerror(errno));
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c->ssl = SSL_new(load.tls);
	if (!c->ssl || SSL_set_fd(c->ssl, c->fd) != 1 || SSL_connect(c->ssl) != 1)
		bench_fail("TLS handshake: %s", ERR_reason_error_string(ERR_get_error()));
	fcntl(c->fd, F_SETFL, fcntl(c->fd, F_GETFL) | O_NONBLOCK);

	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };

	if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
		bench_fail("epoll_ctl: %s", strerror(errno));
}

static void connection_ask(struct connection *c)
{
	const struct template *t = &load.templates[load.asked % load.template_count];
	char digits[DIGITS + 1];

	snprintf(digits, sizeof(digits), "%0*llu", DIGITS,
		 (unsigned long long)(load.next_number++ % 10000000000ull));
	memcpy(load.request, t->bytes, t->size);
	for (size_t i = 0; i < t->mark_count; i++)
		memcpy(load.request + t->marks[i], digits, DIGITS);
	c->asked_at = bench_now();
	c->is_waiting = true;
	if (!c->answer)
		c->answer = bench_alloc(1, ANSWER_MAX);
	c->answer_size = 0;
	load.asked++;
	/* One request fits any socket buffer, as none is in flight on this connection. */
	if (SSL_write(c->ssl, load.request, (int)t->size) != (int)t->size)
		bench_fail("a request could not be written at once");
}

/* Size of the whole answer, 0 while its head is incomplete. */
static size_t answer_length(struct connection *c)
{
	char *body;
	char *length;

	c->answer[c->answer_size] = '\0';
	body = strstr(c->answer, "\r\n\r\n");
	if (!body)
		return 0;
	length = strcasestr(c->answer, "\r\nContent-Length:");
	if (!length || length > body)
		bench_fail("an answer without Content-Length: %.200s", c->answer);
	return (size_t)(body + 4 - c->answer) + strtoull(length + 17, NULL, 10);
}

static void answer_log(const struct connection *c, int64_t now)
{
	char *reference = strstr(c->answer, load.mark);

	if (!reference)
		bench_fail("%s is not in the answer %.400s", load.mark, c->answer);
	reference += strlen(load.mark);
	fprintf(load.log, "%.*s %lld\n", (int)strcspn(reference, "\""), reference,
		(long long)now);
}

static void answer_take(struct connection *c)
{
	int64_t now = bench_now();
	long status = strtol(c->answer + 9, NULL, 10);

	if (status != load.expected) {
		if (load.refused++ == 0)
			fprintf(stderr, "unexpected answer: %.600s\n", c->answer);
	} else {
		samples_add(&load.latencies, now - c->asked_at);
		if (load.log)
			answer_log(c, now);
	}
	load.answered++;
	load.last_answer_at = now;
	c->is_waiting = false;
}

/* True when the answer is complete. */
static bool connection_read(struct connection *c)
{
	char spare[256];

	for (;;) {
		char *to = c->is_waiting ? c->answer + c->answer_size : spare;
		size_t room = c->is_waiting ? ANSWER_MAX - 1 - c->answer_size : sizeof(spare);
		int got = SSL_read(c->ssl, to, (int)room);

		if (got <= 0) {
			if (SSL_get_error(c->ssl, got) == SSL_ERROR_WANT_READ)
				return false;
			bench_fail("the server closed a connection after %llu answers",
				   (unsigned long long)load.answered);
		}
		if (!c->is_waiting)
			bench_fail("bytes without a request: %.*s", got, spare);
		c->answer_size += (size_t)got;

		size_t length = answer_length(c);

		if (length && c->answer_size >= length) {
			answer_take(c);
			return true;
		}
	}
}

/* Waits up to `timeout` ms; returns how many connections became free, in `ret_free`. */
static size_t answers_wait(struct connection **ret_free, size_t max, int timeout)
{
	struct epoll_event events[256];
	int n = epoll_wait(load.epoll, events, 256 < max ? 256 : (int)max, timeout);
	size_t freed = 0;

	for (int i = 0; i < n; i++) {
		struct connection *c = events[i].data.ptr;

		if (connection_read(c))
			ret_free[freed++] = c;
	}
	return freed;
}

static void connections_open(size_t more)
{
	for (size_t i = 0; i < more; i++)
		connection_open(&load.connections[load.connection_count + i]);
	load.connection_count += more;
}

static void run_closed(uint64_t count, int64_t until)
{
	struct connection *freed[256];

	for (size_t i = 0; i < load.connection_count && load.asked < count; i++)
		connection_ask(&load.connections[i]);
	while (load.answered < load.asked) {
		size_t n = answers_wait(freed, 256, 1000);

		for (size_t i = 0; i < n; i++)
			if (load.asked < count && bench_now() < until)
				connection_ask(freed[i]);
	}
}

static void run_open(uint64_t count, uint64_t rate, int64_t start)
{
	struct connection **ready = bench_alloc(load.connection_count + 1, sizeof(*ready));
	size_t ready_count = load.connection_count;

	for (size_t i = 0; i < ready_count; i++)
		ready[i] = &load.connections[i];
	while (load.answered < count) {
		int64_t wait = start + (int64_t)load.asked * (NANOSECONDS / (int64_t)rate) -
			       bench_now();

		if (load.asked < count && ready_count && wait <= 0) {
			connection_ask(ready[--ready_count]);
			continue;
		}

		bool is_early = load.asked < count && ready_count;

		ready_count += answers_wait(ready + ready_count,
					    load.connection_count - ready_count + 1,
					    is_early ? (int)(wait / 1000000) + 1 : 1000);
	}
	free(ready);
}

static void run_idle(size_t max)
{
	char line[64];
	struct connection *freed[256];

	while (fgets(line, sizeof(line), stdin)) {
		size_t more = strtoul(line + strcspn(line, "0123456789"), NULL, 10);

		if (load.connection_count + more > max)
			bench_fail("more than --connections %zu", max);

		size_t first = load.connection_count;

		connections_open(more);
		for (size_t i = first; i < load.connection_count; i++) {
			connection_ask(&load.connections[i]);
			while (load.connections[i].is_waiting)
				answers_wait(freed, 256, 1000);
			free(load.connections[i].answer);
			load.connections[i].answer = NULL;
		}
		printf("open %zu\n", load.connection_count);
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	size_t connections = option_number(argc, argv, "--connections", 1);
	uint64_t seconds = option_number(argc, argv, "--seconds", 3600);
	uint64_t count = option_number(argc, argv, "--count", UINT64_MAX);
	uint64_t rate = option_number(argc, argv, "--rate", 0);
	const char *log = option(argc, argv, "--log", NULL);

	load.address = option(argc, argv, "--address", "127.0.0.1");
	load.port = (uint16_t)option_number(argc, argv, "--port", 0);
	load.expected = (long)option_number(argc, argv, "--expect", 200);
	load.mark = option(argc, argv, "--mark", "\"id\":\"");
	load.next_number = option_number(argc, argv, "--first", 0);
	templates_read(option_required(argc, argv, "--request"));
	tls_start(option_required(argc, argv, "--ca"));
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	load.connections = bench_alloc(connections, sizeof(*load.connections));
	if (log && !(load.log = fopen(log, "w")))
		bench_fail("%s: %s", log, strerror(errno));
	if (option_number(argc, argv, "--idle", 0)) {
		run_idle(connections);
		return 0;
	}
	connections_open(connections);

	int64_t start = bench_now();

	if (rate)
		run_open(count != UINT64_MAX ? count : rate * seconds, rate, start);
	else
		run_closed(count, start + (int64_t)seconds * NANOSECONDS);
	if (load.log)
		fclose(load.log);
	samples_print(&load.latencies, load.refused, load.last_answer_at - start);
	return load.refused ? 1 : 0;
}
