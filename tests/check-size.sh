#!/bin/sh
# Files of at most 800 lines, headers of at most 200, functions of at most 100 (warned from 60).
set -eu
cd "${1:-$(dirname "$0")/..}"

awk '
FNR == 1 { if (last) check_file(); last = FILENAME; start = 0 }
{ lines[FILENAME] = FNR }
/^[a-z].*\)$|^[a-z].*,$/ && !/;/ { name = $0 }
/^\{/ { start = FNR; head = name }
/^\}/ && start {
	n = FNR - start - 1
	if (n > 100) { printf "%s:%d: function of %d lines\n", FILENAME, start, n; bad = 1 }
	else if (n > 60) printf "%s:%d: warning: function of %d lines\n", FILENAME, start, n
	start = 0
}
function check_file() {}
END {
	for (f in lines) {
		most = f ~ /\.h$/ ? 200 : 800
		if (lines[f] > most) { printf "%s: %d lines, at most %d\n", f, lines[f], most; bad = 1 }
	}
	exit bad
}
' $(find server modules include -name '*.[ch]' -not -path '*/node_modules/*' | sort)
