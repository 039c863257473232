/*
 * Ways to write an address that a webhook must never reach: this machine, its networks, metadata
 * services, by every notation that a URL parser, a resolver or a socket may understand. PORT stands
 * for the port of a listener. `name` ones need a resolver that knows them (see ssrf.test.mjs).
 */
const LOOPBACK = [
	'127.0.0.1', '127.0.0.2', '127.1', '127.0.1', '127.255.255.254', '0.0.0.0', '0', '00.0.0.0',
	'2130706433', '017700000001', '0x7f000001', '0x7F000001', '0177.0.0.1', '0x7f.0.0.1', '0x7f.1',
	'0177.0.0.0x1', '127.0.0.1.', '127.000.000.001', '0000127.0.0.1', '127.0.0.0x1', '127.0x1',
	'4294967297', '127.0.0.1%00', '127。0。0。1', '①②⑦.⓪.⓪.①', '１２７.0.0.1', '%31%32%37.0.0.1',
	'[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[0000::0001]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]',
	'[0:0:0:0:0:ffff:7f00:0001]', '[::127.0.0.1]', '[::ffff:0:127.0.0.1]', '[64:ff9b::127.0.0.1]',
	'[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]', '[2002:7f00:0001::1]',
	'[2001:0:7f00:1::]', '[fe80::1]', '[fe80::1%25lo]', '[::1%25lo]', '[fec0::1]', '[::ffff:0.0.0.0]',
	'localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'localhost.localdomain',
	'ip6-localhost', 'ip6-loopback', 'ℓocalhost', 'loc\u00adalhost',
];
const INSIDE = [
	'10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '169.254.169.254', '169.254.1.1',
	'100.100.100.200', '192.0.0.192', '[fd00:ec2::254]', '[fd12:3456::1]', '[::ffff:10.0.0.1]',
	'[::ffff:a9fe:a9fe]', '[64:ff9b::169.254.169.254]', '[2002:a9fe:a9fe::]', '0xa9fea9fe',
	'2852039166', '0251.0376.0251.0376', '224.0.0.1', '255.255.255.255', '[ff02::1]', '198.18.0.1',
];
/* Names that the resolver of the test knows, all of them this machine. */
export const NAMES = ['hook.example', 'rebound.example', 'mapped.example', 'six.example'];

export const HOSTS = [...LOOPBACK, ...INSIDE];

/* A host that parsers disagree about: which of the two is it? */
const TWO = ['http://example.com@127.0.0.1:PORT/', 'http://127.0.0.1:PORT#@example.com/',
	'http://example.com:80@127.0.0.1:PORT/', 'http://127.0.0.1:PORT\\@example.com/',
	'http://example.com\\@127.0.0.1:PORT/', 'http://example.com#@127.0.0.1:PORT/',
	'http://example.com?@127.0.0.1:PORT/', 'http://example.com;@127.0.0.1:PORT/',
	'http://@127.0.0.1:PORT/', 'http://:@127.0.0.1:PORT/', 'http:///127.0.0.1:PORT/',
	'http:127.0.0.1:PORT/', 'http:/127.0.0.1:PORT/', 'http:\\\\127.0.0.1:PORT\\',
	'//127.0.0.1:PORT/', '127.0.0.1:PORT/', 'http://127.0.0.1:PORT:80/', 'http://[::1]:PORT:80/',
	'http://127.0.0.1 :PORT/', 'http://127.0.0.1\t:PORT/', 'http://127.0.0.1:PORT\r\nX: y/',
	'http://127.0.0.1:\r\nPORT/', 'http://example.com\u0000.127.0.0.1:PORT/',
	'hTTp://127.0.0.1:PORT/', 'https://127.0.0.1:PORT/', 'https://user@127.0.0.1:PORT/'];
const SCHEMES = ['ftp', 'gopher', 'dict', 'file', 'ldap', 'smtp', 'telnet', 'tftp', 'scp', 'ws',
	'jar:http', 'url:http', 'data', 'javascript'].map((scheme) => `${scheme}://127.0.0.1:PORT/`);
const PORTS = ['http://127.0.0.1:22/', 'http://127.0.0.1:25/', 'http://127.0.0.1:0/',
	'http://127.0.0.1:65536/', 'http://127.0.0.1:-1/', 'http://127.0.0.1:3306/',
	'unix:///run/db.sock', 'http+unix://%2Frun%2Fdb.sock/'];

export const URLS = [...HOSTS.map((host) => `http://${host}:PORT/`),
	...HOSTS.map((host) => `https://${host}:PORT/`), ...TWO, ...SCHEMES, ...PORTS];
