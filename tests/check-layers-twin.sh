#!/bin/sh
# The checker of the arrows finds each wrong arrow that is planted into a copy of the tree.
set -eu
cd "$(dirname "$0")/.."
twin=$(mktemp -d)
trap 'rm -rf "$twin"' EXIT
cp -r server modules include "$twin/" 2>/dev/null
rm -rf "$twin/modules/console/web"

# plant FILE LINE: the line put on top of the file must be reported.
plant() {
	cp "$twin/$1" "$twin/kept"
	{ printf '%s\n' "$2"; cat "$twin/kept"; } > "$twin/$1"
	if tests/check-layers.sh "$twin" > /dev/null; then
		echo "not found: $1: $2"
		exit 1
	fi
	cp "$twin/kept" "$twin/$1"
}

tests/check-layers.sh "$twin" > /dev/null
plant modules/intake.c '#include "store/store.h"'
plant modules/intake.c '#include "../server/service.h"'
plant modules/intake.c '#include <mysql.h>'
plant modules/rules/mask.c '#include "tx.h"'
plant server/base/arena.c '#include "net/http.h"'
plant server/net/route.c '#include "out/egress.h"'
plant server/out/retry.c '#include "net/route.h"'
plant server/out/oidc/claims.c '#include <jansson.h>'
plant server/out/send.c '#include <cjose/cjose.h>'
plant modules/oidc.c '#include "out/oidc/claims.h"'
plant server/work/worker.c '#include <event2/event.h>'
plant server/net/req.c '#include "domain.h"'
plant server/net/req.c '/* the appeal of a caller */'
plant modules/programs/verify/note.c '#include "str.h"'
plant modules/programs/verify/note.c '#include <mysql.h>'
plant include/req.h '#include "work/worker.h"'
plant modules/reports/reports.c '#include <xlsxwriter.h>'
plant modules/reports/reports.c '#include "documents/print.h"'
plant server/net/req.c '#include <xlsxwriter.h>'
plant server/net/req.c '#include "documents/print.h"'
plant server/documents/print.c '#include "net/http.h"'
plant server/documents/print.c '#include <cairo.h>'
plant server/documents/print.c '#include "pdf/page.h"'
plant server/programs/pdf/page.c '#include "base/loop.h"'
plant server/programs/pdf/page.c '#include <curl/curl.h>'
