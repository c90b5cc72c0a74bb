#include "tests/compose/stack_files.h"

#include <fstream>
#include <iterator>

#include "tests/support/give_up.h"
#include "tests/support/program.h"

namespace picket::test {

YamlNode tree_of(const std::string& yaml) {
  Problems problems("merged");
  YamlNode root = parse_yaml(yaml, problems);
  if (!problems.empty()) give_up(problems.error().message);
  return root;
}

std::string checkout_file(const std::string& path) {
  std::ifstream stream(kCheckout + "/" + path);
  if (!stream) give_up("there is no " + path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

StackFiles::StackFiles() {
  const Finished made = picket({"init", "--host", kStackHost});
  if (made.exit_code != 0) give_up(made.output + made.errors);
}

Finished StackFiles::picket(std::vector<std::string> arguments) const {
  std::vector<std::string> argv{kCheckout + "/picket", "compose"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  argv.insert(argv.end(), {"--files", dir_.path()});
  return run_to_end({.argv = std::move(argv)}, kPatience);
}

Finished StackFiles::config(bool with_monitoring) const {
  std::vector<std::string> argv{find_program("docker-compose", "docker-compose"), "--env-file",
                                dir_.file(".env"), "-f", "docker-compose.yml"};
  if (with_monitoring) argv.insert(argv.end(), {"-f", "docker-compose.monitoring.yml"});
  argv.emplace_back("config");
  return run_to_end({.argv = std::move(argv), .cwd = kCheckout + "/compose"}, kPatience);
}

}  // namespace picket::test
