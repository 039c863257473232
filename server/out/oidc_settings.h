/*
 * Settings of signing in by a provider, and what a table cannot say of them. They are known to
 * every build, so that one configuration file describes them all; a program without OIDC
 * refuses to start when one names a provider.
 *
 * Threads: oidc_settings_check() at the start; the rest any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "out/egress.h"
#include "setting.h"

extern const struct setting oidc_settings[];
/* True in a program built with OIDC=1. */
extern const bool oidc_is_built;

/* False with a sentence in `why`. */
bool oidc_settings_check(char *why, size_t why_size) MUST_USE;
/* What may be dialled; the settings were checked. */
struct egress_rules oidc_egress(void);
/*
 * NULL when the provider may have this address: of its own host or one of oidc_hosts, https,
 * or http on the loopback by oidc_allow_http; else a sentence.
 */
const char *oidc_url_refusal(struct str url);
