/*
 * Asking a log over HTTPS. Threads: one.
 */
#pragma once

#include "verify/text.h"

struct web;

/* Complaints go to standard error; NULL when it cannot be set up. url: https://HOST:PORT. */
struct web *web_open(const char *url, const char *ca_file, const char *token_file);
void web_close(struct web *web);	/* NULL is nothing */
/*
 * The answer to GET, or to POST of that JSON, at url + path; valid until the next call. False,
 * after a complaint, unless it is a 200.
 */
bool web_ask(struct web *web, const char *path, const char *post, struct text *ret);
