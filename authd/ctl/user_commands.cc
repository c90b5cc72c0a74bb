#include "authd/ctl/user_commands.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "authd/ctl/password_prompt.h"
#include "base/json/json.h"
#include "base/text/table.h"

namespace picket::authd {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson json_of(const AccountRow& row) {
  return {{"id", row.id},
          {"username", row.username},
          {"email", row.email},
          {"phone", row.phone},
          {"role", row.role},
          {"status", row.status},
          {"has_second_factor", row.has_second_factor},
          {"created_at", row.created_at},
          {"last_login_at", row.last_login_at}};
}

std::string lines_of(const OrderedJson& json) {
  return to_indented_json(json) + "\n";
}

std::string text_of(const std::vector<AccountRow>& rows) {
  TextTable table{{"USERNAME", "EMAIL", "ROLE", "STATUS", "2FA", "LAST LOGIN", "ID"}, {}};
  for (const AccountRow& row : rows) {
    table.rows.push_back({row.username, row.email, row.role, row.status, row.has_second_factor ? "yes" : "no",
                          row.last_login_at, row.id});
  }
  return format_table(table);
}

void print(Terminal& terminal, const std::vector<AccountRow>& rows, bool as_json) {
  OrderedJson list = OrderedJson::array();
  for (const AccountRow& row : rows) list.push_back(json_of(row));
  terminal.out << (as_json ? lines_of(list) : text_of(rows));
}

Result<int> print_link(UserDesk& desk, const std::string& name, Terminal& terminal) {
  const auto link = desk.password_link(name);
  if (!link) return fail(link);
  if (link->link.empty()) {
    terminal.err << "authd mails " << link->mailed_to << " a link that sets a new password, once.\n";
    return kExitFine;
  }
  terminal.out << link->link.reveal() << "\n";
  if (link->link.reveal().starts_with('/')) {
    terminal.err << "Put the address of authd before it: public_url is not set (--config.file).\n";
  }
  terminal.err << "Good for one use within a day; it is shown this once. It sets the password of " << name
               << ".\n";
  return kExitFine;
}

void say_made(const AccountRow& made, Terminal& terminal) {
  terminal.err << "made " << made.role << " " << made.username << " (" << made.id << ")\n";
}

/// Through a running authd, which mails the link to set the password by itself.
Result<int> create_without_password(UserDesk& desk, const NewAccount& account, bool password_stdin,
                                    Terminal& terminal) {
  if (password_stdin) {
    terminal.err << "authctl: --password-stdin works on the store (--storage.path): through a running authd "
                    "nobody sets another's password, they set it by a link that authd mails to them\n";
    return kExitUsage;
  }
  const auto made = desk.create(account);
  if (!made) return fail(made);
  say_made(*made, terminal);
  if (made->is_link_mailed) {
    terminal.err << "authd mails " << made->email << " a link to set the password.\n";
  } else {
    terminal.err << "authctl: authd has no mail server and mailed no link to set the password: "
                 << "`authctl --storage.path DIR user password-link " << made->username << "` prints one\n";
  }
  return kExitFine;
}

Result<int> user_create(UserDesk& desk, const CtlArguments& args, Terminal& terminal) {
  NewAccount account{args.username, args.email, args.phone, args.role, {}, args.force};
  if (!desk.takes_passwords()) {
    return create_without_password(desk, account, args.password_stdin, terminal);
  }
  if (!args.password_stdin && !args.invite && !terminal.has_keyboard) {
    terminal.err
        << "authctl: user create needs a terminal to ask for the password, --password-stdin (its first "
           "line is the password) or --invite (they choose it)\n";
    return kExitUsage;
  }
  if (!args.invite) {
    auto password = read_password(terminal, args.username);
    if (!password) return fail(password);
    account.password = std::move(*password);
  }
  const auto made = desk.create(account);
  if (!made) return fail(made);
  say_made(*made, terminal);
  return args.invite ? print_link(desk, made->id, terminal) : Result<int>(kExitFine);
}

Result<int> user_list(UserDesk& desk, const CtlArguments& args, Terminal& terminal) {
  const auto rows = desk.list({args.role, args.status});
  if (!rows) return fail(rows);
  print(terminal, *rows, args.format == "json");
  return kExitFine;
}

Result<int> user_show(UserDesk& desk, const CtlArguments& args, Terminal& terminal) {
  const auto row = desk.show(args.name);
  if (!row) return fail(row);
  if (args.format == "json") {
    OrderedJson object = json_of(*row);
    object["locked_until"] = row->locked_until;
    terminal.out << lines_of(object);
    return kExitFine;
  }
  print(terminal, {*row}, false);
  if (!row->locked_until.empty())
    terminal.out << "locked out from where logins failed until " << row->locked_until
                 << "; `authctl user unlock` ends it\n";
  return kExitFine;
}

Result<int> show_changed(const Result<AccountRow>& row, Terminal& terminal) {
  if (!row) return fail(row);
  print(terminal, {*row}, false);
  return kExitFine;
}

template <AccountAction kAction>
Result<int> user_act(UserDesk& desk, const CtlArguments& args, Terminal& terminal) {
  return show_changed(desk.act(args.name, kAction), terminal);
}

Result<int> user_role(UserDesk& desk, const CtlArguments& args, Terminal& terminal) {
  return show_changed(desk.set_role(args.name, args.role, args.force), terminal);
}

Result<int> user_delete(UserDesk& desk, const CtlArguments& args, Terminal& terminal) {
  const auto removed = desk.remove(args.name);
  if (!removed) return fail(removed);
  terminal.err << "deleted " << args.name << "\n";
  return kExitFine;
}

Result<int> user_password_link(UserDesk& desk, const CtlArguments& args, Terminal& terminal) {
  return print_link(desk, args.name, terminal);
}

Result<int> sessions_list(UserDesk& desk, const CtlArguments& args, Terminal& terminal) {
  const auto rows = desk.sessions(args.user);
  if (!rows) return fail(rows);
  OrderedJson list = OrderedJson::array();
  TextTable table{{"SESSION", "USER ID", "IP", "BEGAN", "LAST SEEN", "USER AGENT"}, {}};
  for (const SessionRow& row : *rows) {
    list.push_back({{"id", row.id},
                    {"user_id", row.user_id},
                    {"ip", row.ip},
                    {"user_agent", row.user_agent},
                    {"created_at", row.created_at},
                    {"last_seen_at", row.last_seen_at}});
    table.rows.push_back({row.id, row.user_id, row.ip, row.created_at, row.last_seen_at, row.user_agent});
  }
  terminal.out << (args.format == "json" ? lines_of(list) : format_table(table));
  return kExitFine;
}

Result<int> sessions_end(UserDesk& desk, const CtlArguments& args, Terminal& terminal) {
  const auto ended = desk.end_session(args.name);
  if (!ended) return fail(ended);
  terminal.err << "ended " << args.name << "\n";
  return kExitFine;
}

struct UserCommand {
  std::string_view name;
  Result<int> (*run)(UserDesk&, const CtlArguments&, Terminal&);
};
constexpr std::array kCommands{
    UserCommand{"user create", user_create},
    UserCommand{"user list", user_list},
    UserCommand{"user show", user_show},
    UserCommand{"user suspend", user_act<AccountAction::Suspend>},
    UserCommand{"user activate", user_act<AccountAction::Activate>},
    UserCommand{"user unlock", user_act<AccountAction::Unlock>},
    UserCommand{"user reset-2fa", user_act<AccountAction::ResetSecondFactors>},
    UserCommand{"user role", user_role},
    UserCommand{"user delete", user_delete},
    UserCommand{"user password-link", user_password_link},
    UserCommand{"sessions list", sessions_list},
    UserCommand{"sessions end", sessions_end},
};

const UserCommand* find_command(std::string_view name) {
  const auto* const found = std::ranges::find(kCommands, name, &UserCommand::name);
  return found == kCommands.end() ? nullptr : found;
}

}  // namespace

bool is_user_command(std::string_view command) {
  return find_command(command) != nullptr;
}

Result<int> run_user_command(UserDesk& desk, const CtlLine& line, Terminal& terminal) {
  const UserCommand* command = find_command(line.command);
  if (command == nullptr) return fail(ErrorKind::NotFound, line.command);
  return command->run(desk, line.arguments, terminal);
}

}  // namespace picket::authd
