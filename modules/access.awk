# Makes C of the table of rights.
#
#	awk -v part=header -f modules/access.awk modules/access.tsv > build/gen/access.h
#	awk -v part=table -f modules/access.awk modules/access.tsv > build/gen/access.c
#
# The header has the roles as bits and a number for each row, the other the rows. Any mistake
# ends the build with file:line and prints nothing. Written for the common ground of mawk and
# gawk.

BEGIN {
	FS = "\t"
	ROLES_FROM = 5
	method_of["GET"] = method_of["POST"] = method_of["PUT"] = method_of["DELETE"] = 1
}

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
	if ($1 != "handler" || $2 != "method" || $3 != "path" || $4 != "flags" || NF < ROLES_FROM)
		fail("the first line names handler, method, path, flags and the roles")
	for (i = ROLES_FROM; i <= NF; i++) {
		if ($i !~ /^[a-z]+$/)
			fail("`" $i "` is no name of a role")
		role[i] = $i
	}
	columns = NF
}

function read_flags(    n, i, word) {
	is_public = is_staff = 0
	if ($4 == "-")
		return
	n = split($4, word, ",")
	for (i = 1; i <= n; i++)
		if (word[i] == "public")
			is_public = 1
		else if (word[i] == "staff")
			is_staff = 1
		else
			fail("unknown flag `" word[i] "`: public staff, or -")
	if (is_public && is_staff)
		fail("a route without credentials cannot be for own staff only")
}

# all, own or -, and behind a slash what those of a unit are answered: tree or -.
function read_cell(i,    part, n) {
	n = split($i, part, "/")
	if (n < 1 || n > 2 || part[1] !~ /^(all|own|-)$/ || (n == 2 && part[2] != "tree"))
		fail(role[i] ": `" $i "` is no cell: all own - all/tree own/tree -/tree")
	if (is_public && $i != "all")
		fail("what needs no credentials is for all")
	if (part[1] == "all")
		all = add(all, role[i])
	if (part[1] == "own")
		own = add(own, role[i])
	if (n == 2) {
		tree = add(tree, role[i])
		has_tree[i] = 1
	}
}

/^#/ || /^$/ { next }
!columns { read_header(); next }
{
	if (NF != columns)
		fail(NF " columns, the first line has " columns)
	if ($1 !~ /^[a-z][a-z0-9_]*$/)
		fail("`" $1 "` is no name of a handler")
	if (!($2 in method_of))
		fail("unknown method `" $2 "`")
	if ($3 !~ /^\//)
		fail("a path begins with a slash")
	if ($1 in line_of)
		fail($1 " stands in line " line_of[$1] " already")
	if (($2 " " $3) in line_of)
		fail($2 " " $3 " stands in line " line_of[$2 " " $3] " already")
	line_of[$1] = line_of[$2 " " $3] = FNR
	read_flags()
	all = own = tree = ""
	for (i = ROLES_FROM; i <= NF; i++)
		read_cell(i)
	numbers = numbers "\tACCESS_" $1 ",\n"
	rows = rows "\t{ \"" $1 "\", METHOD_" $2 ", \"" $3 "\"" member("all_roles", all) \
	    member("own_roles", own) member("tree_roles", tree) \
	    (is_public ? ", .is_public = true" : "") \
	    (is_staff ? ", .is_staff_only = true" : "") " },\n"
}

END {
	if (is_failed)
		exit 1
	units = names = bits = ""
	for (i = ROLES_FROM; i <= columns; i++) {
		bits = bits "\tROLE_" toupper(role[i]) " = 1u << " (i - ROLES_FROM) ",\n"
		names = names "\t\"" role[i] "\",\n"
		if (i in has_tree)
			units = add(units, role[i])
	}
	if (part == "header")
		printf "/* Made from modules/access.tsv. */\n#pragma once\n\nenum role {\n%s};\n\n" \
		    "enum access_row {\n%s\tACCESS_ROWS\n};\n", bits, numbers
	else
		printf "/* Made from modules/access.tsv. */\n#include \"access.h\"\n\n" \
		    "#include \"module.h\"\n\nconst char *const role_names[] = {\n%s\tNULL\n};\n" \
		    "const uint32_t unit_roles = %s;\n\nconst struct access access_table[] = {\n" \
		    "%s\t{ 0 }\n};\n", names, (units == "" ? "0" : units), rows
}
