// fleet_files: writes what ./picket run starts the fleet with. Exit status 1 with the reason when
// overrides.yml is wrong.
#include <CLI/CLI.hpp>
#include <iostream>

#include "tools/fleet/run_folder.h"

namespace {

using picket::fleet::Overrides;
using picket::fleet::RunFolder;

int fails(const picket::Error& error) {
  std::cerr << error.message << "\n";
  return 1;
}

int print_urls(const RunFolder& place, const Overrides& overrides) {
  for (const auto& [program, url] : picket::fleet::urls_of(place, overrides)) {
    std::cout << program << " " << url << "\n";
  }
  return 0;
}

int write_files(const RunFolder& place, const Overrides& overrides, picket::Files& files) {
  const auto wanted = picket::fleet::generate(place, overrides, files);
  if (!wanted) return fails(wanted.error());
  if (auto made = files.make_directories(place.folder + "/rules", 0700); !made) return fails(made.error());
  const auto told = picket::fleet::write_generated(place.folder, *wanted, files);
  if (!told) return fails(told.error());
  for (const std::string& line : *told) std::cout << line << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  RunFolder place;
  bool urls = false;
  CLI::App app("Writes prometheus.yml and rules/ of a run folder from what ships and its overrides.yml.");
  app.add_option("--source", place.source, "the checkout");
  app.add_option("--data", place.folder, "the run folder");
  app.add_option("--reach", place.reach, "address of the daemons");
  app.add_flag("--urls", urls, "print where people reach each program, and write nothing");
  CLI11_PARSE(app, argc, argv);
  picket::RealFiles files;
  const auto overrides = picket::fleet::overrides_of(place, files);
  if (!overrides) return fails(overrides.error());
  return urls ? print_urls(place, *overrides) : write_files(place, *overrides, files);
}
