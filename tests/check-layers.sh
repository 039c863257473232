#!/bin/sh
# The arrows of the tree, checked at every build: modules -> include -> server -> libraries.
#
#	tests/check-layers.sh [TREE]
#
# Prints each include that points the wrong way; the status is 1 if there is one.
set -eu
cd "${1:-$(dirname "$0")/..}"

awk '
function wrong(why) { printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0; bad = 1 }
function room_of(path,    part) { return split(path, part, "/") > 2 ? part[2] : "top" }

BEGIN {
	# A room stands on the ones with lower numbers; those of one height do not know each
	# other. Programs of their own stand on none.
	height["base"] = 1; height["store"] = 2; height["work"] = 3
	height["net"] = 4; height["out"] = 4; height["documents"] = 4; height["top"] = 5
	height["programs"] = 0
	library["event2/"] = "^server/(net|base)/"
	library["curl/"] = "^(server/out|modules/programs/[a-z]+)/"
	library["mysql"] = "^server/store/"
	library["sodium.h"] = "^server/base/"
	library["jansson.h"] = "^(server/(base|programs)|modules/programs/[a-z]+)/"
	library["cjose/"] = "^server/out/oidc/"
	library["xlsxwriter"] = "^server/documents/"
	library["cairo"] = library["pango/"] = "^server/programs/"
	library["qrencode.h"] = "^server/(documents|programs)/"
	library["openssl/"] = "^(server/(base|net|out|programs)|modules/programs/[a-z]+)/"
}

FNR == 1 { room = room_of(FILENAME) }

/^[ \t]*#[ \t]*include/ {
	name = $0
	sub(/^[^"<]*["<]/, "", name)
	sub(/[">].*$/, "", name)
	if ($0 ~ /"\.\.\//)
		wrong("includes go by full names, never upwards")
	for (l in library)
		if (index(name, l) == 1 && FILENAME !~ library[l])
			wrong("this library belongs to another room")
	if (FILENAME ~ /^(modules|include)\// && name ~ /^(base|store|work|net|out|documents|programs|pdf)\//)
		wrong("only the server includes the headers of its rooms")
	if (FILENAME ~ /^modules\/programs\// && $0 ~ /"/) {
		split(FILENAME, part, "/")
		if (index(name, part[3] "/") != 1)
			wrong("a program includes its own headers only")
	}
	if (FILENAME ~ /^server\// && (name ~ /^(rules|tasks|console)\// || name == "domain.h" ||
	    name == "events.h" || name == "matter.h" || name == "documents.h" ||
	    name == "words.h" || name == "access.h"))
		wrong("the server knows no domain")
	if (FILENAME ~ /^include\// && name ~ /_sql\.h$/)
		wrong("public headers know no statements")
	if (FILENAME ~ /^modules\/rules\// && (name == "tx.h" || name == "req.h" ||
	    name == "module.h" || name == "clock.h" || name ~ /_sql\.h$/))
		wrong("rules are values only: no transaction, request or clock")
	if (room != "programs" && name ~ /^(programs|pdf)\//)
		wrong("a program is started, not included")
	if (FILENAME ~ /^server\// && name ~ /^(base|store|work|net|out|documents)\//) {
		split(name, part, "/")
		if (height[part[1]] > height[room] ||
		    (height[part[1]] == height[room] && part[1] != room))
			wrong("this room stands below that one")
	}
}

/appeal|department|catalogue|hotline/ && FILENAME ~ /^server\// {
	wrong("the server has no word of the domain")
}

END { exit bad }
' $(find server modules include -name '*.[ch]' -not -path '*/node_modules/*' | sort)
