/*
 * Calls as other parts of the service meet them: an appeal is registered with one, a person sits
 * at a telephone, and the numbers of a person who is forgotten go (modules/calls).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "req.h"
#include "str.h"
#include "tx.h"

/*
 * The number behind a call by the name that the interface gives it ("7"), in clear; STR_NONE
 * where it is withheld or forgotten. False when there is no such call. Reads.
 */
bool call_number(struct tx *tx, struct str name, struct str *ret_number) MUST_USE;
/* The appeal was registered with this call, the newest of them where there are several. */
void call_registered(struct tx *tx, struct str name, uint64_t appeal_id);

/* The telephone a person sits at; STR_NONE: none, or one of another day. */
struct str seat_of(struct tx *tx, uint64_t account_id);
void seat_leave(struct tx *tx, uint64_t account_id);

/* Whether a phone (crypto_index "phone") called. Reads. */
bool calls_have_phone(struct tx *tx, struct str phone_index) MUST_USE;
/* The numbers of all calls of a phone, or of those of an appeal, go. */
void calls_forget_phone(struct tx *tx, struct str phone_index);
void calls_forget_appeal(struct tx *tx, uint64_t appeal_id);
/* What a person is handed of the own calls: an array of the answer. */
void calls_write_of_phone(struct req *r, const char *key, struct str phone_index);
