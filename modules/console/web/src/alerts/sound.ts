/*
 * Short tones, made here. A browser lets a page sound only after the person did something on it,
 * so the context is made at the first key or press.
 */
import type { AlertKind } from "../state/alert_kinds";

/** Hertz, one tone after the other: a call is known from a deadline without looking. */
const tones: Record<AlertKind, readonly number[]> = {
	call: [880, 660, 880, 660],
	red: [392, 392, 330],
	taken_over: [587, 784],
};
const toneSeconds = 0.16;
const loudness = 0.12;

let context: AudioContext | null = null;

function begin() {
	removeEventListener("pointerdown", begin, true);
	removeEventListener("keydown", begin, true);
	if (typeof AudioContext === "function")
		context = new AudioContext();
}

/** From the first key or press on this page on there can be sound. */
export function awaitGesture() {
	if (context)
		return;
	addEventListener("pointerdown", begin, true);
	addEventListener("keydown", begin, true);
	/* who signed in here did something already */
	if (navigator.userActivation?.hasBeenActive)
		begin();
}

/** False where this page may not sound yet. */
export function sound(kind: AlertKind): boolean {
	if (!context)
		return false;
	if (context.state === "suspended")
		void context.resume();
	const from = context.currentTime + 0.02;
	tones[kind].forEach((hertz, at) => {
		const tone = (context as AudioContext).createOscillator(), volume = (context as AudioContext).createGain();
		const start = from + at * toneSeconds, end = start + toneSeconds;
		tone.frequency.value = hertz;
		/* without edges, which would click */
		volume.gain.setValueAtTime(0, start);
		volume.gain.linearRampToValueAtTime(loudness, start + 0.02);
		volume.gain.linearRampToValueAtTime(0, end - 0.01);
		tone.connect(volume);
		volume.connect((context as AudioContext).destination);
		tone.start(start);
		tone.stop(end);
	});
	return true;
}
