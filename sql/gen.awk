# Makes C from named SQL statements: one header for each file of sql/queries.
#
#	awk -f sql/gen.awk sql/queries/tasks.sql > build/gen/tasks_sql.h
#	awk -v mode=list -f sql/gen.awk sql/queries/*.sql > build/gen/all_sql.h
#
# The second form gives a header that includes all the others and holds sql_statements[], for
# programs that look at every statement.
#
#	-- name: tasks_load :one
#	-- doc: One task by its id.
#	-- param: id u64
#	-- column: title str
#	-- column: note str?
#	SELECT title, note FROM tasks_task WHERE id = :id;
#
# Kinds and what they become in C are described in include/tx.h. Types: u64 i64 u32 bool str
# bytes, and str? bytes? for what may be NULL. Any mistake ends the build with file:line and
# prints no header at all. Written for the common ground of mawk and gawk.

BEGIN {
	split("auto break case char const continue default do double else enum extern float " \
	    "for goto if inline int long register restrict return short signed sizeof static " \
	    "struct switch typedef union unsigned void volatile while bool true false", words,
	    " ")
	for (i in words)
		is_keyword[words[i]] = 1
	c_type["u64"] = "uint64_t "
	c_type["i64"] = "int64_t "
	c_type["u32"] = "uint32_t "
	c_type["bool"] = "bool "
	c_type["str"] = c_type["bytes"] = "struct str "
	db_type["u64"] = "DB_U64"
	db_type["i64"] = "DB_I64"
	db_type["u32"] = "DB_U32"
	db_type["bool"] = "DB_BOOL"
	db_type["str"] = "DB_STR"
	db_type["bytes"] = "DB_BYTES"
	kind_of["one"] = "DB_ONE"
	kind_of["many"] = "DB_MANY"
	kind_of["exec"] = "DB_EXEC"
	kind_of["write"] = "DB_WRITE"
	name = ""
	output = ""
	list = ""
	includes = ""
}

function fail(message) {
	printf "%s:%d: %s\n", FILENAME, FNR, message | "cat 1>&2"
	is_failed = 1
	exit 1
}

function fail_open_end() {
	printf "%s: statement %s has no end: `;` is missing\n", last_file, name | "cat 1>&2"
}

function is_name(word) {
	return word ~ /^[a-z][a-z0-9_]*$/ && !(word in is_keyword)
}

# Takes "id u64" apart into field_name, field_type and field_nullable.
function read_field(what, text,    part, n) {
	n = split(text, part, " ")
	if (n != 2)
		fail("-- " what ": takes a name and a type")
	if (!is_name(part[1]))
		fail("`" part[1] "` is no name for a " what \
		    ": lower case letters, digits and _, no word of C")
	field_name = part[1]
	field_type = part[2]
	field_nullable = sub(/\?$/, "", field_type)
	if (!(field_type in c_type))
		fail("unknown type `" part[2] "`: u64 i64 u32 bool str bytes str? bytes?")
	if (field_nullable && field_type != "str" && field_type != "bytes")
		fail("a number is never NULL: use 0 and `" field_type "`")
}

function open_statement(text,    part, n) {
	if (name != "")
		fail("statement " name " has no end: `;` is missing")
	n = split(text, part, " ")
	if (n != 2 || substr(part[2], 1, 1) != ":")
		fail("-- name: takes a name and a kind, as in `-- name: tasks_load :one`")
	if (!is_name(part[1]))
		fail("`" part[1] "` is no name for a statement")
	if (part[1] in seen)
		fail("statement " part[1] " exists already in " seen[part[1]])
	kind = substr(part[2], 2)
	if (!(kind in kind_of))
		fail("unknown kind `:" kind "`: :one :many :exec :write")
	name = part[1]
	seen[name] = FILENAME ":" FNR
	doc = ""
	sql = ""
	body_started = 0
	param_count = column_count = order_count = 0
	for (i in param_index)
		delete param_index[i]
	for (i in param_used)
		delete param_used[i]
	for (i in column_used)
		delete column_used[i]
}

function read_directive(word, text) {
	if (word == "name") {
		open_statement(text)
		return
	}
	if (name == "")
		fail("-- " word ": stands outside of a statement: `-- name:` comes first")
	if (body_started)
		fail("-- " word ": must stand before the SQL text of " name)
	if (word == "doc") {
		if (index(text, "*/"))
			fail("-- doc: cannot hold */")
		doc = doc (doc == "" ? "" : "\n * ") text
	} else if (word == "param") {
		read_field("param", text)
		if (field_name in param_index)
			fail("param " field_name " is declared twice")
		if (param_count == 255)
			fail("more than 255 params")
		param_index[field_name] = param_count
		param_name[param_count] = field_name
		param_type[param_count] = field_type
		param_nullable[param_count] = field_nullable
		param_line[param_count] = FNR
		param_count++
	} else if (word == "column") {
		read_field("column", text)
		if (field_name in column_used)
			fail("column " field_name " is declared twice")
		column_used[field_name] = 1
		column_name[column_count] = field_name
		column_type[column_count] = field_type
		column_nullable[column_count] = field_nullable
		column_count++
	} else {
		fail("unknown `-- " word ":`: name doc param column")
	}
}

# The parameter whose colon stands at `at`; gives where its name ends.
function read_parameter(line, at,    word) {
	word = ""
	while (substr(line, at + 1, 1) ~ /[A-Za-z0-9_]/)
		word = word substr(line, ++at, 1)
	if (!(word in param_index))
		fail("parameter :" word " of " name " is not declared: -- param: " word " TYPE")
	if (order_count == 255)
		fail("more than 255 parameters in the text of " name)
	order[order_count++] = param_index[word]
	param_used[word] = 1
	return at
}

# One line of SQL: parameters become ?, quotes are left alone, comments are dropped.
function read_sql(line,    i, c, quote, out, ended) {
	if (line ~ /[^ -~\t]/)
		fail("SQL text must be ASCII: bind the text as a parameter")
	quote = ""
	out = ""
	ended = 0
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (ended) {
			if (substr(line, i, 2) == "--")
				break
			if (c != " " && c != "\t")
				fail("text behind the `;` of " name)
			continue
		}
		if (quote != "") {
			out = out c
			if (c == "\\" && quote != "`") {
				i++
				out = out substr(line, i, 1)
			} else if (c == quote) {
				quote = ""
			}
			continue
		}
		if (c == "'" || c == "\"" || c == "`") {
			quote = c
			out = out c
		} else if (substr(line, i, 2) == "--") {
			break
		} else if (substr(line, i, 2) == "/*" || c == "#") {
			fail("comments begin with `--`")
		} else if (c == "?") {
			fail("`?` in " name ": parameters are written :name")
		} else if (c == ":" && substr(line, i + 1, 1) ~ /[A-Za-z_]/) {
			i = read_parameter(line, i)
			out = out "?"
		} else if (c == ";") {
			ended = 1
		} else {
			out = out c
		}
	}
	if (quote != "")
		fail("a quote does not end on its line")
	gsub(/\t/, " ", out)
	sub(/^ +/, "", out)
	sub(/ +$/, "", out)
	if (out != "") {
		sql_line[body_started] = out
		body_started++
	}
	if (ended)
		close_statement()
}

function check_statement(    i, first, whole) {
	if (!body_started)
		fail("statement " name " has no text")
	whole = ""
	for (i = 0; i < body_started; i++)
		whole = whole " " toupper(sql_line[i])
	if (length(whole) > 4000)
		fail("statement " name " is over 4000 bytes")
	for (i = 0; i < param_count; i++)
		if (!(param_name[i] in param_used)) {
			printf "%s:%d: param %s of %s is not used\n", FILENAME, param_line[i],
			    param_name[i], name | "cat 1>&2"
			is_failed = 1
			exit 1
		}
	if ((kind == "one" || kind == "many") && column_count == 0)
		fail("statement " name " is :" kind " and declares no column")
	if ((kind == "exec" || kind == "write") && column_count > 0)
		fail("statement " name " is :" kind " and cannot have columns")
	if (kind != "write")
		return
	if (whole !~ /^ (INSERT|UPDATE|DELETE) /)
		fail("statement " name " is :write: INSERT, UPDATE and DELETE can be deferred")
	if (whole ~ / ON DUPLICATE KEY / || whole ~ /^ INSERT IGNORE /)
		fail("statement " name " is :write and must match one row: make it :exec")
	if (whole ~ /^ INSERT / && whole !~ / VALUES *\(/)
		fail("statement " name " is :write: an INSERT needs VALUES")
	if (param_count == 0)
		fail("statement " name " is :write and needs a param")
}

function quoted(text) {
	# Awks differ on backslashes in replacements; on these two they agree.
	gsub(/\\/, "&&", text)
	gsub(/"/, "\\\\&", text)
	return "\"" text "\""
}

function emit(text) {
	output = output text "\n"
}

function emit_field(struct_name, field, type, nullable) {
	emit("\t{ \"" field "\", offsetof(struct " struct_name ", " field "), " \
	    db_type[type] ", " (nullable ? "true" : "false") " },")
}

function emit_types(    i) {
	if (param_count) {
		emit("struct sql_" name " {")
		for (i = 0; i < param_count; i++)
			emit("\t" c_type[param_type[i]] param_name[i] ";" \
			    (param_nullable[i] ? "\t/* may be absent */" : ""))
		emit("};\n")
	}
	if (column_count) {
		emit("struct sql_" name "_row {")
		for (i = 0; i < column_count; i++)
			emit("\t" c_type[column_type[i]] column_name[i] ";" \
			    (column_nullable[i] ? "\t/* may be absent */" : ""))
		emit("};\n")
	}
}

function emit_tables(    i) {
	if (param_count) {
		emit("static const struct db_field sql_" name "_params[] UNUSED = {")
		for (i = 0; i < param_count; i++)
			emit_field("sql_" name, param_name[i], param_type[i], param_nullable[i])
		emit("};")
		emit("static const uint8_t sql_" name "_order[] UNUSED = {")
		for (i = 0; i < order_count; i++)
			emit("\t" order[i] ",")
		emit("};")
	}
	if (column_count) {
		emit("static const struct db_field sql_" name "_columns[] UNUSED = {")
		for (i = 0; i < column_count; i++)
			emit_field("sql_" name "_row", column_name[i], column_type[i],
			    column_nullable[i])
		emit("};")
	}
	emit("static const struct db_statement sql_" name "_statement UNUSED = {")
	emit("\t.name = \"" name "\",")
	for (i = 0; i < body_started; i++)
		emit((i ? "\t\t" : "\t.text = ") \
		    quoted(sql_line[i] (i + 1 < body_started ? " " : "")) \
		    (i + 1 < body_started ? "" : ","))
	if (param_count) {
		emit("\t.params = sql_" name "_params,")
		emit("\t.order = sql_" name "_order,")
		emit("\t.param_count = " param_count ",")
		emit("\t.order_count = " order_count ",")
		emit("\t.input_size = sizeof(struct sql_" name "),")
	}
	if (column_count) {
		emit("\t.columns = sql_" name "_columns,")
		emit("\t.column_count = " column_count ",")
	}
	emit("\t.kind = " kind_of[kind] ",")
	emit("};\n")
}

function emit_functions(    takes, gives) {
	takes = "struct tx *tx" (param_count ? ", struct sql_" name " in" : "")
	gives = "tx, &sql_" name "_statement, " (param_count ? "&in" : "NULL")
	if (kind == "one") {
		emit("static inline UNUSED MUST_USE bool\nsql_" name "(" takes \
		    ", struct sql_" name "_row *ret_row)\n{")
		emit("\treturn db_one(" gives ", ret_row);\n}\n")
	} else if (kind == "many") {
		emit("static inline UNUSED struct rows *sql_" name "(" takes ")\n{")
		emit("\treturn db_many(" gives ");\n}\n")
		emit("static inline UNUSED MUST_USE bool\nsql_" name \
		    "_next(struct rows *rows, struct sql_" name "_row *ret_row)\n{")
		emit("\treturn db_next(rows, ret_row);\n}\n")
	} else if (kind == "exec") {
		emit("static inline UNUSED uint64_t sql_" name "(" takes ")\n{")
		emit("\treturn db_exec(" gives ");\n}\n")
	} else {
		emit("static inline UNUSED void sql_" name "(" takes ")\n{")
		emit("\tdb_write(" gives ");\n}\n")
	}
}

function close_statement() {
	check_statement()
	if (doc != "")
		emit("/* " doc " */")
	emit_types()
	emit_tables()
	emit_functions()
	list = list "\t&sql_" name "_statement,\n"
	name = ""
}

function base_name(path) {
	sub(/^.*\//, "", path)
	sub(/\.sql$/, "", path)
	return path
}

FNR == 1 {
	if (name != "") {
		fail_open_end()
		is_failed = 1
		exit 1
	}
	last_file = FILENAME
	includes = includes "#include \"" base_name(FILENAME) "_sql.h\"\n"
	if (mode != "list" && output_file != "")
		fail("one file at a time, or -v mode=list")
	output_file = FILENAME
}

{
	sub(/\r$/, "")
}

/^--[ \t]*[a-z]+:/ {
	text = $0
	sub(/^--[ \t]*/, "", text)
	word = text
	sub(/:.*$/, "", word)
	sub(/^[a-z]+:[ \t]*/, "", text)
	sub(/[ \t]+$/, "", text)
	read_directive(word, text)
	next
}

/^[ \t]*(--.*)?$/ {
	next
}

{
	if (name == "")
		fail("SQL text outside of a statement: `-- name:` comes first")
	read_sql($0)
}

END {
	if (is_failed)
		exit 1
	if (name != "") {
		fail_open_end()
		exit 1
	}
	if (mode == "list") {
		printf "/* Every statement of sql/queries, made by sql/gen.awk. */\n"
		printf "#pragma once\n\n%s\n", includes
		printf "static const struct db_statement *const sql_statements[] UNUSED = {\n"
		printf "%s};\n", list
		exit 0
	}
	printf "/* Made from sql/queries/%s.sql by sql/gen.awk. */\n#pragma once\n\n", \
	    base_name(output_file)
	printf "#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n\n"
	printf "#include \"attr.h\"\n#include \"str.h\"\n#include \"tx.h\"\n\n"
	printf "%s", output
}
