/*
 * The words a person looks for among the appeals. In memory only: they may be a name or a phone,
 * which stand in no address.
 */
import { signal } from "@preact/signals";
import { whenForgotten } from "./kept";

export const sought = signal("");

/** Where the list was when a case was opened from it, filters and all. */
export const listAddress = signal("#/appeals");

whenForgotten(() => {
	sought.value = "";
	listAddress.value = "#/appeals";
});
