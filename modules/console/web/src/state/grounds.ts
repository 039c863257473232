/* The closed lists of grounds, as choices of a form. */
import { read } from "../api/ask";
import { useLoaded } from "../lib/load";
import { language } from "./prefs";

export function useGrounds(list: "pause" | "exclusion") {
	const { value } = useLoaded(() => read("/grounds"), "grounds");
	return (value?.items ?? []).filter(ground => ground.list === list).map(ground => ({
		value: ground.code, label: language.value === "en" ? ground.name_en : ground.name }));
}
