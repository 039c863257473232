/* What a department was called when figures were made. */
import { departmentName, departments } from "../state/reference";

/** A month that was frozen keeps the name of then; one that is the name still is said in the reader's language. */
export function nameThen(rows: readonly { department: string; name: string }[], code: string): string {
	const then = rows.find(row => row.department === code)?.name;
	return then === undefined || departments.value.some(unit => unit.code === code && unit.name === then)
		? departmentName(code) : then;
}
