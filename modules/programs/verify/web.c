/*
 * HTTPS by libcurl: no other protocol, no redirects, bounded answers.
 */
#include "verify/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

enum { ANSWER_MAX = 1 << 20, TOKEN_MAX = 512, URL_MAX = 2048 };
#define TIMEOUT_SECONDS 30L

struct web {
	CURL *curl;
	struct curl_slist *headers;
	char url[URL_MAX];
	char answer[ANSWER_MAX];
	size_t n;
};

static size_t take(char *bytes, size_t size, size_t count, void *user)
{
	struct web *web = user;
	size_t n = size * count;

	if (n > ANSWER_MAX - web->n)
		return 0;
	memcpy(web->answer + web->n, bytes, n);
	web->n += n;
	return n;
}

static bool add_header(struct web *web, const char *header)
{
	struct curl_slist *more = curl_slist_append(web->headers, header);

	if (more)
		web->headers = more;
	return more != NULL;
}

/* The first word of the file; what it holds stands in no complaint. */
static bool add_token(struct web *web, const char *path)
{
	char token[TOKEN_MAX], header[TOKEN_MAX + 32];
	FILE *file = fopen(path, "re");
	bool is_read = file && fgets(token, sizeof(token), file);

	if (file)
		fclose(file);
	if (!is_read) {
		fprintf(stderr, "--token-file: %s cannot be read.\n", path);
		return false;
	}
	token[strcspn(token, " \t\r\n")] = '\0';
	snprintf(header, sizeof(header), "Authorization: Bearer %s", token);
	return add_header(web, header);
}

struct web *web_open(const char *url, const char *ca_file, const char *token_file)
{
	struct web *web = calloc(1, sizeof(*web));

	if (!web || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
	web->curl = curl_easy_init();
	if (!web->curl)
		abort();
	if (strncmp(url, "https://", 8) != 0 ||
	    snprintf(web->url, URL_MAX, "%s", url) >= URL_MAX - 256) {
		fprintf(stderr, "--url: %s is not https://HOST:PORT.\n", url);
		web_close(web);
		return NULL;
	}
	if (web->url[strlen(web->url) - 1] == '/')
		web->url[strlen(web->url) - 1] = '\0';
	if (!add_header(web, "Content-Type: application/json") ||
	    (token_file && !add_token(web, token_file))) {
		web_close(web);
		return NULL;
	}
	curl_easy_setopt(web->curl, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(web->curl, CURLOPT_TIMEOUT, TIMEOUT_SECONDS);
	curl_easy_setopt(web->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(web->curl, CURLOPT_HTTPHEADER, web->headers);
	curl_easy_setopt(web->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(web->curl, CURLOPT_WRITEDATA, web);
	if (ca_file)
		curl_easy_setopt(web->curl, CURLOPT_CAINFO, ca_file);
	return web;
}

void web_close(struct web *web)
{
	if (!web)
		return;
	curl_slist_free_all(web->headers);
	curl_easy_cleanup(web->curl);
	free(web);
}

bool web_ask(struct web *web, const char *path, const char *post, struct text *ret)
{
	char url[URL_MAX];
	long status = 0;

	snprintf(url, sizeof(url), "%s%s", web->url, path);
	web->n = 0;
	curl_easy_setopt(web->curl, CURLOPT_URL, url);
	if (post)
		curl_easy_setopt(web->curl, CURLOPT_POSTFIELDS, post);
	else
		curl_easy_setopt(web->curl, CURLOPT_HTTPGET, 1L);
	CURLcode code = curl_easy_perform(web->curl);
	curl_easy_getinfo(web->curl, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK || status != 200) {
		fprintf(stderr, "%s: %s, status %ld %s\n", url,
			code == CURLE_OK ? "answered" : curl_easy_strerror(code), status,
			SHOWN(((struct text){ web->answer, web->n })));
		return false;
	}
	*ret = (struct text){ web->answer, web->n };
	return true;
}
