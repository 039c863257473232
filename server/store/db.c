/*
 * Connections: how one is made, what its session is set to, and what the database's error
 * numbers mean. A flood of requests while the database is down must not hang on connecting:
 * after a failed attempt all connections of the process fail at once for a moment.
 */
#include "store/db.h"

#include "clock.h"
#include "log.h"
#include "must.h"
#include "server_sql.h"
#include "setting.h"
#include "store/connection.h"

#include <errmsg.h>
#include <mysqld_error.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	CONNECT_SECONDS = 2,
	NETWORK_GRACE_SECONDS = 5,	/* silent beyond the longest statement: it is gone */
};

/* After a failed connect the next attempt of any thread waits this long. */
#define CONNECT_PAUSE (CLOCK_SECOND / 10)

static _Atomic int64_t connect_not_before;
enum reach { REACH_UNKNOWN, REACH_FOUND, REACH_LOST };
static _Atomic enum reach reach;

/*
 * The session every statement of ours relies on. Read committed: changes are guarded by a
 * version in their WHERE, so a fresh read per statement is wanted, and gap locks are not.
 */
#define SESSION_TEXT                                                                        \
	"SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,"                 \
	"ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE', "                        \
	"time_zone = '+00:00', "                                                            \
	"tx_isolation = 'READ-COMMITTED', "                                                 \
	"innodb_lock_wait_timeout = 5, "                                                    \
	"lock_wait_timeout = 30"
static const char plain_session_text[] = SESSION_TEXT;
/* With autocommit off the first statement begins a transaction: no BEGIN is ever sent. */
static const char session_text[] = SESSION_TEXT ", autocommit = 0";

/* In a cluster, reads see what was committed on other nodes before. */
static const char cluster_text[] = "SET SESSION wsrep_sync_wait = 1";

const struct setting store_settings[] = {
	{
		.name = "database_statement_seconds",
		.kind = SETTING_INT,
		.fallback = "20",
		.min = 1,
		.max = 3600,
		.unit = "s",
		.help = "Longest run of one SQL statement before the database ends it.",
		.fixed = true,
	},
	{ 0 }
};

struct connection *connection_new(const struct db_target *target)
{
	struct connection *c = calloc(1, sizeof(*c));

	must(c != NULL);
	c->target = *target;
	return c;
}

void connection_free(struct connection *c)
{
	if (!c)
		return;
	connection_close(c);
	for (uint32_t i = 0; i < CONNECTION_STATEMENTS; i++)
		prepared_free(c->statements[i]);
	free(c);
}

void connection_close(struct connection *c)
{
	if (!c->mysql)
		return;
	/* First the connection: it takes its statements along, without a message for each. */
	mysql_close(c->mysql);
	c->mysql = NULL;
	for (uint32_t i = 0; i < CONNECTION_STATEMENTS; i++) {
		if (c->statements[i])
			prepared_drop_handle(c->statements[i]);
	}
}

enum tx_error tx_error_of(unsigned int number)
{
	switch (number) {
	case 0:
		return TX_OK;
	case ER_DUP_ENTRY:
	case ER_DUP_ENTRY_WITH_KEY_NAME:
		return TX_DUPLICATE;
	case ER_LOCK_DEADLOCK:
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_CHECKREAD:
	case ER_ERROR_DURING_COMMIT:
	case ER_NEED_REPREPARE:
	case ER_TABLE_DEF_CHANGED:
	case CR_NEW_STMT_METADATA:
		return TX_RETRY;
	case ER_CON_COUNT_ERROR:
	case ER_UNKNOWN_COM_ERROR:	/* a cluster node that is not ready */
	case ER_SERVER_SHUTDOWN:
	case ER_NEW_ABORTING_CONNECTION:
	case ER_NET_READ_ERROR_FROM_PIPE:
	case ER_NET_FCNTL_ERROR:
	case ER_NET_PACKETS_OUT_OF_ORDER:
	case ER_NET_UNCOMPRESS_ERROR:
	case ER_NET_READ_ERROR:
	case ER_NET_READ_INTERRUPTED:
	case ER_NET_ERROR_ON_WRITE:
	case ER_NET_WRITE_INTERRUPTED:
	case ER_CONNECTION_KILLED:
	case ER_QUERY_INTERRUPTED:
	case ER_STATEMENT_TIMEOUT:
	case ER_OPTION_PREVENTS_STATEMENT:
	case ER_READ_ONLY_MODE:
	case ER_DISK_FULL:
	case ER_RECORD_FILE_FULL:
	case ER_ERROR_ON_WRITE:
	case ER_OUT_OF_RESOURCES:
	case ER_OUTOFMEMORY:
		return TX_AWAY;
	case CR_COMMANDS_OUT_OF_SYNC:
		return TX_BROKEN;
	default:
		return number >= CR_MIN_ERROR && number <= CR_MAX_ERROR ? TX_AWAY : TX_BROKEN;
	}
}

static bool is_client_error(unsigned int number)
{
	return number >= CR_MIN_ERROR && number <= CR_MAX_ERROR;
}

enum tx_error connection_failed(struct connection *c, const char *name, unsigned int number,
				const char *message)
{
	enum tx_error error = number ? tx_error_of(number) : TX_BROKEN;

	switch (error) {
	case TX_AWAY:
		log_warn("store", "lost", "statement=%s error=%u", name, number);
		break;
	case TX_BROKEN:
		log_error("store", "failed", "statement=%s error=%u text=%s", name, number,
			  log_quote(str_of(message ? message : "")));
		break;
	case TX_OK:
	case TX_DUPLICATE:
	case TX_CONFLICT:
	case TX_RETRY:
		log_debug("store", "refused", "statement=%s error=%u", name, number);
		break;
	}
	if (error == TX_AWAY || is_client_error(number))
		connection_close(c);
	return error;
}

enum tx_error connection_run(struct connection *c, const char *name, struct str text)
{
	if (!c->mysql)
		return TX_AWAY;
	if (mysql_real_query(c->mysql, text.p, (unsigned long)text.n) == 0)
		return TX_OK;
	return connection_failed(c, name, mysql_errno(c->mysql), mysql_error(c->mysql));
}

enum tx_error connection_lines(struct connection *c, const char *name, struct str text,
			       void (*take)(struct str line, void *arg), void *arg)
{
	enum tx_error error = connection_run(c, name, text);
	MYSQL_RES *lines = error == TX_OK ? mysql_store_result(c->mysql) : NULL;
	MYSQL_ROW row;

	if (error != TX_OK)
		return error;
	if (!lines)
		return connection_failed(c, name, mysql_errno(c->mysql), NULL);
	while ((row = mysql_fetch_row(lines)) != NULL)
		take((struct str){ row[0] ? row[0] : "", mysql_fetch_lengths(lines)[0] }, arg);
	mysql_free_result(lines);
	return TX_OK;
}

static void set_options(struct connection *c, unsigned int statement_seconds)
{
	MYSQL *mysql = c->mysql;
	unsigned int connect_seconds = CONNECT_SECONDS;
	unsigned int network_seconds = statement_seconds + NETWORK_GRACE_SECONDS;
	unsigned int off = 0;
	my_bool no = 0, yes = 1;
	unsigned int protocol = c->target.socket ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;

	mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_seconds);
	if (statement_seconds) {
		mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &network_seconds);
		mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &network_seconds);
	}
	mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(mysql, MYSQL_REPORT_DATA_TRUNCATION, &no);
	mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &off);
	mysql_options(mysql, MYSQL_OPT_PROTOCOL, &protocol);
	if (c->target.tls_ca) {
		mysql_ssl_set(mysql, NULL, NULL, c->target.tls_ca, NULL, NULL);
		mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &yes);
		mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
		mysql_options(mysql, MARIADB_OPT_TLS_VERSION, "TLSv1.2,TLSv1.3");
	}
}

static enum tx_error connect_now(struct connection *c, unsigned int statement_seconds)
{
	const struct db_target *t = &c->target;

	c->mysql = mysql_init(NULL);
	must(c->mysql != NULL);
	set_options(c, statement_seconds);
	if (mysql_real_connect(c->mysql, t->socket ? NULL : t->host, t->user, t->password,
			       t->database, t->port, t->socket, CLIENT_FOUND_ROWS))
		return TX_OK;

	unsigned int number = mysql_errno(c->mysql);
	if (atomic_exchange(&reach, REACH_LOST) != REACH_LOST)
		log_warn("store", "unreachable", "error=%u text=%s", number,
			 log_quote(str_of(mysql_error(c->mysql))));
	connection_close(c);
	return TX_AWAY;
}

/* Through the statement machinery, since the limit is a value. */
static enum tx_error limit_statements(struct connection *c, unsigned int seconds)
{
	struct prepared *p = connection_statement(c, &sql_session_limit_statement);
	struct sql_session_limit in = { .seconds = seconds };
	uint64_t matched;

	return prepared_run(p, &in, &matched);
}

static enum tx_error set_up_session(struct connection *c, unsigned int statement_seconds)
{
	enum tx_error error = connection_run(c, "session", str_of(session_text));

	if (error == TX_OK)
		error = limit_statements(c, statement_seconds);
	/* A server built without clustering does not know the variable, and needs it not. */
	if (error == TX_OK && mysql_query(c->mysql, cluster_text) != 0 &&
	    mysql_errno(c->mysql) != ER_UNKNOWN_SYSTEM_VARIABLE)
		error = connection_failed(c, "session", mysql_errno(c->mysql),
					  mysql_error(c->mysql));
	return error;
}

/*
 * Between transactions the server has nothing to say: what can be read then is its farewell.
 * Seen in time, it costs a new connection instead of somebody's request.
 */
static bool is_hung_up(struct connection *c)
{
	struct pollfd p = { .fd = mysql_get_socket(c->mysql), .events = POLLIN };

	return poll(&p, 1, 0) != 0;
}

static const char *cipher_of(struct connection *c)
{
	const char *cipher = mysql_get_ssl_cipher(c->mysql);

	return cipher ? cipher : "none";
}

/* Told when it was away, and of a database behind TLS once in any case: how it is protected. */
static void tell_found(struct connection *c)
{
	enum reach before = atomic_exchange(&reach, REACH_FOUND);

	if (before == REACH_LOST || (before == REACH_UNKNOWN && c->target.tls_ca))
		log_info("store", "reachable", "server=%s tls=%s",
			 log_quote(str_of(mysql_get_server_info(c->mysql))), cipher_of(c));
}

enum tx_error connection_open(struct connection *c)
{
	if (c->mysql && is_hung_up(c))
		connection_close(c);
	if (c->mysql)
		return TX_OK;
	if (clock_monotonic() < atomic_load(&connect_not_before))
		return TX_AWAY;

	unsigned int seconds = (unsigned int)setting_int("database_statement_seconds");
	enum tx_error error = connect_now(c, seconds);
	if (error == TX_OK)
		error = set_up_session(c, seconds);
	if (error != TX_OK) {
		connection_close(c);
		atomic_store(&connect_not_before, clock_monotonic() + CONNECT_PAUSE);
		return TX_AWAY;
	}
	tell_found(c);
	return TX_OK;
}

enum tx_error connection_open_plain(struct connection *c)
{
	if (c->mysql)
		return TX_OK;

	enum tx_error error = connect_now(c, 0);
	if (error == TX_OK)
		error = connection_run(c, "session", str_of(plain_session_text));
	if (error != TX_OK)
		connection_close(c);
	else
		tell_found(c);
	return error;
}

enum tx_error connection_commit(struct connection *c)
{
	if (!c->mysql)
		return TX_AWAY;
	if (mysql_commit(c->mysql) == 0)
		return TX_OK;
	return connection_failed(c, "commit", mysql_errno(c->mysql), mysql_error(c->mysql));
}

void connection_rollback(struct connection *c)
{
	/* Where the undoing cannot be confirmed, closing makes the server undo. */
	if (c->mysql && mysql_rollback(c->mysql) != 0)
		connection_close(c);
}
