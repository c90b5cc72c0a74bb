// The stack of compose/ on a container engine: its images from the programs of this build, Debian's
// PostgreSQL, Redis, nginx and Prometheus under the names of the images that the files name, and a mail server
// that shows its mails. What Debian lacks (Grafana and the exporters beside ours) is left out. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/e2e/compose/container_engine.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

class RunningStack {
 public:
  explicit RunningStack(const ContainerEngine& engine);  ///< this thread joins the engine's network
  ~RunningStack();
  RunningStack(const RunningStack&) = delete;
  RunningStack& operator=(const RunningStack&) = delete;

  /// A file of config/, changed before the start: `from` becomes `to`. Gives up when `from` is not there.
  void change_config(const std::string& name, const std::string& from, const std::string& to) const;
  void build_images() const;  ///< with the peers' ones
  /// Of the stage that compiles: their names, a line each. Stacks lie in three places of the checkout.
  std::string files_that_are_built_from() const;
  /// Bytes of an image beyond its base.
  std::int64_t bytes_beyond_base(const std::string& image) const;
  void up() const;  ///< waits until everything is healthy
  /// `./picket compose ARGUMENTS`; gives up when it fails.
  std::string picket(std::vector<std::string> arguments) const;
  /// `docker-compose ARGUMENTS`.
  std::string compose(std::vector<std::string> arguments) const;
  /// Runs a command in a service's container: its standard output.
  std::string run_in(const std::string& service, std::vector<std::string> command,
                     const std::string& input = "") const;
  bool is_healthy(const std::string& service) const;

  std::string certificate() const { return files_.file("secrets/tls_certificate"); }

 private:
  std::string container_of(const std::string& service) const;
  std::string version() const;  ///< of our images, as .env has it
  void copy_checkout() const;
  void make_files() const;

  const ContainerEngine& engine_;
  const TempDir checkout_, files_;
};

/// The images of our own.
const std::vector<std::string>& our_images();

}  // namespace picket::test
