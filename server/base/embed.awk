# Puts files into the binary: prints the C table behind asset_find(). Input lines:
#
#	path <TAB> file <TAB> content type <TAB> identity|gzip|br <TAB> 0|1 (immutable)
#
# Lines of one path that differ in encoding become one asset. Bytes come in by .incbin, so the
# compiler never sees them; an entity tag is the start of the file's SHA-256.
BEGIN { FS = "\t" }

function run(command,    line) {
	if ((command | getline line) <= 0) {
		printf "cannot run: %s\n", command > "/dev/stderr"
		exit 1
	}
	close(command)
	return line
}

/^#/ || NF < 5 { next }

{
	n++
	size = run("wc -c < '" $2 "'") + 0
	printf "__asm__(\".section .rodata\\n.balign 16\\nasset_%d:\\n\"\n", n
	printf "\t\".incbin \\\"%s\\\"\\n.byte 0\\n.previous\");\n", $2
	printf "extern const char asset_%d[];\n\n", n
	if (!($1 in seen)) {
		seen[$1] = 1
		order[++paths] = $1
	}
	bytes[$1, $4] = "{ asset_" n ", " size " }"
	type[$1] = $3
	immutable[$1] = $5
	if ($4 == "identity")
		tag[$1] = substr(run("sha256sum '" $2 "'"), 1, 16)
}

function part(path, encoding) {
	return (path, encoding) in bytes ? bytes[path, encoding] : "{ NULL, 0 }"
}

END {
	print "const struct asset asset_table[] = {"
	for (i = 1; i <= paths; i++) {
		p = order[i]
		printf "\t{ \"%s\", \"%s\", %s,\n\t  %s,\n\t  %s,\n\t  \"\\\"%s\\\"\", %s },\n",
			p, type[p], part(p, "identity"), part(p, "gzip"), part(p, "br"),
			tag[p], immutable[p] ? "true" : "false"
	}
	print "\t{ NULL, NULL, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, NULL, false },\n};"
}
