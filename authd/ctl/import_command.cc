#include "authd/ctl/import_command.h"

#include "authd/import/importer.h"

namespace picket::authd {
namespace {

constexpr Bytes kFileMax = 64_MiB;

/// "admins=admin".
Result<GroupRoles> group_roles_of(const std::vector<std::string>& pairs) {
  GroupRoles roles;
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.rfind('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorKind::InvalidInput, fmt::format("--group-role: \"{}\" must be GROUP=ROLE", pair));
    }
    const auto role = parse_role(pair.substr(equals + 1));
    if (!role) return fail(role, "--group-role");
    roles[pair.substr(0, equals)] = *role;
  }
  return roles;
}

Result<ImportFile> read_file(Workplace& place, const CtlArguments& args) {
  const auto format = parse_import_format(args.format);
  if (!format) return fail(format, "--format");
  const auto roles = group_roles_of(args.group_roles);
  if (!roles) return fail(roles);
  const auto text = place.files().read(args.name, kFileMax);
  if (!text) return fail(text);
  return read_import_file(*format, *text, *roles);
}

void print(const ImportReport& report, const CtlArguments& args, Terminal& terminal) {
  for (const ImportProblem& problem : report.problems) {
    terminal.err << args.name << ":" << problem.line << ": " << problem.text << "\n";
  }
  terminal.out << report.good << " good, " << report.problems.size() << " bad, " << report.written
               << " written\n";
  if (args.dry_run || report.written > 0 || report.problems.empty()) return;
  terminal.err << "Nothing was written. --skip-bad writes the good ones.\n";
}

}  // namespace

Result<int> import_accounts(Workplace& place, const CtlArguments& args, Terminal& terminal) {
  const auto file = read_file(place, args);
  if (!file) return fail(file);
  const auto note = [&](const User& user) {
    return place.audited(
        {"users.create",
         "user:" + user.id,
         {{"username", user.username}, {"role", std::string(to_string(user.role))}, {"import", args.format}}},
        Result<void>());
  };
  const auto report = import_users(*file, {args.dry_run, args.skip_bad},
                                   {place.stores().accounts(), place.ids(), place.clock(), note});
  if (!report) return fail(report);
  print(*report, args, terminal);
  return report->problems.empty() ? kExitFine : kExitFailed;
}

}  // namespace picket::authd
