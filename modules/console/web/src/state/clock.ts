/* Domain time as the screens show it: this machine's clock moved to the server's. */
import { computed, signal } from "@preact/signals";
import { clockOffset } from "../api/client";

const tickMilliseconds = 15_000;
const machineTime = signal(Date.now());

setInterval(() => { machineTime.value = Date.now(); }, tickMilliseconds);

export const now = computed(() => machineTime.value + clockOffset.value);
