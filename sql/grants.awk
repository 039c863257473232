# What the account of the service needs, from its statements: a table of tables and privileges, as
# server/store/grants.h declares it.
#
#	awk -f sql/grants.awk sql/limits.tsv sql/migrations/*.sql sql/queries/*.sql
#
# A statement that would change or delete rows of a table that sql/limits.tsv calls `added` ends
# the build. Written for the common ground of mawk and gawk.

function fail(message) {
	printf "%s: %s\n", place, message | "cat 1>&2"
	is_failed = 1
	exit 1
}

# Words and single signs; what stands in quotes is one sign.
function split_words(text,    n, c) {
	gsub(/'[^']*'/, " ' ", text)
	gsub(/[^A-Za-z0-9_ ]/, " & ", text)
	n = split(text, word, " ")
	return n
}

function need(table, privilege) {
	if (privilege != "SELECT" && limit[table] == "owner")
		return
	if ((privilege == "UPDATE" || privilege == "DELETE") && limit[table] == "added")
		fail(name " would " privilege " rows of " table \
		    ", to which sql/limits.tsv lets rows be added only")
	if (is_view[table] && privilege != "SELECT")
		fail(name " writes to the view " table)
	needs[table, privilege] = 1
}

# The tables of a statement, and in alias_of the names they go by.
function find_tables(n,    i, next_word) {
	for (i in alias_of)
		delete alias_of[i]
	for (i = 1; i <= n; i++) {
		if (!(word[i] in is_table))
			continue
		alias_of[word[i]] = word[i]
		next_word = toupper(word[i + 1])
		if (next_word == "AS")
			alias_of[word[i + 2]] = word[i]
		else if (next_word ~ /^[A-Z][A-Z0-9_]*$/ && !(next_word in is_clause))
			alias_of[word[i + 1]] = word[i]
	}
}

# The table of an assignment that begins at word i: named before a dot, or the one after UPDATE.
function assigned(i) {
	return word[i + 1] == "." ? alias_of[word[i]] : word[2]
}

# Every table that SET changes needs the privilege; gives the last one.
function target_update(n,    i, depth, target) {
	for (i = 2; i <= n && toupper(word[i]) != "SET"; i++)
		;
	target = assigned(i + 1)
	need(target, "UPDATE")
	for (depth = 0; i <= n && !(depth == 0 && toupper(word[i]) == "WHERE"); i++) {
		depth += (word[i] == "(") - (word[i] == ")")
		if (depth == 0 && word[i] == ",") {
			target = assigned(i + 1)
			need(target, "UPDATE")
		}
	}
	return target
}

function target_delete() {
	return toupper(word[2]) == "FROM" ? word[3] : alias_of[word[2]]
}

function close_statement(    n, i, verb, target, from) {
	n = split_words(text)
	verb = toupper(word[1])
	find_tables(n)
	target = ""
	from = 1
	if (verb == "INSERT" || verb == "REPLACE") {
		for (i = 2; toupper(word[i]) != "INTO" && i < n; i++)
			;
		target = word[i + 1]
		from = i + 2
		need(target, "INSERT")
		if (verb == "REPLACE")
			need(target, "DELETE")
		if (toupper(text) ~ / ON DUPLICATE KEY UPDATE/) {
			need(target, "UPDATE")
			need(target, "SELECT")
		}
	} else if (verb == "UPDATE") {
		target = target_update(n)
	} else if (verb == "DELETE") {
		target = target_delete()
		need(target, "DELETE")
	} else if (verb != "SELECT" && verb != "WITH" && verb != "SET" && verb != "VALUES" && \
	    verb != "(") {
		fail(name " begins with " verb ", whose privileges are not known here")
	}
	if (verb != "SELECT" && verb != "WITH" && verb != "SET" && verb != "VALUES" && \
	    verb != "(" && !(target in is_table))
		fail("the table that " name " changes is not found: `" target "`")
	for (i = from; i <= n; i++)
		if (word[i] in is_table)
			need(word[i], "SELECT")
	text = ""
}

BEGIN {
	count = split("SET WHERE FORCE USE IGNORE STRAIGHT_JOIN JOIN LEFT RIGHT INNER CROSS " \
	    "NATURAL ON USING ORDER GROUP HAVING LIMIT UNION EXCEPT INTERSECT FOR VALUES SELECT " \
	    "LOCK WINDOW PARTITION", clause, " ")
	for (i = 1; i <= count; i++)
		is_clause[clause[i]] = 1
	name = text = ""
}

FNR == 1 {
	kind = FILENAME ~ /\.tsv$/ ? "limits" : FILENAME ~ /migrations\// ? "migration" : "query"
}

{ place = FILENAME ":" FNR }

kind == "limits" {
	if ($0 ~ /^#/ || $0 == "" || $1 == "table")
		next
	if (split($0, part, "\t") != 3 || (part[2] != "added" && part[2] != "owner"))
		fail("a line is: table, `added` or `owner`, why")
	limit[part[1]] = part[2]
	next
}

kind == "migration" {
	line = $0
	if (line ~ /^CREATE TABLE IF NOT EXISTS [a-z]/) {
		split(line, part, /[ (]+/)
		is_table[part[6]] = 1
	} else if (line ~ /^CREATE OR REPLACE VIEW [a-z]/) {
		split(line, part, /[ (]+/)
		is_table[part[5]] = is_view[part[5]] = 1
	} else if (line ~ /^DROP TABLE IF EXISTS [a-z]/) {
		split(line, part, /[ ;]+/)
		delete is_table[part[5]]
	} else if (toupper(line) ~ /^(CREATE|DROP|RENAME) +(TABLE|(OR REPLACE )?VIEW)/) {
		fail("write CREATE TABLE IF NOT EXISTS, CREATE OR REPLACE VIEW or DROP TABLE IF " \
		    "EXISTS with the name on the same line")
	}
	next
}

/^-- name:/ {
	name = $3
	text = ""
	next
}

/^--/ { next }

{
	line = $0
	sub(/--.*$/, "", line)
	text = text " " line
	if (line ~ /; *$/)
		close_statement()
}

END {
	if (is_failed)
		exit 1
	for (table in limit)
		if (!(table in is_table)) {
			place = "sql/limits.tsv"
			printf "%s: there is no table %s\n", place, table | "cat 1>&2"
			exit 1
		}
	print "/* What the statements need, made by sql/grants.awk. */"
	print "#include \"store/grants.h\"\n"
	print "#include <stddef.h>\n"
	print "const struct table_grant table_grants[] = {"
	for (table in is_table) {
		line = ""
		for (i = split("SELECT INSERT UPDATE DELETE", part, " "); i > 0; i--)
			if ((table, part[i]) in needs)
				line = "GRANT_" part[i] (line == "" ? "" : " | " line)
		if (line != "")
			rows[table] = "\t{ \"" table "\", " line " },"
	}
	n = 0
	for (table in rows)
		order[++n] = table
	for (i = 2; i <= n; i++)
		for (k = i; k > 1 && order[k - 1] > order[k]; k--) {
			table = order[k]
			order[k] = order[k - 1]
			order[k - 1] = table
		}
	for (i = 1; i <= n; i++)
		print rows[order[i]]
	print "\t{ NULL, 0 },"
	print "};"
}
