/*
 * The least that libevent and OpenSSL can be for HTTPS: what one idle TLS connection costs
 * before any product is built on them. The same protocol versions, cipher rules and released
 * buffers as the server, no handler beyond "200". Prints "port N", ends with SIGTERM.
 */
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <openssl/ssl.h>
#include <signal.h>

#include "bench.h"

static const char suites[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";

static struct bufferevent *connection_make(struct event_base *base, void *arg)
{
	return bufferevent_openssl_socket_new(base, -1, SSL_new(arg), BUFFEREVENT_SSL_ACCEPTING,
					      BEV_OPT_CLOSE_ON_FREE);
}

static void request_answer(struct evhttp_request *request, void *arg)
{
	struct evbuffer *body = evbuffer_new();

	(void)arg;
	evbuffer_add_printf(body, "{\"status\":\"ok\"}\n");
	evhttp_send_reply(request, 200, "OK", body);
	evbuffer_free(body);
}

static SSL_CTX *tls_make(const char *certificate, const char *key)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	char groups[] = "X25519:P-256:P-384";

	if (!tls || SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_cipher_list(tls, suites) != 1 ||
	    SSL_CTX_set1_groups_list(tls, groups) != 1)
		bench_fail("no TLS context");
	SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	if (SSL_CTX_use_certificate_chain_file(tls, certificate) != 1 ||
	    SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1)
		bench_fail("%s or %s cannot be used", certificate, key);
	return tls;
}

static void server_listen(struct evhttp *http)
{
	struct evhttp_bound_socket *bound =
		evhttp_bind_socket_with_handle(http, "127.0.0.1", 0);
	struct sockaddr_in at;
	socklen_t size = sizeof(at);

	if (!bound ||
	    getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&at, &size) != 0)
		bench_fail("listen: %s", strerror(errno));
	printf("port %u\n", ntohs(at.sin_port));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	SSL_CTX *tls = tls_make(option_required(argc, argv, "--certificate"),
				option_required(argc, argv, "--key"));
	struct event_base *base = event_base_new();
	struct evhttp *http = evhttp_new(base);

	evhttp_set_timeout(http, 120);
	evhttp_set_bevcb(http, connection_make, tls);
	evhttp_set_gencb(http, request_answer, NULL);
	server_listen(http);
	event_base_dispatch(base);
	return 0;
}
