#include "tests/support/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "tests/support/give_up.h"
#include "tests/support/program.h"

namespace picket::test {
namespace {

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!added.contains(text.substr(0, text.find('=')))) result.push_back(text);
  }
  for (const auto& [key, value] : added) result.push_back(fmt::format("{}={}", key, value));
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

int memory_file(const char* name, const std::string& content) {
  const int file = ::memfd_create(name, MFD_CLOEXEC);
  if (file < 0) give_up("memfd_create failed");
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t written = ::write(file, content.data() + done, content.size() - done);
    if (written <= 0) give_up("cannot fill standard input");
    done += static_cast<std::size_t>(written);
  }
  ::lseek(file, 0, SEEK_SET);
  return file;
}

std::string content_of(int file) {
  std::string result;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t count = ::pread(file, buffer.data(), buffer.size(), static_cast<off_t>(result.size()));
    if (count <= 0) return result;
    result.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

struct Launch {
  char* const* argv = nullptr;
  char* const* env = nullptr;
  const char* cwd = nullptr;
  std::array<int, 3> streams{};
  pid_t parent = 0;
};

// Runs in the child between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(const Launch& launch) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != launch.parent) ::_exit(127);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  for (int stream = 0; stream < 3; ++stream)
    ::dup2(launch.streams.at(static_cast<std::size_t>(stream)), stream);
  if (launch.cwd != nullptr && ::chdir(launch.cwd) != 0) ::_exit(127);
  ::execve(launch.argv[0], launch.argv, launch.env);
  ::_exit(127);
}

}  // namespace

Process::Process(ProcessOptions options) {
  if (options.argv.empty()) give_up("a process needs a program");
  if (options.argv[0].find('/') == std::string::npos)
    options.argv[0] = find_program(options.argv[0], options.argv[0]);
  if (::access(options.argv[0].c_str(), X_OK) != 0) give_up("no program " + options.argv[0]);
  std::vector<std::string> environment = merged_environment(options.env);
  const std::vector<char*> argv = pointers(options.argv);
  const std::vector<char*> env = pointers(environment);
  const int input = memory_file("stdin", options.stdin_text);
  output_ = memory_file("stdout", "");
  errors_ = memory_file("stderr", "");
  // Appending, so that children of the child do not overwrite each other's lines.
  ::fcntl(output_, F_SETFL, O_APPEND);
  ::fcntl(errors_, F_SETFL, O_APPEND);
  const Launch launch{argv.data(),
                      env.data(),
                      options.cwd.empty() ? nullptr : options.cwd.c_str(),
                      {input, output_, errors_},
                      ::getpid()};
  pid_ = ::fork();
  if (pid_ == 0) become(launch);
  ::close(input);
  if (pid_ < 0) give_up("fork failed");
  ::setpgid(pid_, pid_);
  pid_fd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (pid_fd_ < 0) give_up("pidfd_open failed");
}

Process::~Process() {
  kill9();
  for (const int file : {pid_fd_, output_, errors_}) ::close(file);
}

void Process::reap(int status) {
  exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool Process::running() {
  return !wait(std::chrono::milliseconds(0)).has_value();
}

void Process::signal(int number) const {
  if (!exit_code_) ::kill(pid_, number);
}

void Process::kill9() {
  if (exit_code_) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
  wait(std::chrono::seconds(30));
}

int Process::stop(std::chrono::milliseconds patience) {
  signal(SIGTERM);
  if (!wait(patience)) kill9();
  return exit_code_.value_or(-1);
}

std::optional<int> Process::wait(std::chrono::milliseconds within) {
  if (exit_code_) return exit_code_;
  const auto end = std::chrono::steady_clock::now() + within;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd ended{pid_fd_, POLLIN, 0};
    const int ready = ::poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready < 0 && errno == EINTR) continue;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) reap(status);
    return exit_code_;
  }
}

std::string Process::output() const {
  return content_of(output_);
}
std::string Process::errors() const {
  return content_of(errors_);
}

Finished run_to_end(ProcessOptions options, std::chrono::milliseconds within) {
  const std::string name = options.argv.empty() ? "" : options.argv[0];
  Process process(std::move(options));
  const std::optional<int> code = process.wait(within);
  if (!code) give_up(name + " did not end in time: " + process.errors());
  return {*code, process.output(), process.errors()};
}

}  // namespace picket::test
