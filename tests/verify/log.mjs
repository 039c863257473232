/*
 * A log over HTTPS that can be made to lie: as much of the ledger's interface as a witness asks.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { checkpointOf, keyOf } from './notes.mjs';
import { consistency, rootOf, sha256 } from './tree.mjs';

function certificate(dir) {
	const [key, cert] = [path.join(dir, 'tls.key'), path.join(dir, 'tls.pem')];
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
		'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert, '-days', '30',
		'-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
	return { key: fs.readFileSync(key), cert: fs.readFileSync(cert), file: cert };
}

/*
 * { url, ca, vkey, cosignatures, asked, lie, ... }: set `lie` to change what is answered:
 * lie.leaves, lie.size, lie.note(note), lie.proof(proof), lie.post(response).
 */
export async function startLog(dir, { origin = 'county.example/ledger', seed = 1 } = {}) {
	const tls = certificate(dir);
	const log = { origin, key: keyOf(origin, seed), ca: tls.file, cosignatures: [], asked: [],
		tokens: [], posted: [], lie: {}, size: 0,
		leaves: Array.from({ length: 300 }, (_, i) => sha256(`leaf ${i}`)) };
	log.vkey = log.key.vkey;
	const leavesNow = () => log.lie.leaves ?? log.leaves;
	const sizeNow = () => log.lie.size ?? log.size;
	const head = () => {
		const note = checkpointOf(log.key, sizeNow(), rootOf(leavesNow(), 0, sizeNow()));
		return log.lie.note ? log.lie.note(note) : note + (log.lie.lines ?? '');
	};
	const proof = (from, to) => {
		const hashes = consistency(leavesNow(), from, to).map((hash) => hash.toString('base64'));
		return log.lie.proof ? log.lie.proof(hashes) : hashes;
	};
	const reply = (response, value, status = 200) => {
		response.writeHead(status, { 'Content-Type': 'application/json' });
		response.end(JSON.stringify(value));
	};
	const post = (response, body) => {
		log.posted.push(JSON.parse(body).checkpoint);
		if (log.lie.post)
			return log.lie.post(response);
		log.cosignatures.push(JSON.parse(body).checkpoint);
		return reply(response, {});
	};
	const server = https.createServer(tls, (request, response) => {
		const url = new URL(request.url, 'https://log');
		const parts = [];
		log.asked.push(`${request.method} ${request.url}`);
		log.tokens.push(request.headers.authorization);
		request.on('data', (part) => parts.push(part));
		request.on('end', () => {
			if (log.lie.status)
				return reply(response, { title: 'no' }, log.lie.status);
			if (url.pathname === '/api/v1/ledger/head')
				return reply(response, { origin, size: sizeNow(), checkpoint: head() });
			if (url.pathname === '/api/v1/ledger/consistency') {
				const [from, to] = ['from', 'to'].map((name) =>
					Number(url.searchParams.get(name)));
				return reply(response, { from, to, proof: proof(from, to) });
			}
			if (request.method === 'POST' && url.pathname === '/api/v1/ledger/cosignatures')
				return post(response, Buffer.concat(parts).toString());
			return reply(response, {}, 404);
		});
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	log.url = `https://127.0.0.1:${server.address().port}`;
	log.stop = () => new Promise((resolve) => {
		server.closeAllConnections?.();
		server.close(resolve);
	});
	return log;
}
