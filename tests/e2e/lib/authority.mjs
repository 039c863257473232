/*
 * A certificate authority made by openssl in a folder of its own: clients, revocation lists,
 * and the hash of a public key as people compute it.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

function openssl(...args) {
	return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

export class Authority {
	constructor(name) {
		this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-ca-'));
		process.once('exit', () => fs.rmSync(this.dir, { recursive: true, force: true }));
		for (const file of ['index.txt', 'index.txt.attr'])
			fs.writeFileSync(this.file(file), '');
		fs.writeFileSync(this.file('serial'), '1000\n');
		fs.writeFileSync(this.file('crlnumber'), '01\n');
		fs.writeFileSync(this.file('ca.conf'), `[ca]
default_ca = own
[own]
database = ${this.file('index.txt')}
serial = ${this.file('serial')}
crlnumber = ${this.file('crlnumber')}
new_certs_dir = ${this.dir}
certificate = ${this.file('ca.pem')}
private_key = ${this.file('ca.key')}
default_md = sha256
default_days = 30
default_crl_days = 30
policy = any
unique_subject = no
[any]
commonName = supplied
[client]
basicConstraints = critical, CA:false
extendedKeyUsage = clientAuth
[server]
basicConstraints = critical, CA:false
extendedKeyUsage = serverAuth
`);
		openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
			'-keyout', this.file('ca.key'), '-out', this.ca, '-days', '30', '-subj', `/CN=${name}`,
			'-addext', 'keyUsage=critical,keyCertSign,cRLSign');
	}

	file(name) {
		return path.join(this.dir, name);
	}

	get ca() {
		return this.file('ca.pem');
	}

	/* { cert, key, spki }; more: further arguments of `openssl ca`; kind: client or server. */
	issue(name, more = [], kind = 'client') {
		const [key, csr, cert] = ['key', 'csr', 'pem'].map((end) => this.file(`${name}.${end}`));
		openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
			'-keyout', key, '-out', csr, '-subj', `/CN=${name}`);
		openssl('ca', '-batch', '-notext', '-config', this.file('ca.conf'), '-extensions', kind,
			'-in', csr, '-out', cert, ...more);
		return { file: cert, cert: fs.readFileSync(cert), key: fs.readFileSync(key),
			spki: this.spki(cert) };
	}

	spki(file) {
		return execFileSync('sh', ['-c', 'openssl x509 -in "$1" -pubkey -noout | ' +
			'openssl pkey -pubin -outform der | openssl dgst -sha256 -r', 'sh', file],
		{ encoding: 'utf8' }).slice(0, 64);
	}

	revoke(one) {
		openssl('ca', '-config', this.file('ca.conf'), '-revoke', one.file);
	}

	/* Writes the revocation list to a file, as one step. */
	list(to, more = []) {
		openssl('ca', '-gencrl', '-config', this.file('ca.conf'), '-out', `${to}.new`, ...more);
		fs.renameSync(`${to}.new`, to);
	}
}
