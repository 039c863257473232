/*
 * A receiver of webhooks that does as little as possible: HTTP/1.1 keep-alive on one epoll
 * thread, every request answered by the same status without a body. It prints "port N" and
 * obeys lines on stdin:
 *
 *	status N	answers with N from now on
 *	log FILE MARK	writes "REFERENCE NANOSECONDS" for each request: when its first byte
 *			came, and the text between MARK and the next quote of its body
 *	log		ends that
 *	reset		forgets what was counted
 *	report		prints what was counted as one JSON line
 *
 * It ends with stdin.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

enum { REQUEST_MAX = 256 * 1024 };

struct connection {
	int fd;
	size_t size;
	int64_t began_at;	/* first byte of the request being read */
	uint64_t counted_in;	/* the round it was counted in */
	char bytes[REQUEST_MAX];
};

static struct {
	int epoll;
	int listener;
	uint32_t status;
	FILE *log;
	char mark[64];
	uint64_t round;		/* grows with each reset; never 0 */
	uint64_t requests;
	uint64_t body_bytes;
	uint64_t connections;	/* that brought a request since the reset */
	int64_t first_at;
	int64_t last_at;
} sink = { .status = 204, .round = 1 };

static void epoll_add(int fd, void *pointer)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = pointer };

	if (epoll_ctl(sink.epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		bench_fail("epoll_ctl: %s", strerror(errno));
}

static void sink_listen(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sink.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sink.listener < 0 || bind(sink.listener, (struct sockaddr *)&at, size) != 0 ||
	    listen(sink.listener, 512) != 0 ||
	    getsockname(sink.listener, (struct sockaddr *)&at, &size) != 0)
		bench_fail("listen: %s", strerror(errno));
	epoll_add(sink.listener, &sink.listener);
	printf("port %u\n", ntohs(at.sin_port));
	fflush(stdout);
}

static void sink_accept(void)
{
	struct connection *c = bench_alloc(1, sizeof(*c));
	int one = 1;

	c->fd = accept4(sink.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (c->fd < 0)
		bench_fail("accept: %s", strerror(errno));
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	epoll_add(c->fd, c);
}

static void sink_log(char *body, size_t size, int64_t at)
{
	char *reference = memmem(body, size, sink.mark, strlen(sink.mark));

	if (!reference)
		return;
	reference += strlen(sink.mark);
	fprintf(sink.log, "%.*s %lld\n", (int)strcspn(reference, "\""), reference,
		(long long)at);
}

/* Bytes of the first whole request in the buffer, 0 when there is none yet. */
static size_t request_length(struct connection *c, char **ret_body)
{
	char *body;
	char *length;

	c->bytes[c->size] = '\0';
	body = strstr(c->bytes, "\r\n\r\n");
	if (!body)
		return 0;
	length = strcasestr(c->bytes, "\r\nContent-Length:");
	if (!length || length > body)
		bench_fail("a request without Content-Length: %.200s", c->bytes);
	*ret_body = body + 4;

	size_t whole = (size_t)(body + 4 - c->bytes) + strtoull(length + 17, NULL, 10);

	return c->size >= whole ? whole : 0;
}

static void request_answer(struct connection *c)
{
	char answer[96];
	int size = snprintf(answer, sizeof(answer), "HTTP/1.1 %u Sink\r\n%s\r\n", sink.status,
			    sink.status == 204 ? "" : "Content-Length: 0\r\n");

	/* A failed write means that the sender has gone; reading finds out. */
	if (write(c->fd, answer, (size_t)size) != size)
		shutdown(c->fd, SHUT_RDWR);
}

static void request_take(struct connection *c, size_t whole, char *body)
{
	size_t size = whole - (size_t)(body - c->bytes);

	if (!sink.requests++)
		sink.first_at = c->began_at;
	if (c->counted_in != sink.round) {
		c->counted_in = sink.round;
		sink.connections++;
	}
	sink.body_bytes += size;
	if (sink.log)
		sink_log(body, size, c->began_at);
	request_answer(c);
	sink.last_at = bench_now();
	memmove(c->bytes, c->bytes + whole, c->size - whole);
	c->size -= whole;
	c->began_at = sink.last_at;
}

static void connection_read(struct connection *c)
{
	ssize_t got = read(c->fd, c->bytes + c->size, REQUEST_MAX - 1 - c->size);
	char *body;
	size_t whole;

	if (got <= 0) {
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		close(c->fd);
		free(c);
		return;
	}
	if (!c->size)
		c->began_at = bench_now();
	c->size += (size_t)got;
	while ((whole = request_length(c, &body)) != 0)
		request_take(c, whole, body);
	if (c->size == REQUEST_MAX - 1)
		bench_fail("a request of more than %d bytes", REQUEST_MAX);
}

static void sink_report(void)
{
	printf("{\"requests\":%llu,\"body_bytes\":%llu,\"connections\":%llu,"
	       "\"first_ns\":%lld,\"last_ns\":%lld}\n",
	       (unsigned long long)sink.requests, (unsigned long long)sink.body_bytes,
	       (unsigned long long)sink.connections, (long long)sink.first_at,
	       (long long)sink.last_at);
	fflush(stdout);
}

static void sink_log_to(char *argument)
{
	char *file = strsep(&argument, " ");

	if (sink.log)
		fclose(sink.log);
	sink.log = NULL;
	if (!file || !argument)
		return;
	sink.log = fopen(file, "w");
	if (!sink.log)
		bench_fail("%s: %s", file, strerror(errno));
	snprintf(sink.mark, sizeof(sink.mark), "%s", argument);
}

static void sink_reset(void)
{
	sink.requests = sink.body_bytes = sink.connections = 0;
	sink.first_at = sink.last_at = 0;
	sink.round++;
}

static void sink_obey(char *line)
{
	char *argument = line;
	const char *command = strsep(&argument, " ");

	if (strcmp(command, "status") == 0 && argument)
		sink.status = (uint32_t)strtoul(argument, NULL, 10);
	else if (strcmp(command, "log") == 0)
		sink_log_to(argument);
	else if (strcmp(command, "reset") == 0)
		sink_reset();
	else if (strcmp(command, "report") == 0)
		sink_report();
	else
		bench_fail("unknown command %s", command);
}

/* Commands are short and come one at a time, so a read holds whole lines. */
static bool commands_read(void)
{
	char text[1024];
	ssize_t got = read(STDIN_FILENO, text, sizeof(text) - 1);
	char *rest = text;
	char *line;

	if (got <= 0)
		return false;
	text[got] = '\0';
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line)
			sink_obey(line);
	return true;
}

int main(void)
{
	struct epoll_event events[64];
	static int commands;

	sink.epoll = epoll_create1(EPOLL_CLOEXEC);
	epoll_add(STDIN_FILENO, &commands);
	sink_listen();
	for (;;) {
		int n = epoll_wait(sink.epoll, events, 64, -1);

		for (int i = 0; i < n; i++) {
			void *source = events[i].data.ptr;

			if (source == &commands) {
				if (!commands_read())
					return 0;
			} else if (source == &sink.listener) {
				sink_accept();
			} else {
				connection_read(source);
			}
		}
	}
}
