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

n=0
rows >"$out/rows"
while IFS="$tab" read -r file least _; do
	n=$((n + 1))
	count() {
		gcovr -r . -f "$file" --exclude-branches-by-pattern "$MUST" "$@" "$out/${file%/*}" 2>/dev/null
	}
	summary=$(count --json-summary-pretty)
	all=$(printf '%s' "$summary" | sed -n '1,/]/s/.*"branch_total": \([0-9]*\).*/\1/p' | head -n 1)
	taken=$(printf '%s' "$summary" | sed -n '1,/]/s/.*"branch_covered": \([0-9]*\).*/\1/p' | head -n 1)
	if [ "${all:-0}" -gt 0 ] && [ $((taken * 100)) -ge $((all * least)) ]; then
		echo "ok $n - $file takes $taken of $all branches, at least $least %"
	else
		echo "not ok $n - $file takes ${taken:-none} of ${all:-no} branches, less than $least %"
		failed=1
	fi
	[ -z "${SHOW:-}" ] || count --branches | sed -n "s|^$file|# not taken: &|p"
done <"$out/rows"
echo "1..$n"
exit $failed
