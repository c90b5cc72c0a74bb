#include "authd/ctl/ctl_line.h"

#include <CLI/CLI.hpp>

#include "base/daemon/version.h"
#include "base/text/strings.h"
#include "base/text/suggest.h"

namespace picket::authd {
namespace {

constexpr std::string_view kFooter =
    "\nThe first account of a new installation (there is no default password):\n"
    "  authctl --storage.path data user create --username ann --email ann@example.org --role owner\n"
    "  (it asks for the password)\n"
    "\nRun it as the user that authd runs as: it makes the same files. Exit status: 0 done, 1 not done or "
    "not "
    "well, 2 typed wrongly.\n";

/// A command and what it takes: `options` are those that it shares with others, by name.
class Commands {
 public:
  Commands(CLI::App& app, CtlLine& line) : app_(app), line_(line) {}

  CLI::App* group(const std::string& name, const std::string& text) {
    CLI::App* group = app_.add_subcommand(name, text);
    group->require_subcommand(1);
    group->fallthrough();
    group->footer("");
    return group;
  }
  CLI::App* add(CLI::App* group, const std::string& name, const std::string& text) {
    CLI::App* command = group->add_subcommand(name, text);
    command->fallthrough();
    command->footer("");
    const std::string whole = group == &app_ ? name : group->get_name() + " " + name;
    command->callback([this, whole] { line_.command = whole; });
    return command;
  }
  /// For a command that acts on one thing.
  CLI::App* add_on(CLI::App* group, const std::string& name, const std::string& text,
                   const std::string& what) {
    CLI::App* command = add(group, name, text);
    command->add_option(what, args().name, what + " that it is about")->required();
    return command;
  }
  CtlArguments& args() { return line_.arguments; }
  CLI::App& app() { return app_; }

 private:
  CLI::App& app_;
  CtlLine& line_;
};

void add_format(CLI::App* command, CtlArguments& args) {
  command->add_option("--format", args.format, "table or json")->check(CLI::IsMember({"table", "json"}));
}

void add_user_create(Commands& commands, CLI::App* user) {
  CtlArguments& args = commands.args();
  CLI::App* create = commands.add(user, "create", "Make an account");
  create->add_option("--username", args.username, "What they log in with")->required();
  create->add_option("--email", args.email, "Their mail address")->required();
  create->add_option("--role", args.role, "guest, user, manager, admin or owner")->required();
  create->add_option("--phone", args.phone, "+14155550100");
  CLI::Option* typed = create->add_flag("--password-stdin", args.password_stdin,
                                        "The first line of standard input is the password, for scripts");
  create
      ->add_flag("--invite", args.invite,
                 "Print a link with which they set their own password, once, within a day")
      ->excludes(typed);
  create->add_flag("--force", args.force, "One more owner, although there is one");
}

void add_user_commands(Commands& commands) {
  CtlArguments& args = commands.args();
  CLI::App* user = commands.group("user", "Accounts: make, list, change, end");
  add_user_create(commands, user);
  CLI::App* list = commands.add(user, "list", "All accounts");
  list->add_option("--role", args.role, "Only of this role");
  list->add_option("--status", args.status, "Only active, suspended or locked ones");
  add_format(list, args);
  add_format(commands.add_on(user, "show", "One account", "USER"), args);
  commands.add_on(user, "suspend", "Take all access away, at once", "USER");
  commands.add_on(user, "activate", "Undo suspend", "USER");
  commands.add_on(user, "unlock", "Forget failed logins, and end the locks they brought", "USER");
  CLI::App* role =
      commands.add_on(user, "role", "Give another role; what was granted under the old one ends", "USER");
  role->add_option("ROLE", args.role, "guest, user, manager, admin or owner")->required();
  role->add_flag("--force", args.force, "One more owner, although there is one");
  commands.add_on(user, "delete", "Delete the account with all that belongs to it", "USER");
  commands.add_on(user, "reset-2fa", "Take away second factors, backup codes and remembered devices", "USER");
  commands.add_on(user, "password-link", "Print a link that sets a new password, once, within a day", "USER");
}

void add_session_commands(Commands& commands) {
  CtlArguments& args = commands.args();
  CLI::App* sessions = commands.group("sessions", "Logins that last");
  CLI::App* list = commands.add(sessions, "list", "Who is logged in, from where");
  list->add_option("--user", args.user, "Only of this user");
  add_format(list, args);
  commands.add_on(sessions, "end", "End one", "SESSION");
}

void add_key_commands(Commands& commands) {
  CtlArguments& args = commands.args();
  CLI::App* keys = commands.group("keys", "The keys that sign tokens");
  commands.add(keys, "list", "Active, next and retired keys");
  commands.add(keys, "rotate", "Sign with another key from now on (authd does so by itself, in time)");
  CLI::App* crypto = commands.group("crypto", "The keys that seal secrets in the database");
  commands.add(crypto, "add-key",
               "Make one more sealing key; it opens, and seals once `rotate --to` says so");
  commands.add(crypto, "rotate", "Seal everything anew with the key that seals; authd may run meanwhile")
      ->add_option("--to", args.key_id, "Make this the key that seals, first");
  commands.add(crypto, "verify", "Open every sealed value; exit status 1 when one does not open");
  commands.add(crypto, "accept-keys",
               "Go on with the api_key_key and otp_key at hand, after they were changed on purpose");
}

void add_audit_commands(Commands& commands) {
  CtlArguments& args = commands.args();
  CLI::App* audit = commands.group("audit", "Who did what");
  commands.add(audit, "verify",
               "Find the first row that is not as it was written; exit status 1 when there is one");
  commands.add(audit, "accept",
               "Go on with a log that ends earlier than authd has seen it, after the database was restored");
  commands.add(audit, "export", "All rows as JSON lines");
  CLI::App* query = commands.add(audit, "query", "The newest rows");
  query->add_option("--user", args.user, "Done by this user");
  query->add_option("--action", args.action, "users.suspend, or users.* for all that begin so");
  query->add_option("--result", args.result, "success, denied, failed or error");
  query->add_option("--ip", args.ip, "From this address");
  query->add_option("--since", args.since, "24h for so long ago, or 2026-11-21T10:00:00Z");
  query->add_option("--until", args.until, "The same");
  query->add_option("--limit", args.limit, "At most so many rows")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  add_format(query, args);
}

void add_block_commands(Commands& commands) {
  CtlArguments& args = commands.args();
  CLI::App* block = commands.group("block", "Networks that nothing is taken from");
  add_format(commands.add(block, "list", "Blocks in force"), args);
  CLI::App* add =
      commands.add_on(block, "add", "Block a network, at a running authd within a second", "NETWORK");
  add->add_option("--for", args.duration, "For how long, at most 365d")->capture_default_str();
  add->add_option("--reason", args.reason, "Shown in the list");
  add->add_flag("--sessions", args.sessions, "Stop whoever is logged in there, and known devices, too");
  commands.add_on(block, "remove", "Open it again", "NETWORK");
}

void add_other_commands(Commands& commands) {
  CtlArguments& args = commands.args();
  CLI::App* kdf = commands.group("kdf", "Password hashes");
  CLI::App* calibrate =
      commands.add(kdf, "calibrate", "Find argon2id parameters for this machine, while it is idle");
  calibrate->add_option("--target", args.target, "How long one verification may take")->capture_default_str();
  calibrate->add_option("--memory-max", args.memory_max, "And how much it may use")->capture_default_str();
  CLI::App* limits = commands.group("limits", "Rate limits");
  CLI::App* explain =
      commands.add(limits, "explain", "Which tiers of --config.file a request would meet, and why");
  explain->add_option("--ip", args.ip, "The client's address")->required();
  explain->add_option("--user", args.user, "Who is logged in: a name, or an account's id");
  explain->add_option("--path", args.path, "/api/v1/auth/login")->required();
  CLI::App* import = commands.add(&commands.app(), "import", "Take accounts over from another program");
  import->add_option("--format", args.format, "authelia (users_database.yml), csv or json")
      ->required()
      ->check(CLI::IsMember({"authelia", "csv", "json"}));
  import->add_option("FILE", args.name, "Where they are")->required();
  import
      ->add_option("--group-role", args.group_roles, "Authelia's group that stands for a role: admins=admin")
      ->allow_extra_args(false);
  import->add_flag("--dry-run", args.dry_run, "Only tell what would be done");
  import->add_flag("--skip-bad", args.skip_bad, "Write the good ones when others are bad");
}

void add_flags(CLI::App& app, CtlFlags& flags) {
  app.add_option("--storage.path", flags.storage_path, "authd's storage folder")
      ->capture_default_str()
      ->group("Where to work");
  app.add_option("--storage.dsn", flags.storage_dsn,
                 "postgresql://...: authd's database, when it is not in the folder")
      ->group("Where to work");
  app.add_option("--config.file", flags.config_file,
                 "authd.yml, for what it says about passwords, secrets and limits")
      ->group("Where to work");
  CLI::Option* url =
      app.add_option("--url", flags.url, "Through a running authd instead: http://127.0.0.1:9180")
          ->group("Where to work");
  app.add_option("--token-file", flags.token_file,
                 "For --url: a file that holds an access token or an API key")
      ->needs(url)
      ->group("Where to work");
  app.add_option("--ca-file", flags.ca_file, "For --url: certificates to trust")
      ->needs(url)
      ->group("Where to work");
}

/// The innermost command that was understood.
const CLI::App& reached(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : reached(*parsed.front());
}

/// CLI11 says "A subcommand is required": this says which there are.
std::string missing_command(const CLI::App& app) {
  const CLI::App& group = reached(app);
  std::vector<std::string> names;
  for (const CLI::App* command : group.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  const std::string place = group.get_parent() == nullptr ? "" : group.get_name() + ": ";
  const std::vector<std::string> rest = app.remaining(true);
  if (rest.empty() || rest.front().starts_with('-'))
    return fmt::format("{}which? {}", place, join(names, ", "));
  return fmt::format("{}there is no \"{}\"{}: {}", place, rest.front(), did_you_mean(rest.front(), names),
                     join(names, ", "));
}

/// CLI11 throws to end the parse, also for --help.
Result<void> parse(CLI::App& app, int argc, const char* const* argv, CtlLine& line) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    line.print = app.help();
  } catch (const CLI::CallForAllHelp&) {
    line.print = app.help("", CLI::AppFormatMode::All);
  } catch (const CLI::CallForVersion&) {
    line.print = fmt::format("authctl {} ({})\n", version(), revision());
  } catch (const CLI::ParseError& error) {
    const bool is_group = !reached(app).get_subcommands([](const CLI::App*) { return true; }).empty();
    return fail(ErrorKind::InvalidInput, is_group ? missing_command(app) : std::string(error.what()));
  }
  return {};
}

}  // namespace

Result<CtlLine> parse_ctl_line(int argc, const char* const* argv) {
  CtlLine line;
  CLI::App app("authctl: accounts, keys, secrets and the audit log of authd.", "authctl");
  app.require_subcommand(1);
  app.set_help_flag("-h,--help", "Show this, or with a command before it what that command takes");
  app.set_help_all_flag("--help-all", "Show all commands with all they take");
  app.set_version_flag("--version", "");
  app.footer(std::string(kFooter));
  add_flags(app, line.flags);
  Commands commands(app, line);
  add_user_commands(commands);
  add_session_commands(commands);
  add_key_commands(commands);
  add_audit_commands(commands);
  add_block_commands(commands);
  add_other_commands(commands);
  const auto parsed = parse(app, argc, argv, line);
  if (!parsed) return fail(parsed);
  return line;
}

}  // namespace picket::authd
