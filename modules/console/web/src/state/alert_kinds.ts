/* Of what whom a browser alerts, by a sound and a notice on the desktop; of nothing else. */
import type { Me } from "../api/types";

export const alertKinds = ["call", "red", "taken_over"] as const;
export type AlertKind = typeof alertKinds[number];

const roles: Record<AlertKind, readonly Me["role"][]> = {
	call: ["operator"],
	/* who must do something about it: the department, and who stands above it */
	red: ["department", "supervisor", "leader"],
	taken_over: ["operator", "dispatcher", "department", "reviewer", "visitor", "supervisor", "leader", "auditor"],
};

/** Of nothing while something is due first: a password to be changed. */
export const kindsFor = (who: Me): AlertKind[] => alertKinds.filter(kind => who.duty === null && roles[kind].includes(who.role));
