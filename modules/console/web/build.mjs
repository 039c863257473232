/*
 * Builds the console: node build.mjs OUTDIR
 *
 * Makes the interface's types of its description, type-checks, bundles for Chromium 86 with each
 * group of screens in a file of its own, names every asset by the hash of its content and writes
 * each as it is, assets gzipped and brotlied too, with manifest.tsv telling the server what to
 * serve: url-path, file, content-type, encoding, immutable. The same input gives the same bytes, so the
 * binary that embeds them stays reproducible. sizes.json says which files make up the first load.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import openapiTS, { astToString } from "openapi-typescript";

const here = dirname(fileURLToPath(import.meta.url));
const description = resolve(here, "../../openapi.json");
const types = {
	html: "text/html; charset=utf-8",
	js: "text/javascript; charset=utf-8",
	css: "text/css; charset=utf-8",
	svg: "image/svg+xml",
};

async function makeTypes(outdir) {
	const tree = await openapiTS(JSON.parse(readFileSync(description, "utf8")));
	writeFileSync(join(outdir, "openapi.d.ts"), astToString(tree));
}

function checkTypes() {
	const tsc = join(here, "node_modules/typescript/bin/tsc");
	const run = spawnSync(process.execPath, [tsc, "--noEmit", "-p", here], { stdio: "inherit" });
	if (run.status !== 0)
		process.exit(1);
}

const options = {
	absWorkingDir: here,
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
	metafile: true,
	entryNames: "[name]-[hash]",
	chunkNames: "[name]-[hash]",
};

/* A style that a script imports is text which the script gives to the page. */
const stylesOfScripts = {
	name: "styles of scripts",
	setup(building) {
		building.onResolve({ filter: /\.css$/ }, ({ path, importer, resolveDir }) => /\.tsx?$/.test(importer)
			? { path: join(resolveDir, path), namespace: "style" } : undefined);
		building.onLoad({ filter: /.*/, namespace: "style" }, async ({ path }) => {
			const { outputFiles } = await build({ ...options, metafile: false, entryNames: "[name]",
				entryPoints: [path] });
			return { resolveDir: here, contents: `import { adopt } from "./src/lib/adopt";
adopt(${JSON.stringify(outputFiles[0].text.trim())});` };
		});
	},
};

/* The caller's page shares nothing with the console, so that it stays small. */
async function bundle() {
	const console = await build({ ...options, splitting: true, plugins: [stylesOfScripts], entryPoints: {
		console: "src/main.tsx", style: "src/styles/all.css" } });
	const progress = await build({ ...options, entryPoints: {
		public: "src/public/main.ts", "public-style": "src/public/style.css" } });
	return [console, progress];
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

/* Gives the sizes on the wire by address. */
function writeAll(outdir, files) {
	const manifest = [];
	const sizes = {};
	rmSync(join(outdir, "assets"), { recursive: true, force: true });
	mkdirSync(join(outdir, "assets"), { recursive: true });
	for (const { url, file, type, bytes, immutable } of files) {
		/* The page fits into a packet as it is, and compresses nothing that a visitor chose. */
		const bodies = immutable ? compressed(bytes) : { identity: bytes };
		for (const [encoding, body] of Object.entries(bodies)) {
			writeFileSync(join(outdir, file + suffix[encoding]), body);
			manifest.push([url, file + suffix[encoding], type, encoding, immutable ? 1 : 0]
				.join("\t"));
			sizes[url] = body.length;
		}
	}
	writeFileSync(join(outdir, "manifest.tsv"), manifest.join("\n") + "\n");
	return sizes;
}

function asset(name, bytes) {
	return { url: `/assets/${name}`, file: `assets/${name}`, type: types[name.split(".").pop()],
		bytes, immutable: true };
}

function page(url, file, source, names) {
	const text = readFileSync(join(here, source), "utf8").replace(/\{\{(\w+)\}\}/g, (_, name) =>
		names[name]);
	return { url, file, type: types.html, bytes: Buffer.from(text), immutable: false };
}

/*
 * What a browser with this language fetches before anything is drawn, and what each group of
 * screens adds: the code, and the texts that the code asks for.
 */
function loadsOf(result, entry, language) {
	const url = path => `/assets/${basename(path)}`;
	const outputs = result.metafile.outputs;
	const isText = path => new RegExp(`(^|[/_])${language}\\.ts$`).test(outputs[path]?.entryPoint ?? "");
	const withImports = (path, found = new Set()) => {
		if (!found.has(path)) {
			found.add(path);
			for (const { path: next, kind } of outputs[path].imports) {
				if (kind === "import-statement" || isText(next))
					withImports(next, found);
			}
		}
		return found;
	};
	const first = withImports(Object.keys(outputs).find(path => outputs[path].entryPoint === entry));
	const groups = Object.entries(outputs)
		.filter(([path, { entryPoint }]) => /\.tsx?$/.test(entryPoint ?? "") && !first.has(path)
			&& !/(^|[/_])(zh|en)\.ts$/.test(entryPoint))
		.map(([path, { entryPoint }]) => [basename(entryPoint) === "index.ts"
			? entryPoint.split("/").at(-2) : basename(entryPoint).split(".")[0],
			[...withImports(path)].filter(part => !first.has(part)).map(url)]);
	return { first: [...first].map(url), groups: Object.fromEntries(groups) };
}

async function main() {
	if (process.argv.length !== 3) {
		console.error("usage: node build.mjs OUTDIR");
		process.exit(2);
	}
	const outdir = resolve(process.argv[2]);
	mkdirSync(outdir, { recursive: true });
	await makeTypes(outdir);
	checkTypes();
	const results = await bundle();
	const assets = results.flatMap(result => result.outputFiles.map(file =>
		asset(basename(file.path), Buffer.from(file.contents))));
	const named = (stem, extension) => assets.find(one =>
		new RegExp(`/${stem}-[A-Z0-9]+\\.${extension}$`).test(one.url)).url;
	const icon = readFileSync(join(here, "src/icon.svg"));
	assets.push(asset(`icon-${createHash("sha256").update(icon).digest("hex").slice(0, 12)}.svg`, icon));
	const names = { script: named("console", "js"), style: named("style", "css"),
		public_script: named("public", "js"), public_style: named("public-style", "css"),
		icon: assets.at(-1).url };
	const sizes = writeAll(outdir, [page("/", "index.html", "src/index.html", names), ...assets,
		page("/progress", "progress.html", "src/public/progress.html", names)]);
	const languages = Object.fromEntries(["zh", "en"].map(language => {
		const loads = loadsOf(results[0], "src/main.tsx", language);
		loads.first.push("/", names.style);
		return [language, loads];
	}));
	writeFileSync(join(outdir, "sizes.json"), JSON.stringify({ sizes, languages }, null, "\t") + "\n");
}

await main();
