/* One period with its neighbours. */
import type { JSX } from "preact";
import { Button } from "./button";
import { Icon } from "./icons";
import { t } from "./case_words";

export function Stepper({ title, onPrevious, onNext }: {
	title: string;
	onPrevious: () => void;
	onNext: () => void;
}): JSX.Element {
	return (
		<div class="stepper">
			<Button class="icon-only" label={t("period.previous")} onClick={onPrevious}><Icon name="previous" size={15} /></Button>
			<b>{title}</b>
			<Button class="icon-only" label={t("period.next")} onClick={onNext}><Icon name="next" size={15} /></Button>
		</div>
	);
}
