#include "tools/demo/traffic/traffic_options.h"

#include <CLI/CLI.hpp>

#include "base/text/strings.h"

namespace picket::demo {

Result<TrafficOptions> read_traffic_options(int argc, const char* const* argv) {
  TrafficOptions options;
  CLI::App app("demo-traffic: visitors and attackers of the demo (./picket run --demo), until SIGTERM.",
               "demo-traffic");
  app.add_option("--shop", options.shop, "Origin of the shop (https://localhost:9843)");
  app.add_option("--logins", options.logins, "Origin of authd's pages (https://localhost:9844)");
  app.add_option("--old", options.old, "Origin of the old shop (https://localhost:9822)");
  app.add_option("--ca", options.ca_file, "Certificate of the authority that signed theirs")->required();
  app.add_option("--accounts", options.accounts_file, "File with a name and a password a line")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    options.print = app.help();
  } catch (const CLI::ParseError& error) {
    return fail(ErrorKind::InvalidInput, error.what());
  }
  return options;
}

Result<std::vector<Account>> parse_accounts(const std::string& text) {
  std::vector<Account> accounts;
  int number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    const std::size_t blank = line.find(' ');
    if (blank == 0 || blank == std::string_view::npos || blank + 1 == line.size())
      return fail(ErrorKind::InvalidInput,
                  fmt::format("line {}: a name, a blank and a password belong there", number));
    accounts.push_back({std::string(line.substr(0, blank)), Secret(std::string(line.substr(blank + 1)))});
  }
  if (accounts.size() < 2) return fail(ErrorKind::InvalidInput, "it needs at least two accounts");
  return accounts;
}

}  // namespace picket::demo
