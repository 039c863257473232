/*
 * One attempt against real sockets: which connections are made at all, and what is told of the
 * answer. The listener of a forbidden address must never be connected to.
 */
#include "out/dialect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "must.h"

static struct delivery *outcome;
static int64_t outcome_asked;

static void finished(struct receiver *r, struct delivery *d, const struct verdict *verdict,
		     int64_t asked)
{
	(void)r;
	(void)verdict;
	outcome = d;
	outcome_asked = asked;
	loop_stop();
}

static struct out_rules rules_with(const char *networks)
{
	struct out_rules rules = {
		.connect_timeout_ms = 2000, .timeout_ms = 3000, .receiver_transfers = 4,
	};
	struct str bad;

	must(egress_rules_parse(str_of(networks), true, &rules.egress, &bad));
	return rules;
}

static int listen_on_loopback(uint16_t *ret_port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0 && listen(fd, 8) == 0);
	must(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

/* Nobody has even begun to connect. */
static bool is_untouched(int listener)
{
	struct pollfd waiting = { .fd = listener, .events = POLLIN };

	return poll(&waiting, 1, 0) == 0;
}

/* Sends one message to the URL and gives what came of it, to be freed by delivery_free(). */
static struct delivery *attempt(const struct out_rules *rules, const char *url)
{
	struct receiver r = {
		.rules = rules, .finished = finished, .dialect = &dialect_signed, .url = strdup(url), .key_n = 1,
	};
	struct delivery *d = calloc(1, sizeof(*d));

	must(d && r.url);
	d->message_id = "msg_test";
	d->content_type = "application/json";
	d->body = STR("{\"type\":\"endpoint.test\"}");
	outcome = NULL;
	loop_start();
	send_begin();
	send_start(&r, d);
	send_go(&r);
	/* A refusal may be known already; loop_stop() then waits in the loop's queue. */
	loop_run();
	assert_ptr_equal(outcome, d);
	send_rest(&r);
	send_end();
	loop_free();
	free(r.url);
	return d;
}

static void assert_refused(const char *networks, const char *host)
{
	struct out_rules rules = rules_with(networks);
	uint16_t port;
	int listener = listen_on_loopback(&port);
	char url[128];

	snprintf(url, sizeof(url), "http://%s:%u/", host, port);
	struct delivery *d = attempt(&rules, url);
	if (d->error != OUTBOX_REFUSED_ADDRESS || d->status != 0 || !is_untouched(listener))
		fail_msg("%s with `%s`: error %d, status %u", url, networks, (int)d->error,
			 d->status);
	delivery_free(d);
	close(listener);
}

static void a_name_that_resolves_to_the_loopback_is_not_connected_to(void **state)
{
	(void)state;
	assert_refused("", "localhost");
	assert_refused("10.0.0.0/8", "localhost");
	assert_refused("0.0.0.0/0, ::/0", "localhost");
}

static void every_spelling_of_the_loopback_is_judged_where_it_is_dialled(void **state)
{
	static const char *const urls[] = {
		"127.0.0.1", "127.1", "2130706433",
		"0x7f000001", "017700000001", "0.0.0.0",
		"0", "[::ffff:127.0.0.1]", "[::1]",
		"[::]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
		"[2002:7f00:1::]",
	};

	(void)state;
	for (size_t i = 0; i < array_count(urls); i++)
		assert_refused("", urls[i]);
}

static void what_the_demo_opens_is_the_loopback_alone(void **state)
{
	(void)state;
	assert_refused("127.0.0.0/8", "0.0.0.0");
	assert_refused("127.0.0.0/8", "[::1]");
	assert_refused("127.0.0.0/8", "[::]");
}

static void a_proxy_of_the_environment_is_not_asked(void **state)
{
	struct out_rules rules = rules_with("");
	uint16_t port;
	int listener = listen_on_loopback(&port);
	char proxy[64];

	(void)state;
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u", port);
	must(setenv("http_proxy", proxy, 1) == 0 && setenv("ALL_PROXY", proxy, 1) == 0);
	struct delivery *d = attempt(&rules, "http://127.0.0.1:9/");
	assert_int_equal(d->error, OUTBOX_REFUSED_ADDRESS);
	assert_true(is_untouched(listener));
	must(unsetenv("http_proxy") == 0 && unsetenv("ALL_PROXY") == 0);
	delivery_free(d);
	close(listener);
}

/* ---- answers ---- */

struct answering {
	int listener;
	const char *answer;
	char request[4096];
};

/* Takes one request whole, answers, and closes. */
static void *answer_once(void *arg)
{
	struct answering *a = arg;
	int fd = accept(a->listener, NULL, NULL);
	size_t n = 0;

	must(fd >= 0);
	while (n < sizeof(a->request) - 1 && !strstr(a->request, "endpoint.test\"}")) {
		ssize_t got = read(fd, a->request + n, sizeof(a->request) - 1 - n);

		if (got <= 0)
			break;
		n += (size_t)got;
	}
	must(write(fd, a->answer, strlen(a->answer)) == (ssize_t)strlen(a->answer));
	close(fd);
	return NULL;
}

static struct delivery *answered(struct answering *a)
{
	struct out_rules rules = rules_with("127.0.0.0/8");
	pthread_t thread;
	uint16_t port;
	char url[64];

	a->listener = listen_on_loopback(&port);
	snprintf(url, sizeof(url), "http://localhost:%u/hook?x=1", port);
	must(pthread_create(&thread, NULL, answer_once, a) == 0);
	struct delivery *d = attempt(&rules, url);
	must(pthread_join(thread, NULL) == 0);
	close(a->listener);
	return d;
}

static void a_request_carries_what_standard_webhooks_asks_for_and_no_more(void **state)
{
	struct answering a = { .answer = "HTTP/1.1 204 No Content\r\n\r\n" };
	struct delivery *d = answered(&a);

	(void)state;
	assert_int_equal(d->status, 204);
	assert_int_equal(d->error, OUTBOX_NO_ERROR);
	assert_string_equal(d->address, "127.0.0.1");
	assert_true(d->duration >= 0 && d->at > 0);
	assert_ptr_equal(strstr(a.request, "POST /hook?x=1 HTTP/1.1\r\n"), a.request);
	assert_non_null(strstr(a.request, "\r\nwebhook-id: msg_test\r\n"));
	assert_non_null(strstr(a.request, "\r\nwebhook-timestamp: 1"));
	assert_non_null(strstr(a.request, "\r\nwebhook-signature: v1,"));
	assert_non_null(strstr(a.request, "\r\nContent-Type: application/json\r\n"));
	assert_null(strstr(a.request, "Expect"));
	assert_null(strstr(a.request, "Accept-Encoding"));
	assert_null(strstr(a.request, "Cookie"));
	delivery_free(d);
}

static void a_redirect_is_an_answer_and_not_a_way(void **state)
{
	uint16_t port;
	int elsewhere = listen_on_loopback(&port);
	char text[160];
	struct answering a = { .answer = text };

	(void)state;
	snprintf(text, sizeof(text), "HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:%u/\r\n"
		 "Content-Length: 0\r\nRetry-After: 7\r\n\r\n", port);
	struct delivery *d = answered(&a);
	assert_int_equal(d->status, 307);
	assert_int_equal(outcome_asked, 7 * CLOCK_SECOND);
	assert_true(is_untouched(elsewhere));
	delivery_free(d);
	close(elsewhere);
}

static void bytes_that_are_no_text_are_kept_as_replacement_characters(void **state)
{
	struct answering a = {
		.answer = "HTTP/1.1 500 Oh\r\nContent-Length: 6\r\n\r\na\xff\xe4\xb8\xadz",
	};
	struct delivery *d = answered(&a);

	(void)state;
	assert_int_equal(d->answer_n, 8);
	assert_memory_equal(d->answer, "a\xef\xbf\xbd\xe4\xb8\xadz", 8);
	delivery_free(d);
}

static void an_answer_that_is_cut_off_is_a_reset(void **state)
{
	struct answering a = { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\nhalf" };
	struct delivery *d = answered(&a);

	(void)state;
	assert_int_equal(d->error, OUTBOX_RESET);
	delivery_free(d);
	a = (struct answering){ .answer = "" };
	d = answered(&a);
	assert_int_equal(d->error, OUTBOX_RESET);
	assert_int_equal(d->status, 0);
	delivery_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_resolves_to_the_loopback_is_not_connected_to),
		cmocka_unit_test(every_spelling_of_the_loopback_is_judged_where_it_is_dialled),
		cmocka_unit_test(what_the_demo_opens_is_the_loopback_alone),
		cmocka_unit_test(a_proxy_of_the_environment_is_not_asked),
		cmocka_unit_test(a_request_carries_what_standard_webhooks_asks_for_and_no_more),
		cmocka_unit_test(a_redirect_is_an_answer_and_not_a_way),
		cmocka_unit_test(bytes_that_are_no_text_are_kept_as_replacement_characters),
		cmocka_unit_test(an_answer_that_is_cut_off_is_a_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
