// An SMTP server (Debian's aiosmtpd) on a free port that keeps every mail for the test to read. Not
// thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

struct Mail {
  std::string from;                                 ///< of the envelope
  std::vector<std::string> to;                      ///< of the envelope
  std::string raw;                                  ///< as it came over the wire
  std::multimap<std::string, std::string> headers;  ///< decoded
  std::string text;                                 ///< decoded text/plain part
  std::string html;                                 ///< decoded text/html part
  bool tls = false;
  std::string auth_user;
  std::string auth_mechanism;
  std::string helo;

  std::string header(const std::string& name) const;
  std::string subject() const { return header("Subject"); }
};

struct SmtpOptions {
  std::string cert{};  ///< offers STARTTLS with it
  std::string key{};
  bool implicit_tls = false;  ///< TLS from the first byte instead
  bool require_tls = false;   ///< refuses mail before STARTTLS
  std::string user{};         ///< asks for authentication
  std::string password{};
  std::vector<std::string> mechanisms{"PLAIN", "LOGIN", "CRAM-MD5"};
  bool smtputf8 = true;  ///< offers it
};

class SmtpServer {
 public:
  explicit SmtpServer(SmtpOptions options = {});

  int port() const { return port_; }
  std::string target() const { return "127.0.0.1:" + std::to_string(port_); }
  std::vector<Mail> mails() const;
  /// False when there were fewer than `count` after `within`.
  bool wait_for(std::size_t count, std::chrono::milliseconds within = std::chrono::seconds(10)) const;

  /// From now on a command is answered so: refuse("RCPT", "450 4.2.1 try later"), refuse("RCPT a@b",
  /// "550 5.1.1 no such user"), MAIL, DATA, AUTH (any text). An empty answer takes it back.
  void refuse(const std::string& command, const std::string& answer);
  /// Takes the mail, then cuts the connection instead of saying 250.
  void lose_answer(bool lose);

  void start();  ///< waits until it is ready
  void stop();
  void kill9() { process_->kill9(); }
  Process& process() { return *process_; }  ///< SIGSTOP makes it hang

 private:
  void write_control() const;

  const TempDir dir_;
  const int port_;
  const SmtpOptions options_;
  std::map<std::string, std::string> refused_;
  bool lose_answer_ = false;
  std::unique_ptr<Process> process_;
};

}  // namespace picket::test
