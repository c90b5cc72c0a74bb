#include "tests/e2e/exposer/civet_hook.h"

#include <array>
#include <nlohmann/json.hpp>

#include "base/text/encoding.h"
#include "tests/support/free_port.h"

namespace picket::test {
namespace {

std::string field(mg_connection* connection, const char* name) {
  const char* value = mg_get_header(connection, name);
  return value == nullptr ? "" : value;
}

std::string body_of(mg_connection* connection) {
  std::string body;
  std::array<char, 4096> piece{};
  int size = 0;
  while ((size = mg_read(connection, piece.data(), piece.size())) > 0) {
    body.append(piece.data(), static_cast<std::size_t>(size));
  }
  return body;
}

bool is_about(const HookCall& call, const std::string& alert, const std::string& status) {
  const auto message = nlohmann::json::parse(call.body, nullptr, false);
  if (!message.is_object() || message.value("status", "") != status) return false;
  return message["commonLabels"].value("alertname", "") == alert;
}

}  // namespace

CivetHook::CivetHook()
    : port_(free_port()),
      server_(std::vector<std::string>{"listening_ports", "127.0.0.1:" + std::to_string(port_), "num_threads",
                                       "2"}) {
  server_.addHandler("/hook", this);
}

CivetHook::~CivetHook() {
  server_.close();
}

void CivetHook::refuse_next() {
  const std::lock_guard lock(mutex_);
  refuses_next_ = true;
}

bool CivetHook::handlePost(CivetServer* /*server*/, mg_connection* connection) {
  const std::string expected = "Basic " + base64_encode(std::string(kUser) + ":" + kPassword);
  const bool is_known = field(connection, "Authorization") == expected;
  const int status =
      note({body_of(connection), field(connection, "Content-Type"), field(connection, "Idempotency-Key")},
           is_known);
  mg_printf(connection, "HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status,
            mg_get_response_code_text(connection, status));
  return true;
}

int CivetHook::note(HookCall call, bool is_known) {
  const std::lock_guard lock(mutex_);
  const bool refuses = is_known && std::exchange(refuses_next_, false);
  call.answered = !is_known ? 401 : refuses ? 503 : 200;
  calls_.push_back(std::move(call));
  return calls_.back().answered;
}

std::vector<HookCall> CivetHook::calls(const std::string& alert, const std::string& status) const {
  const std::lock_guard lock(mutex_);
  std::vector<HookCall> found;
  for (const HookCall& call : calls_) {
    if (is_about(call, alert, status)) found.push_back(call);
  }
  return found;
}

std::string CivetHook::summary() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const HookCall& call : calls_) text += std::to_string(call.answered) + " " + call.body + "\n";
  return text;
}

}  // namespace picket::test
