/*
 * From the first bytes to a kind, and what else must hold of each.
 */
#include "rules/file_kind.h"

#include "rules/file_bytes.h"

const char *const file_types[FILE_KINDS] = {
	[FILE_JPEG] = "image/jpeg", [FILE_PNG] = "image/png", [FILE_WEBP] = "image/webp",
	[FILE_HEIC] = "image/heic", [FILE_PDF] = "application/pdf",
	[FILE_DOCX] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	[FILE_XLSX] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	[FILE_MP3] = "audio/mpeg", [FILE_WAV] = "audio/wav", [FILE_AMR] = "audio/amr",
	[FILE_MP4] = "video/mp4", [FILE_TXT] = "text/plain",
};

const char *const file_endings[FILE_KINDS] = {
	[FILE_JPEG] = "jpg", [FILE_PNG] = "png", [FILE_WEBP] = "webp", [FILE_HEIC] = "heic",
	[FILE_PDF] = "pdf", [FILE_DOCX] = "docx", [FILE_XLSX] = "xlsx", [FILE_MP3] = "mp3",
	[FILE_WAV] = "wav", [FILE_AMR] = "amr", [FILE_MP4] = "mp4", [FILE_TXT] = "txt",
};

struct other_name {
	const char *name;
	enum file_kind kind;
};

static const struct other_name other_types[] = {
	{ "image/heif", FILE_HEIC }, { "audio/mp3", FILE_MP3 }, { "audio/x-wav", FILE_WAV },
	{ "audio/wave", FILE_WAV }, { "audio/vnd.wave", FILE_WAV },
};
static const struct other_name other_endings[] = {
	{ "jpeg", FILE_JPEG }, { "heif", FILE_HEIC },
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Letters of any case; `text` is in lower case. */
static bool is_same(struct str s, const char *text)
{
	size_t i = 0;

	while (i < s.n && text[i] && lower(s.p[i]) == text[i])
		i++;
	return i == s.n && !text[i];
}

static enum file_kind find(struct str s, const char *const *names, const struct other_name *others,
			   size_t n)
{
	for (enum file_kind kind = FILE_JPEG; kind < FILE_KINDS; kind++)
		if (is_same(s, names[kind]))
			return kind;
	for (size_t i = 0; i < n; i++)
		if (is_same(s, others[i].name))
			return others[i].kind;
	return FILE_UNKNOWN;
}

enum file_kind file_kind_declared(struct str content_type)
{
	struct str type = content_type;
	const char *end = type.n ? memchr(type.p, ';', type.n) : NULL;

	if (end)
		type.n = (size_t)(end - type.p);
	while (type.n && type.p[type.n - 1] == ' ')
		type.n--;
	return find(type, file_types, other_types, array_count(other_types));
}

bool file_is_named(struct str name, enum file_kind kind)
{
	size_t dot = name.n;

	while (dot > 0 && name.p[dot - 1] != '.')
		dot--;
	if (dot <= 1 || dot == name.n)
		return false;
	struct str ending = { name.p + dot, name.n - dot };

	return find(ending, file_endings, other_endings, array_count(other_endings)) == kind;
}

/* ---- two kinds in one ---- */

/* Whether the bytes hold this, letters of any case, at or behind a place. */
static bool holds(struct str bytes, size_t from, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = from; i + n <= bytes.n; i++) {
		size_t k = 0;

		while (k < n && lower(bytes.p[i + k]) == text[k])
			k++;
		if (k == n)
			return true;
	}
	return false;
}

enum { END_BYTES = 22, TAIL_BYTES = 65535 + END_BYTES };

/*
 * A reader of archives looks for the directory's end from behind, as far as this, and for the
 * directory before it, by its length.
 */
static bool is_archive_too(struct str bytes)
{
	struct file_bytes f = { bytes, false };

	for (size_t i = bytes.n > TAIL_BYTES ? bytes.n - TAIL_BYTES : 0; i + END_BYTES <= bytes.n;
	     i++) {
		if (!file_says(&f, i, STR("PK\5\6")))
			continue;
		uint64_t length = file_little(&f, i + 12, 4);
		if (length <= i && file_says(&f, i - length, STR("PK\1\2")))
			return true;
	}
	return false;
}

/* Where readers of pages and documents begin to look. */
enum { HEAD_BYTES = 1024 };

static bool is_page_too(struct str bytes)
{
	static const char *const marks[] = { "<!doctype", "<html", "<script", "<svg", "<?php" };
	struct str head = { bytes.p, bytes.n < HEAD_BYTES ? bytes.n : HEAD_BYTES };
	size_t tail = bytes.n > HEAD_BYTES ? bytes.n - HEAD_BYTES : 0;

	for (size_t i = 0; i < array_count(marks); i++)
		if (holds(head, 0, marks[i]) || holds(bytes, tail, marks[i]))
			return true;
	return false;
}

static bool is_document_too(struct str bytes)
{
	struct str head = { bytes.p, bytes.n < HEAD_BYTES ? bytes.n : HEAD_BYTES };

	return holds(head, 0, "%pdf-");
}

/* ---- the small ones ---- */

static enum file_fault pdf_look(struct str bytes)
{
	struct str tail = bytes;

	while (tail.n && (unsigned char)tail.p[tail.n - 1] <= ' ')
		tail.n--;
	struct file_bytes f = { tail, false };

	return tail.n >= 5 && file_says(&f, tail.n - 5, STR("%%EOF")) ? FILE_FINE : FILE_CUT;
}

static enum file_fault wav_look(struct str bytes)
{
	struct file_bytes f = { bytes, false };
	uint64_t end = file_little(&f, 4, 4) + 8;

	if (!file_says(&f, 12, STR("fmt ")) || end > bytes.n)
		return FILE_CUT;
	return end + (end & 1) < bytes.n ? FILE_OF_TWO_KINDS : FILE_FINE;
}

/* Bytes of an MPEG audio frame of layer III (ISO/IEC 11172-3), 0 when there is none here. */
static uint64_t frame_bytes(struct file_bytes *f, uint64_t at)
{
	static const uint16_t rates[2][16] = {
		{ 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0 },
		{ 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0 },
	};
	static const uint16_t samples[4][4] = {
		{ 11025, 12000, 8000, 0 }, { 0 }, { 22050, 24000, 16000, 0 },
		{ 44100, 48000, 32000, 0 },
	};
	uint32_t head = (uint32_t)file_big(f, at, 4);
	bool is_first = (head >> 19 & 3) == 3;
	uint32_t rate = rates[is_first][head >> 12 & 15] * 1000u;
	uint32_t sample = samples[head >> 19 & 3][head >> 10 & 3];

	if (head >> 21 != 0x7ff || (head >> 17 & 3) != 1 || rate == 0 || sample == 0)
		return 0;
	return (is_first ? 144 : 72) * rate / sample + (head >> 9 & 1);
}

/* Two frames one behind the other, behind a tag where there is one. */
static enum file_fault mp3_look(struct str bytes)
{
	struct file_bytes f = { bytes, false };
	uint64_t at = 0, frame;

	if (file_says(&f, 0, STR("ID3"))) {
		uint64_t size = file_big(&f, 6, 4);

		if (f.is_over || size & 0x80808080u)
			return FILE_CUT;
		at = 10 + ((size >> 24 & 0x7f) << 21 | (size >> 16 & 0x7f) << 14 |
			   (size >> 8 & 0x7f) << 7 | (size & 0x7f));
		if (file_big(&f, 5, 1) & 0x10)
			at += 10;
	}
	while (at < bytes.n && bytes.p[at] == '\0')
		at++;
	frame = frame_bytes(&f, at);
	if (frame == 0 || frame_bytes(&f, at + frame) == 0)
		return FILE_CUT;
	return FILE_FINE;
}

static bool is_text_byte(unsigned char c)
{
	return (c >= ' ' && c != 0x7f) || c == '\t' || c == '\n' || c == '\r';
}

/* Text that is nothing else: begins like no other kind, and has no byte of a program. */
static enum file_fault txt_look(struct str bytes)
{
	static const char *const heads[] = { "GIF8", "BM", "II*", "MZ", "%!", "#!", "{\\rtf" };
	struct file_bytes f = { bytes, false };

	if (str_code_points(bytes) == SIZE_MAX)
		return FILE_OF_NO_KIND;
	for (size_t i = 0; i < bytes.n; i++)
		if (!is_text_byte((unsigned char)bytes.p[i]))
			return FILE_OF_NO_KIND;
	for (size_t i = 0; i < array_count(heads); i++)
		if (file_says(&f, 0, str_of(heads[i])))
			return FILE_OF_NO_KIND;
	return FILE_FINE;
}

/* ---- all ---- */

static enum file_fault look_as(struct str bytes, struct file_look *look)
{
	switch (look->kind) {
	case FILE_JPEG:
		return jpeg_look(bytes, look);
	case FILE_PNG:
		return png_look(bytes, look);
	case FILE_WEBP:
		return webp_look(bytes, look);
	case FILE_PDF:
		return pdf_look(bytes);
	case FILE_WAV:
		return wav_look(bytes);
	case FILE_AMR:
		return FILE_FINE;
	case FILE_MP3:
		return mp3_look(bytes);
	case FILE_DOCX:
		return zip_look(bytes, look);
	case FILE_MP4:
		return boxes_look(bytes, look);
	default:
		return txt_look(bytes);
	}
}

/* By the first bytes: of a family one stands for both, the rest is looked at closer. */
static enum file_kind begins_as(const struct file_bytes *f)
{
	static const struct {
		struct str head;
		enum file_kind kind;
	} heads[] = {
		{ { "\xff\xd8\xff", 3 }, FILE_JPEG }, { { "\x89PNG\r\n\x1a\n", 8 }, FILE_PNG },
		{ { "%PDF-", 5 }, FILE_PDF }, { { "PK\3\4", 4 }, FILE_DOCX },
		{ { "#!AMR\n", 6 }, FILE_AMR }, { { "#!AMR-WB\n", 9 }, FILE_AMR },
		{ { "ID3", 3 }, FILE_MP3 }, { { "\xff\xfb", 2 }, FILE_MP3 },
		{ { "\xff\xf3", 2 }, FILE_MP3 }, { { "\xff\xfa", 2 }, FILE_MP3 },
		{ { "\xff\xf2", 2 }, FILE_MP3 },
	};

	for (size_t i = 0; i < array_count(heads); i++)
		if (file_says(f, 0, heads[i].head))
			return heads[i].kind;
	if (file_says(f, 0, STR("RIFF")) && file_says(f, 8, STR("WEBP")))
		return FILE_WEBP;
	if (file_says(f, 0, STR("RIFF")) && file_says(f, 8, STR("WAVE")))
		return FILE_WAV;
	return file_says(f, 4, STR("ftyp")) ? FILE_MP4 : FILE_TXT;
}

struct file_look file_look(struct str bytes)
{
	struct file_bytes f = { bytes, false };
	struct file_look look = { .kind = begins_as(&f) };
	bool is_zip = look.kind == FILE_DOCX, is_pdf = look.kind == FILE_PDF;

	look.fault = look_as(bytes, &look);
	if (look.fault != FILE_FINE)
		return look;
	if ((!is_zip && is_archive_too(bytes)) || (!is_pdf && is_document_too(bytes)) ||
	    is_page_too(bytes))
		look.fault = FILE_OF_TWO_KINDS;
	return look;
}
