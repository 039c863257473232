/* Addresses and networks as text, by the system's own parsers. */
#include "network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static void map_ipv4(const struct in_addr *v4, uint8_t ret_address[NETWORK_ADDRESS_BYTES])
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(ret_address, prefix, sizeof(prefix));
	memcpy(ret_address + sizeof(prefix), v4, 4);
}

/* *ret_bits is how many bits an address of this notation has. */
static bool read_address(const char *text, uint8_t ret_address[NETWORK_ADDRESS_BYTES],
			 uint64_t *ret_bits)
{
	struct in_addr v4;

	*ret_bits = 32;
	if (inet_pton(AF_INET, text, &v4) == 1) {
		map_ipv4(&v4, ret_address);
		return true;
	}
	*ret_bits = 128;
	return inet_pton(AF_INET6, text, ret_address) == 1;
}

/* With a NUL behind; false when it cannot be an address. */
static bool copy_text(struct str text, char copy[NETWORK_TEXT_MAX])
{
	if (text.n == 0 || text.n >= NETWORK_TEXT_MAX || memchr(text.p, '\0', text.n))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	return true;
}

bool network_address(struct str text, uint8_t ret_address[NETWORK_ADDRESS_BYTES])
{
	char copy[NETWORK_TEXT_MAX];
	uint64_t bits;

	return copy_text(text, copy) && read_address(copy, ret_address, &bits);
}

bool network_parse(struct str text, struct network *ret_network)
{
	struct network network = { .bits = 128 };
	char copy[NETWORK_TEXT_MAX];
	uint64_t bits = 0, most;

	if (!copy_text(text, copy))
		return false;
	char *slash = strchr(copy, '/');
	if (slash)
		*slash++ = '\0';
	if (!read_address(copy, network.address, &most))
		return false;
	if (slash) {
		if (!str_to_u64(str_of(slash), &bits) || bits > most)
			return false;
		network.bits = (uint8_t)(bits + 128 - most);
	}
	for (size_t bit = network.bits; bit < 128; bit++)
		if (network.address[bit / 8] & (0x80u >> bit % 8))
			return false;
	*ret_network = network;
	return true;
}

bool network_holds(const struct network *network, const uint8_t address[NETWORK_ADDRESS_BYTES])
{
	size_t bytes = network->bits / 8, rest = network->bits % 8;

	if (memcmp(network->address, address, bytes) != 0)
		return false;
	return rest == 0 ||
	       ((network->address[bytes] ^ address[bytes]) & (0xff00u >> rest) & 0xffu) == 0;
}

static struct str trimmed(struct str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = (struct str){ s.p + 1, s.n - 1 };
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

bool network_list_parse(struct str list, struct network *networks, uint32_t most,
			uint32_t *ret_n, struct str *ret_bad)
{
	uint32_t n = 0;

	while (list.n) {
		const char *comma = memchr(list.p, ',', list.n);
		size_t length = comma ? (size_t)(comma - list.p) : list.n;
		struct str entry = trimmed((struct str){ list.p, length });

		list = comma ? (struct str){ comma + 1, list.n - length - 1 } : STR("");
		if (entry.n == 0)
			continue;
		if (n == most || !network_parse(entry, &networks[n])) {
			*ret_bad = entry;
			return false;
		}
		n++;
	}
	*ret_n = n;
	return true;
}

bool network_list_holds(const struct network *networks, uint32_t n,
			const uint8_t address[NETWORK_ADDRESS_BYTES])
{
	for (uint32_t i = 0; i < n; i++)
		if (network_holds(&networks[i], address))
			return true;
	return false;
}
