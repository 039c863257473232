/*
 * Images and moving pictures: JPEG (ITU T.81), PNG (W3C), WebP (RFC 9649), and the boxes of HEIC
 * and MP4 (ISO/IEC 14496-12).
 */
#include "bounds.h"
#include "rules/file_bytes.h"
#include "rules/file_kind.h"

enum { BOXES_DEEPEST = 6, BOXES_MOST = 4096 };

/* The larger of those seen: a file may hold a small picture of itself. */
static enum file_fault sized(struct file_look *look, uint64_t width, uint64_t height)
{
	if (width == 0 || height == 0)
		return FILE_CUT;
	if (width > UINT32_MAX || height > LIMIT_FILE_PIXELS / width)
		return FILE_TOO_LARGE;
	if (width * height > (uint64_t)look->width * look->height) {
		look->width = (uint32_t)width;
		look->height = (uint32_t)height;
	}
	return FILE_FINE;
}

/* ---- JPEG ---- */

enum { JPEG_EOI = 0xd9, JPEG_SOS = 0xda, JPEG_TEM = 0x01 };

static bool is_frame(unsigned marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
	       marker != 0xcc;
}

static bool stands_alone(unsigned marker)
{
	return marker == JPEG_TEM || (marker >= 0xd0 && marker <= 0xd7);
}

/* Behind the bytes of a scan: at the 0xff of the next marker that is no restart. */
static uint64_t scan_end(const struct file_bytes *f, uint64_t at)
{
	while (at + 1 < f->all.n) {
		unsigned char next = (unsigned char)f->all.p[at + 1];

		if ((unsigned char)f->all.p[at] == 0xff && next != 0 && next != 0xff &&
		    !stands_alone(next))
			return at;
		at++;
	}
	return f->all.n;
}

/* Cameras put thumbnails and notes behind the end: allowed, unless it is a file of its own. */
enum file_fault jpeg_look(struct str bytes, struct file_look *look)
{
	struct file_bytes f = { bytes, false };
	uint64_t at = 2;

	for (;;) {
		if (file_big(&f, at, 1) != 0xff)
			return FILE_CUT;
		unsigned marker = (unsigned)file_big(&f, at + 1, 1);
		if (marker == 0xff) {
			at++;
			continue;
		}
		at += 2;
		if (marker == JPEG_EOI)
			return look->width ? FILE_FINE : FILE_CUT;
		if (stands_alone(marker))
			continue;
		uint64_t length = file_big(&f, at, 2);
		if (length < 2 || !file_has(&f, at, length))
			return FILE_CUT;
		if (is_frame(marker)) {
			enum file_fault fault = length < 8 ? FILE_CUT :
				sized(look, file_big(&f, at + 5, 2), file_big(&f, at + 3, 2));

			if (fault != FILE_FINE)
				return fault;
		}
		at += length;
		if (marker == JPEG_SOS)
			at = scan_end(&f, at);
	}
}

/* ---- PNG ---- */

enum file_fault png_look(struct str bytes, struct file_look *look)
{
	struct file_bytes f = { bytes, false };
	uint64_t at = 8;

	if (file_big(&f, at, 4) != 13 || !file_says(&f, at + 4, STR("IHDR")))
		return FILE_CUT;
	enum file_fault fault = sized(look, file_big(&f, at + 8, 4), file_big(&f, at + 12, 4));
	while (fault == FILE_FINE) {
		uint64_t length = file_big(&f, at, 4);

		if (!file_has(&f, at, length + 12))
			return FILE_CUT;
		if (file_says(&f, at + 4, STR("IEND")))
			return at + length + 12 == bytes.n ? FILE_FINE : FILE_OF_TWO_KINDS;
		at += length + 12;
	}
	return fault;
}

/* ---- WebP ---- */

static enum file_fault webp_chunk(struct file_bytes *f, uint64_t at, struct file_look *look)
{
	if (file_says(f, at, STR("VP8X")))
		return sized(look, file_little(f, at + 12, 3) + 1, file_little(f, at + 15, 3) + 1);
	if (file_says(f, at, STR("VP8 "))) {
		if (file_big(f, at + 11, 3) != 0x9d012a)
			return FILE_CUT;
		return sized(look, file_little(f, at + 14, 2) & 0x3fff,
			     file_little(f, at + 16, 2) & 0x3fff);
	}
	if (file_says(f, at, STR("VP8L"))) {
		uint64_t bits = file_little(f, at + 9, 4);

		if (file_big(f, at + 8, 1) != 0x2f)
			return FILE_CUT;
		return sized(look, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
	}
	return FILE_FINE;
}

enum file_fault webp_look(struct str bytes, struct file_look *look)
{
	struct file_bytes f = { bytes, false };
	uint64_t end = file_little(&f, 4, 4) + 8, at = 12;

	if (end > bytes.n)
		return FILE_CUT;
	if (end + (end & 1) < bytes.n)
		return FILE_OF_TWO_KINDS;
	while (at < end) {
		uint64_t length = file_little(&f, at + 4, 4);
		enum file_fault fault = webp_chunk(&f, at, look);

		if (fault != FILE_FINE)
			return fault;
		if (f.is_over || length > end - at)
			return FILE_CUT;
		at += 8 + length + (length & 1);
	}
	return look->width && at <= end + 1 ? FILE_FINE : FILE_CUT;
}

/* ---- boxes ---- */

struct boxes {
	struct file_bytes f;
	struct file_look *look;
	uint32_t seen;
	bool has_movie;
};

struct box {
	uint64_t body, end;
	struct str type;
};

static bool box_read(struct boxes *b, uint64_t at, uint64_t end, struct box *ret_box)
{
	uint64_t size = file_big(&b->f, at, 4), head = 8;

	if (end - at < 8 || ++b->seen > BOXES_MOST)
		return false;
	if (size == 1) {
		size = file_big(&b->f, at + 8, 8);
		head = 16;
	} else if (size == 0) {
		size = end - at;
	}
	if (b->f.is_over || size < head || size > end - at)
		return false;
	*ret_box = (struct box){ at + head, at + size, { b->f.all.p + at + 4, 4 } };
	return true;
}

/* How far behind its head the boxes within a box begin; 0 when it holds none of interest. */
static bool box_holds(struct str type, uint64_t *ret_skip)
{
	*ret_skip = str_is(type, "meta") ? 4 : 0;
	return *ret_skip || str_is(type, "iprp") || str_is(type, "ipco");
}

static enum file_fault boxes_within(struct boxes *b, uint64_t at, uint64_t end, uint32_t depth)
{
	enum file_fault fault = FILE_FINE;
	struct box box;
	uint64_t skip;

	while (fault == FILE_FINE && at < end) {
		if (!box_read(b, at, end, &box))
			return FILE_CUT;
		if (str_is(box.type, "moov"))
			b->has_movie = true;
		if (str_is(box.type, "ispe"))
			fault = box.end - box.body < 12 ? FILE_CUT :
				sized(b->look, file_big(&b->f, box.body + 4, 4),
				      file_big(&b->f, box.body + 8, 4));
		else if (box_holds(box.type, &skip))
			fault = box.end - box.body < skip || depth == BOXES_DEEPEST ? FILE_CUT :
				boxes_within(b, box.body + skip, box.end, depth + 1);
		at = box.end;
	}
	return fault;
}

static bool is_heic(const struct file_bytes *f)
{
	static const char *const brands[] = {
		"heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1",
	};

	for (size_t i = 0; i < array_count(brands); i++)
		if (file_says(f, 8, str_of(brands[i])))
			return true;
	return false;
}

static bool is_mp4(const struct file_bytes *f)
{
	static const char *const brands[] = {
		"isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "M4A ",
		"3gp4", "3gp5", "3gp6", "qt  ", "dash",
	};

	for (size_t i = 0; i < array_count(brands); i++)
		if (file_says(f, 8, str_of(brands[i])))
			return true;
	return false;
}

enum file_fault boxes_look(struct str bytes, struct file_look *look)
{
	struct boxes b = { .f = { bytes, false }, .look = look };

	if (is_heic(&b.f))
		look->kind = FILE_HEIC;
	else if (is_mp4(&b.f))
		look->kind = FILE_MP4;
	else
		return FILE_OF_NO_KIND;
	enum file_fault fault = boxes_within(&b, 0, bytes.n, 0);
	bool is_whole = look->kind == FILE_MP4 ? b.has_movie : look->width > 0;

	return fault != FILE_FINE ? fault : is_whole ? FILE_FINE : FILE_CUT;
}
