/* Types that make a missing key, or a translation with other placeholders, a compile error. */
export type Texts = Readonly<Record<string, string>>;

export type Placeholders<S extends string> =
	S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;

/** What a translation of Z must be: every key, each text with no placeholder the original lacks. */
export type TranslationOf<Z extends Texts, T extends Texts> = {
	[K in keyof Z]: K extends keyof T
		? [Placeholders<T[K]>] extends [Placeholders<Z[K]>] ? string : never : never;
} & Record<Exclude<keyof T, keyof Z>, never>;

/** What t() takes beside the key: a value for each placeholder, nothing where there is none. */
export type ValuesOf<S extends string> = [Placeholders<S>] extends [never]
	? []
	: [Record<Placeholders<S>, string | number>];
