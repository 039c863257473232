/* Elements made by hand: the caller's page is too small for a library. */
type Child = Node | string | null | false;

export function make<K extends keyof HTMLElementTagNameMap>(tag: K,
	attributes: Record<string, string | boolean> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (value === true)
			element.setAttribute(name, "");
		else if (value !== false)
			element.setAttribute(name, value);
	}
	for (const child of children) {
		if (child !== null && child !== false)
			element.append(child);
	}
	return element;
}

export function button(text: string, onClick: () => void, attributes: Record<string, string> = {}) {
	const element = make("button", { type: "button", ...attributes }, text);
	element.addEventListener("click", onClick);
	return element;
}

/* A field with its label, hint and, where there is one, its error. */
export function field(id: string, label: string, hint: string, attributes: Record<string, string>) {
	const input = make("input", { id, "aria-describedby": `${id}-hint ${id}-error`, ...attributes });
	const error = make("p", { id: `${id}-error`, class: "error" });
	return {
		input, element: make("div", { class: "field" }, make("label", { for: id }, label), input,
			make("p", { id: `${id}-hint`, class: "hint" }, hint), error),
		complain(text: string) {
			error.textContent = text;
			input.setAttribute("aria-invalid", text ? "true" : "false");
		},
	};
}

/* One choice of several, as radio buttons. */
export function choice(name: string, legend: string, options: Array<[string, string]>, chosen: string | null) {
	const box = make("fieldset", { id: name }, make("legend", {}, legend));
	for (const [value, text] of options) {
		const id = `${name}-${value}`;
		box.append(make("div", { class: "option" }, make("input",
			{ type: "radio", name, id, value, checked: value === chosen }),
			make("label", { for: id }, text)));
	}
	return { element: box, value: () =>
		box.querySelector<HTMLInputElement>("input:checked")?.value ?? null };
}
