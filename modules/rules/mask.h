/*
 * How a name, a phone number, a number of identity and an address are shown to everyone: enough to recognise a case by, too
 * little to call by. The clear value leaves only through a reveal, with a purpose on record.
 */
#pragma once

#include "arena.h"
#include "str.h"

/* The first character, then one asterisk for each further one: 王**; of a single character
 * only an asterisk. Absent stays absent. */
struct str mask_name(struct arena *a, struct str name);
/* First three and last four of at least nine characters, else the last two: 138****1111. */
struct str mask_phone(struct arena *a, struct str phone);
/* The first and the last character: 4****************X. */
struct str mask_id_number(struct arena *a, struct str id_number);
/*
 * Down to the street: what stands before the end of the first road, street, lane or village
 * (路 街 街道 道 巷 弄 村), or else of the last division (省 市 区 县 镇 乡), and one asterisk for
 * the rest: 滨河路*. What follows the first number of a house (号 栋 幢 楼 室 单元), in digits or
 * in words, is never shown. Of an address with none of these only the asterisk. What ends there
 * itself stays as it is, and so does what was masked already.
 */
struct str mask_address(struct arena *a, struct str address);
/* Digits and a leading + only, so that one number has one blind index. */
struct str phone_normal(struct arena *a, struct str phone);

/*
 * Text for where no number may stand: of every run of at least seven digits all but the first
 * three become asterisks. Digits are those of any width, in circles, and Chinese ones; a run goes on
 * over up to three signs (blanks, dashes, brackets, points, also of full width) and over any that
 * take no room. Times of day do not count, and amounts by thousands stay: 22:00-23:30, 1,234,567.
 */
struct str mask_digits(struct arena *a, struct str text);
