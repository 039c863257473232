/* A handle of its own for each question: sign-ins are few, and nothing is kept open. */
#include "out/oidc/call.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bounds.h"
#include "clock.h"
#include "log.h"
#include "must.h"
#include "out/manners.h"
#include "out/oidc_settings.h"

struct answer {
	struct egress_rules rules;
	bool is_plain;		/* http: the loopback alone */
	bool is_address_refused;
	struct buf body;
};

/* One that hangs is left alone for a while: each question holds a worker for its whole time. */
static _Atomic int64_t quiet_until;	/* clock_monotonic() */

static bool is_loopback(const struct sockaddr *address)
{
	static const struct in6_addr six = IN6ADDR_LOOPBACK_INIT;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof(v4));
		return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
	}
	memcpy(&v6, address, sizeof(v6));
	return address->sa_family == AF_INET6 && memcmp(&v6.sin6_addr, &six, sizeof(six)) == 0;
}

static curl_socket_t on_open(void *arg, curlsocktype purpose UNUSED, struct curl_sockaddr *to)
{
	struct answer *answer = arg;

	if (!egress_may_dial(&answer->rules, &to->addr) ||
	    (answer->is_plain && !is_loopback(&to->addr))) {
		answer->is_address_refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t on_answer(char *bytes, size_t size, size_t n, void *arg)
{
	struct answer *answer = arg;

	buf_add(&answer->body, (struct str){ bytes, size * n });
	return answer->body.overflow ? 0 : size * n;
}

#define SET(option, value) must(curl_easy_setopt(easy, option, value) == CURLE_OK)

static void prepare(CURL *easy, const struct call *call, struct answer *answer, long left_ms)
{
	struct str ca_file = setting_str("oidc_ca_file");

	manners_set(easy, &(struct manners){
		.agent = "Liandong-OIDC/1",
		.is_http_allowed = answer->is_plain,
		.connect_timeout_ms = left_ms,
		.timeout_ms = left_ms,
	});
	SET(CURLOPT_URL, call->url.p);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(CURLOPT_OPENSOCKETDATA, answer);
	SET(CURLOPT_WRITEFUNCTION, on_answer);
	SET(CURLOPT_WRITEDATA, answer);
	if (ca_file.n)
		SET(CURLOPT_CAINFO, ca_file.p);
	if (call->form.p) {
		SET(CURLOPT_POSTFIELDSIZE, (long)call->form.n);
		SET(CURLOPT_POSTFIELDS, call->form.p);
	}
}

static struct curl_slist *headers_of(struct arena *a, const struct call *call)
{
	struct curl_slist *list = curl_slist_append(NULL, "Accept: application/json"), *more;

	must(list);
	if (!call->authorization.p)
		return list;
	more = curl_slist_append(list, arena_printf(a, "Authorization: %.*s",
						    STR_ARG(call->authorization)).p);
	must(more);
	return more;
}

static const char *why_of(CURLcode code, const struct answer *answer)
{
	if (answer->is_address_refused)
		return "address_refused";
	if (answer->body.overflow)
		return "too_large";
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		return "timeout";
	case CURLE_COULDNT_RESOLVE_HOST:
		return "dns";
	case CURLE_COULDNT_CONNECT:
		return "connect";
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
		return "tls";
	default:
		return "broken";
	}
}

static bool perform(struct arena *a, const struct call *call, struct answer *answer,
		    long left_ms, long *ret_status)
{
	CURL *easy = curl_easy_init();
	struct curl_slist *headers = headers_of(a, call);

	must(easy);
	prepare(easy, call, answer, left_ms);
	SET(CURLOPT_HTTPHEADER, headers);
	CURLcode code = curl_easy_perform(easy);

	if (code == CURLE_OK)
		must(curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, ret_status) == CURLE_OK);
	else
		log_warn("oidc", "provider_failed", "asked=%s why=%s", call->what,
			 why_of(code, answer));
	if (code == CURLE_OPERATION_TIMEDOUT)
		atomic_store(&quiet_until, clock_monotonic() +
			     setting_int("oidc_timeout") * CLOCK_SECOND);
	curl_easy_cleanup(easy);
	curl_slist_free_all(headers);
	return code == CURLE_OK;
}

bool call_provider(struct arena *a, const struct call *call, long *ret_status,
		   struct str *ret_body)
{
	int64_t now = clock_monotonic();
	struct answer answer = {
		.rules = oidc_egress(), .is_plain = str_starts(call->url, STR("http://")),
	};

	if (now < atomic_load(&quiet_until) || now >= call->deadline) {
		log_warn("oidc", "provider_failed", "asked=%s why=%s", call->what,
			 now >= call->deadline ? "timeout" : "left_alone");
		return false;
	}
	buf_init(&answer.body, LIMIT_ANSWER_READ);
	bool is_answered = perform(a, call, &answer,
				   (long)((call->deadline - now) / 1000) + 1, ret_status);

	if (is_answered)
		*ret_body = arena_str(a, buf_str(&answer.body));
	buf_free(&answer.body);
	return is_answered;
}

struct str call_encode(struct arena *a, struct str text)
{
	char *encoded = curl_easy_escape(NULL, text.n ? text.p : "", (int)text.n);

	must(encoded);
	struct str copy = arena_str(a, str_of(encoded));

	curl_free(encoded);
	return copy;
}
