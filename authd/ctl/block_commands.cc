#include "authd/ctl/block_commands.h"

#include <nlohmann/json.hpp>

#include "base/json/json.h"
#include "base/text/table.h"

namespace picket::authd {
namespace {

Result<int> list_blocks(BlockDesk& desk, bool as_json, Terminal& terminal) {
  const auto rows = desk.blocks();
  if (!rows) return fail(rows);
  TextTable table{{"NETWORK", "UNTIL", "SESSIONS TOO", "BY", "REASON"}, {}};
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const BlockRow& row : *rows) {
    table.rows.push_back({row.prefix, row.until, row.sessions ? "yes" : "no", row.by, row.reason});
    list.push_back({{"prefix", row.prefix},
                    {"until", row.until},
                    {"sessions", row.sessions},
                    {"by", row.by},
                    {"reason", row.reason}});
  }
  terminal.out << (as_json ? to_indented_json(list) + "\n" : format_table(table));
  return kExitFine;
}

}  // namespace

Result<int> run_block_command(BlockDesk& desk, const CtlLine& line, Terminal& terminal) {
  const CtlArguments& args = line.arguments;
  if (line.command == "block list") return list_blocks(desk, args.format == "json", terminal);
  const bool adds = line.command == "block add";
  const Result<void> done =
      adds ? desk.block({args.name, args.duration, args.reason, args.sessions}) : desk.unblock(args.name);
  if (!done) return fail(done);
  terminal.err << args.name << (adds ? " is blocked\n" : " is no longer blocked\n");
  return kExitFine;
}

bool is_block_command(std::string_view command) {
  return command.starts_with("block ");
}

}  // namespace picket::authd
