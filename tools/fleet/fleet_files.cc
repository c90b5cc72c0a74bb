#include "tools/fleet/fleet_files.h"

#include <CLI/CLI.hpp>
#include <ostream>

#include "base/files/lock_file.h"
#include "tools/fleet/run_folder.h"

namespace picket::fleet {
namespace {

int fails(const Error& error, std::ostream& errors) {
  errors << error.message << "\n";
  return 1;
}

int print_urls(const RunFolder& place, const Overrides& overrides, std::ostream& out) {
  for (const auto& [program, url] : urls_of(place, overrides)) out << program << " " << url << "\n";
  return 0;
}

Result<std::vector<std::string>> write_files(const RunFolder& place, const Overrides& overrides,
                                             Files& files) {
  const auto wanted = generate(place, overrides, files);
  if (!wanted) return fail(wanted);
  if (const auto made = files.make_directories(place.folder + "/rules", 0700); !made) return fail(made);
  const auto lock = LockFile::acquire(place.folder + "/.fleet_files.lock");
  if (!lock) return fail(lock);
  return write_generated(place.folder, *wanted, files);
}

/// The same files in a folder that remembers nothing.
Result<std::vector<std::string>> write_copies(const RunFolder& place, const Overrides& overrides,
                                              const std::string& into, Files& files) {
  const auto wanted = generate(place, overrides, files);
  if (!wanted) return fail(wanted);
  if (const auto made = files.make_directories(into + "/rules", 0700); !made) return fail(made);
  for (const GeneratedFile& file : *wanted) {
    if (const auto written = files.write_atomic(into + "/" + file.path, file.content, file.mode); !written)
      return fail(written);
  }
  return std::vector<std::string>{};
}

}  // namespace

int run_fleet_files(int argc, const char* const* argv, std::ostream& out, std::ostream& errors) {
  RunFolder place;
  std::string into;
  bool urls = false;
  CLI::App app("Writes prometheus.yml and rules/ of a run folder from what ships and its overrides.yml.");
  app.add_option("--source", place.source, "the checkout");
  app.add_option("--data", place.folder, "the run folder");
  app.add_option("--reach", place.reach, "address of the daemons");
  app.add_option("--into", into, "write the files into this folder instead, for a check");
  app.add_flag("--urls", urls, "print where people reach each program, and write nothing");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, errors);
  }
  RealFiles files;
  const auto overrides = overrides_of(place, files);
  if (!overrides) return fails(overrides.error(), errors);
  if (urls) return print_urls(place, *overrides, out);
  const auto told =
      into.empty() ? write_files(place, *overrides, files) : write_copies(place, *overrides, into, files);
  if (!told) return fails(told.error(), errors);
  for (const std::string& line : *told) out << line << "\n";
  return 0;
}

}  // namespace picket::fleet
