/*
 * The interface as its description says it: ask.get("/tasks/{id}", { path: { id } }) compiles when
 * the operation exists, has these parameters and this body, and is typed by what it answers. The
 * types are made of modules/openapi.json when the console is built.
 */
import type { components, paths } from "openapi";
import { call, type Reply } from "./client";

export type Schemas = components["schemas"];

type Verb = "get" | "post" | "put" | "delete";
type Full<P extends string> = `/api/v1${P}`;
type Short<P> = P extends `/api/v1${infer Rest}` ? Rest : never;
type PathOf<V extends Verb> = Short<{
	[P in keyof paths]: paths[P] extends Record<V, object> ? P : never }[keyof paths]>;
type Operation<V extends Verb, P extends string> =
	Full<P> extends keyof paths ? paths[Full<P>][V] : never;

type Parameters<O, Where extends "path" | "query"> =
	O extends { parameters: Record<Where, infer Given> } ? Given
		: O extends { parameters: { [W in Where]?: infer Given } } ? Given | undefined : undefined;
type BodyOf<O> = O extends { requestBody: { content: { "application/json": infer Body } } } ? Body
	: O extends { requestBody?: { content: { "application/json": infer Body } } } ? Body | undefined
		: undefined;
type Content<R> = R extends { content: { "application/json": infer Body } } ? Body : null;
export type AnswerOf<V extends Verb, P extends string> =
	Operation<V, P> extends { responses: infer R }
		? { [S in keyof R]: S extends 200 | 201 | 202 | 204 ? Content<R[S]> : never }[keyof R] : never;
export type BodyFor<V extends Verb, P extends string> = NonNullable<BodyOf<Operation<V, P>>>;

type Member<Name extends string, T> = [T] extends [undefined] ? { [N in Name]?: undefined }
	: undefined extends T ? { [N in Name]?: T } : { [N in Name]: T };
type Options<V extends Verb, P extends string> =
	Member<"path", Parameters<Operation<V, P>, "path">>
	& Member<"query", Parameters<Operation<V, P>, "query">>
	& Member<"body", BodyOf<Operation<V, P>>>
	/** The tag of what was read, for a change that must not overwrite another's. */
	& { etag?: string | null; idempotencyKey?: string; patience?: number };
type Given<V extends Verb, P extends string> =
	Record<never, never> extends Options<V, P> ? [options?: Options<V, P>] : [options: Options<V, P>];

/** Path and query as they go on the wire; personal data never belongs into either. */
export function address(path: string, parameters: Record<string, unknown> = {},
	query: Record<string, unknown> = {}): string {
	const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
		encodeURIComponent(String(parameters[name])));
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value !== null && value !== undefined && value !== "")
			search.set(name, String(value));
	}
	const text = search.toString();
	return text ? `${filled}?${text}` : filled;
}

interface AnyOptions {
	path?: Record<string, unknown>;
	query?: Record<string, unknown>;
	body?: unknown;
	etag?: string | null;
	idempotencyKey?: string;
	patience?: number;
}

function asker<V extends Verb>(verb: V) {
	return <P extends PathOf<V>>(path: P, ...given: Given<V, P>): Promise<Reply<AnswerOf<V, P>>> => {
		const { path: parameters, query, ...options } = (given[0] ?? {}) as AnyOptions;
		return call<AnswerOf<V, P>>(verb.toUpperCase() as Uppercase<V>,
			address(path, parameters, query), options);
	};
}

export const ask = {
	get: asker("get"),
	post: asker("post"),
	put: asker("put"),
	delete: asker("delete"),
};

/** What GET answers, without its tag. */
export async function read<P extends PathOf<"get">>(path: P, ...given: Given<"get", P>):
	Promise<AnswerOf<"get", P>> {
	return (await ask.get(path, ...given)).body;
}

/** The address of a file that the browser saves or shows by itself: exports and printed forms. */
export function fileAddress<P extends PathOf<"get">>(path: P,
	parameters: Record<string, unknown> = {}, query: Record<string, unknown> = {}): string {
	return `/api/v1${address(path, parameters, query)}`;
}
