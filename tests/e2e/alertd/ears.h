// The receivers of the chaos test: HTTP peers and an SMTP server that keep what they accept, and can fail in
// each of the ways that such peers fail.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/exec/mutex.h"
#include "tests/e2e/alertd/heard.h"
#include "tests/support/peer_server.h"
#include "tests/support/smtp_server.h"

namespace picket::test {

/// Of alertd.yml: the text that Slack and mails get, one mark for each alert.
inline const std::string kMarks =
    "{{ range .Alerts }}[[{{ .Status }}|{{ .Labels.alertname }} {{ .Labels.i }}]] {{ end }}";

/// A webhook, or Slack.
class HttpEar {
 public:
  /// `Hangs` and `LosesAnswers` accept; the others do not.
  enum class Mode { Works, Hangs, LosesAnswers, Fails500, Fails503, Refuses403 };

  HttpEar();
  ~HttpEar();

  std::string url(const std::string& path) const { return peer_.url(path); }
  void be(Mode mode);
  void stop() { peer_.stop(); }
  void start() { peer_.start(); }
  std::vector<Heard> heard() const;
  int refused() const;

 private:
  PeerAnswer answer(const PeerRequest& request);

  mutable Mutex mutex_;
  mutable ConditionVariable changed_;
  Mode mode_ GUARDED_BY(mutex_) = Mode::Works;
  std::vector<Heard> heard_ GUARDED_BY(mutex_);
  int refused_ GUARDED_BY(mutex_) = 0;
  LocalPeer peer_;
};

std::vector<Heard> heard_by(const SmtpServer& smtp);

}  // namespace picket::test
