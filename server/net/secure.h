/*
 * The fields that every answer carries for the browsers that may see it, also the answers to what
 * never became a request. A handler that needs another value sets the field itself.
 *
 * Threads: any; nothing changes.
 */
#pragma once

#include "attr.h"

/*
 * An answer is data: it runs nothing, is framed by nobody, is kept by no cache, and is opened in
 * no window or image of another site. OWASP ASVS 5.0, 3.4 and 14.2.2.
 */
static const struct secure_field {
	const char *name, *value;
} secure_fields[] UNUSED = {
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Strict-Transport-Security", "max-age=31536000; includeSubDomains" },
	{ "Content-Security-Policy",
	  "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; "
	  "frame-ancestors 'none'" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Permissions-Policy",
	  "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
	{ "Cache-Control", "no-store" },
};
