/*
 * Texts as the build writes them, parted by "|": those asked for by number, counted from the first,
 * then those asked for by name. The names stand behind what they begin with.
 */
import type { Texts } from "./types";

export function unpacked(first: number, packed: string, beginnings: string): Texts {
	const names = beginnings.split("|").flatMap(part => {
		const [beginning, ...rest] = part.split(" ");
		return rest.map(name => `${beginning}${name}`);
	});
	const texts = packed.split("|");
	const named = texts.length - names.length;
	return Object.fromEntries(texts.map((text, at) => [names[at - named] ?? first + at, text]));
}
