#include "tests/support/smtp_server.h"

#include <strings.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/free_port.h"
#include "tests/support/give_up.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

Mail mail_of(const nlohmann::json& line) {
  Mail mail;
  mail.from = line["from"].is_null() ? "" : line["from"].get<std::string>();
  mail.to = line["to"].get<std::vector<std::string>>();
  mail.raw = line["raw"];
  for (const auto& header : line["headers"]) mail.headers.emplace(header[0], header[1]);
  mail.text = line["text"];
  mail.html = line["html"];
  mail.tls = line["tls"];
  mail.auth_user = line["auth_user"];
  mail.auth_mechanism = line["auth_mechanism"];
  mail.helo = line["helo"];
  return mail;
}

}  // namespace

std::string Mail::header(const std::string& name) const {
  for (const auto& [key, value] : headers) {
    if (::strcasecmp(key.c_str(), name.c_str()) == 0) return value;
  }
  return "";
}

SmtpServer::SmtpServer(SmtpOptions options) : port_(free_port()), options_(std::move(options)) {
  start();
}

void SmtpServer::start() {
  const nlohmann::json options{{"port", port_},
                               {"mails", dir_.file("mails.jsonl")},
                               {"control", dir_.file("control.json")},
                               {"cert", options_.cert},
                               {"key", options_.key},
                               {"implicit_tls", options_.implicit_tls},
                               {"require_tls", options_.require_tls},
                               {"user", options_.user},
                               {"password", options_.password},
                               {"mechanisms", options_.mechanisms},
                               {"smtputf8", options_.smtputf8}};
  // Debian's own interpreter: another python3 in PATH would not see Debian's modules.
  process_ = std::make_unique<Process>(std::vector<std::string>{
      "/usr/bin/python3", PICKET_SOURCE_DIR "/tests/support/smtp_sink.py", options.dump()});
  const bool ready = wait_until(std::chrono::seconds(30), [&] {
    return process_->output().find("ready") != std::string::npos || !process_->running();
  });
  if (!ready || !process_->running()) {
    give_up("aiosmtpd does not start (apt-get install python3-aiosmtpd): " + process_->errors());
  }
}

void SmtpServer::stop() {
  process_->stop();
}

std::vector<Mail> SmtpServer::mails() const {
  std::vector<Mail> result;
  std::stringstream lines(dir_.read("mails.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const auto parsed = nlohmann::json::parse(line, nullptr, false);
    if (!parsed.is_discarded()) result.push_back(mail_of(parsed));
  }
  return result;
}

bool SmtpServer::wait_for(std::size_t count, std::chrono::milliseconds within) const {
  return wait_until(within, std::chrono::milliseconds(20), [&] { return mails().size() >= count; });
}

void SmtpServer::refuse(const std::string& command, const std::string& answer) {
  if (answer.empty()) {
    refused_.erase(command);
  } else {
    refused_[command] = answer;
  }
  write_control();
}

void SmtpServer::lose_answer(bool lose) {
  lose_answer_ = lose;
  write_control();
}

void SmtpServer::write_control() const {
  const nlohmann::json control{{"refuse", refused_}, {"lose_answer", lose_answer_}};
  const std::string fresh = dir_.write("control.new", control.dump());
  if (std::rename(fresh.c_str(), dir_.file("control.json").c_str()) != 0)
    give_up("cannot replace control.json");
}

}  // namespace picket::test
