/*
 * Which groups of screens come in one file. A file alone knows nothing of what stood in another, so
 * many small ones weigh more than few large ones; but what a role opens first, with all that comes
 * with it, stays within 60 KB. Texts come likewise: a file for each language and bundle.
 */
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { languageOf, stemOf } from "./texts.mjs";

export const bundles = {
	desk: ["desk", "desk/beside"],
	visits: ["visits", "cases"],
	dispatching: ["dispatching", "tables", "exchange", "departments/webhooks"],
	departments: ["departments", "departments/figures"],
	overseeing: ["overseeing", "judging"],
	leading: ["leading", "leading/definitions"],
	months: ["leading/enterprises", "leading/months", "leading/analysis"],
	running: ["auditing", "administering"],
	sign_in: ["screens/sign_in"],
	own: ["screens/account", "palette"],
	alerts: ["alerts"],
	forced: ["styles/forced"],
};

/* Texts that come with others than their code does: fewer files, or for more bundles than one. */
const textsElsewhere = { "departments/common": "frame" };

/* Asked for by so many bundles, a module comes with the frame. */
const many = 3;

/** The file of the texts of "desk/" or "i18n/measures". */
export function textsTogether(stem) {
	const folder = stem.replace(/\/[^/]*$/, "");
	const bundle = Object.keys(bundles).find(name => bundles[name].includes(folder));
	return textsElsewhere[stem] ?? textsElsewhere[folder] ?? bundle
		?? (stem.startsWith("i18n/measures") ? "measures" : "frame");
}

/* What the modules import, by the files that esbuild read: all that comes with one of them. */
function withImports(inputs, path, found = new Set()) {
	if (!found.has(path)) {
		found.add(path);
		for (const { path: next, kind } of inputs[path]?.imports ?? []) {
			if (kind === "import-statement")
				withImports(inputs, next, found);
		}
	}
	return found;
}

/** The modules that many bundles share, by the files that esbuild read while nothing was shared. */
export function sharedOf(inputs) {
	const ofFrame = withImports(inputs, "bundle:frame");
	const reached = Object.keys(bundles).map(name => withImports(inputs, `bundle:${name}`));
	return Object.keys(inputs).filter(path => /^src\/.*\.tsx?$/.test(path) && !ofFrame.has(path)
		&& reached.filter(found => found.has(path)).length >= many).sort();
}

/* The module by which a group is entered, as "src/desk/index.ts". */
function entryOf(here, group) {
	return ["/index.ts", ".tsx", ".ts"].map(end => `src/${group}${end}`)
		.find(path => existsSync(join(here, path)));
}

/**
 * Lets `import("./index")` of a group fetch its bundle, and `import("./zh")` the texts of it. All
 * import what the frame consists of, so that this is one file.
 */
export function bundling(here, frame, textModule) {
	const bundleOf = new Map(Object.entries(bundles).flatMap(([name, groups]) => groups.map(group =>
		[join(here, entryOf(here, group)), name])));
	const loaded = lines => ({ resolveDir: here, loader: "ts", contents: lines.join("\n") });
	return {
		name: "bundles",
		setup(building) {
			building.onResolve({ filter: /^bundle:/ }, ({ path }) =>
				({ path: path.slice("bundle:".length), namespace: "bundle" }));
			building.onResolve({ filter: /^\./ }, async ({ path, kind, pluginData, ...from }) => {
				if (kind !== "dynamic-import" || pluginData === "found")
					return undefined;
				const found = await building.resolve(path, { ...from, kind, pluginData: "found" });
				const name = relative(join(here, "src"), found.path);
				const language = languageOf(name);
				if (language)
					return { path: `${textsTogether(stemOf(name))}/${language}`, namespace: "texts" };
				if (!bundleOf.has(found.path))
					return { errors: [{ text: `${name} is in no bundle of bundles.mjs` }] };
				return { path: bundleOf.get(found.path), namespace: "bundle" };
			});
			building.onLoad({ filter: /./, namespace: "texts" }, ({ path }) =>
				loaded(['import "bundle:frame";', textModule(...path.split("/"))]));
			building.onLoad({ filter: /./, namespace: "bundle" }, ({ path: name }) => loaded(name === "frame"
				? frame.map(path => `import "./${path}";`) : ['import "bundle:frame";',
					...bundles[name].map(group => `export * from "./${entryOf(here, group)}";`)]));
		},
	};
}

/** A name that two groups of a bundle export would be lost without a word. */
export function checkNames(program, here) {
	const checker = program.getTypeChecker();
	for (const [name, groups] of Object.entries(bundles)) {
		const exported = groups.flatMap(group => {
			const file = program.getSourceFile(join(here, entryOf(here, group)));
			return checker.getExportsOfModule(checker.getSymbolAtLocation(file)).map(one => one.name);
		});
		const twice = exported.find((one, at) => exported.indexOf(one) !== at);
		if (twice)
			throw new Error(`bundle ${name}: two groups export ${twice}`);
	}
}
