/*
 * What a file is, told from its bytes alone. A closed list of kinds; of each the structure is
 * followed as far as it takes to know that the file is that and nothing else: that it begins and
 * ends as its kind does, that images are not larger than a screen can bear, and that a document,
 * which is a ZIP archive, neither unpacks to many times its size nor names files elsewhere.
 * Nothing is unpacked and no pixel is decoded.
 *
 * Refused besides: what is of two kinds at once (a ZIP or PDF or page behind the end of an image),
 * documents with macros, archives that are encrypted, overlap or need ZIP64.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "str.h"

enum file_kind {	/* stored: numbers are fixed */
	FILE_UNKNOWN,
	FILE_JPEG,
	FILE_PNG,
	FILE_WEBP,
	FILE_HEIC,
	FILE_PDF,
	FILE_DOCX,
	FILE_XLSX,
	FILE_MP3,
	FILE_WAV,
	FILE_AMR,
	FILE_MP4,
	FILE_TXT,
	FILE_KINDS
};

enum file_fault {
	FILE_FINE,
	FILE_OF_NO_KIND,	/* or of one that is not taken */
	FILE_CUT,		/* begins as one, and does not hold what its kind must */
	FILE_OF_TWO_KINDS,
	FILE_TOO_LARGE,		/* unpacked, or in pixels */
	FILE_UNSAFE,		/* names that lead elsewhere, macros, encryption */
	FILE_FAULTS
};

struct file_look {
	enum file_kind kind;
	enum file_fault fault;
	uint32_t width, height;	/* of an image whose header was read, else 0 */
};

struct file_look file_look(struct str bytes);

/* "image/jpeg" and "jpg": how each is served and named. */
extern const char *const file_types[FILE_KINDS];
extern const char *const file_endings[FILE_KINDS];
/* Kind of a Content-Type, parameters and case ignored; FILE_UNKNOWN for what is not taken. */
enum file_kind file_kind_declared(struct str content_type);
/* Whether a file's name ends as its kind does, in any case. */
bool file_is_named(struct str name, enum file_kind kind);

/* ---- the parts, for their own tests ---- */

enum file_fault jpeg_look(struct str bytes, struct file_look *look);
enum file_fault png_look(struct str bytes, struct file_look *look);
enum file_fault webp_look(struct str bytes, struct file_look *look);
/* HEIC and MP4 are of one family of boxes. */
enum file_fault boxes_look(struct str bytes, struct file_look *look);
/* Looks at the directory at the end; tells DOCX from XLSX. */
enum file_fault zip_look(struct str bytes, struct file_look *look);
