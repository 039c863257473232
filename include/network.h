/*
 * IP addresses and networks in CIDR notation. An address is 16 bytes, IPv4 mapped into IPv6
 * (::ffff:a.b.c.d), so that no spelling of an address has a second road past a list.
 *
 * Threads: values; any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "str.h"

enum { NETWORK_ADDRESS_BYTES = 16, NETWORK_TEXT_MAX = 50 };

struct network {
	uint8_t address[NETWORK_ADDRESS_BYTES];
	uint8_t bits;	/* of the 128: an IPv4 prefix and 96 more */
};

/* An address in numbers, "10.0.0.1" or "fd12::1"; no zone, no port. */
bool network_address(struct str text, uint8_t ret_address[NETWORK_ADDRESS_BYTES]) MUST_USE;
/* An address, or a network "10.20.0.0/16" whose host bits are zero. */
bool network_parse(struct str text, struct network *ret_network) MUST_USE;
bool network_holds(const struct network *network, const uint8_t address[NETWORK_ADDRESS_BYTES]);
/*
 * Comma-separated, blanks around entries and empty entries allowed, at most `most` of them.
 * False with the first bad entry in *ret_bad.
 */
bool network_list_parse(struct str list, struct network *networks, uint32_t most,
			uint32_t *ret_n, struct str *ret_bad) MUST_USE;
/* True when one of the n networks holds the address. */
bool network_list_holds(const struct network *networks, uint32_t n,
			const uint8_t address[NETWORK_ADDRESS_BYTES]);
