/*
 * Texts of invented appeals, made of the sentences of stock.txt: a run of sentences that stays
 * with its matter most of the time, names by Zipf from 34,596, and a typing error in every 500
 * characters, which gives the long tail of rare pairs. Equal seeds give equal texts.
 */
#pragma once

#include "bench.h"

enum {
	MATTERS_MAX = 64,
	SENTENCES_MAX = 40,
	NAME_PARTS = 186,
	NAMES = NAME_PARTS * NAME_PARTS,
	TEXT_BYTES = 4096,
	ERRORS_EACH = 500,	/* characters to one typing error */
};

/* splitmix64: any seed is a good one, and neighbours are unrelated. */
struct dice {
	uint64_t state;
};

static inline uint64_t roll(struct dice *d)
{
	uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline uint64_t roll_below(struct dice *d, uint64_t n)
{
	return roll(d) % n;
}

static inline bool roll_permille(struct dice *d, uint64_t n)
{
	return roll_below(d, 1000) < n;
}

/* Ranks 0 .. n - 1, each with a chance of 1 / (rank + 1). */
struct zipf {
	double *up_to;
	size_t n;
};

static inline struct zipf zipf_new(size_t n)
{
	struct zipf z = { bench_alloc(n, sizeof(double)), n };
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		z.up_to[i] = sum += 1.0 / (double)(i + 1);
	return z;
}

static inline size_t zipf_roll(const struct zipf *z, struct dice *d)
{
	double at = (double)(roll(d) >> 11) / 9007199254740992.0 * z->up_to[z->n - 1];
	size_t low = 0, high = z->n - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (z->up_to[middle] > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct matter_stock {
	char category[17];
	char content_class[17];
	uint32_t weight;
	char *titles[SENTENCES_MAX];
	size_t title_count;
	char *sentences[SENTENCES_MAX];
	size_t sentence_count;
};

struct stock {
	struct matter_stock matters[MATTERS_MAX];	/* the last is `any`: sentences alone */
	size_t matter_count;				/* without it */
	uint64_t weights;
	struct zipf names;
	char *bytes;
};

/* A text while it grows. */
struct prose {
	char p[TEXT_BYTES];
	size_t n;
	size_t characters;
};

static inline void stock_line(struct stock *s, char *line)
{
	struct matter_stock *m = &s->matters[s->matter_count];

	if (strncmp(line, "matter ", 7) == 0 || strcmp(line, "any") == 0) {
		if (m->weight && ++s->matter_count == MATTERS_MAX)
			bench_fail("more than %d matters", MATTERS_MAX);
		m = &s->matters[s->matter_count];
		if (*line == 'm' && sscanf(line, "matter %16s %16s %u", m->category,
					   m->content_class, &m->weight) != 3)
			bench_fail("stock: %s", line);
		s->weights += m->weight;
		return;
	}
	if (m->title_count == SENTENCES_MAX || m->sentence_count == SENTENCES_MAX)
		bench_fail("stock: too many lines before %s", line);
	if (strncmp(line, "title ", 6) == 0)
		m->titles[m->title_count++] = line + 6;
	else
		m->sentences[m->sentence_count++] = line;
}

static inline struct stock *stock_read(const char *path)
{
	struct stock *s = bench_alloc(1, sizeof(*s));
	size_t size;
	char *rest, *line;

	s->bytes = rest = read_whole(path, &size);
	s->names = zipf_new(NAMES);
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line && *line != '#')
			stock_line(s, line);
	return s;
}

static inline const struct matter_stock *stock_pick(const struct stock *s, struct dice *d)
{
	uint64_t at = roll_below(d, s->weights);
	const struct matter_stock *m = s->matters;

	for (; at >= m->weight; m++)
		at -= m->weight;
	return m;
}

static inline void prose_add(struct prose *p, const char *bytes, size_t n)
{
	if (p->n + n >= TEXT_BYTES)
		return;
	memcpy(p->p + p->n, bytes, n);
	p->n += n;
	for (size_t i = 0; i < n; i++)
		p->characters += ((unsigned char)bytes[i] & 0xc0) != 0x80;
}

static inline void prose_say(struct prose *p, const char *text)
{
	prose_add(p, text, strlen(text));
}

static inline void prose_number(struct prose *p, uint64_t number, int digits)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%0*llu", digits, (unsigned long long)number);

	prose_add(p, text, (size_t)n);
}

/* The i-th character of a text in which all take three bytes. */
static inline void prose_character(struct prose *p, const char *characters, size_t i)
{
	prose_add(p, characters + 3 * i, 3);
}

static const char name_parts[] =
	"云河长桥文昌东明柳湖西岭新安青石白塘万禾学府书香锦绣花园翠竹幸福和平光辉"
	"春江秋水阳光金桂银杏梧桐海棠牡丹玉兰紫荆丁香茉莉芙蓉百合蔷薇松柏杨槐榆"
	"龙凤麒麟鹏鹤鹿鸣雁雀燕莺荷莲菊梅兰亭台楼阁轩榭廊坊里巷街道庭院府邸宅苑"
	"天地日月星辰风雨雷电雪霜露雾晴朗山川湖泊溪涧泉瀑洋港湾岛屿洲滩沙丘原野"
	"国泰民丰康宁祥瑞吉庆喜悦欢乐福禄寿禧财富贵荣华昌盛兴隆发达顺通利德仁义"
	"礼智信忠孝廉耻勇毅恒";
_Static_assert(sizeof(name_parts) == 3 * NAME_PARTS + 1, "three bytes each");
static const char *const name_kinds[] = {
	"小区", "花园", "家园", "苑", "公馆", "城", "公寓", "里", "新村", "佳苑",
};
static const char *const shop_kinds[] = {
	"超市", "饭店", "健身房", "美容院", "培训学校", "汽修厂", "药店", "宾馆", "足浴店", "公司",
};
static const char *const times[] = {
	"昨天晚上", "今天早上", "上周五", "凌晨两点左右", "最近半个月", "国庆节期间", "前天中午",
	"周末", "傍晚六点多", "这几天",
};
static const char *const people[] = {
	"我母亲", "本人", "一位租户", "楼上的老人", "我们单位的同事", "市民", "业主", "我家孩子",
	"隔壁的商户", "退休职工",
};
static const char plate_letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ";

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ONE_OF(array, d) (array)[roll_below((d), COUNT(array))]

/* Two characters by Zipf: the names of the places. */
static inline void prose_name(struct prose *p, const struct stock *s, struct dice *d)
{
	/* A step that has no factor in common with NAMES spreads the ranks over the pairs. */
	size_t pair = zipf_roll(&s->names, d) * 7919 % NAMES;

	prose_character(p, name_parts, pair / NAME_PARTS);
	prose_character(p, name_parts, pair % NAME_PARTS);
}

static inline void prose_slot(struct prose *p, char slot, const struct stock *s, struct dice *d)
{
	switch (slot) {
	case 'c':
		prose_name(p, s, d);
		prose_say(p, ONE_OF(name_kinds, d));
		break;
	case 'r':
		prose_name(p, s, d);
		prose_say(p, roll_below(d, 3) ? "路" : "大道");
		prose_number(p, 1 + roll_below(d, 998), 1);
		prose_say(p, "号");
		break;
	case 'h':
		prose_number(p, 1 + roll_below(d, 60), 1);
		prose_say(p, "栋");
		prose_number(p, 1 + roll_below(d, 5), 1);
		prose_say(p, "单元");
		prose_number(p, 101 + roll_below(d, 2900), 1);
		prose_say(p, "室");
		break;
	case 'v':
		prose_say(p, "豫");
		prose_add(p, &ONE_OF(plate_letters, d), 1);
		prose_number(p, roll_below(d, 100000), 5);
		break;
	case 's':
		prose_name(p, s, d);
		prose_say(p, ONE_OF(shop_kinds, d));
		break;
	case 't':
		prose_say(p, ONE_OF(times, d));
		break;
	case 'w':
		prose_say(p, ONE_OF(people, d));
		break;
	default:
		prose_number(p, slot == 'q' ? 1000 + roll_below(d, 9000)
					   : 2 + roll_below(d, 28), 1);
		break;
	}
}

/* One of the characters of the names, or any of the 20,902 of the Unicode block. */
static inline void prose_error(struct prose *p, struct dice *d)
{
	uint32_t c = 0x4e00 + (uint32_t)roll_below(d, 20902);
	const char bytes[3] = {
		(char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)),
		(char)(0x80 | (c & 0x3f)),
	};

	if (roll_below(d, 2))
		prose_add(p, bytes, 3);
	else
		prose_character(p, name_parts, roll_below(d, NAME_PARTS));
}

static inline void prose_sentence(struct prose *p, const char *at, const struct stock *s,
				 struct dice *d)
{
	while (*at) {
		if (*at == '{') {
			prose_slot(p, at[1], s, d);
			at += 3;
			continue;
		}
		size_t n = (unsigned char)*at < 0x80 ? 1 : 3;

		if (n == 3 && roll_below(d, ERRORS_EACH) == 0)
			prose_error(p, d);
		else
			prose_add(p, at, n);
		at += n;
	}
}

/* Characters by tenths of all appeals: 300 in the mean. */
static inline size_t roll_length(struct dice *d)
{
	static const size_t tenths[] = {
		50, 120, 170, 210, 250, 290, 330, 375, 430, 500, 600,
	};
	size_t tenth = roll_below(d, COUNT(tenths) - 1);

	return tenths[tenth] + roll_below(d, tenths[tenth + 1] - tenths[tenth]);
}

static inline void prose_text(struct prose *p, const struct stock *s,
			     const struct matter_stock *m, struct dice *d)
{
	const struct matter_stock *any = &s->matters[s->matter_count];
	size_t wanted = roll_length(d);
	size_t next = roll_below(d, m->sentence_count);

	p->n = p->characters = 0;
	if (roll_permille(d, 600))
		prose_sentence(p, "{c}{h}，", s, d);
	while (p->characters < wanted) {
		const struct matter_stock *from = m;

		if (roll_permille(d, 300)) {
			from = roll_below(d, 4) ? any : stock_pick(s, d);
			next = roll_below(d, from->sentence_count);
		}
		prose_sentence(p, from->sentences[next % from->sentence_count], s, d);
		prose_say(p, roll_below(d, 4) ? "，" : "。");
		next++;
	}
	p->n -= 3;
	prose_say(p, "。");
}

static inline void prose_title(struct prose *p, const struct stock *s,
			      const struct matter_stock *m, struct dice *d)
{
	p->n = p->characters = 0;
	prose_sentence(p, m->titles[roll_below(d, m->title_count)], s, d);
}
