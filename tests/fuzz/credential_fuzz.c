/*
 * What programs prove themselves by, as any bytes: the first says which reader gets the rest.
 * What is read keeps its promises and lies inside of what came.
 */
#include "must.h"
#include "net/client_certificate.h"
#include "net/forwarded.h"
#include "net/key_text.h"
#include "net/scope.h"
#include "net/signed_request.h"
#include "network.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

static void must_be_inside(struct str part, struct str whole)
{
	must(!part.p || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

static void fuzz_key(struct str text)
{
	struct str id;
	enum key_form form = key_text_read(text, &id);

	must_be_inside(id, text);
	must((form == KEY_WITH_ID) == (id.p != NULL));
	must(form != KEY_WITH_ID || (text.n == KEY_CHARS && key_is_id(id)));
	must(form != KEY_OLD || text.n == KEY_OLD_CHARS);
}

static void fuzz_networks(struct str text)
{
	struct network networks[4];
	struct str bad = STR_NONE;
	uint32_t count = 0;

	if (!network_list_parse(text, networks, 4, &count, &bad)) {
		must(bad.n > 0);
		must_be_inside(bad, text);
		return;
	}
	must(count <= 4);
	for (uint32_t i = 0; i < count; i++) {
		must(networks[i].bits <= 128);
		must(network_list_holds(networks, count, networks[i].address));
	}
}

static void fuzz_forwarded(struct str text)
{
	struct forwarded_proxies proxies = { .n = 0 };
	struct str bad, peer = STR("10.0.0.1");
	uint8_t address[NETWORK_ADDRESS_BYTES];

	must(forwarded_client(&proxies, peer, text).p == peer.p);
	must(network_list_parse(STR("10.0.0.0/8"), proxies.v, FORWARDED_PROXIES_MAX, &proxies.n,
				&bad));
	struct str client = forwarded_client(&proxies, peer, text);
	must(network_address(client, address));
	if (client.p != peer.p)
		must_be_inside(client, text);
}

/* The lines are id, timestamp and signature. */
static void fuzz_signature(struct arena *a, struct str text)
{
	static const uint8_t secret[SIGNED_SECRET_BYTES] = { 1, 2, 3 };
	struct signed_fields fields;
	struct str lines[3] = { STR_NONE };

	for (size_t i = 0; i < 3 && text.n > 0; i++) {
		const char *end = i < 2 ? memchr(text.p, '\n', text.n) : NULL;

		lines[i] = (struct str){ text.p, end ? (size_t)(end - text.p) : text.n };
		text.p += lines[i].n + (end != NULL);
		text.n -= lines[i].n + (end != NULL);
	}
	if (!signed_fields_read(a, lines[0], lines[1], lines[2], &fields))
		return;
	must(fields.n >= 1 && fields.n <= SIGNED_LISTED_MAX && fields.timestamp >= 0);
	must(fields.id.n >= 8 && !memchr(fields.id.p, '.', fields.id.n));
	struct str signed_bytes = signed_text(a, &fields, "GET", STR("/"), STR_NONE);
	must(memchr(signed_bytes.p, '\n', signed_bytes.n));
	(void)signed_fits(&fields, secret, signed_bytes);
	(void)signed_is_timely(&fields, 0);
}

static void fuzz_scope(struct str text)
{
	static const struct access rows[] = {
		{ .method = METHOD_GET, .path = "/api/v1/tasks/{id}", .all_roles = 1 },
		{ .method = METHOD_POST, .path = "/api/v1/tasks/{id}/return/accept",
		  .all_roles = 1 },
	};
	const struct route get = { .access = &rows[0] }, post = { .access = &rows[1] };

	must(!scope_covers(text, &get) || str_is(text, "tasks:read"));
	must(!scope_covers(text, &post) || str_is(text, "tasks:write") ||
	     str_is(text, "tasks:return/accept"));
	(void)scope_list_covers(text, &get);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	if (n == 0)
		return 0;
	struct arena *a = arena_new(1024 * 1024);
	struct str text = { (const char *)input + 1, n - 1 };
	uint8_t spki[SPKI_BYTES];

	switch (input[0]) {
	case 'k':
		fuzz_key(text);
		break;
	case 'n':
		fuzz_networks(text);
		break;
	case 'f':
		fuzz_forwarded(text);
		break;
	case 's':
		fuzz_signature(a, text);
		break;
	case 'o':
		fuzz_scope(text);
		break;
	default:
		(void)client_certificate_spki(a, text, spki);
	}
	arena_free(a);
	return 0;
}
