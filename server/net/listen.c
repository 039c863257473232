/*
 * Settings of the listener, read once at the start.
 */
#include "net/listen.h"

#include <errno.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/loop.h"
#include "base/notify.h"
#include "must.h"
#include "net/http.h"
#include "net/tls.h"

enum {
	CONNECTIONS_MOST = 16384,	/* by default, even where more could be open */
	CONNECTIONS_LEAST = 16,
	LISTEN_BACKLOG = 1024,
	DESCRIPTORS_SPARED = 128,	/* database, webhooks, files */
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

/* What new connections are made with; http.c owns it. */
static struct ssl_ctx_st *served_tls;

static bool certificate_files(char certificate[4096], char key[4096])
{
	snprintf(certificate, 4096, "%.*s", STR_ARG(setting_str("tls_certificate")));
	snprintf(key, 4096, "%.*s", STR_ARG(setting_str("tls_key")));
	return *certificate && *key;
}

bool listen_tls(struct ssl_ctx_st **ret_tls)
{
	char certificate[4096], key[4096], why[500];

	*ret_tls = served_tls = NULL;
	if (!setting_bool("listen_tls"))
		return true;
	if (!certificate_files(certificate, key))
		return complain("tls_certificate, tls_key", "both files must be named");
	*ret_tls = served_tls = tls_server_new(certificate, key, why, sizeof(why));
	return *ret_tls ? true : complain("tls", why);
}

bool listen_tls_renew(void)
{
	char certificate[4096], key[4096], why[500];

	if (!served_tls)
		return true;
	if (certificate_files(certificate, key) &&
	    tls_server_renew(served_tls, certificate, key, why, sizeof(why)))
		return true;
	return complain("tls", why);
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

static void print_address(const struct sockaddr_storage *address, char *out, size_t size)
{
	char text[INET6_ADDRSTRLEN];

	if (address->ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
		evutil_inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
		snprintf(out, size, "[%s]:%u", text, ntohs(v6->sin6_port));
	} else {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
		evutil_inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
		snprintf(out, size, "%s:%u", text, ntohs(v4->sin_port));
	}
}

struct evconnlistener *listen_open(struct str *ret_address)
{
	static char name[INET6_ADDRSTRLEN + 16];
	struct str wanted = setting_str("listen");
	struct sockaddr_storage address = { 0 };
	socklen_t length = sizeof(address);
	int size;

	if (!parse_address(wanted, &address, &size)) {
		complain("listen", "must be an address and a port, as 127.0.0.1:8443");
		return NULL;
	}
	const unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_EXEC;
	int handed = notify_socket("listen");

	if (handed >= 0)
		evutil_make_socket_nonblocking(handed);
	struct evconnlistener *listener =
		handed >= 0 ? evconnlistener_new(loop_base(), NULL, NULL, flags, 0, handed) :
			      evconnlistener_new_bind(loop_base(), NULL, NULL, flags,
						      LISTEN_BACKLOG,
						      (struct sockaddr *)&address, size);
	if (!listener) {
		snprintf(name, sizeof(name), "listen %.*s", STR_ARG(wanted));
		complain(name, strerror(errno));
		return NULL;
	}
	must(getsockname(evconnlistener_get_fd(listener), (struct sockaddr *)&address,
			 &length) == 0);
	print_address(&address, name, sizeof(name));
	*ret_address = str_of(name);
	return listener;
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
