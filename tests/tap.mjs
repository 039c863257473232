/*
 * Reading TAP as cmocka and node:test write it. Nested tests are indented below their parent;
 * only leaves are counted, so that a file's figure is the number of behaviours it checks.
 */

const LINE = /^(\s*)(not )?ok\b\s*\d*\s*(?:-\s*)?(.*)$/;

/* { is_tap, passed, skipped, failures: [{ name, detail }], skips: [name] }. */
export function readTap(text) {
	const found = { is_tap: false, passed: 0, skipped: 0, failures: [], skips: [] };
	const lines = text.split('\n');
	let depth_seen = -1;
	let failed_below = false;
	let yaml_indent = null;

	found.is_tap = lines.some((line) => /^\s*(TAP version|\d+\.\.\d+)/.test(line));
	for (let i = 0; i < lines.length; i++) {
		/* What a test said stands in a YAML block and is no result, whatever it looks like. */
		if (yaml_indent !== null) {
			if (lines[i] === yaml_indent + '...')
				yaml_indent = null;
			continue;
		}
		const match = LINE.exec(lines[i]);
		if (!match)
			continue;
		found.is_tap = true;
		const at = i;
		if (lines[i + 1]?.trim() === '---') {
			yaml_indent = lines[i + 1].replace('---', '');
			i += 1;
		}
		const depth = match[1].length;
		const is_parent = depth_seen > depth;
		depth_seen = depth;
		const directive = /\s+#\s*(SKIP|TODO)\b\s*(.*)$/i.exec(match[3]);
		if (is_parent && (!match[2] || failed_below)) {
			failed_below = false;
			continue;
		}
		if (directive) {
			found.skipped += 1;
			found.skips.push(match[3].replace(directive[0], '') + ': ' + directive[2]);
		} else if (match[2]) {
			failed_below = depth > 0;
			found.failures.push({ name: match[3], detail: detailBelow(lines, at) });
		} else {
			found.passed += 1;
		}
	}
	return found;
}

/* Comment lines and the YAML block below a result. */
function detailBelow(lines, at) {
	const kept = [];
	let is_yaml = false;
	for (let i = at + 1; i < lines.length && kept.length < 80; i++) {
		const line = lines[i].trim();
		if (line === '---')
			is_yaml = true;
		else if (line === '...' && is_yaml)
			break;
		else if (is_yaml || line.startsWith('#'))
			kept.push(lines[i]);
		else
			break;
	}
	return kept.join('\n');
}
