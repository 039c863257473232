/*
 * The command line: one binary, subcommands. Those of the server stand here, those of the
 * modules in their tables.
 */
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "demo.h"
#include "log.h"
#include "module.h"
#include "service.h"
#include "setting.h"
#include "store/store.h"

static void print_help(FILE *out)
{
	fputs("usage: liandong COMMAND [options]\n\n"
	      "  demo --dir DIR --listen ADDR:PORT [--test-clock TIME] [--empty]\n"
	      "        A whole service in one folder, with a private database and a sample "
	      "district.\n"
	      "  serve --config FILE\n"
	      "        The service against a configured MariaDB or Galera cluster.\n"
	      "  migrate --config FILE | --dir DIR\n"
	      "        Brings the schema of the configured database up to date.\n"
	      "  settings [--config FILE]\n"
	      "        Prints the settings; without a file, as a sample configuration.\n",
	      out);
	for (size_t i = 0; modules[i]; i++)
		for (const struct command *c = modules[i]->commands; c && c->name; c++)
			fprintf(out, "  %s %s\n        %s\n", c->name, c->usage, c->help);
	fputs("\nCommands on data take --config FILE, or --dir DIR for a demo, running or not.\n",
	      out);
}

/* Takes `--name VALUE` or `--name=VALUE` out of the arguments; NULL when it is not there. */
static const char *take_option(int *argc, char **argv, const char *name)
{
	size_t n = strlen(name);

	for (int i = 1; i < *argc; i++) {
		const char *value = NULL;
		int used = 1;
		if (strncmp(argv[i], name, n) == 0 && argv[i][n] == '=') {
			value = argv[i] + n + 1;
		} else if (strcmp(argv[i], name) == 0 && i + 1 < *argc) {
			value = argv[i + 1];
			used = 2;
		} else {
			continue;
		}
		for (int k = i; k + used <= *argc; k++)
			argv[k] = argv[k + used];
		*argc -= used;
		return value;
	}
	return NULL;
}

static bool take_flag(int *argc, char **argv, const char *name)
{
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], name) != 0)
			continue;
		for (int k = i; k < *argc; k++)
			argv[k] = argv[k + 1];
		(*argc)--;
		return true;
	}
	return false;
}

static bool nothing_left(int argc, char **argv)
{
	if (argc == 1)
		return true;
	fprintf(stderr, "%s: %s is no option of this command; see liandong --help.\n", argv[0],
		argv[1]);
	return false;
}

static int demo_command(int argc, char **argv)
{
	struct demo_call call = {
		.dir = take_option(&argc, argv, "--dir"),
		.listen = take_option(&argc, argv, "--listen"),
		.test_clock = take_option(&argc, argv, "--test-clock"),
		.is_empty = take_flag(&argc, argv, "--empty"),
	};

	if (!nothing_left(argc, argv))
		return 2;
	if (!call.dir || !call.listen) {
		fputs("demo needs --dir DIR and --listen ADDR:PORT.\n", stderr);
		return 2;
	}
	return demo_run(&call);
}

/* ---- with a configuration ---- */

static char password[256];

static bool read_password(const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f || !fgets(password, sizeof(password), f)) {
		fprintf(stderr, "database_password_file %s cannot be read.\n", path);
		if (f)
			fclose(f);
		return false;
	}
	fclose(f);
	password[strcspn(password, "\r\n")] = '\0';
	return true;
}

static const char *text_or_null(const char *name)
{
	struct str value = setting_str(name);

	return value.n ? value.p : NULL;
}

static bool configure(const char *config, struct db_target *target)
{
	service_settings();
	if (!settings_load(config, stderr))
		return false;
	service_log();
	const char *password_file = text_or_null("database_password_file");
	if (password_file && !read_password(password_file))
		return false;
	*target = (struct db_target){
		.socket = text_or_null("database_socket"),
		.host = text_or_null("database_host"),
		.port = (uint16_t)setting_int("database_port"),
		.user = text_or_null("database_user"),
		.password = password_file ? password : NULL,
		.database = text_or_null("database_name"),
		.tls_ca = text_or_null("database_ca_file"),
	};
	return true;
}

static void say_ready(void *arg)
{
	(void)arg;
	log_info("server", "ready", "modules=all");
}

static struct db_target configured;

static bool open_configured(const char *config, bool may_migrate)
{
	if (!config) {
		fputs("this command needs --config FILE.\n", stderr);
		return false;
	}
	return configure(config, &configured) &&
	       service_open(&configured, setting_str("key_file").p, may_migrate);
}

static int serve_command(int argc, char **argv)
{
	const char *config = take_option(&argc, argv, "--config");

	if (!nothing_left(argc, argv))
		return 2;
	bool is_well = open_configured(config, false) && service_run(say_ready, NULL);
	service_close();
	return is_well ? 0 : 1;
}

static int migrate_command(int argc, char **argv)
{
	const char *config = take_option(&argc, argv, "--config");
	const char *dir = take_option(&argc, argv, "--dir");

	if (!nothing_left(argc, argv))
		return 2;
	bool is_well = dir ? demo_attach(dir) : open_configured(config, true);
	if (dir)
		demo_detach();
	else
		service_close();
	return is_well ? 0 : 1;
}

static int settings_command(int argc, char **argv)
{
	const char *config = take_option(&argc, argv, "--config");

	if (!nothing_left(argc, argv))
		return 2;
	service_settings();
	if (!settings_load(config, stderr))
		return 1;
	if (config)
		settings_write_values(stdout);
	else
		settings_write_sample(stdout);
	return 0;
}

/* ---- commands of the modules ---- */

static int module_command(const struct command *command, int argc, char **argv)
{
	if (command->is_bare)
		return command->run(&(struct command_call){ .argc = argc, .argv = argv });
	if (take_flag(&argc, argv, "--help")) {
		printf("usage: liandong %s %s\n%s\n", command->name, command->usage,
		       command->help);
		return 0;
	}
	const char *dir = take_option(&argc, argv, "--dir");
	const char *config = take_option(&argc, argv, "--config");
	bool is_open = dir ? demo_attach(dir) : open_configured(config, false);
	int status = 1;

	if (is_open) {
		const struct command_call call = {
			.argc = argc, .argv = argv, .transact = service_transact,
		};
		status = command->run(&call);
	}
	if (dir)
		demo_detach();
	else
		service_close();
	return status;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; modules[i]; i++)
		for (const struct command *c = modules[i]->commands; c && c->name; c++)
			if (strcmp(c->name, name) == 0)
				return c;
	return NULL;
}

static const struct own_command {
	const char *name;
	int (*run)(int argc, char **argv);
} own_commands[] = {
	{ "demo", demo_command },
	{ "serve", serve_command },
	{ "migrate", migrate_command },
	{ "settings", settings_command },
	{ 0 }
};

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_help(argc < 2 ? stderr : stdout);
		return argc < 2 ? 2 : 0;
	}
	for (const struct own_command *c = own_commands; c->name; c++)
		if (strcmp(c->name, argv[1]) == 0) {
			if (!take_flag(&argc, argv, "--help"))
				return c->run(argc - 1, argv + 1);
			print_help(stdout);
			return 0;
		}
	const struct command *command = find_command(argv[1]);
	if (command)
		return module_command(command, argc - 1, argv + 1);
	fprintf(stderr, "%s is no command.\n\n", argv[1]);
	print_help(stderr);
	return 2;
}
