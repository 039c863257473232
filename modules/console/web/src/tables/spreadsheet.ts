/*
 * A table as a spreadsheet program saves it. Values separated by commas become cells separated by
 * tabs, and the encoding is UTF-8, or what those programs take in China where it is not.
 */

export function decoded(bytes: ArrayBuffer): string {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder("gb18030").decode(bytes);
	}
}

/** RFC 4180; a cell is one line here, so breaks and tabs in it become blanks. */
export function tabbed(text: string): string {
	const rows: string[][] = [[]];
	const cells = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/gy;
	for (let found = cells.exec(text); found !== null && found.index < text.length; found = cells.exec(text)) {
		rows[rows.length - 1]?.push((found[1]?.replace(/""/g, '"') ?? found[2] ?? "").replace(/\s+/g, " ").trim());
		if (found[3] !== ",")
			rows.push([]);
	}
	return rows.filter(row => row.some(Boolean)).map(row => `${row.join("\t")}\n`).join("");
}

/** A file of either kind as a table. */
export const tableOf = async (file: File) => {
	const text = decoded(await file.arrayBuffer());
	return /\.csv$/i.test(file.name) ? tabbed(text) : text;
};
