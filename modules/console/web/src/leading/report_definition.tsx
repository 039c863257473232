/* What a number is, one click from it: the words are fetched when they are first asked for. */
import type { JSX } from "preact";
import type { Report } from "../api/types";
import { textsReady } from "../i18n";
import { useLoaded } from "../lib/load";
import { Dialog } from "../parts/dialog";
import { Asked } from "../parts/page";
import type { Column } from "./figures";
import { t } from "./words";

interface About {
	report: Report;
	column: Column;
}

async function load() {
	const code = await import("./definitions");
	await textsReady();
	return code;
}

/** Of one number, where its cases stand. */
export function DefinitionOf(props: About & { department: string | null }): JSX.Element {
	return <Asked loaded={useLoaded(load, "definitions")}>{({ Definition }) => <Definition {...props} />}</Asked>;
}

/** Of all numbers of the page, the asked one first. */
export function DefinitionDrawer({ onClose, ...about }: About & { onClose: () => void }): JSX.Element {
	const code = useLoaded(load, "definitions");
	return (
		<Dialog id="definitions" kind="drawer" title={t("define.title")} onClose={onClose}>
			<div class="card-scroll definitions" tabIndex={0} role="group" aria-label={t("define.title")}>
				<Asked loaded={code}>{({ Definitions }) => <Definitions {...about} />}</Asked>
			</div>
		</Dialog>
	);
}
