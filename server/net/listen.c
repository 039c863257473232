/*
 * Settings of the listeners, read once at the start, and their opening and closing.
 */
#include "net/listen.h"

#include <errno.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/loop.h"
#include "base/notify.h"
#include "base/secret_file.h"
#include "bounds.h"
#include "must.h"
#include "net/client_certificate.h"
#include "net/http.h"
#include "net/tls.h"
#include "surroundings.h"

enum {
	CONNECTIONS_MOST = 16384,	/* by default, even where more could be open */
	CONNECTIONS_LEAST = 16,
	LISTEN_BACKLOG = 1024,
	DESCRIPTORS_SPARED = 128,	/* database, webhooks, files */
	EVHTTP_SLACK = 64 * 1024,	/* evhttp's own limits lie behind the guard's */
	EVHTTP_TIMEOUT_SECONDS = 900,	/* likewise: ours come first */
	PATH_BYTES = 4096,
	WHY_BYTES = 5000,
};

const struct setting http_settings[] = {
	{ "listen", SETTING_TEXT, "127.0.0.1:8443", .fixed = true,
	  .help = "Address and port to listen on; an IPv6 address stands in brackets." },
	{ "listen_tls", SETTING_BOOL, "true", .fixed = true,
	  .help = "Speak TLS; off only behind a proxy on the same machine, or in tests." },
	{ "tls_certificate", SETTING_PATH, "", .fixed = true,
	  .help = "PEM file with the server's certificate, then the chain." },
	{ "tls_key", SETTING_PATH, "", .fixed = true,
	  .help = "PEM file with the private key, readable by the server alone." },
	{ "mtls_listen", SETTING_TEXT, "", .fixed = true,
	  .help = "Second address and port, where clients show a certificate; empty: none." },
	{ "mtls_ca_file", SETTING_PATH, "", .fixed = true,
	  .help = "PEM file with the private CA of those clients; no other is accepted." },
	{ "mtls_crl_file", SETTING_PATH, "", .fixed = true,
	  .help = "PEM file with the revocation list of every CA there, taken over as it changes; "
		  "empty: none." },
	{ "mtls_certificate", SETTING_PATH, "", .fixed = true,
	  .help = "PEM file with a certificate of that address's own; empty: tls_certificate." },
	{ "mtls_key", SETTING_PATH, "", .fixed = true,
	  .help = "PEM file with its private key, readable by the server alone." },
	{ "mtls_second_proof", SETTING_BOOL, "false",
	  .help = "A certificate is not enough: its key is shown as bearer or signs, too." },
	{ "trusted_proxies", SETTING_LIST, "", .fixed = true,
	  .help = "Addresses and networks of proxies whose X-Forwarded-For is believed." },
	{ "trusted_client_cert", SETTING_BOOL, "false",
	  .help = "These proxies verify client certificates and pass them on in Client-Cert, which "
		  "they take away from what clients send." },
	{ "allowed_hosts", SETTING_LIST, "", .fixed = true,
	  .help = "Names, with or without port, that a request's Host may have; empty: any." },
	{ "metrics_roles", SETTING_LIST, "auditor,admin,system,audit", .fixed = true,
	  .help = "Names of the roles that may read /metrics." },
	{ "max_connections", SETTING_INT, "0", 0, 1000000, .unit = "connections", .fixed = true,
	  .help = "Most connections at a time; 0: what the limit of open files leaves." },
	{ 0 }
};

static bool complain(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	return false;
}

bool listen_hosts(struct guard_rules *ret_rules)
{
	static struct str hosts[GUARD_HOSTS_MAX];
	static char hosts_text[1024];
	struct str list = setting_str("allowed_hosts");
	size_t n = list.n;

	*ret_rules = (struct guard_rules){ .hosts = hosts };
	if (n >= sizeof(hosts_text))
		return complain("allowed_hosts", "the list is too long");
	for (size_t i = 0; i < n; i++) {
		char c = list.p[i];
		hosts_text[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
	}
	for (size_t i = 0; i < n;) {
		size_t from = i + strspn(hosts_text + i, ", ");
		size_t length = strcspn(hosts_text + from, ", ");

		i = from + length;
		if (length == 0)
			break;
		if (ret_rules->host_count == GUARD_HOSTS_MAX)
			return complain("allowed_hosts", "there are too many names");
		hosts[ret_rules->host_count++] =
			(struct str){ hosts_text + from, length };
	}
	return true;
}

/* The setting as a path that lives as long as the process; NULL when it is empty. */
static const char *path_setting(const char *name, char out[PATH_BYTES])
{
	snprintf(out, PATH_BYTES, "%.*s", STR_ARG(setting_str(name)));
	return *out ? out : NULL;
}

/* What new connections of a door are made with, and out of which settings' files. */
struct served {
	struct ssl_ctx_st *tls;
	const char *certificate_setting, *key_setting;
};

static struct served served[DOORS_MAX];
static uint32_t served_count;
/* Of what the doors show; they are opened and renewed on one thread. */
static _Atomic int64_t first_end;

static void note_ends(void)
{
	int64_t first = 0;

	for (uint32_t i = 0; i < served_count; i++) {
		int64_t end = tls_server_ends_at(served[i].tls);

		if (first == 0 || (end != 0 && end < first))
			first = end;
	}
	atomic_store(&first_end, first);
}

int64_t certificate_ends_at(void)
{
	return atomic_load(&first_end);
}

static bool open_tls(const char *certificate_setting, const char *key_setting,
		     struct ssl_ctx_st **ret_tls)
{
	char certificate[PATH_BYTES], key[PATH_BYTES], why[500];

	if (!path_setting(certificate_setting, certificate) || !path_setting(key_setting, key))
		return complain("tls_certificate, tls_key", "both files must be named");
	*ret_tls = tls_server_new(certificate, key, why, sizeof(why));
	if (!*ret_tls)
		return complain("tls", why);
	must(served_count < DOORS_MAX);
	served[served_count++] = (struct served){ *ret_tls, certificate_setting, key_setting };
	note_ends();
	return true;
}

/* The second door: its own certificate, or the first one's. */
static bool open_mtls(struct ssl_ctx_st **ret_tls)
{
	static char ca[PATH_BYTES], lists[PATH_BYTES];
	bool is_own = setting_str("mtls_certificate").n > 0;
	const char *ca_file = path_setting("mtls_ca_file", ca);
	const char *crl_file = path_setting("mtls_crl_file", lists);
	char why[500];

	if (!ca_file)
		return complain("mtls_ca_file", "mtls_listen needs the CA of its clients");
	if (!open_tls(is_own ? "mtls_certificate" : "tls_certificate",
		      is_own ? "mtls_key" : "tls_key", ret_tls))
		return false;
	return client_certificate_ask(*ret_tls, ca_file, crl_file, why, sizeof(why)) ?
		true : complain("mtls", why);
}

/* The files of one door once more; nothing changes when they cannot be used. */
static bool renew(const struct served *door)
{
	char certificate[PATH_BYTES], key[PATH_BYTES], why[WHY_BYTES] = "both files must be named";

	if (path_setting(door->certificate_setting, certificate) &&
	    path_setting(door->key_setting, key) &&
	    secret_file_check(door->key_setting, key, why, sizeof(why)) &&
	    tls_server_renew(door->tls, certificate, key, why, sizeof(why)))
		return true;
	return complain("tls", why);
}

bool listen_tls_renew(void)
{
	bool is_fine = true;

	for (uint32_t i = 0; i < served_count; i++)
		is_fine &= renew(&served[i]);
	note_ends();
	return is_fine;
}

/* "127.0.0.1:0" and "[::1]:8443": the library refuses port 0, which tests need. */
static bool parse_address(struct str text, struct sockaddr_storage *ret, int *ret_size)
{
	char host[INET6_ADDRSTRLEN + 8];
	size_t n = text.n;
	uint64_t port;

	while (n > 0 && text.p[n - 1] != ':')
		n--;
	struct str digits = { text.p + n, text.n - n };
	if (n < 2 || n > sizeof(host) || !str_to_u64(digits, &port) || port > 65535)
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)n - 1, text.p);
	*ret_size = sizeof(*ret);
	if (evutil_parse_sockaddr_port(host, (struct sockaddr *)ret, ret_size) != 0)
		return false;
	if (ret->ss_family == AF_INET6)
		((struct sockaddr_in6 *)ret)->sin6_port = htons((uint16_t)port);
	else
		((struct sockaddr_in *)ret)->sin_port = htons((uint16_t)port);
	return true;
}

static void print_address(const struct sockaddr_storage *address, struct door *door)
{
	char text[INET6_ADDRSTRLEN];

	if (address->ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
		evutil_inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
		snprintf(door->address, sizeof(door->address), "[%s]:%u", text,
			 ntohs(v6->sin6_port));
	} else {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
		evutil_inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
		snprintf(door->address, sizeof(door->address), "%s:%u", text,
			 ntohs(v4->sin_port));
	}
}

static bool open_listener(const char *setting, struct door *door)
{
	struct str wanted = setting_str(setting);
	struct sockaddr_storage address = { 0 };
	socklen_t length = sizeof(address);
	int size;

	if (!parse_address(wanted, &address, &size))
		return complain(setting, "must be an address and a port, as 127.0.0.1:8443");
	const unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_EXEC;
	int handed = notify_socket(setting);

	if (handed >= 0)
		evutil_make_socket_nonblocking(handed);
	door->listener =
		handed >= 0 ? evconnlistener_new(loop_base(), NULL, NULL, flags, 0, handed) :
			      evconnlistener_new_bind(loop_base(), NULL, NULL, flags,
						      LISTEN_BACKLOG,
						      (struct sockaddr *)&address, size);
	if (!door->listener) {
		fprintf(stderr, "%s %.*s: %s\n", setting, STR_ARG(wanted), strerror(errno));
		return false;
	}
	must(getsockname(evconnlistener_get_fd(door->listener), (struct sockaddr *)&address,
			 &length) == 0);
	print_address(&address, door);
	return true;
}

uint32_t listen_open(struct door doors[DOORS_MAX])
{
	if (setting_bool("listen_tls") && !open_tls("tls_certificate", "tls_key", &doors[0].tls))
		return 0;
	if (!open_listener("listen", &doors[0]))
		return 0;
	if (setting_str("mtls_listen").n == 0)
		return 1;
	doors[1].asks_certificate = true;
	return open_mtls(&doors[1].tls) && open_listener("mtls_listen", &doors[1]) ? 2 : 0;
}

static void start_door(struct door *door, const struct door_calls *calls)
{
	struct evhttp *evhttp = evhttp_new(loop_base());

	must(evhttp);
	evhttp_set_bevcb(evhttp, calls->make, door);
	evhttp_set_gencb(evhttp, calls->arrived, NULL);
	evhttp_set_allowed_methods(evhttp, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
				   EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE);
	evhttp_set_max_headers_size(evhttp, LIMIT_HEADER_BYTES + EVHTTP_SLACK);
	evhttp_set_max_body_size(evhttp, LIMIT_FILE_BYTES + EVHTTP_SLACK);
	evhttp_set_timeout(evhttp, EVHTTP_TIMEOUT_SECONDS);
	evhttp_set_default_content_type(evhttp, NULL);
	evconnlistener_set_error_cb(door->listener, calls->failed);
	door->evhttp = evhttp;
	door->bound = evhttp_bind_listener(evhttp, door->listener);
	must(door->bound);
}

void listen_start(struct door *doors, uint32_t n, const struct door_calls *calls)
{
	for (uint32_t i = 0; i < n; i++)
		start_door(&doors[i], calls);
}

void listen_accept(struct door *doors, uint32_t n, bool is_on)
{
	for (uint32_t i = 0; i < n; i++) {
		if (is_on)
			evconnlistener_enable(doors[i].listener);
		else
			evconnlistener_disable(doors[i].listener);
	}
}

void listen_close(struct door *doors, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		evhttp_del_accept_socket(doors[i].evhttp, doors[i].bound);
		doors[i].listener = NULL;
	}
}

void listen_free(struct door *doors, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		evhttp_free(doors[i].evhttp);
		tls_server_free(doors[i].tls);
	}
	client_certificate_stop();
}

size_t listen_cap(void)
{
	struct rlimit files;
	size_t wanted = (size_t)setting_int("max_connections");

	must(getrlimit(RLIMIT_NOFILE, &files) == 0);
	size_t most = files.rlim_cur > DESCRIPTORS_SPARED + CONNECTIONS_LEAST ?
			      (size_t)files.rlim_cur - DESCRIPTORS_SPARED : CONNECTIONS_LEAST;
	if (wanted == 0)
		wanted = CONNECTIONS_MOST;
	return wanted < most ? wanted : most;
}
