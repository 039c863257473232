/*
 * Every bound of the program on one page. A bound that users meet is also in the OpenAPI file.
 */
#pragma once

#define KIB(n) ((n) * 1024u)
#define MIB(n) ((n) * 1024u * 1024u)

/* HTTP */
#define LIMIT_HEADER_BYTES KIB(16)
#define LIMIT_HEADER_FIELDS 100
#define LIMIT_BODY_BYTES KIB(256)
#define LIMIT_TARGET_BYTES KIB(4)
#define LIMIT_HEADER_SECONDS 10		/* from the first byte of a request to its last header */
#define LIMIT_REQUEST_SECONDS 30	/* from the first byte of a request to its last */
#define LIMIT_IDLE_SECONDS 60		/* keep-alive without a request */
#define LIMIT_REPLY_SECONDS 60		/* a client that does not read its reply */
#define LIMIT_JSON_DEPTH 32
#define LIMIT_JSON_KEYS 2500
#define LIMIT_REPLY_BYTES MIB(16)

/* Files that are attached */
#define LIMIT_FILE_BYTES MIB(12)	/* the body of the one route that takes bytes */
#define LIMIT_FILES_HELD_BYTES MIB(48)	/* of such bodies that arrive or are worked on at once */
#define LIMIT_FILE_BYTES_A_SECOND KIB(16)	/* behind LIMIT_REQUEST_SECONDS; slower is cut off */
#define LIMIT_FILE_PIXELS 50000000	/* width by height of an image */
#define LIMIT_FILES_WAITING 100	/* of one person or key that are not attached yet */
#define LIMIT_FILES 50			/* of one appeal */
#define LIMIT_FILES_BYTES MIB(150)	/* of one appeal */
#define LIMIT_FILE_DAYS 1		/* an upload that is attached to nothing by then is removed */
#define LIMIT_SCAN_SECONDS 30		/* of the virus scanner on one file */
#define LIMIT_BLOB_BYTES MIB(13)	/* as it is stored, sealed */
#define LIMIT_ZIP_ENTRIES 2000		/* of a workbook or document */
#define LIMIT_ZIP_BYTES MIB(256)	/* of one, unpacked */
#define LIMIT_ZIP_RATIO 150		/* unpacked to packed, of one as a whole */

/* What browsers are told at once (live.h) */
#define LIMIT_LIVE_BYTES KIB(4)	/* of one message */
#define LIMIT_LIVE_KEPT_SECONDS 3600	/* a browser that was away for longer is told to begin anew */
#define LIMIT_LIVE_KEPT 50000		/* messages, of which one that is older is not kept either */
#define LIMIT_LIVE_REPLAY 20000	/* messages that are looked through for one who was away */
#define LIMIT_LIVE_STEP 500		/* messages that are judged in one transaction */
#define LIMIT_LIVE_ASIDES 64		/* persons of whom one message says something of their own */
#define LIMIT_LIVE_STREAMS 4000	/* of one server */
#define LIMIT_LIVE_OF_SESSION 4	/* streams of one session; a browser needs one */
#define LIMIT_LIVE_OF_ACCOUNT 16	/* streams of one account or key */
#define LIMIT_LIVE_WAITING KIB(64)	/* bytes that a reader has not taken; it is sent no more then */
#define LIMIT_LIVE_SLOW_SECONDS 5	/* and is cut after so long of that; it resumes */
#define LIMIT_LIVE_BEAT_SECONDS 15	/* between two comments that keep a silent stream open */
#define LIMIT_PRESENCE_SECONDS 45	/* how long a screen counts as open unless it says so again */
#define LIMIT_PRESENCE_PEOPLE 1000	/* who have one of the appeals open that are looked at at once */

/* Exports */
#define LIMIT_SPOOL_BYTES MIB(512)	/* of one answer that is spooled, see spool.h */
#define LIMIT_SPOOLS_BYTES MIB(2048)	/* of all such answers that are not sent yet */
#define LIMIT_AUDIT_ROWS 20000	/* acts in one file, the newest first */
#define LIMIT_SHEET_ROWS 300000	/* of one sheet of a workbook; the format has 1,048,576 */
#define LIMIT_PRINT_BYTES MIB(64)	/* of a document to be printed, and of the PDF */
#define LIMIT_PRINT_PAGES 2000
#define LIMIT_PRINT_CPU_SECONDS 120
#define LIMIT_PRINT_MEMORY MIB(768)	/* of the program that prints */

/* Signing in */
#define LIMIT_PASSWORD_CHARS 128
#define LIMIT_SESSIONS 50		/* of one account; the oldest end */
#define LIMIT_SOURCES 20		/* where an account is known to have signed in from */
#define LIMIT_SOURCE_DAYS 90

/* Lists */
#define LIMIT_PAGE_DEFAULT 50
#define LIMIT_PAGE_MAX 200

/* Forms, in code points */
#define LIMIT_LINE_CHARS 200
#define LIMIT_TEXT_CHARS 10000
#define LIMIT_REPLY_CHARS 20000
#define LIMIT_NOTE_CHARS 2000
#define LIMIT_NOTICE_CHARS 500		/* of a text that callers are told, before values are put in */
#define LIMIT_UNDO_SECONDS 8		/* a step may be taken back, and is not sent before */
#define LIMIT_KNOWLEDGE_CHARS 4000
#define LIMIT_KNOWLEDGE 1000		/* ready answers */
#define LIMIT_SEALED_MESSAGE_DAYS 14	/* what a sealed message said, and sending it again */
#define LIMIT_DRAFT_BYTES KIB(32)
#define LIMIT_DRAFTS 20			/* of one person; the oldest makes room */
#define LIMIT_DRAFT_DAYS 7
#define LIMIT_PERSON_APPEALS 200	/* erased or handed out at once */
#define LIMIT_PERSON_CALLS 1000	/* handed out at once, the newest */
#define LIMIT_STATEMENT_CHARS 200	/* of a department beside a bad figure */

/* Reports */
#define LIMIT_SEAL_BYTES KIB(64)	/* the proof at the end of a bundle */
#define LIMIT_DRAW_TASKS 200000	/* from which a lottery draws */
#define LIMIT_DRAWN 1000
#define LIMIT_ACT_BYTES MIB(4)		/* what one act of an accountability item says */
#define LIMIT_CORRECTION_TASKS 1000	/* tasks that one answer tells of a correction */
#define LIMIT_PILOT_TASKS 50		/* open tasks that the pilot of a month names */
#define LIMIT_LABORATORY_MONTHS 12	/* frozen months that are replayed at once */

/* Idempotency-Key */
#define LIMIT_KEY_MIN 8
#define LIMIT_KEY_MAX 128
#define LIMIT_KEY_DAYS 30

/* Lanes */
#define LIMIT_BATCH 64
#define LIMIT_QUEUE 4096
#define LIMIT_RETRIES 8

/* Arenas */
#define LIMIT_REQUEST_ARENA MIB(64)
#define LIMIT_SNAPSHOT_ARENA MIB(256)
#define LIMIT_KEPT_BYTES MIB(256)	/* of values that transactions share, see kept.h */

/* Webhooks */
#define LIMIT_ANSWER_KEPT 20000		/* bytes of a receiver's answer */
#define LIMIT_ANSWER_READ KIB(64)
#define LIMIT_SECRETS_LIVE 3

/* Hand-overs */
#define LIMIT_EXCHANGE_MESSAGES 100	/* of one batch or one request */
#define LIMIT_EXCHANGE_BYTES KIB(128)	/* of one batch: it also travels as a text in JSON */
#define LIMIT_EXCHANGE_SHOWN 500	/* newest messages of one appeal */

/* Ledger */
#define LIMIT_SEALED_BYTES MIB(48)	/* of one content: a request's arena holds it */
#define LIMIT_SEQUENCED 1024		/* rows that wait, of one transaction */
#define LIMIT_MERGE_SECONDS 60		/* from a receipt to its entry in the tree */
#define LIMIT_NOTE_BYTES KIB(16)
#define LIMIT_SIGNER_SECONDS 3		/* a question and its answer */
#define LIMIT_NOTE_SIGNATURES 32

/* Signing in by a provider */
#define LIMIT_OIDC_FLOW_SECONDS 600	/* from the button to the provider's answer */
#define LIMIT_OIDC_KNOWN_SECONDS 3600	/* what the provider said of itself and its keys */
#define LIMIT_OIDC_RETURN_BYTES 512	/* of the page that is returned to */
#define LIMIT_OIDC_WORDS 64		/* of the claim that says a role */
