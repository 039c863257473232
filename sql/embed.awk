# Puts the migrations into the binary, as the table that server/store/migrations.h declares:
#
#	awk -f sql/embed.awk sql/migrations/*.sql > build/gen/migrations.c
#
# Files are named NNNN_name.sql and must be given in rising order of their numbers.

function fail(message) {
	printf "%s: %s\n", FILENAME, message | "cat 1>&2"
	is_failed = 1
	exit 1
}

function close_file() {
	if (table != "")
		output = output ";\n"
}

FNR == 1 {
	close_file()
	base = FILENAME
	sub(/^.*\//, "", base)
	if (base !~ /^[0-9][0-9][0-9][0-9]_[a-z0-9_]+\.sql$/)
		fail("a migration is named NNNN_name.sql")
	sub(/\.sql$/, "", base)
	number = substr(base, 1, 4) + 0
	if (number <= last_number)
		fail("numbers of migrations must rise, and each is used once")
	last_number = number
	table = table "\t{ " number ", \"" base "\", { text_" number ", sizeof(text_" number \
	    ") - 1 } },\n"
	output = output "static const char text_" number "[] =\n\t\"\""
}

{
	sub(/\r$/, "")
	# Awks differ on backslashes in replacements; on these they agree.
	gsub(/\\/, "&&")
	gsub(/"/, "\\\\&")
	output = output "\n\t\"" $0 "\\n\""
}

END {
	if (is_failed)
		exit 1
	close_file()
	print "/* The migrations, made by sql/embed.awk. */"
	print "#include \"store/migrations.h\"\n"
	print "#include <stddef.h>\n"
	print "/* Longer than what the standard promises; both compilers of ours take it. */"
	print "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
	printf "%s\nconst struct migration migrations[] = {\n%s", output, table
	print "\t{ 0, NULL, { NULL, 0 } },"
	print "};"
}
