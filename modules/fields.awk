# Makes C of the table of fields.
#
#	awk -v part=header -f modules/fields.awk modules/fields.tsv > build/gen/fields.h
#	awk -v part=table -f modules/fields.awk modules/fields.tsv > build/gen/fields.c
#
# The header numbers the fields, the other has a row for each. Any mistake ends the build with
# file:line and prints nothing. Written for the common ground of mawk and gawk.

BEGIN { FS = "\t" }

function fail(message) {
	printf "%s:%d: %s\n", FILENAME, FNR, message | "cat 1>&2"
	is_failed = 1
	exit 1
}

function add(mask, role) {
	return (mask == "" ? "" : mask " | ") "ROLE_" toupper(role)
}

function member(name, mask) {
	return mask == "" ? "" : ",\n\t  ." name " = " mask
}

function read_header(    i) {
	if ($1 != "field" || NF < 2)
		fail("the first line names field and the roles")
	for (i = 2; i <= NF; i++)
		role[i] = $i
	columns = NF
}

# yes, open or -, and behind a slash the same for those of a unit; without it as for all.
function read_cell(i,    part, n) {
	n = split($i, part, "/")
	if (n == 1)
		part[2] = part[1]
	if (n > 2 || part[1] !~ /^(yes|open|-)$/ || part[2] !~ /^(yes|open|-)$/)
		fail(role[i] ": `" $i "` is no cell: yes open -, and behind a slash for units")
	if (part[1] == "yes")
		always = add(always, role[i])
	if (part[1] == "open")
		open = add(open, role[i])
	if (part[2] == "yes")
		unit_always = add(unit_always, role[i])
	if (part[2] == "open")
		unit_open = add(unit_open, role[i])
}

/^#/ || /^$/ { next }
!columns { read_header(); next }
{
	if (NF != columns)
		fail(NF " columns, the first line has " columns)
	if ($1 !~ /^[a-z][a-z_]*$/)
		fail("`" $1 "` is no name of a field")
	if ($1 in line_of)
		fail($1 " stands in line " line_of[$1] " already")
	line_of[$1] = FNR
	always = open = unit_always = unit_open = ""
	for (i = 2; i <= NF; i++)
		read_cell(i)
	numbers = numbers "\tSHOWN_" toupper($1) ",\n"
	rows = rows "\t{ \"" $1 "\"" member("always", always) member("open", open) \
	    member("unit_always", unit_always) member("unit_open", unit_open) " },\n"
}

END {
	if (is_failed)
		exit 1
	if (part == "header")
		printf "/* Made from modules/fields.tsv. */\n#pragma once\n\n" \
		    "enum shown_field {\n%s\tSHOWN_FIELDS\n};\n", numbers
	else
		printf "/* Made from modules/fields.tsv. */\n#include \"rules/sight.h\"\n\n" \
		    "const struct field_row field_rows[] = {\n%s};\n", rows
}
