/*
 * The Merkle tree of RFC 6962 by its recursive definitions, over a list of leaf hashes.
 */
import crypto from 'node:crypto';

export const sha256 = (...parts) => {
	const hash = crypto.createHash('sha256');
	for (const part of parts)
		hash.update(part);
	return hash.digest();
};

export const leafOf = (bytes) => sha256(Buffer.from([0]), bytes);
export const nodeOf = (left, right) => sha256(Buffer.from([1]), left, right);

/* The largest power of two smaller than n. */
function split(n) {
	let k = 1;
	while (k * 2 < n)
		k *= 2;
	return k;
}

/* Section 2.1: the root of leaves[from, to). */
export function rootOf(leaves, from = 0, to = leaves.length) {
	if (to === from)
		return sha256();
	if (to - from === 1)
		return leaves[from];
	const k = split(to - from);
	return nodeOf(rootOf(leaves, from, from + k), rootOf(leaves, from + k, to));
}

/* Section 2.1.1: the audit path of the leaf at m (from the start of the range). */
export function inclusion(leaves, m, from = 0, to = leaves.length) {
	if (to - from <= 1)
		return [];
	const k = split(to - from);
	return m < k ?
		[...inclusion(leaves, m, from, from + k), rootOf(leaves, from + k, to)] :
		[...inclusion(leaves, m - k, from + k, to), rootOf(leaves, from, from + k)];
}

function subproof(leaves, m, from, to, is_whole) {
	if (m === to - from)
		return is_whole ? [] : [rootOf(leaves, from, to)];
	const k = split(to - from);
	return m <= k ?
		[...subproof(leaves, m, from, from + k, is_whole), rootOf(leaves, from + k, to)] :
		[...subproof(leaves, m - k, from + k, to, false), rootOf(leaves, from, from + k)];
}

/* Section 2.1.2: from the first m leaves to all of them. */
export function consistency(leaves, m, to = leaves.length) {
	return m === 0 || m === to ? [] : subproof(leaves, m, 0, to, true);
}

/* Roots of the complete subtrees of 256^level leaves, by level and index, from level 1 on. */
export function nodesOf(leaves) {
	const nodes = [];
	for (let level = 1, width = 256; width <= leaves.length; level++, width *= 256)
		for (let index = 0; (index + 1) * width <= leaves.length; index++)
			nodes.push({ level, index,
				hash: rootOf(leaves, index * width, (index + 1) * width) });
	return nodes;
}
