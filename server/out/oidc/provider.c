/* Two documents, kept whole behind one mutex; nobody holds it while the provider is asked. */
#include "out/oidc/provider.h"

#include <pthread.h>
#include <string.h>

#include "base/json_value.h"
#include "bounds.h"
#include "clock.h"
#include "log.h"
#include "must.h"
#include "out/oidc/call.h"
#include "out/oidc_settings.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct provider known;
static int64_t known_at;	/* clock_monotonic(); 0: never */
static char known_keys[LIMIT_ANSWER_READ];
static size_t known_keys_n;
static int64_t keys_known_at;

static bool is_fresh(int64_t at)
{
	return at && clock_monotonic() - at < LIMIT_OIDC_KNOWN_SECONDS * CLOCK_SECOND;
}

static bool refuse(const char *document, const char *why)
{
	log_warn("oidc", "provider_unusable", "document=%s why=%s", document, why);
	return false;
}

/* An address of the provider into `out`. An absent one is "", good where it is optional. */
static bool take_url(const struct json_value *tree, const char *name, bool is_optional,
		     char out[EGRESS_URL_MAX + 1])
{
	struct str url = json_value_str(json_value_member(tree, name));

	out[0] = '\0';
	if (!url.p)
		return is_optional || refuse("discovery", name);
	if (oidc_url_refusal(url))
		return refuse("discovery", name);
	memcpy(out, url.p, url.n);
	out[url.n] = '\0';
	return true;
}

static bool names(const struct json_value *list, const char *word)
{
	for (size_t i = 0; i < json_value_count(list); i++)
		if (str_is(json_value_str(json_value_at(list, i)), word))
			return true;
	return false;
}

static bool read_discovery(struct arena *a, struct str text, struct provider *p)
{
	const struct json_value *tree = json_value_parse(a, text);
	const struct json_value *methods =
		json_value_member(tree, "token_endpoint_auth_methods_supported");

	if (!json_value_is_object(tree))
		return refuse("discovery", "no_json");
	/* Else a document of one issuer could speak for another. */
	if (!str_eq(json_value_str(json_value_member(tree, "issuer")), setting_str("oidc_issuer")))
		return refuse("discovery", "issuer");
	p->names_issuer = json_value_is_true(
		json_value_member(tree, "authorization_response_iss_parameter_supported"));
	p->wants_posted_secret = names(methods, "client_secret_post") &&
				 !names(methods, "client_secret_basic");
	return take_url(tree, "authorization_endpoint", false, p->authorization) &&
	       take_url(tree, "token_endpoint", false, p->token) &&
	       take_url(tree, "jwks_uri", false, p->keys) &&
	       take_url(tree, "end_session_endpoint", true, p->end);
}

static bool fetch(struct arena *a, const char *what, struct str url, int64_t deadline,
		  struct str *ret_text)
{
	const struct call call = { .what = what, .url = url, .deadline = deadline };
	long status = 0;

	if (!call_provider(a, &call, &status, ret_text))
		return false;
	return status == 200 || refuse(what, "status");
}

bool provider_read(struct arena *a, int64_t deadline, struct provider *ret_provider)
{
	struct str issuer = setting_str("oidc_issuer"), text;
	struct provider fresh;

	pthread_mutex_lock(&lock);
	bool is_known = is_fresh(known_at);
	if (is_known)
		*ret_provider = known;
	pthread_mutex_unlock(&lock);
	if (is_known)
		return true;
	if (issuer.p[issuer.n - 1] == '/')
		issuer.n--;
	struct str url = arena_printf(a, "%.*s/.well-known/openid-configuration",
				      STR_ARG(issuer));
	if (!fetch(a, "discovery", url, deadline, &text) || !read_discovery(a, text, &fresh))
		return false;
	pthread_mutex_lock(&lock);
	known = fresh;
	known_at = clock_monotonic();
	pthread_mutex_unlock(&lock);
	*ret_provider = fresh;
	return true;
}

bool provider_keys(struct arena *a, const struct provider *provider, bool is_stale,
		   int64_t deadline, struct str *ret_keys)
{
	pthread_mutex_lock(&lock);
	bool is_known = !is_stale && is_fresh(keys_known_at);
	if (is_known)
		*ret_keys = arena_str(a, (struct str){ known_keys, known_keys_n });
	pthread_mutex_unlock(&lock);
	if (is_known)
		return true;
	if (!fetch(a, "keys", str_of(provider->keys), deadline, ret_keys))
		return false;
	if (!json_value_is_list(json_value_member(json_value_parse(a, *ret_keys), "keys")))
		return refuse("keys", "no_key_set");
	must(ret_keys->n <= sizeof(known_keys));
	pthread_mutex_lock(&lock);
	memcpy(known_keys, ret_keys->p, ret_keys->n);
	known_keys_n = ret_keys->n;
	keys_known_at = clock_monotonic();
	pthread_mutex_unlock(&lock);
	return true;
}
