#!/bin/sh
# Branch coverage of the files that everything else relies on, by their unit tests alone: each file
# of coverage.tsv is held to its least. Left out are the branches of must(), which end the process
# when the program itself is wrong, and with them running out of memory. Prints TAP.
#
#     make coverage     the same, with the lines whose branches are not all taken
set -u
cd "$(dirname "$0")/.."
ROWS=${1:-tests/coverage.tsv}
MUST='.*\bmust\(.*'
out=build/coverage
tab=$(printf '\t')

rows() { grep -v '^#' "$ROWS"; }

units=$(rows | cut -f3 | tr ' ' '\n' | sort -u | sed "s|^|$out/tests/|")
if ! made=$(make -s -j2 PROFILE=coverage $units 2>&1); then
	printf '%s\n' "$made" | tail -n 20
	echo 'not ok 1 - the covered build is made'
	echo '1..1'
	exit 1
fi
find "$out" -name '*.gcda' -delete
failed=0
for unit in $units; do
	$unit >/dev/null 2>&1 || { echo "# $unit failed"; failed=1; }
done

count() {
	gcovr -r . -f "$file" --exclude-branches-by-pattern "$MUST" "$@" "$out/${file%/*}" 2>/dev/null
}

# Sets all and taken to the branches of $file, and is true when at least $least % are taken.
holds() {
	summary=$(count --json-summary-pretty)
	all=$(printf '%s' "$summary" | sed -n 's/.*"branch_total": \([0-9]*\).*/\1/p' | head -n 1)
	taken=$(printf '%s' "$summary" | sed -n 's/.*"branch_covered": \([0-9]*\).*/\1/p' | head -n 1)
	[ "${all:-0}" -gt 0 ] && [ $((taken * 100)) -ge $((all * least)) ]
}

n=0
rows >"$out/rows"
while IFS="$tab" read -r file least _; do
	n=$((n + 1))
	if holds; then
		echo "ok $n - $file takes $taken of $all branches, at least $least %"
	else
		echo "not ok $n - $file takes ${taken:-none} of ${all:-no} branches, less than $least %"
		failed=1
	fi
	[ -z "${SHOW:-}" ] || count --branches | sed -n "s|^$file|# not taken: &|p"
done <"$out/rows"

# Tests that never come near a file take none of its branches.
n=$((n + 1))
find "$out" -name '*.gcda' -delete
"$out/tests/unit/crypto_test" >/dev/null 2>&1
file=server/net/guard.c
least=100
if holds || [ "${all:-0}" = 0 ]; then
	echo "not ok $n - a file that its tests do not reach is found out"
	failed=1
else
	echo "ok $n - a file that its tests do not reach is found out"
fi
echo "1..$n"
exit $failed
