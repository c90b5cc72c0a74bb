#include "base/daemon/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "base/daemon/version.h"
#include "base/text/strings.h"
#include "base/text/suggest.h"
#include "base/text/url.h"

namespace picket {
namespace {

/// One flag as --help shows it. `{}` in the text is the default.
struct FlagHelp {
  std::string_view group;
  std::string_view flag;
  std::string_view argument;
  std::string_view text;
};

constexpr std::array<FlagHelp, 13> kFlags = {{
    {"Configuration", "--config.file", "PATH", "The configuration (default {}). Read again on SIGHUP."},
    {"Configuration", "--config.check", "",
     "Check the configuration, print every problem, and exit (0 or 1)."},
    {"Web", "--web.listen-address", "ADDRESS",
     "Where to listen (default {}); repeatable. \"{port}\", \"127.0.0.1{port}\", \"[::1]{port}\", "
     "\"unix:/run/x.sock\"."},
    {"Web", "--web.config.file", "PATH", "TLS, users and headers, as in the Prometheus exporter toolkit."},
    {"Web", "--web.external-url", "URL", "Where people reach this daemon: used in links that it sends."},
    {"Web", "--web.systemd-socket", "", "Listen on the sockets that systemd passes, not on an address."},
    {"Storage", "--storage.path", "DIR", "Where state is kept (default {}). Made when missing."},
    {"Storage", "--storage.dsn", "DSN",
     "postgresql://... keeps state there instead, so that several replicas can share it."},
    {"Logging", "--log.level", "LEVEL", "debug, info, warn or error (default {})."},
    {"Logging", "--log.format", "FORMAT", "logfmt or json (default {}). Logs go to standard error."},
    {"Other", "--healthcheck", "",
     "Ask the daemon that runs with these flags whether it does its work (/-/ready); exit 0 or 1."},
    {"Other", "--version", "", "Print the version and exit."},
    {"Other", "--help", "", "Print this and exit."},
}};

std::string default_of(std::string_view flag, const DaemonSpec& spec) {
  if (flag == "--config.file") return spec.default_config;
  if (flag == "--web.listen-address") return spec.default_listen;
  if (flag == "--storage.path") return "data";
  return flag == "--log.level" ? "info" : "logfmt";
}

/// ":9801" of ":9801", "127.0.0.1:9801" and "[::1]:9801".
std::string_view port_of(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  return colon == std::string_view::npos ? address : address.substr(colon);
}

using Example = std::pair<std::string, std::string_view>;  ///< command and meaning

/// Listening elsewhere than by default.
Example other_address(const DaemonSpec& spec) {
  const std::string_view port = port_of(spec.default_listen);
  const bool is_open = spec.default_listen == port;
  return {fmt::format("{} --web.listen-address {}{}", spec.name, is_open ? "127.0.0.1" : "", port),
          is_open ? "only for this machine" : "for every machine that reaches this one"};
}

/// Breaks text at blanks, with `indent` spaces before every line.
std::string wrapped(std::string_view text, std::size_t indent) {
  constexpr std::size_t kWidth = 100;
  std::string out;
  std::size_t column = kWidth;
  for (const std::string_view word : split(text, ' ')) {
    if (column + word.size() + 1 > kWidth) {
      out += out.empty() ? "" : "\n";
      out += std::string(indent, ' ');
      column = indent;
    } else {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out;
}

std::string flag_of(const std::string& word) {
  return word.substr(0, word.find('='));
}

std::vector<std::string> command_names(const DaemonSpec& spec) {
  std::vector<std::string> names;
  names.reserve(spec.commands.size());
  for (const DaemonCommand& command : spec.commands) names.push_back(command.name);
  return names;
}

/// A command and its words, or nothing; InvalidInput for anything else that CLI11 does not know and so left
/// in `rest`.
Result<void> refuse_unknown(const std::vector<std::string>& rest, const DaemonSpec& spec) {
  std::vector<std::string> known;
  known.reserve(std::size(kFlags));
  for (const FlagHelp& flag : kFlags) known.emplace_back(flag.flag);
  const std::vector<std::string> commands = command_names(spec);
  if (rest.empty() || std::ranges::find(commands, rest.front()) != commands.end()) return {};
  // The value of an unknown flag may be a secret: only its name is shown.
  const std::string word = flag_of(rest.front());
  if (!word.starts_with('-')) {
    if (commands.empty())
      return fail(ErrorKind::InvalidInput, fmt::format("\"{}\" is no flag: all arguments are flags", word));
    return fail(ErrorKind::InvalidInput,
                fmt::format("there is no command \"{}\"{}; the commands are {}", word,
                            did_you_mean(word, commands), join(commands, ", ")));
  }
  return fail(ErrorKind::InvalidInput, fmt::format("unknown flag {}{}", word, did_you_mean(word, known)));
}

struct Switches {
  bool check = false;
  bool healthcheck = false;
  bool version = false;
  bool help = false;
};

CommandLine::Mode mode_of(const Switches& switches, bool command) {
  if (switches.help) return CommandLine::Mode::Help;
  if (switches.version) return CommandLine::Mode::Version;
  if (switches.check) return CommandLine::Mode::CheckConfig;
  if (switches.healthcheck) return CommandLine::Mode::Healthcheck;
  return command ? CommandLine::Mode::Command : CommandLine::Mode::Run;
}

/// What went wrong in CLI11's words, which name the flag.
Result<void> parse(CLI::App& app, int argc, const char* const* argv, const DaemonSpec& spec) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return fail(ErrorKind::InvalidInput, error.what());
  }
  return refuse_unknown(app.remaining(), spec);
}

Result<void> check_external_url(std::string& url) {
  if (url.empty()) return {};
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return fail(ErrorKind::InvalidInput, "--web.external-url must begin with http:// or https://");
  }
  if (!is_http_url(url)) {
    return fail(ErrorKind::InvalidInput,
                "--web.external-url must be a URL without quotes, blanks, braces and <>, such as "
                "https://alerts.example.org/picket");
  }
  if (url.find('?') != std::string::npos) {
    return fail(ErrorKind::InvalidInput, "--web.external-url must have no query: paths are added to it");
  }
  while (url.ends_with('/')) url.pop_back();
  return {};
}

}  // namespace

Result<CommandLine> parse_command_line(int argc, const char* const* argv, const DaemonSpec& spec) {
  CommandLine line;
  line.flags.config_file = spec.default_config;
  line.flags.storage_path = "data";
  Switches switches;
  std::string level = "info";
  std::string format = "logfmt";
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.add_flag("-h,--help", switches.help);
  app.add_flag("--version", switches.version);
  app.add_flag("--config.check", switches.check);
  app.add_flag("--healthcheck", switches.healthcheck);
  app.add_flag("--web.systemd-socket", line.systemd_socket);
  app.add_option("--config.file", line.flags.config_file);
  app.add_option("--web.listen-address", line.flags.listen)->allow_extra_args(false);
  app.add_option("--web.config.file", line.flags.web_config_file);
  app.add_option("--web.external-url", line.flags.external_url);
  app.add_option("--storage.path", line.flags.storage_path);
  app.add_option("--storage.dsn", line.flags.storage_dsn);
  app.add_option("--log.level", level);
  app.add_option("--log.format", format);
  if (const Result<void> parsed = parse(app, argc, argv, spec); !parsed) return fail(parsed);

  line.words = app.remaining();
  line.mode = mode_of(switches, !line.words.empty());
  if (line.flags.listen.empty()) line.flags.listen = {spec.default_listen};
  const Result<LogLevel> log_level = parse_log_level(level);
  if (!log_level) return fail(log_level, "--log.level");
  const Result<LogFormat> log_format = parse_log_format(format);
  if (!log_format) return fail(log_format, "--log.format");
  line.log.level = *log_level;
  line.log.format = *log_format;
  if (const Result<void> url = check_external_url(line.flags.external_url); !url) return fail(url);
  return line;
}

std::string help_text(const DaemonSpec& spec) {
  std::string out = fmt::format("{}\n\nUsage: {} [flags]\n", wrapped(spec.summary, 0), spec.name);
  for (const DaemonCommand& command : spec.commands)
    out += fmt::format("       {} [flags] {}\n{}\n", spec.name, command.usage, wrapped(command.summary, 11));
  std::string_view group;
  for (const FlagHelp& flag : kFlags) {
    if (flag.group != group) out += fmt::format("\n{}:\n", flag.group);
    group = flag.group;
    const std::string text = replace_all(replace_all(flag.text, "{}", default_of(flag.flag, spec)), "{port}",
                                         port_of(spec.default_listen));
    const std::string name =
        fmt::format("{}{}{}", flag.flag, flag.argument.empty() ? "" : " ", flag.argument);
    out += fmt::format("  {}\n{}\n", name, wrapped(text, 6));
  }
  const std::array<Example, 3> examples = {{
      {fmt::format("{} --config.file {} --config.check", spec.name, spec.default_config),
       "what is wrong with this file?"},
      other_address(spec),
      {fmt::format("kill -HUP $(pidof {})", spec.name), "read the configuration again"},
  }};
  out += "\nExamples:\n";
  for (const auto& [command, meaning] : examples) out += fmt::format("  {:<60}  {}\n", command, meaning);
  if (!spec.help_footer.empty()) out += "\n" + spec.help_footer + "\n";
  return out;
}

std::string version_text(const DaemonSpec& spec) {
  return fmt::format("{} {} (revision {}, {}, {})\n", spec.name, version(), revision(), compiler(),
                     tls_library());
}

}  // namespace picket
