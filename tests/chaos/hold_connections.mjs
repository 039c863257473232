/*
 * A child of the connection test: opens TLS connections and holds them, or dribbles headers.
 *
 *     node hold_connections.mjs PORT COUNT idle|slow
 *
 * Prints "open N" once all are up and "closed N" when asked (a line on stdin) how many of them
 * the server has ended since.
 */
import readline from 'node:readline';
import tls from 'node:tls';

const [port, count, mode] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const AT_ONCE = 64;
const sockets = new Set();
let closed = 0;
let failed = 0;

function open() {
	return new Promise((resolve) => {
		const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
			sockets.add(socket);
			if (mode === 'slow')
				socket.write('GET /livez HTTP/1.1\r\n');
			resolve();
		});
		socket.on('error', () => {
			if (!sockets.has(socket))
				failed += 1;
			resolve();
		});
		socket.on('close', () => {
			closed += sockets.delete(socket) ? 1 : 0;
		});
		socket.resume();
	});
}

let started = 0;
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
	while (started++ < count)
		await open();
}));
if (mode === 'slow')
	setInterval(() => {
		for (const socket of sockets)
			socket.write('X');
	}, 500);
console.log(`open ${sockets.size} failed ${failed}`);
for await (const line of readline.createInterface({ input: process.stdin })) {
	if (line === 'end')
		break;
	console.log(`closed ${closed}`);
}
process.exit(0);
