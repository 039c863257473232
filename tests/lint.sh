#!/bin/sh
# What is said of the code by programs: arrows, sizes, the second compiler, forbidden calls,
# state in modules, the sample configuration. Prints one `ok` or `not ok` line each (TAP).
set -u
cd "$(dirname "$0")/.."
n=0
failed=0

# check NAME COMMAND...: no output and status 0 is fine.
check() {
	name=$1
	shift
	n=$((n + 1))
	if output=$("$@" 2>&1); then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		printf '%s\n' "$output" | sed 's/^/# /' | head -n 40
		failed=1
	fi
}

sizes() {
	tests/check-size.sh
}

# clang sees other things than gcc does.
second_compiler() {
	make -s build/gen/migrations.c build/gen/access.h build/gen/fields.h $(ls sql/queries/*.sql |
		sed 's|sql/queries/\(.*\).sql|build/gen/\1_sql.h|')
	flags=$(pkg-config --cflags libevent libevent_openssl jansson openssl libcurl libmariadb xlsxwriter)
	warn="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
		-Wmissing-prototypes -Wcast-qual -Wformat=2 -Wvla -Wundef -Wwrite-strings
		-Wno-missing-field-initializers -Werror"
	for file in $(find server -name '*.c' -not -path 'server/programs/*'); do
		clang -std=c17 -D_GNU_SOURCE $flags $warn -iquote include -iquote server \
			-iquote build/gen -fsyntax-only "$file" || return 1
	done
	for file in $(find modules/programs -name '*.c'); do
		clang -std=c17 -D_GNU_SOURCE $flags $warn -iquote modules/programs -fsyntax-only \
			"$file" || return 1
	done
	for file in $(find server/programs -name '*.c'); do
		clang -std=c17 -D_GNU_SOURCE $(pkg-config --cflags jansson pangocairo libqrencode) \
			$warn -iquote include -iquote server/programs -iquote "$(dirname "$file")" \
			-fsyntax-only "$file" || return 1
	done
	for file in $(find modules -name '*.c' -not -path '*/node_modules/*' \
			-not -path 'modules/programs/*'); do
		clang -std=c17 -D_GNU_SOURCE $warn -iquote include -iquote modules \
			-iquote build/gen -fsyntax-only "$file" || return 1
	done
}

# Unbounded copies, hidden state, local time: asked of the objects, not of the text.
forbidden_calls() {
	found=$(find build/server build/modules build/programs -name '*.o' | xargs nm -u 2>/dev/null | grep ' U ' |
		grep -wE 'strcpy|strcat|sprintf|vsprintf|strncpy|strncat|strtok|gets|gmtime|localtime|ctime|asctime|mktime|rand|srand|random|atoi|atol|system|popen') || return 0
	echo "$found" | sort | uniq -c
	return 1
}

# A module has no mutable state: its objects have neither .data nor .bss.
module_state() {
	found=$(find build/modules -name '*.o' -exec objdump -h {} + |
		awk '/file format/ { file = $1 } ($2 == ".data" || $2 == ".bss") && $3 !~ /^0+$/ { print file, $2, $3 }')
	[ -z "$found" ] || { echo "$found"; return 1; }
}

sample_configuration() {
	build/liandong settings | diff -u config/liandong.conf -
}

unfinished_words() {
	! grep -rnE '\b(TODO|FIXME|XXX|HACK)\b' server modules include sql tests config Makefile \
		README.md --include='*' --exclude-dir=node_modules --exclude=lint.sh \
		--exclude=package-lock.json --exclude=tap.mjs
}

check 'the arrows of the tree point one way' tests/check-layers.sh
check 'a wrong arrow is found' tests/check-layers-twin.sh
check 'files and functions keep to their sizes' sizes
check 'clang has nothing to warn of' second_compiler
check 'nothing calls what the code does without' forbidden_calls
check 'modules hold no state' module_state
check 'config/liandong.conf is what the setting tables say' sample_configuration
check 'nothing is left to be finished' unfinished_words
echo "1..$n"
exit $failed
