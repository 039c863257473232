/* One act at a time: busy while it runs, and what it failed with until the next. */
import { useState } from "preact/hooks";

export interface Act {
	busy: boolean;
	failure: unknown;
	/** True when the act succeeded. A second call while one runs does nothing. */
	run: (act: () => Promise<unknown>) => Promise<boolean>;
	forget: () => void;
}

export function useAct(): Act {
	const [state, setState] = useState<{ busy: boolean; failure: unknown }>(
		{ busy: false, failure: null });
	async function run(act: () => Promise<unknown>) {
		if (state.busy)
			return false;
		setState({ busy: true, failure: null });
		try {
			await act();
			setState({ busy: false, failure: null });
			return true;
		} catch (failure) {
			setState({ busy: false, failure });
			return false;
		}
	}
	return { ...state, run, forget: () => setState({ busy: false, failure: null }) };
}
