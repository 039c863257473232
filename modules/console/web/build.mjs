/*
 * Builds the console: node build.mjs OUTDIR
 *
 * Makes the interface's types of its description, type-checks, bundles for Chromium 86 (which groups
 * of screens come in one file says bundles.mjs, how texts are asked for texts.mjs), shortens, names
 * every asset by the hash of its content and writes each as it is, assets gzipped and brotlied too, with manifest.tsv telling the server what to
 * serve: url-path, file, content-type, encoding, immutable. The same input gives the same bytes, so the
 * binary that embeds them stays reproducible. sizes.json says which files make up the first load.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";
import openapiTS, { astToString } from "openapi-typescript";
import { bundling, checkNames, sharedOf, textsTogether } from "./bundles.mjs";
import { checked, collected, numberedSource, textModule } from "./texts.mjs";

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

const madeBy = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)))
	.update(readFileSync(join(here, "package-lock.json"))).digest("hex");

const options = {
	absWorkingDir: here,
	outdir: "assets",
	bundle: true,
	write: false,
	minify: true,
	format: "esm",
	target: "chrome86",
	/* Chromium 86 knows it, but for f?.(...many): checked() refuses that. */
	supported: { "optional-chain": true },
	charset: "utf8",
	legalComments: "none",
	jsx: "automatic",
	jsxImportSource: "preact",
	logLevel: "warning",
	metafile: true,
	/* A part of the hash: what is done to a file afterwards belongs to its name. */
	banner: { js: `/*${madeBy}*/` },
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

/* Sources with numbers for the names of texts. */
const numberedTexts = texts => ({
	name: "numbered texts",
	setup(building) {
		building.onLoad({ filter: /\/src\/.*\.tsx?$/ }, ({ path }) => ({
			contents: numberedSource(readFileSync(path, "utf8"), relative(join(here, "src"), path), texts),
			loader: path.endsWith("x") ? "tsx" : "ts" }));
	},
});

async function buildConsole() {
	const program = checked(here);
	checkNames(program, here);
	const texts = await collected(program, here, textsTogether);
	const built = frame => build({ ...options, splitting: true, plugins: [stylesOfScripts, bundling(here, frame,
		(file, language) => textModule(texts.files.get(file), language)), numberedTexts(texts)],
	entryPoints: { console: "bundle:frame", style: "src/styles/all.css" } });
	const frame = ["src/main.tsx", "src/i18n/packed.ts"];
	const { metafile } = await built(frame);
	return built([...frame, ...sharedOf(metafile.inputs)]);
}

/* The caller's page shares nothing with the console, so that it stays small. */
async function bundle() {
	const console = await buildConsole();
	const progress = await build({ ...options, entryPoints: {
		public: "src/public/main.ts", "public-style": "src/public/style.css" } });
	return [console, progress];
}

/* Beyond what esbuild does: names that repeat themselves compress better. */
async function shortened(file) {
	if (!file.path.endsWith(".js"))
		return Buffer.from(file.contents);
	const { code } = await minify(file.text, { module: true, ecma: 2020, compress: { ecma: 2020 } });
	return Buffer.from(code);
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

/* Since bundles import the frame it is a chunk, and its entry but imports that: the page does. */
function frameOf({ metafile: { outputs } }) {
	const [entry, { imports }] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === "bundle:frame");
	return { entry, chunk: imports[0].path };
}

/*
 * What a browser with this language fetches before anything is drawn, and what each group of
 * screens adds: the code, and the texts that the code asks for.
 */
function loadsOf(result, language) {
	const url = path => `/assets/${basename(path)}`;
	const outputs = result.metafile.outputs;
	const isText = path => /^texts:/.test(outputs[path].entryPoint) && basename(outputs[path].entryPoint) === language;
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
	const first = withImports(frameOf(result).chunk);
	const groups = Object.entries(outputs).filter(([, { entryPoint }]) =>
		/^bundle:(?!frame)/.test(entryPoint)).map(([path, { entryPoint }]) => [entryPoint.slice("bundle:".length),
		[...withImports(path)].filter(part => !first.has(part)).map(url)]);
	return { first: [...first].map(url), groups: Object.fromEntries(groups) };
}

async function main() {
	if (process.argv.length !== 3) {
		process.stderr.write("usage: node build.mjs OUTDIR\n");
		process.exit(2);
	}
	const outdir = resolve(process.argv[2]);
	mkdirSync(outdir, { recursive: true });
	await makeTypes(outdir);
	const [console, progress] = await bundle();
	const frame = frameOf(console);
	const built = [...console.outputFiles, ...progress.outputFiles].filter(({ path }) =>
		basename(path) !== basename(frame.entry));
	const assets = await Promise.all(built.map(async file => asset(basename(file.path), await shortened(file))));
	const named = (stem, extension) => assets.find(one =>
		new RegExp(`/${stem}-[A-Z0-9]+\\.${extension}$`).test(one.url)).url;
	const icon = readFileSync(join(here, "src/icon.svg"));
	assets.push(asset(`icon-${createHash("sha256").update(icon).digest("hex").slice(0, 12)}.svg`, icon));
	const names = { script: `/assets/${basename(frame.chunk)}`, style: named("style", "css"),
		public_script: named("public", "js"), public_style: named("public-style", "css"),
		icon: assets.at(-1).url };
	const sizes = writeAll(outdir, [page("/", "index.html", "src/index.html", names), ...assets,
		page("/progress", "progress.html", "src/public/progress.html", names)]);
	const languages = Object.fromEntries(["zh", "en"].map(language => {
		const loads = loadsOf(console, language);
		loads.first.push("/", names.style);
		return [language, loads];
	}));
	writeFileSync(join(outdir, "sizes.json"), JSON.stringify({ sizes, languages }, null, "\t") + "\n");
}

await main();
