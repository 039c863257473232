/* Slips of the keyboard, told when a field is left; null where there is nothing to say. */
import { t } from "./words";

export function phoneSlip(text: string): string | null {
	const digits = text.replace(/[\s-]|^\+86/g, "");
	if (!digits)
		return null;
	if (!/^\+?\d{3,20}$/.test(digits))
		return t("field_error.bad_phone");
	return /^1[3-9]/.test(digits) && digits.length !== 11 ? t("desk.mobile_length", { n: digits.length }) : null;
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Of a resident's number of 18 characters, whose last one checks the others. */
export function idSlip(text: string): string | null {
	const number = text.replace(/\s/g, "").toUpperCase();
	if (!/^\d/.test(number) || number.length < 15 || number.length === 15)
		return null;
	if (!/^\d{17}[\dX]$/.test(number))
		return t("desk.id_length");
	const sum = weights.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
	return "10X98765432"[sum % 11] === number[17] ? null : t("desk.id_check");
}
