/*
 * Documents and workbooks (ECMA-376) as the ZIP archives that they are (PKWARE APPNOTE 6.3.10).
 * What is in one is told by the directory at its end, and each line of it must agree with what
 * stands before the entry itself: readers differ in which of the two they believe.
 */
#include "bounds.h"
#include "rules/file_bytes.h"
#include "rules/file_kind.h"

enum {
	END_BYTES = 22, LINE_BYTES = 46, LOCAL_BYTES = 30,
	FLAG_ENCRYPTED = 1, FLAG_SIZES_BEHIND = 8, FLAG_MASKED = 0x2000,
	METHOD_STORED = 0, METHOD_DEFLATED = 8,
	PACKING_ADDS = 64,	/* besides an eighth and a 64th: the worst of zlib */
};

struct zip {
	struct file_bytes f;
	uint64_t lines_at;	/* of the directory */
	uint64_t packed, unpacked;
	bool has_types, has_document, has_workbook;
};

struct line {
	uint64_t flags, method, packed, unpacked, local_at, bytes;
	struct str name;
};

static bool line_read(struct zip *z, uint64_t at, struct line *l)
{
	struct file_bytes *f = &z->f;
	uint64_t name = file_little(f, at + 28, 2);

	if (!file_says(f, at, STR("PK\1\2")) || !file_has(f, at, LINE_BYTES) ||
	    !file_has(f, at + LINE_BYTES, name))
		return false;
	*l = (struct line){
		.flags = file_little(f, at + 8, 2), .method = file_little(f, at + 10, 2),
		.packed = file_little(f, at + 20, 4), .unpacked = file_little(f, at + 24, 4),
		.local_at = file_little(f, at + 42, 4),
		.bytes = LINE_BYTES + name + file_little(f, at + 30, 2) +
			 file_little(f, at + 32, 2),
		.name = { f->all.p + at + LINE_BYTES, (size_t)name },
	};
	return true;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool ends_as(struct str name, struct str end)
{
	if (name.n < end.n)
		return false;
	for (size_t i = 0; i < end.n; i++)
		if (lower(name.p[name.n - end.n + i]) != end.p[i])
			return false;
	return true;
}

/* A relative path downwards, in bytes that no system reads otherwise. */
static bool is_safe_name(struct str name)
{
	if (name.n == 0 || name.n > 255 || name.p[0] == '/')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];
		bool is_first = i == 0 || name.p[i - 1] == '/';

		if (c < ' ' || c == 0x7f || c == '\\' || c == ':')
			return false;
		if (is_first && c == '.' && i + 1 < name.n && name.p[i + 1] == '.')
			return false;
	}
	return str_code_points(name) != SIZE_MAX && !ends_as(name, STR("vbaproject.bin"));
}

/* What stands before the entry says the same. */
static bool local_agrees(struct zip *z, const struct line *l)
{
	struct file_bytes *f = &z->f;
	uint64_t at = l->local_at, name = file_little(f, at + 26, 2);
	bool is_behind = l->flags & FLAG_SIZES_BEHIND;
	uint64_t packed = file_little(f, at + 18, 4), unpacked = file_little(f, at + 22, 4);

	if (!file_says(f, at, STR("PK\3\4")) || f->is_over || name != l->name.n ||
	    !file_says(f, at + LOCAL_BYTES, l->name))
		return false;
	if (file_little(f, at + 6, 2) != l->flags || file_little(f, at + 8, 2) != l->method)
		return false;
	if (!(is_behind && packed == 0 && unpacked == 0) &&
	    (packed != l->packed || unpacked != l->unpacked))
		return false;
	uint64_t body = at + LOCAL_BYTES + name + file_little(f, at + 28, 2);

	return body <= z->lines_at && l->packed <= z->lines_at - body;
}

/*
 * Sizes are taken as they are declared, for nothing is unpacked here. Of a stream that is larger
 * than any packing makes what it declares at least that is seen.
 */
static bool size_is_possible(const struct line *l)
{
	if (l->method == METHOD_STORED)
		return l->packed == l->unpacked;
	return l->packed <= l->unpacked + l->unpacked / 8 + l->unpacked / 64 + PACKING_ADDS;
}

static enum file_fault entry_look(struct zip *z, const struct line *l)
{
	if (l->flags & (FLAG_ENCRYPTED | FLAG_MASKED) || !is_safe_name(l->name))
		return FILE_UNSAFE;
	if (l->method != METHOD_STORED && l->method != METHOD_DEFLATED)
		return FILE_UNSAFE;
	if (!local_agrees(z, l) || !size_is_possible(l))
		return FILE_CUT;
	z->packed += l->packed + LOCAL_BYTES + l->name.n;
	z->unpacked += l->unpacked;
	z->has_types |= str_is(l->name, "[Content_Types].xml");
	z->has_document |= str_is(l->name, "word/document.xml");
	z->has_workbook |= str_is(l->name, "xl/workbook.xml");
	return FILE_FINE;
}

static enum file_fault whole_look(const struct zip *z, struct file_look *look)
{
	/* Entries that share bytes are how a small archive unpacks to a large one. */
	if (z->packed > z->lines_at)
		return FILE_TOO_LARGE;
	if (z->unpacked > LIMIT_ZIP_BYTES || z->unpacked / LIMIT_ZIP_RATIO > z->packed)
		return FILE_TOO_LARGE;
	if (!z->has_types || z->has_document == z->has_workbook)
		return FILE_OF_NO_KIND;
	look->kind = z->has_document ? FILE_DOCX : FILE_XLSX;
	return FILE_FINE;
}

enum file_fault zip_look(struct str bytes, struct file_look *look)
{
	struct zip z = { .f = { bytes, false } };
	uint64_t end = bytes.n - END_BYTES, at, count;
	struct line l;

	/* The directory's end without a comment: what stands behind it is not of the archive. */
	if (bytes.n < END_BYTES || !file_says(&z.f, end, STR("PK\5\6")))
		return FILE_CUT;
	if (file_big(&z.f, end + 4, 4) != 0 || file_big(&z.f, end + 20, 2) != 0)
		return FILE_UNSAFE;
	count = file_little(&z.f, end + 10, 2);
	z.lines_at = at = file_little(&z.f, end + 16, 4);
	if (at > end || file_little(&z.f, end + 12, 4) != end - at ||
	    file_little(&z.f, end + 8, 2) != count)
		return FILE_CUT;
	if (count > LIMIT_ZIP_ENTRIES)
		return FILE_TOO_LARGE;
	for (uint64_t i = 0; i < count; i++) {
		if (!line_read(&z, at, &l))
			return FILE_CUT;
		enum file_fault fault = entry_look(&z, &l);
		if (fault != FILE_FINE)
			return fault;
		at += l.bytes;
	}
	return at == end ? whole_look(&z, look) : FILE_CUT;
}
