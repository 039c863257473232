/*
 * What every call of ours keeps to, whoever typed the URL: no redirects, no proxy of the
 * environment, no credentials, no decompression, TLS 1.2 or newer and checked; so the URL alone
 * says who is dialled. Whether the address may be dialled is judged by the caller's
 * CURLOPT_OPENSOCKETFUNCTION (out/egress.h).
 *
 * Threads: the one that uses the handle.
 */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>

struct manners {
	const char *agent;
	bool is_http_allowed;
	long connect_timeout_ms, timeout_ms;
};

/* An option that curl refuses is our bug. */
void manners_set(CURL *easy, const struct manners *manners);
