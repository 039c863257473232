import type { Screen } from "../screens";

export const screens: readonly Screen[] = [];
