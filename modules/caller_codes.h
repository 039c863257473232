/*
 * How a caller shows that an appeal is theirs: by its number and a spoken code of four digits, or by
 * the token of a link that was sent to the number of the appeal. The code follows from the number
 * and a secret of this service, so that nothing has to be kept for it; a token is kept sealed.
 *
 * Threads: the worker that owns tx; memory is its arena's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "req.h"
#include "str.h"
#include "tx.h"

enum { CALLER_CODE_DIGITS = 4, CALLER_TOKEN_CHARS = 12 };

/* Of an appeal that was just made: reads nothing. */
struct str caller_code_first(struct arena *a, uint64_t appeal_id);
struct str caller_code(struct tx *tx, uint64_t appeal_id);
/* Another one from now on; wrong guesses are forgotten, and links go on. */
struct str caller_code_renew(struct tx *tx, uint64_t appeal_id);
/* "https://host/r/TOKEN" by the setting public_url, or STR_NONE without it; lasts seven days. */
struct str caller_link(struct tx *tx, uint64_t appeal_id);

/* What a caller shows. */
struct caller_proof {
	struct str number, code;	/* or */
	struct str token;
};
enum caller_verdict {
	CALLER_IS_UNKNOWN,	/* also where the number is nobody's: the same work was done */
	CALLER_IS_KNOWN,
	CALLER_MUST_WAIT,	/* too many wrong ones of late; *ret_wait in microseconds */
};
/*
 * Whose appeal it is. A wrong code is counted for the number and for the source's network, in this
 * transaction, which has to be committed although the answer is an error. A right token passes
 * whatever was counted for its number: a stranger cannot lock a caller out. A code that was guessed
 * at 50 times since it was made opens nothing any more, and that looks as if it were wrong: the link
 * goes on, and a renewed code.
 */
enum caller_verdict caller_check(struct req *r, const struct caller_proof *proof,
				 uint64_t *ret_appeal_id, int64_t *ret_wait);
/* Counts whose window is over; those of a code stay as long as its appeal. True: there are more. */
bool caller_codes_prune(struct tx *tx);
