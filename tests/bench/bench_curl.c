/*
 * Bare libcurl: what the library alone can deliver to a sink. The multi interface driven by
 * its sockets and one timer on epoll, easy handles used again, the same number in flight, the
 * same size of body and the same header fields as a webhook, but nothing claimed, signed,
 * recorded or retried. Prints one JSON line.
 */
#include <curl/curl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bench.h"

enum { IN_FLIGHT_MAX = 256 };

static struct {
	CURLM *multi;
	int epoll;
	int64_t due_at;		/* of curl's timer; -1 when it has none */
	uint64_t count;
	uint64_t started;
	uint64_t done;
	uint64_t refused;
	int64_t began_at[IN_FLIGHT_MAX];
	struct samples latencies;
} sender = { .due_at = -1 };

static int socket_watch(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
	static int watched;
	struct epoll_event event = { .data.fd = fd };

	(void)easy;
	(void)arg;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(sender.epoll, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	event.events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0u) |
		       (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0u);
	if (epoll_ctl(sender.epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
		bench_fail("epoll_ctl: %s", strerror(errno));
	curl_multi_assign(sender.multi, fd, &watched);
	return 0;
}

static int timer_set(CURLM *multi, long timeout, void *arg)
{
	(void)multi;
	(void)arg;
	sender.due_at = timeout < 0 ? -1 : bench_now() + timeout * 1000000LL;
	return 0;
}

static size_t answer_drop(char *bytes, size_t size, size_t n, void *arg)
{
	(void)bytes;
	(void)arg;
	return size * n;
}

static struct curl_slist *header_fields(void)
{
	static const char *const fields[] = {
		"Content-Type: application/json",
		"webhook-id: msg_01J8Z3N5W8Q2R7V4T6Y9B0C1DE",
		"webhook-timestamp: 1767575564",
		"webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
		"Expect:",
	};
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		list = curl_slist_append(list, fields[i]);
	return list;
}

static CURL *easy_make(const char *url, struct curl_slist *headers, const char *body, size_t n)
{
	CURL *easy = curl_easy_init();

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)n);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, answer_drop);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	return easy;
}

static void transfer_start(CURL *easy, int64_t *began_at)
{
	if (sender.started == sender.count)
		return;
	sender.started++;
	*began_at = bench_now();
	curl_easy_setopt(easy, CURLOPT_PRIVATE, began_at);
	curl_multi_add_handle(sender.multi, easy);
}

static void transfers_finish(void)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(sender.multi, &left)) != NULL) {
		CURL *easy = message->easy_handle;
		CURLcode result = message->data.result;
		int64_t *began_at;
		long status = 0;

		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &began_at);
		curl_multi_remove_handle(sender.multi, easy);
		sender.done++;
		if (result != CURLE_OK || status / 100 != 2)
			sender.refused++;
		else
			samples_add(&sender.latencies, bench_now() - *began_at);
		transfer_start(easy, began_at);
	}
}

static int timeout_left(void)
{
	if (sender.due_at < 0)
		return 1000;

	int64_t left = sender.due_at - bench_now();

	return left <= 0 ? 0 : (int)(left / 1000000) + 1;
}

static int ready_mask(uint32_t events)
{
	return (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
	       (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
	       (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
}

static void transfers_run(void)
{
	struct epoll_event events[IN_FLIGHT_MAX];
	int running;

	while (sender.done < sender.count) {
		int n = epoll_wait(sender.epoll, events, IN_FLIGHT_MAX, timeout_left());

		for (int i = 0; i < n; i++)
			curl_multi_socket_action(sender.multi, events[i].data.fd,
						 ready_mask(events[i].events), &running);
		if (sender.due_at >= 0 && bench_now() >= sender.due_at) {
			sender.due_at = -1;
			curl_multi_socket_action(sender.multi, CURL_SOCKET_TIMEOUT, 0,
						 &running);
		}
		transfers_finish();
	}
}

int main(int argc, char **argv)
{
	const char *url = option_required(argc, argv, "--url");
	size_t in_flight = option_number(argc, argv, "--in-flight", 16);
	size_t body_size = option_number(argc, argv, "--body-bytes", 1024);
	char *body = bench_alloc(body_size + 1, 1);
	struct curl_slist *headers;

	if (in_flight > IN_FLIGHT_MAX)
		bench_fail("--in-flight is at most %d", IN_FLIGHT_MAX);
	memset(body, 'x', body_size);
	sender.count = option_number(argc, argv, "--count", 1000);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	headers = header_fields();
	sender.epoll = epoll_create1(EPOLL_CLOEXEC);
	sender.multi = curl_multi_init();
	curl_multi_setopt(sender.multi, CURLMOPT_SOCKETFUNCTION, socket_watch);
	curl_multi_setopt(sender.multi, CURLMOPT_TIMERFUNCTION, timer_set);
	curl_multi_setopt(sender.multi, CURLMOPT_MAXCONNECTS, (long)in_flight);

	int64_t start = bench_now();

	for (size_t i = 0; i < in_flight; i++)
		transfer_start(easy_make(url, headers, body, body_size), &sender.began_at[i]);
	transfers_run();
	samples_print(&sender.latencies, sender.refused, bench_now() - start);
	return sender.refused ? 1 : 0;
}
