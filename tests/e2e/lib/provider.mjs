/*
 * A provider of OpenID Connect on the loopback: oauth2-mock-server behind a front of our own
 * that counts requests, can answer in its place, and signs the ID tokens by Node's crypto, so
 * that a test decides every bit of them.
 */
import { OAuth2Server } from 'oauth2-mock-server';
import { execFileSync } from 'node:child_process';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';

const CLIENT = 'liandong-desk';
const base64url = (value) => Buffer.from(typeof value === 'string' || Buffer.isBuffer(value) ?
	value : JSON.stringify(value)).toString('base64url');

/* Private keys by key id, as Node holds them, and what the key set says of them. */
export function newKey(alg, kid, options = {}) {
	const pair = alg === 'RS256' ?
		generateKeyPairSync('rsa', { modulusLength: options.bits ?? 2048 }) :
		generateKeyPairSync('ec', { namedCurve: options.curve ?? 'P-256' });
	const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
	return { alg, kid, jwk, privateKey: pair.privateKey, publicKey: pair.publicKey };
}

/* A compact JWS by this key; header: what differs from its alg and kid. */
export function signed(payload, key, header = {}) {
	const input = `${base64url({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })}.` +
		base64url(payload);
	const signature = key.alg === 'ES256' ?
		sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }) :
		sign('sha256', Buffer.from(input), key.privateKey);
	return `${input}.${signature.toString('base64url')}`;
}

/* What somebody makes who has the public key alone and hopes that it is taken as a secret. */
export function signedByPublicKey(payload, key) {
	const input = `${base64url({ alg: 'HS256', kid: key.kid })}.${base64url(payload)}`;
	const pem = key.publicKey.export({ type: 'spki', format: 'pem' });
	return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
}

export const unsigned = (payload) => `${base64url({ alg: 'none' })}.${base64url(payload)}.`;

function certificate(dir) {
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
		'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=provider',
		'-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-keyout', `${dir}/key.pem`,
		'-out', `${dir}/ca.pem`], { stdio: 'ignore' });
	return { key: fs.readFileSync(`${dir}/key.pem`), cert: fs.readFileSync(`${dir}/ca.pem`) };
}

/* The body of a form, read without taking it from whoever reads it next. */
function peek(request) {
	const parts = [];
	request.on('data', (part) => parts.push(part));
	return () => Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
}

/*
 * provider.claims(payload) may change the payload; provider.token(payload, key) makes the token;
 * provider.answer(path, response,
 * request) may answer itself by giving true; provider.keys is the key
 * set. All are put back by provider.reset().
 */
export async function startProvider({ tls = true, host = '127.0.0.1' } = {}) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-provider-'));
	process.once('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
	const mock = new OAuth2Server();
	const provider = { dir, ca_file: `${dir}/ca.pem`, client: CLIENT, mock, held: new Set(),
		rsa: newKey('RS256', 'rsa-1'), ec: newKey('ES256', 'ec-1') };
	await mock.issuer.keys.generate('RS256');

	provider.reset = () => Object.assign(provider, { requests: [], forms: [], key: provider.rsa,
		keys: [provider.rsa.jwk, provider.ec.jwk], claims: () => {}, answer: () => false,
		token: (payload, key) => signed(payload, key) });
	provider.reset();
	provider.count = (at) => provider.requests.filter((one) => one === at).length;
	mock.service.on('beforeResponse', (response) => {
		const payload = JSON.parse(Buffer.from(response.body.id_token.split('.')[1],
			'base64url').toString());
		provider.claims(payload);
		response.body.id_token = provider.token(payload, provider.key);
	});

	const listener = (request, response) => {
		const at = new URL(request.url, 'https://any').pathname;
		const form = peek(request);
		provider.requests.push(at);
		request.on('end', () => at === '/token' && provider.forms.push({ ...form(),
			authorization: request.headers.authorization }));
		if (provider.answer(at, response, request))
			return;
		if (at === '/jwks')
			response.end(JSON.stringify({ keys: provider.keys }));
		else
			mock.service.requestHandler(request, response);
	};
	provider.server = tls ? https.createServer(certificate(dir), listener) :
		http.createServer(listener);
	await new Promise((resolve) => provider.server.listen(0, '127.0.0.1', resolve));
	provider.server.unref();	/* a failed test must not keep its file from ending */
	provider.port = provider.server.address().port;
	provider.url = `${tls ? 'https' : 'http'}://${host}:${provider.port}`;
	mock.issuer.url = provider.url;
	provider.json = (response, value) => {
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify(value));
		return true;
	};
	provider.hold = (response) => provider.held.add(response);
	provider.letGo = () => {
		for (const response of provider.held)
			response.destroy();
		provider.held.clear();
	};
	provider.stop = () => new Promise((resolve) => {
		provider.letGo();
		provider.server.closeAllConnections();
		provider.server.close(resolve);
	});
	/* Goes where a browser would go; gives the Location it is sent back to. */
	provider.visit = (url) => new Promise((resolve, reject) => {
		const client = tls ? https : http;
		client.get(url, { ca: tls ? fs.readFileSync(provider.ca_file) : undefined, agent: false },
			(response) => {
				response.resume();
				resolve(response.headers.location);
			}).on('error', reject);
	});
	/* Settings of a server at this address that signs in by this provider. */
	provider.settings = (base) => ({
		LIANDONG_OIDC_ISSUER: provider.url, LIANDONG_OIDC_CLIENT_ID: CLIENT,
		LIANDONG_OIDC_BASE_URL: base, LIANDONG_OIDC_NAME: '区统一认证',
		LIANDONG_OIDC_ALLOW_CIDR: '127.0.0.0/8', LIANDONG_OIDC_TIMEOUT: '2',
		...(tls ? { LIANDONG_OIDC_CA_FILE: provider.ca_file } :
			{ LIANDONG_OIDC_ALLOW_HTTP: 'true' }),
	});
	return provider;
}
