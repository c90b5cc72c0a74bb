#include "tests/e2e/alertd/ears.h"

#include <nlohmann/json.hpp>

namespace picket::test {
namespace {

using nlohmann::json;

std::set<std::string> listed(const std::string& text) {
  std::set<std::string> keys;
  std::string key;
  for (const char letter : text + ",") {
    if (letter != ',' && letter != ' ' && letter != '<' && letter != '>') {
      key += letter;
      continue;
    }
    key = key.substr(0, key.find('@'));
    if (!key.empty()) keys.insert(key);
    key.clear();
  }
  return keys;
}

std::map<std::string, std::string> marked(const std::string& text) {
  std::map<std::string, std::string> alerts;
  for (std::size_t at = 0; (at = text.find("[[", at)) != std::string::npos; ++at) {
    const std::size_t bar = text.find('|', at);
    const std::size_t end = text.find("]]", at);
    if (bar > end || end == std::string::npos) continue;
    alerts[text.substr(bar + 1, end - bar - 1)] = text.substr(at + 2, bar - at - 2);
  }
  return alerts;
}

std::map<std::string, std::string> alerts_of(const json& webhook) {
  std::map<std::string, std::string> alerts;
  for (const json& alert : webhook.at("alerts")) {
    const json& labels = alert.at("labels");
    alerts[labels.at("alertname").get<std::string>() + " " + labels.at("i").get<std::string>()] =
        alert.at("status");
  }
  return alerts;
}

Heard heard_from(const PeerRequest& request) {
  const json body = json::parse(request.body, nullptr, false);
  Heard heard{.key = request.header("Idempotency-Key")};
  heard.supersedes = listed(request.header("Picket-Supersedes"));
  heard.alerts = body.is_object() && body.contains("groupKey") ? alerts_of(body) : marked(request.body);
  return heard;
}

}  // namespace

HttpEar::HttpEar() : peer_([this](const PeerRequest& request) { return answer(request); }) {}

HttpEar::~HttpEar() {
  be(Mode::Works);
}

void HttpEar::be(Mode mode) {
  {
    const MutexLock lock(mutex_);
    mode_ = mode;
  }
  changed_.notify_all();
}

PeerAnswer HttpEar::answer(const PeerRequest& request) PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  std::unique_lock lock(mutex_);
  const Mode mode = mode_;
  if (mode == Mode::Fails500 || mode == Mode::Fails503 || mode == Mode::Refuses403) {
    ++refused_;
    if (mode == Mode::Fails503) return {503, "busy", {{"Retry-After", "2"}}};
    return {mode == Mode::Fails500 ? 500 : 403, "no", {}};
  }
  // In the order of arrival: what hangs is answered later than what came after it.
  heard_.push_back(heard_from(request));
  changed_.wait(lock, [this] { return mode_ != Mode::Hangs; });
  return {.status = 200, .body = "ok", .lost = mode == Mode::LosesAnswers};
}

std::vector<Heard> HttpEar::heard() const {
  const MutexLock lock(mutex_);
  return heard_;
}

int HttpEar::refused() const {
  const MutexLock lock(mutex_);
  return refused_;
}

std::vector<Heard> heard_by(const SmtpServer& smtp) {
  std::vector<Heard> result;
  for (const Mail& mail : smtp.mails()) {
    const std::set<std::string> keys = listed(mail.header("Message-ID"));
    result.push_back({.key = keys.empty() ? "" : *keys.begin(),
                      .supersedes = listed(mail.header("Picket-Supersedes")),
                      .alerts = marked(mail.text)});
  }
  return result;
}

}  // namespace picket::test
