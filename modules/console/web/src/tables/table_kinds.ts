/* The versioned tables: what they are called, how a new version is tried and added, and how one is read. */
import { ask, read, type AnswerOf, type Schemas } from "../api/ask";

/** Units are rows rather than versions, but come and go as a table like the others. */
export type Kind = Schemas["DocumentKind"] | "departments";
export type Document = Omit<AnswerOf<"get", "/documents/{kind}">, "kind">;
export type Preview = AnswerOf<"post", "/calendar/preview"> | AnswerOf<"post", "/catalogue/preview">;
export type Moved = AnswerOf<"post", "/calendar/preview">["tasks"][number];

export const kinds: readonly Kind[] = ["catalogue", "calendar", "limits", "grounds", "checklist",
	"handover", "quiet-days", "departments", "areas", "categories", "four-acts", "notices", "retention"];

/** All of them are added and tried in the same way; some have another address. */
const paths = Object.fromEntries(kinds.map(kind =>
	[kind, kind === "notices" ? "/notices/texts" : kind === "departments" ? "/department-table" : `/${kind}`])) as Record<Kind, "/catalogue">;

export const documentOf = async (kind: Kind, version: number | null): Promise<Document> => kind === "departments"
	? { ...await read("/department-table"), source: "", recorded_at: "", versions: [] }
	: read("/documents/{kind}", { path: { kind }, query: version === null ? {} : { version } });

export const preview = async (kind: Kind, text: string): Promise<Preview> =>
	(await ask.post(`${paths[kind]}/preview` as "/catalogue/preview", { body: { text } })).body;

export const add = (kind: Kind, text: string, source: string, expected_version: number) =>
	ask.post(paths[kind], { body: { text, source, expected_version } });

/** The open tasks whose times a new version moves; only a calendar moves any. */
export function movedBy(said: Preview): readonly Moved[] {
	return said.tasks as readonly Moved[];
}

export interface Sheet {
	columns: readonly string[];
	rows: readonly (readonly string[])[];
	/** The notes that the table carries about itself. */
	notes: readonly string[];
}

/** Tab-separated, the first line that is no note names the columns. */
export function sheetOf(text: string): Sheet {
	const lines = text.split("\n").filter(line => line.trim() !== "");
	const [head = "", ...rows] = lines.filter(line => !line.startsWith("#"));
	return { columns: head.split("\t"), rows: rows.map(row => row.split("\t")),
		notes: lines.filter(line => line.startsWith("#")).map(line => line.slice(1).trim())
			.filter(Boolean) };
}
