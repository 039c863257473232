/*
 * Builds the console: node build.mjs OUTDIR
 *
 * Type-checks, bundles for Chromium 86, names every asset by the hash of its content and writes
 * each file as it is, assets gzipped and brotlied too, with manifest.tsv telling the server what to
 * serve: url-path, file, content-type, encoding, immutable. The same input gives the same bytes, so the
 * binary that embeds them stays reproducible.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const types = {
	html: "text/html; charset=utf-8",
	js: "text/javascript; charset=utf-8",
	css: "text/css; charset=utf-8",
	svg: "image/svg+xml",
};

function checkTypes() {
	const tsc = join(here, "node_modules/typescript/bin/tsc");
	const run = spawnSync(process.execPath, [tsc, "--noEmit", "-p", here], { stdio: "inherit" });
	if (run.status !== 0)
		process.exit(1);
}

async function bundle() {
	const result = await build({
		absWorkingDir: here,
		entryPoints: { console: "src/main.tsx", style: "src/styles/all.css",
			public: "src/public/main.ts", "public-style": "src/public/style.css" },
		outdir: "assets",
		bundle: true,
		write: false,
		minify: true,
		format: "esm",
		target: "chrome86",
		charset: "utf8",
		legalComments: "none",
		jsx: "automatic",
		jsxImportSource: "preact",
		logLevel: "warning",
	});
	return Object.fromEntries(result.outputFiles.map(file => [
		basename(file.path), Buffer.from(file.contents)]));
}

function compressed(bytes) {
	const brotli = brotliCompressSync(bytes, { params: {
		[constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
		[constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
		[constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
	} });
	const gzip = gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });
	/* byte 9 names the operating system that compressed; fixed, so that all machines agree */
	gzip[9] = 255;
	return { identity: bytes, gzip, br: brotli };
}

const suffix = { identity: "", gzip: ".gz", br: ".br" };

function writeAll(outdir, files) {
	const manifest = [];
	rmSync(join(outdir, "assets"), { recursive: true, force: true });
	mkdirSync(join(outdir, "assets"), { recursive: true });
	for (const { url, file, type, bytes, immutable } of files) {
		/* The page fits into a packet as it is, and compresses nothing that a visitor chose. */
		const bodies = immutable ? compressed(bytes) : { identity: bytes };
		for (const [encoding, body] of Object.entries(bodies)) {
			writeFileSync(join(outdir, file + suffix[encoding]), body);
			manifest.push([url, file + suffix[encoding], type, encoding, immutable ? 1 : 0]
				.join("\t"));
		}
	}
	writeFileSync(join(outdir, "manifest.tsv"), manifest.join("\n") + "\n");
}

function asset(stem, extension, bytes) {
	const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
	const file = `assets/${stem}-${hash}.${extension}`;
	return { url: `/${file}`, file, type: types[extension], bytes, immutable: true };
}

async function main() {
	if (process.argv.length !== 3) {
		console.error("usage: node build.mjs OUTDIR");
		process.exit(2);
	}
	checkTypes();
	const bundled = await bundle();
	const script = asset("console", "js", bundled["console.js"]);
	const style = asset("style", "css", bundled["style.css"]);
	const publicScript = asset("public", "js", bundled["public.js"]);
	const publicStyle = asset("public-style", "css", bundled["public-style.css"]);
	const icon = asset("icon", "svg", readFileSync(join(here, "src/icon.svg")));
	const html = readFileSync(join(here, "src/index.html"), "utf8")
		.replace("{{script}}", script.url)
		.replace("{{style}}", style.url)
		.replace("{{icon}}", icon.url);
	const page = { url: "/", file: "index.html", type: types.html, bytes: Buffer.from(html),
		immutable: false };
	const progress = { url: "/progress", file: "progress.html", type: types.html, immutable: false,
		bytes: Buffer.from(readFileSync(join(here, "src/public/progress.html"), "utf8")
			.replace("{{public_script}}", publicScript.url)
			.replace("{{public_style}}", publicStyle.url)
			.replace("{{icon}}", icon.url)) };
	writeAll(resolve(process.argv[2]), [page, script, style, icon, progress, publicScript,
		publicStyle]);
}

await main();
