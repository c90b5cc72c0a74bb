// A child process of a test: own process group, output kept in memory, killed with its group when the object
// goes (and by the kernel when the test program dies). Start it from a thread that lives as long as it does.
// Not thread-safe, except output() and errors().
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace picket::test {

struct ProcessOptions {
  std::vector<std::string> argv{};           ///< argv[0] is a path, or a name to look for in PATH
  std::map<std::string, std::string> env{};  ///< added to the test's own environment
  std::string cwd{};                         ///< empty: the test's own
  std::string stdin_text{};                  ///< what the child reads, then end of file
};

class Process {
 public:
  /// Gives up when the program cannot be started.
  explicit Process(ProcessOptions options);
  explicit Process(std::vector<std::string> argv) : Process(ProcessOptions{std::move(argv), {}, {}, {}}) {}
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  void signal(int number) const;  ///< to the process alone
  void kill9();                   ///< SIGKILL to the whole group, then waits
  /// SIGTERM, then SIGKILL after `patience`. The exit code as wait() gives it.
  int stop(std::chrono::milliseconds patience = std::chrono::seconds(10));
  /// Exit code, or 128 + signal number; nothing when it still runs after `within`.
  std::optional<int> wait(std::chrono::milliseconds within);

  std::string output() const;  ///< standard output so far
  std::string errors() const;  ///< standard error so far

 private:
  void reap(int status);

  pid_t pid_ = -1;
  int pid_fd_ = -1;
  int output_ = -1;
  int errors_ = -1;
  std::optional<int> exit_code_;
};

struct Finished {
  int exit_code = 0;
  std::string output;
  std::string errors;
};

/// Runs a program to its end; gives up when that takes longer than `within`.
Finished run_to_end(ProcessOptions options, std::chrono::milliseconds within = std::chrono::seconds(30));

}  // namespace picket::test
