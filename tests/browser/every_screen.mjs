/*
 * Walks through every screen that a role's rail offers, for tests that hold of all of them.
 */
import { access } from './harness.mjs';

/** One account of every role that has screens; an intake is a program. */
export const everyRole = [...new Map(access.accounts.filter(({ role }) => role !== 'intake')
	.map((one) => [one.role, one])).values()];

/** Waits until the screen has its heading and nothing of it is still on its way. */
export async function settled(page) {
	await page.waitForFunction(() => document.querySelector('main h1') !== null
		&& document.querySelector('.skeleton') === null);
}

/** Opens each screen of the rail in turn; visit(title, address) looks at it. */
export async function eachScreen(page, visit) {
	const links = await page.locator('.rail a').evaluateAll((all) => all.map((link) =>
		({ title: link.querySelector('span').textContent, address: link.getAttribute('href') })));
	for (const { title, address } of links) {
		await page.evaluate((to) => { location.hash = to; }, address);
		await page.waitForSelector(`.rail a[href="${address}"][aria-current=page]`);
		await settled(page);
		await visit(title, address);
	}
	return links.length;
}

/** What can be pressed or typed into, but not be brought into the window whole: by its name. */
export function unreachable(page) {
	return page.evaluate(() => {
		const all = document.querySelectorAll('main a[href], main button, main input, main select, main textarea');
		const lost = [];
		for (const element of all) {
			if (element.getClientRects().length === 0 || element.disabled)
				continue;
			element.scrollIntoView({ block: 'center', inline: 'center' });
			const box = element.getBoundingClientRect();
			const width = Math.min(box.width, window.innerWidth);
			if (box.left < -1 || box.left + width > window.innerWidth + 1 || box.bottom < 0
				|| box.top > window.innerHeight)
				lost.push(`${element.tagName} ${element.id || element.textContent.slice(0, 20)}`
					+ ` at ${Math.round(box.left)},${Math.round(box.top)}`);
		}
		return lost;
	});
}
