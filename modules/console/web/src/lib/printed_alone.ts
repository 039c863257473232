/* What is printed by itself, such as a slip that is shown once: the style sheet hides the rest. */
import { useEffect } from "preact/hooks";

export function usePrintedAlone(active = true) {
	useEffect(() => {
		document.documentElement.classList.toggle("printed-alone", active);
		return () => document.documentElement.classList.remove("printed-alone");
	}, [active]);
}
