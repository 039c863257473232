/*
 * A text is asked for by its name in the sources, and by a number in what is built: names weigh
 * more than the texts of a short screen. A name that is put together while the console runs, as
 * t(`task_state.${state}`), stays; all that the sources spell out is replaced.
 *
 * What an expression can be is told by its type, so that a key counts as asked for where it is. A
 * text which nothing asks for is an error here.
 */
import { join, relative } from "node:path";
import { build } from "esbuild";
import ts from "typescript";

export const languageOf = path => /(?:^|[/_])(zh|en)\.ts$/.exec(path)?.[1];

/* Chromium 86 to 90 take f?.(...many) wrongly. */
function checkCalls(node) {
	if (ts.isCallExpression(node) && ts.isOptionalChain(node) && node.arguments.some(ts.isSpreadElement))
		throw new Error(`${node.getSourceFile().fileName}: no "..." in ${node.getText()}`);
	ts.forEachChild(node, checkCalls);
}

/** The checked program; what does not compile is told, and ends the build. */
export function checked(here) {
	const config = ts.getParsedCommandLineOfConfigFile(join(here, "tsconfig.json"), {}, {
		...ts.sys, onUnRecoverableConfigFileDiagnostic: told => { throw new Error(told.messageText); } });
	const program = ts.createProgram(config.fileNames, config.options);
	const told = [...config.errors, ...ts.getPreEmitDiagnostics(program)];
	if (told.length > 0) {
		console.error(ts.formatDiagnosticsWithColorAndContext(told, { getNewLine: () => "\n",
			getCurrentDirectory: () => here, getCanonicalFileName: name => name }));
		process.exit(1);
	}
	program.getSourceFiles().filter(file => !file.isDeclarationFile).forEach(checkCalls);
	return program;
}

/* What an expression may come to be, where it forks. */
function ends(node) {
	if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node))
		return ends(node.expression);
	if (ts.isConditionalExpression(node))
		return [...ends(node.whenTrue), ...ends(node.whenFalse)];
	return [node];
}

const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/* Everything that may stand in a hole of a template; a type that was only claimed says nothing. */
function hole(checker, node) {
	const all = ends(node).flatMap(end => {
		const type = checker.getTypeAtLocation(end);
		return type.isUnion() ? type.types : [type];
	}).filter(one => !(one.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)));
	return all.every(one => one.isStringLiteral() || one.isNumberLiteral())
		? `(?:${all.map(one => escaped(String(one.value))).join("|")})` : ".+";
}

const pattern = (checker, node) => escaped(node.head.text) + node.templateSpans.map(span =>
	hole(checker, span.expression) + escaped(span.literal.text)).join("");

/* Calls are of interest by the names of what they call and of what that takes. */
const called = node => ts.isPropertyAccessExpression(node) ? node.name.text : node.text;

/** Where the sources spell a key (path, start, end, key), and patterns of those put together. */
export function asked(program, here) {
	const checker = program.getTypeChecker();
	const spelled = [];
	const patterns = new Set();
	function askedFor(path, file, node) {
		for (const end of ends(node)) {
			if (ts.isStringLiteralLike(end))
				spelled.push({ path, start: end.getStart(file), end: end.end, key: end.text });
			else if (ts.isTemplateExpression(end)) {
				const found = pattern(checker, end);
				/* what a `prefix` is, its callers say: see below */
				if (end.head.text || end.templateSpans[0].expression.getText(file) !== "prefix"
					|| !found.startsWith(".+"))
					patterns.add(found);
			} else
				throw new Error(`${path}: which text is t(${end.getText(file)})?`);
		}
	}
	function prefixGiven(node) {
		const parameters = checker.getResolvedSignature(node)?.getDeclaration()?.parameters ?? [];
		const at = parameters.findIndex(one => one.name.getText() === "prefix");
		if (at >= 0 && node.arguments[at] && node.arguments[at].getText() !== "prefix")
			patterns.add(`${hole(checker, node.arguments[at])}\\..+`);
	}
	for (const file of program.getSourceFiles()) {
		const path = relative(join(here, "src"), file.fileName);
		if (/^\.\.|^public\/|^i18n\/index\.ts$/.test(path) || languageOf(path))
			continue;
		const visit = node => {
			if (ts.isCallExpression(node)) {
				if (["t", "tMaybe"].includes(called(node.expression)) && node.arguments.length > 0)
					askedFor(path, file, node.arguments[0]);
				else
					prefixGiven(node);
			}
			ts.forEachChild(node, visit);
		};
		visit(file);
	}
	return { spelled, patterns: [...patterns] };
}

/* The texts of a module, by its path in src. */
async function textsOf(here, path) {
	const { outputFiles } = await build({ absWorkingDir: here, entryPoints: [`src/${path}`], bundle: true,
		write: false, format: "esm" });
	const texts = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents)
		.toString("base64")}`);
	return Object.values(texts)[0];
}

export const stemOf = path => path.replace(/_?(zh|en)\.ts$/, "");

/*
 * Everything written in a language, by the files that are fetched together: gives for each the keys
 * in one order for both languages, those with a number first, and the first of its numbers.
 */
export async function collected(program, here, togetherOf) {
	const { spelled, patterns } = asked(program, here);
	const isPut = new RegExp(`^(?:${patterns.join("|")})$`);
	const spelt = new Set(spelled.map(({ key }) => key));
	const paths = program.getSourceFiles().map(file => relative(join(here, "src"), file.fileName))
		.filter(path => languageOf(path) && !path.startsWith("..")).sort();
	const files = new Map();
	const places = new Map();
	for (const path of paths) {
		const together = togetherOf(stemOf(path));
		const file = files.get(together) ?? files.set(together, { zh: {}, en: {} }).get(together);
		for (const [key, text] of Object.entries(await textsOf(here, path))) {
			const before = file[languageOf(path)][key];
			if (before !== undefined && before !== text)
				throw new Error(`${path}: "${key}" is something else in a file that comes with it`);
			if (!isPut.test(key) && !spelt.has(key))
				throw new Error(`${path}: nothing asks for "${key}"`);
			file[languageOf(path)][key] = text;
			places.set(key, (places.get(key) ?? new Set()).add(together));
		}
	}
	const numbers = new Map();
	for (const file of files.values()) {
		const keys = Object.keys(file.zh);
		file.numbered = keys.filter(key => !isPut.test(key) && places.get(key).size === 1);
		file.named = keys.filter(key => isPut.test(key) || places.get(key).size > 1);
		file.first = numbers.size;
		file.numbered.forEach(key => numbers.set(key, numbers.size));
	}
	return { files, numbers, spelled: spelled.filter(({ key }) => numbers.has(key)) };
}

/** The module with what was collected for one file, in one language: see src/i18n/packed.ts. */
export function textModule({ zh, en, numbered, named, first }, language) {
	const beginningOf = key => key.slice(0, key.indexOf(".") + 1);
	const beginnings = new Map();
	for (const key of [...named].sort())
		beginnings.set(beginningOf(key), [...beginnings.get(beginningOf(key)) ?? [], key]);
	const lines = [...numbered, ...[...beginnings.values()].flat()].map(key => ({ zh, en })[language][key]);
	const barred = lines.find(line => line.includes("|"));
	if (barred !== undefined)
		throw new Error(`"|" parts texts, and cannot stand in "${barred}"`);
	return `import { unpacked } from "./src/i18n/packed";
export const ${language} = unpacked(${first}, ${JSON.stringify(lines.join("|"))},
	${JSON.stringify([...beginnings].map(([beginning, keys]) =>
		[beginning, ...keys.map(key => key.slice(beginning.length))].join(" ")).join("|"))});`;
}

/** A source with numbers for the keys that it spells. */
export function numberedSource(source, path, { spelled, numbers }) {
	return spelled.filter(one => one.path === path).sort((a, b) => b.start - a.start).reduce((text, one) =>
		text.slice(0, one.start) + numbers.get(one.key) + text.slice(one.end), source);
}
