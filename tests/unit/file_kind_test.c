/*
 * What a file is by its bytes: whole ones of every kind, each cut at every length, and the ways in
 * which one can be of two kinds, too large, or lead elsewhere. Bytes stand at the end of a piece of
 * memory of their own, so that a sanitizer sees who reads behind them.
 */
#include "rules/file_kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(text) ((struct str){ text, sizeof(text) - 1 })

static struct file_look look(struct str bytes)
{
	char *own = malloc(bytes.n ? bytes.n : 1);

	assert_non_null(own);
	if (bytes.n)
		memcpy(own, bytes.p, bytes.n);
	struct file_look found = file_look((struct str){ own, bytes.n });
	free(own);
	return found;
}

static void finds(struct str bytes, enum file_kind kind, enum file_fault fault)
{
	struct file_look found = look(bytes);

	assert_int_equal(found.fault, fault);
	assert_int_equal(found.kind, kind);
}

/* ---- samples ---- */

#define PNG_HEAD "\x89PNG\r\n\x1a\n"
#define PNG_SIZE(w, h) "\0\0\0\x0dIHDR" w h "\x08\0\0\0\0CRC!"
#define PNG_IEND "\0\0\0\0IEND\xae\x42\x60\x82"
static const char png[] = PNG_HEAD PNG_SIZE("\0\0\0\5", "\0\0\0\7") "\0\0\0\2tEXtabCRC!" PNG_IEND;

#define JPEG_FRAME(h, w) "\xff\xc0\0\x0b\x08" h w "\1\1\x11\0"
#define JPEG_SCAN "\xff\xda\0\x08\1\1\0\0\x3f\0" "\1\xff\0\2\xff\xd0\3\xff"
#define JPEG_END "\xff\xd9"
static const char jpeg[] = "\xff\xd8\xff\xe0\0\4ab" "\xff\x01" JPEG_FRAME("\0\7", "\0\5") JPEG_SCAN
			   JPEG_END;

static const char webp_vp8x[] = "RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x04\0\0\x06\0\0";
static const char webp_vp8[] = "RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\1\x2a\5\0\7\0";
static const char webp_vp8l[] = "RIFF\x12\0\0\0WEBPVP8L\5\0\0\0\x2f\4\x80\1\0\0";

#define ISPE(w, h) "\0\0\0\x14ispe\0\0\0\0" w h
#define HEIC_HEAD "\0\0\0\x10" "ftypheic\0\0\0\0"
static const char heic[] = HEIC_HEAD "\0\0\0\x30meta\0\0\0\0\0\0\0\x24iprp\0\0\0\x1cipco"
			   ISPE("\0\0\0\5", "\0\0\0\7");
static const char mp4[] = "\0\0\0\x10" "ftypisom\0\0\0\0" "\0\0\0\x08moov"
			  "\0\0\0\1mdat\0\0\0\0\0\0\0\x12xx" "\0\0\0\0free";

static const char pdf[] = "%PDF-1.4\n1 0 obj\nstartxref\n0\n%%EOF\r\n";
static const char wav[] = "RIFF\x10\0\0\0WAVEfmt \4\0\0\0abcd";
static const char text[] = "\xe8\xb7\xaf\xe7\x81\xaf\n\tx\r\n";

/* Two frames of MPEG-1, 128 kbit/s, 44.1 kHz: 417 bytes each. */
static struct str mp3(char out[1024], const char *head, size_t head_n, const char *frame)
{
	memset(out, 0, 1024);
	memcpy(out, head, head_n);
	memcpy(out + head_n, frame, 4);
	memcpy(out + head_n + 417, frame, 4);
	return (struct str){ out, head_n + 417 + 4 };
}

/* ---- archives ---- */

struct entry {
	const char *name, *local;
	uint32_t packed, unpacked, local_packed, local_unpacked;
	uint16_t flags, local_flags, method, local_method;
};

struct archive {
	char v[400000];
	size_t n, directory;
};

static void put(struct archive *z, uint64_t value, int bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		z->v[z->n++] = (char)(value & 0xff);
}

static void put_text(struct archive *z, const char *s)
{
	memcpy(z->v + z->n, s, strlen(s));
	z->n += strlen(s);
}

static void put_zip(struct archive *z, const struct entry *entries, size_t n)
{
	size_t at[3000];

	z->n = 0;
	for (size_t i = 0; i < n; i++) {
		const struct entry *e = &entries[i];
		const char *name = e->local ? e->local : e->name;

		at[i] = z->n;
		put_text(z, "PK\3\4");
		put(z, 20, 2);
		put(z, e->local_flags, 2);
		put(z, e->local_method, 2);
		put(z, 0, 8);
		put(z, e->local_packed, 4);
		put(z, e->local_unpacked, 4);
		put(z, strlen(name), 2);
		put(z, 0, 2);
		put_text(z, name);
		for (uint32_t k = 0; k < e->packed && k < 100; k++)
			z->v[z->n++] = 'x';
	}
	z->directory = z->n;
	for (size_t i = 0; i < n; i++) {
		const struct entry *e = &entries[i];

		put_text(z, "PK\1\2");
		put(z, 20, 4);
		put(z, e->flags, 2);
		put(z, e->method, 2);
		put(z, 0, 8);
		put(z, e->packed, 4);
		put(z, e->unpacked, 4);
		put(z, strlen(e->name), 2);
		put(z, 0, 12);
		put(z, at[i], 4);
		put_text(z, e->name);
	}
	size_t end = z->n;
	put_text(z, "PK\5\6");
	put(z, 0, 4);
	put(z, n, 2);
	put(z, n, 2);
	put(z, end - z->directory, 4);
	put(z, z->directory, 4);
	put(z, 0, 2);
}

#define PLAIN(name_) { .name = (name_), .packed = 4, .unpacked = 4, .local_packed = 4, \
	.local_unpacked = 4 }
#define TYPES PLAIN("[Content_Types].xml")
#define DOCUMENT PLAIN("word/document.xml")
#define WORKBOOK PLAIN("xl/workbook.xml")

static struct archive archive;

static struct str zip_of(const struct entry *entries, size_t n)
{
	put_zip(&archive, entries, n);
	return (struct str){ archive.v, archive.n };
}

/* ---- tests ---- */

static void each_kind_is_found(void **state)
{
	static const struct entry docx[] = { TYPES, DOCUMENT }, xlsx[] = { TYPES, WORKBOOK };
	char out[1024];

	(void)state;
	finds(BYTES(png), FILE_PNG, FILE_FINE);
	finds(BYTES(jpeg), FILE_JPEG, FILE_FINE);
	finds(BYTES(webp_vp8x), FILE_WEBP, FILE_FINE);
	finds(BYTES(webp_vp8), FILE_WEBP, FILE_FINE);
	finds(BYTES(webp_vp8l), FILE_WEBP, FILE_FINE);
	finds(BYTES(heic), FILE_HEIC, FILE_FINE);
	finds(BYTES(mp4), FILE_MP4, FILE_FINE);
	finds(BYTES(pdf), FILE_PDF, FILE_FINE);
	finds(BYTES(wav), FILE_WAV, FILE_FINE);
	finds(BYTES(text), FILE_TXT, FILE_FINE);
	finds(BYTES("#!AMR\n\4"), FILE_AMR, FILE_FINE);
	finds(BYTES("#!AMR-WB\n\4"), FILE_AMR, FILE_FINE);
	finds(mp3(out, "", 0, "\xff\xfb\x90\0"), FILE_MP3, FILE_FINE);
	finds(mp3(out, "ID3\4\0\0\0\0\0\2ab\0\0", 14, "\xff\xfb\x90\0"), FILE_MP3, FILE_FINE);
	finds(mp3(out, "ID3\4\0\x10\0\0\0\0" "0123456789", 20, "\xff\xfb\x90\0"), FILE_MP3,
	      FILE_FINE);
	finds(zip_of(docx, 2), FILE_DOCX, FILE_FINE);
	finds(zip_of(xlsx, 2), FILE_XLSX, FILE_FINE);
}

static void images_tell_their_size(void **state)
{
	const struct str images[] = {
		BYTES(png), BYTES(jpeg), BYTES(webp_vp8x), BYTES(webp_vp8), BYTES(webp_vp8l),
		BYTES(heic),
	};

	(void)state;
	for (size_t i = 0; i < array_count(images); i++) {
		struct file_look found = look(images[i]);

		assert_int_equal(found.width, 5);
		assert_int_equal(found.height, 7);
	}
	assert_int_equal(look(BYTES(mp4)).width, 0);
}

/* Nothing behind the end is read, and no part is the whole. */
static void no_part_of_a_file_is_a_whole_one(void **state)
{
	static const struct entry docx[] = { TYPES, DOCUMENT };
	const struct str whole[] = {
		BYTES(png), BYTES(jpeg), BYTES(webp_vp8x), BYTES(webp_vp8), BYTES(webp_vp8l),
		BYTES(heic), BYTES(wav), zip_of(docx, 2),
	};

	(void)state;
	for (size_t i = 0; i < array_count(whole); i++)
		for (size_t n = 0; n < whole[i].n; n++) {
			struct str part = { whole[i].p, n };
			struct file_look found = look(part);

			if (found.fault == FILE_FINE && found.kind != FILE_TXT)
				fail_msg("sample %zu cut at %zu", i, n);
		}
}

/* Any one byte changed: told or not, nothing breaks. */
static void no_changed_byte_breaks_the_reader(void **state)
{
	static const struct entry docx[] = { TYPES, DOCUMENT };
	static const unsigned char values[] = { 0, 1, 0x7f, 0x80, 0xff };
	const struct str whole[] = {
		BYTES(png), BYTES(jpeg), BYTES(webp_vp8x), BYTES(webp_vp8), BYTES(heic),
		BYTES(mp4), BYTES(wav), zip_of(docx, 2),
	};

	(void)state;
	for (size_t i = 0; i < array_count(whole); i++)
		for (size_t at = 0; at < whole[i].n; at++)
			for (size_t k = 0; k < array_count(values); k++) {
				char copy[1000];

				memcpy(copy, whole[i].p, whole[i].n);
				copy[at] = (char)values[k];
				struct file_look found = look((struct str){ copy, whole[i].n });
				assert_in_range(found.fault, 0, FILE_FAULTS - 1);
				assert_in_range(found.kind, 1, FILE_KINDS - 1);
			}
}

static void a_flood_of_pixels_is_too_large(void **state)
{
	(void)state;
	finds(BYTES(PNG_HEAD PNG_SIZE("\0\0\x27\x10", "\0\0\x13\x88") PNG_IEND), FILE_PNG, FILE_FINE);
	finds(BYTES(PNG_HEAD PNG_SIZE("\0\0\x27\x10", "\0\0\x13\x89") PNG_IEND), FILE_PNG,
	      FILE_TOO_LARGE);
	finds(BYTES(PNG_HEAD PNG_SIZE("\xff\xff\xff\xff", "\xff\xff\xff\xff") PNG_IEND), FILE_PNG,
	      FILE_TOO_LARGE);
	finds(BYTES(PNG_HEAD PNG_SIZE("\0\0\0\0", "\0\0\0\1") PNG_IEND), FILE_PNG, FILE_CUT);
	finds(BYTES(PNG_HEAD PNG_SIZE("\0\0\0\1", "\0\0\0\0") PNG_IEND), FILE_PNG, FILE_CUT);
	finds(BYTES("\xff\xd8" JPEG_FRAME("\xff\xff", "\xff\xff") JPEG_SCAN JPEG_END), FILE_JPEG,
	      FILE_TOO_LARGE);
	/* The larger of two, as of a picture with a small one of itself. */
	struct file_look found = look(BYTES("\xff\xd8" JPEG_FRAME("\0\7", "\0\5")
					    JPEG_FRAME("\0\1", "\0\1") JPEG_SCAN JPEG_END));
	assert_int_equal(found.width, 5);
}

static void a_jpeg_must_have_a_frame_and_markers(void **state)
{
	(void)state;
	finds(BYTES("\xff\xd8\xff\xe0\0\2" JPEG_END), FILE_JPEG, FILE_CUT);
	finds(BYTES("\xff\xd8\xff\xe0\0\1xxxx"), FILE_JPEG, FILE_CUT);
	finds(BYTES("\xff\xd8\xff\xc0\0\7\x08\0\5\0\7" JPEG_END), FILE_JPEG, FILE_CUT);
	finds(BYTES("\xff\xd8\xff\xff\xe0\0\2x"), FILE_JPEG, FILE_CUT);
	/* Huffman tables and the like are no frames. */
	finds(BYTES("\xff\xd8\xff\xc4\0\2\xff\xc8\0\2\xff\xcc\0\2" JPEG_FRAME("\0\1", "\0\1")
		    JPEG_SCAN JPEG_END), FILE_JPEG, FILE_FINE);
}

static void chunks_and_boxes_must_fit(void **state)
{
	(void)state;
	finds(BYTES(PNG_HEAD "\0\0\0\x0cIHDR" "xxxxxxxxxxxxCRC!" PNG_IEND), FILE_PNG, FILE_CUT);
	finds(BYTES(PNG_HEAD "\0\0\0\x0dIHDX" "xxxxxxxxxxxxxCRC!" PNG_IEND), FILE_PNG, FILE_CUT);
	finds(BYTES("RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\1\x2b\5\0\7\0"), FILE_WEBP, FILE_CUT);
	finds(BYTES("RIFF\x12\0\0\0WEBPVP8L\5\0\0\0\x2e\4\x80\1\0\0"), FILE_WEBP, FILE_CUT);
	finds(BYTES("RIFF\x12\0\0\0WEBPALPH\5\0\0\0\x2e\4\x80\1\0\0"), FILE_WEBP, FILE_CUT);
	finds(BYTES("RIFF\x16\0\0\0WEBPALPH\xff\0\0\0\0\0\0\x9d\1\x2a\5\0\7\0"), FILE_WEBP, FILE_CUT);
	finds(BYTES("RIFF\x0d\0\0\0WEBPALPH\1"), FILE_WEBP, FILE_CUT);
	finds(BYTES("\0\0\0\x10" "ftypisom\0\0\0\0" "\0\0\0\7moov"), FILE_MP4, FILE_CUT);
	finds(BYTES("\0\0\0\x10" "ftypisom\0\0\0\0" "\0\0\0\x08mdat"), FILE_MP4, FILE_CUT);
	finds(BYTES("\0\0\0\x10" "ftypavif\0\0\0\0"), FILE_MP4, FILE_OF_NO_KIND);
	finds(BYTES(HEIC_HEAD), FILE_HEIC, FILE_CUT);
	finds(BYTES(HEIC_HEAD "\0\0\0\x0ameta\0\0"), FILE_HEIC, FILE_CUT);
	finds(BYTES(HEIC_HEAD "\0\0\0\x0cispe\0\0\0\0"), FILE_HEIC, FILE_CUT);
	finds(BYTES(HEIC_HEAD "\0\0\0\x38iprp\0\0\0\x30iprp\0\0\0\x28iprp\0\0\0\x20iprp\0\0\0\x18"
		    "iprp\0\0\0\x10iprp\0\0\0\x08iprp"), FILE_HEIC, FILE_CUT);
}

static void boxes_without_number_are_refused(void **state)
{
	static char many[16 + 8 * 5000];
	struct str bytes = { many, sizeof(many) };

	(void)state;
	memcpy(many, "\0\0\0\x10" "ftypisom\0\0\0\0", 16);
	for (size_t i = 16; i < sizeof(many); i += 8)
		memcpy(many + i, "\0\0\0\x08" "moov", 8);
	finds(bytes, FILE_MP4, FILE_CUT);
}

static void what_is_of_two_kinds_is_refused(void **state)
{
	static const struct entry docx[] = { TYPES, DOCUMENT };
	const struct { struct str file, behind; } two[] = {
		{ BYTES(jpeg), BYTES("<ScRiPt>") }, { BYTES(jpeg), BYTES("<?PHP") },
		{ BYTES(jpeg), BYTES("<!doctype html>") }, { BYTES(jpeg), BYTES("<svg ") },
		{ BYTES(png), BYTES("x") }, { BYTES(webp_vp8), BYTES("xy") },
		{ BYTES(wav), BYTES("xy") }, { BYTES(jpeg), BYTES("%PDF-") },
	};
	char both[200000];
	struct str zip = zip_of(docx, 2);

	(void)state;
	for (size_t i = 0; i < array_count(two); i++) {
		memcpy(both, two[i].file.p, two[i].file.n);
		memcpy(both + two[i].file.n, two[i].behind.p, two[i].behind.n);
		assert_int_equal(look((struct str){ both, two[i].file.n + two[i].behind.n }).fault,
				 FILE_OF_TWO_KINDS);
	}
	memcpy(both, jpeg, sizeof(jpeg) - 1);
	memcpy(both + sizeof(jpeg) - 1, zip.p, zip.n);
	finds((struct str){ both, sizeof(jpeg) - 1 + zip.n }, FILE_JPEG, FILE_OF_TWO_KINDS);
	/* Also with the longest comment behind it, and not by its end's mark alone. */
	memset(both + sizeof(jpeg) - 1 + zip.n, 0, 65535);
	finds((struct str){ both, sizeof(jpeg) - 1 + zip.n + 65535 }, FILE_JPEG, FILE_OF_TWO_KINDS);
	memcpy(both + sizeof(jpeg) - 1, "PK\5\6__________________", 22);
	finds((struct str){ both, sizeof(jpeg) - 1 + 22 }, FILE_JPEG, FILE_FINE);
	memset(both + sizeof(jpeg) - 1 + 12, 0, 10);
	finds((struct str){ both, sizeof(jpeg) - 1 + 22 }, FILE_JPEG, FILE_FINE);
}

static void text_is_text_alone(void **state)
{
	const struct str none[] = {
		BYTES("GIF89a=1"), BYTES("BM"), BYTES("MZ"), BYTES("#!/bin/sh"), BYTES("%!PS"),
		BYTES("{\\rtf1"), BYTES("II*"), BYTES("a\0b"), BYTES("\x7f" "ELF"), BYTES("\x1b[2J"),
		BYTES("\xc3\x28"), BYTES("\xed\xa0\x80"),
	};

	(void)state;
	for (size_t i = 0; i < array_count(none); i++)
		finds(none[i], FILE_TXT, FILE_OF_NO_KIND);
	finds(BYTES("<html>"), FILE_TXT, FILE_OF_TWO_KINDS);
	finds(BYTES("<a>"), FILE_TXT, FILE_FINE);
}

static void sounds_must_be_whole(void **state)
{
	char out[1024];

	(void)state;
	finds(BYTES("RIFF\x10\0\0\0WAVEdata\4\0\0\0abcd"), FILE_WAV, FILE_CUT);
	finds(BYTES("ID3\4\0"), FILE_MP3, FILE_CUT);
	finds(BYTES("ID3\4\0\0\x80\0\0\0"), FILE_MP3, FILE_CUT);
	finds(BYTES("ID3\4\0\0\x7f\0\0\0"), FILE_MP3, FILE_CUT);
	finds(BYTES("\xff\xfb\x90\0"), FILE_MP3, FILE_CUT);
	/* No rate, no sample rate, another layer, and frames of MPEG-2 that end elsewhere. */
	finds(mp3(out, "", 0, "\xff\xfb\0\0"), FILE_MP3, FILE_CUT);
	finds(mp3(out, "", 0, "\xff\xfb\x9c\0"), FILE_MP3, FILE_CUT);
	finds(mp3(out, "ID3\4\0\0\0\0\0\0", 10, "\xff\xfd\x90\0"), FILE_MP3, FILE_CUT);
	finds(mp3(out, "", 0, "\xff\xf3\x90\0"), FILE_MP3, FILE_CUT);
}

/* ---- archives ---- */

#define WITH(...) { TYPES, DOCUMENT, __VA_ARGS__ }

static void a_document_leads_nowhere_else(void **state)
{
	static const char *const names[] = {
		"../x", "a/../x", "a/..", "/x", "a\\x", "c:x", "a\x01", "\x7f", "\xff", "",
		"word/vbaProject.bin", "VBAPROJECT.BIN",
	};
	char longest[257];

	(void)state;
	for (size_t i = 0; i < array_count(names); i++) {
		const struct entry entries[] = WITH(PLAIN(names[i]));

		finds(zip_of(entries, 3), FILE_DOCX, FILE_UNSAFE);
	}
	memset(longest, 'x', 256);
	longest[256] = '\0';
	finds(zip_of((const struct entry[])WITH(PLAIN(longest)), 3), FILE_DOCX, FILE_UNSAFE);
	finds(zip_of((const struct entry[])WITH(PLAIN(longest + 1)), 3), FILE_DOCX, FILE_FINE);
	finds(zip_of((const struct entry[])WITH(PLAIN("a/..b/.x")), 3), FILE_DOCX, FILE_UNSAFE);
	finds(zip_of((const struct entry[])WITH(PLAIN("a/.x")), 3), FILE_DOCX, FILE_FINE);
	finds(zip_of((const struct entry[])WITH({ .name = "x", .flags = 1, .local_flags = 1 }), 3),
	      FILE_DOCX, FILE_UNSAFE);
	finds(zip_of((const struct entry[])WITH({ .name = "x", .flags = 0x2000 }), 3), FILE_DOCX,
	      FILE_UNSAFE);
	finds(zip_of((const struct entry[])WITH({ .name = "x", .method = 12, .local_method = 12 }), 3),
	      FILE_DOCX, FILE_UNSAFE);
}

static void a_document_says_the_same_twice(void **state)
{
	static const struct entry wrong[] = {
		{ .name = "x", .local = "y" }, { .name = "x", .local = "xx" },
		{ .name = "x", .flags = 2 }, { .name = "x", .method = 8 },
		{ .name = "x", .packed = 4, .unpacked = 4, .local_packed = 5, .local_unpacked = 4 },
		{ .name = "x", .packed = 4, .unpacked = 4, .local_packed = 4, .local_unpacked = 5 },
		{ .name = "x", .packed = 4, .unpacked = 5, .local_packed = 4, .local_unpacked = 5 },
		{ .name = "x", .packed = 500, .unpacked = 500, .local_packed = 500,
		  .local_unpacked = 500 },
		{ .name = "x", .flags = 8, .local_flags = 8, .method = 8, .local_method = 8,
		  .packed = 4, .unpacked = 9, .local_packed = 4, .local_unpacked = 0 },
		/* Packing adds little: never ninety bytes to one. */
		{ .name = "x", .method = 8, .local_method = 8, .packed = 90, .unpacked = 1,
		  .local_packed = 90, .local_unpacked = 1 },
	};

	(void)state;
	for (size_t i = 0; i < array_count(wrong); i++) {
		const struct entry entries[] = WITH(wrong[i]);

		finds(zip_of(entries, 3), FILE_DOCX, FILE_CUT);
	}
	/* Sizes behind the entry. */
	finds(zip_of((const struct entry[])WITH({ .name = "x", .flags = 8, .local_flags = 8,
						  .method = 8, .local_method = 8, .packed = 4,
						  .unpacked = 9 }), 3), FILE_DOCX, FILE_FINE);
	/* What is too small to pack takes a little more. */
	finds(zip_of((const struct entry[])WITH({ .name = "x", .method = 8, .local_method = 8,
						  .packed = 6, .unpacked = 1, .local_packed = 6,
						  .local_unpacked = 1 }), 3), FILE_DOCX, FILE_FINE);
}

static void a_bomb_is_too_large(void **state)
{
	static struct entry many[2001];
	struct entry wide[] = { TYPES, DOCUMENT, { .name = "x", .method = 8, .local_method = 8,
		.packed = 90, .local_packed = 90 } };

	(void)state;
	wide[2].unpacked = wide[2].local_unpacked = 20000;
	finds(zip_of(wide, 3), FILE_DOCX, FILE_FINE);
	wide[2].unpacked = wide[2].local_unpacked = 60000;
	finds(zip_of(wide, 3), FILE_DOCX, FILE_TOO_LARGE);
	wide[2].unpacked = wide[2].local_unpacked = 0x10000001;
	finds(zip_of(wide, 3), FILE_DOCX, FILE_TOO_LARGE);
	for (size_t i = 0; i < array_count(many); i++)
		many[i] = (struct entry){ .name = "x" };
	finds(zip_of(many, 2001), FILE_DOCX, FILE_TOO_LARGE);
	finds(zip_of(many, 2000), FILE_DOCX, FILE_OF_NO_KIND);
}

/* Lines that share the bytes of one entry: the rest of the entries is taken out. */
static void entries_that_overlap_are_too_large(void **state)
{
	static struct entry shared[200] = { TYPES, DOCUMENT };
	size_t line, first_line;

	(void)state;
	for (size_t i = 2; i < array_count(shared); i++)
		shared[i] = (struct entry)PLAIN("x");
	zip_of(shared, array_count(shared));
	first_line = archive.directory + 46 + strlen(shared[0].name) + 46 + strlen(shared[1].name);
	for (line = first_line; line < archive.n - 22; line += 46 + 1)
		memcpy(archive.v + line + 42, archive.v + first_line + 42, 4);
	size_t keep = 2 * (30 + 4) + strlen(shared[0].name) + strlen(shared[1].name) + 35;
	size_t cut = archive.directory - keep;
	memmove(archive.v + keep, archive.v + archive.directory, archive.n - archive.directory);
	archive.n -= cut;
	archive.v[archive.n - 6] = (char)keep;
	archive.v[archive.n - 5] = 0;
	finds((struct str){ archive.v, archive.n }, FILE_DOCX, FILE_TOO_LARGE);
}

static void an_archive_ends_where_it_says(void **state)
{
	static const struct entry docx[] = { TYPES, DOCUMENT };
	static const struct { size_t at; char value; enum file_fault fault; } wrong[] = {
		{ 4, 1, FILE_UNSAFE }, { 20, 1, FILE_UNSAFE }, { 8, 3, FILE_CUT },
		{ 12, 1, FILE_CUT }, { 19, 1, FILE_CUT }, { 0, 'Q', FILE_CUT },
	};
	static const struct entry neither[] = { TYPES, PLAIN("x") }, both[] = { TYPES, DOCUMENT,
		WORKBOOK }, untyped[] = { DOCUMENT };

	(void)state;
	for (size_t i = 0; i < array_count(wrong); i++) {
		struct str zip = zip_of(docx, 2);

		archive.v[archive.n - 22 + wrong[i].at] = wrong[i].value;
		finds(zip, FILE_DOCX, wrong[i].fault);
	}
	struct str zip = zip_of(docx, 2);
	archive.v[archive.n - 22 + 8] = archive.v[archive.n - 22 + 10] = 1;
	finds(zip, FILE_DOCX, FILE_CUT);
	archive.v[archive.n - 22 + 8] = archive.v[archive.n - 22 + 10] = 3;
	finds(zip, FILE_DOCX, FILE_CUT);
	finds(BYTES("PK\3\4"), FILE_DOCX, FILE_CUT);
	finds(zip_of(neither, 2), FILE_DOCX, FILE_OF_NO_KIND);
	finds(zip_of(both, 3), FILE_DOCX, FILE_OF_NO_KIND);
	finds(zip_of(untyped, 1), FILE_DOCX, FILE_OF_NO_KIND);
}

/* ---- types and names ---- */

static void types_are_declared_in_any_case_and_with_parameters(void **state)
{
	(void)state;
	for (enum file_kind kind = FILE_JPEG; kind < FILE_KINDS; kind++)
		assert_int_equal(file_kind_declared(str_of(file_types[kind])), kind);
	assert_int_equal(file_kind_declared(STR("IMAGE/jpeg ; q=1")), FILE_JPEG);
	assert_int_equal(file_kind_declared(STR("text/plain;charset=utf-8")), FILE_TXT);
	assert_int_equal(file_kind_declared(STR("audio/x-wav")), FILE_WAV);
	assert_int_equal(file_kind_declared(STR("image/gif")), FILE_UNKNOWN);
	assert_int_equal(file_kind_declared(STR("image/jpe")), FILE_UNKNOWN);
	assert_int_equal(file_kind_declared(STR("image/jpegs")), FILE_UNKNOWN);
	assert_int_equal(file_kind_declared(STR("")), FILE_UNKNOWN);
	assert_int_equal(file_kind_declared(STR_NONE), FILE_UNKNOWN);
}

static void a_name_ends_as_its_kind(void **state)
{
	(void)state;
	assert_true(file_is_named(STR("a.JPG"), FILE_JPEG));
	assert_true(file_is_named(STR("a.b.jpeg"), FILE_JPEG));
	assert_false(file_is_named(STR("a.jpg.exe"), FILE_JPEG));
	assert_false(file_is_named(STR("a.jpg."), FILE_JPEG));
	assert_false(file_is_named(STR(".jpg"), FILE_JPEG));
	assert_false(file_is_named(STR("jpg"), FILE_JPEG));
	assert_false(file_is_named(STR("a.png"), FILE_JPEG));
	assert_false(file_is_named(STR(""), FILE_JPEG));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_found),
		cmocka_unit_test(images_tell_their_size),
		cmocka_unit_test(no_part_of_a_file_is_a_whole_one),
		cmocka_unit_test(no_changed_byte_breaks_the_reader),
		cmocka_unit_test(a_flood_of_pixels_is_too_large),
		cmocka_unit_test(a_jpeg_must_have_a_frame_and_markers),
		cmocka_unit_test(chunks_and_boxes_must_fit),
		cmocka_unit_test(boxes_without_number_are_refused),
		cmocka_unit_test(what_is_of_two_kinds_is_refused),
		cmocka_unit_test(text_is_text_alone),
		cmocka_unit_test(sounds_must_be_whole),
		cmocka_unit_test(a_document_leads_nowhere_else),
		cmocka_unit_test(a_document_says_the_same_twice),
		cmocka_unit_test(a_bomb_is_too_large),
		cmocka_unit_test(entries_that_overlap_are_too_large),
		cmocka_unit_test(an_archive_ends_where_it_says),
		cmocka_unit_test(types_are_declared_in_any_case_and_with_parameters),
		cmocka_unit_test(a_name_ends_as_its_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
