#include "base/daemon/reloader.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/daemon/operator_access.h"
#include "base/daemon/systemd.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket {
namespace {

constexpr std::size_t kWaitingMax = 16;

Result<void> both(const Result<void>& a, const Result<void>& b) {
  if (a && b) return {};
  if (a) return b;
  if (b) return a;
  return fail(a.error().kind, a.error().message + "\n" + b.error().message);
}

/// Blank lines and comments alone.
bool says_nothing(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::string_view words = trim(line);
    if (!words.empty() && !words.starts_with('#') && words != "---") return false;
  }
  return true;
}

}  // namespace

Reloader::Reloader(ReloadParts parts, const std::string& prefix, MetricRegistry& registry)
    : parts_(std::move(parts)),
      successful_(
          registry
              .gauge(prefix + "_config_last_reload_successful", "1 if the last configuration load succeeded.")
              .Add({})),
      success_time_(registry
                        .gauge(prefix + "_config_last_reload_success_timestamp_seconds",
                               "Unix time of the last successful configuration load.")
                        .Add({})),
      config_info_(registry.gauge(prefix + "_config_info",
                                  "Constant 1, labelled by digest of the active configuration.")),
      thread_("reload", {1, kWaitingMax}) {}

Result<void> Reloader::load() {
  const Result<std::string> text = parts_.files.read(parts_.flags.config_file, 10_MiB);
  // At the start an empty file means what the defaults say; later it is one that was cut off.
  if (shown_config_ != nullptr && text && says_nothing(*text)) {
    successful_.Set(0);
    return fail(ErrorKind::InvalidInput,
                fmt::format("{}: is empty, the configuration in force stays", parts_.flags.config_file));
  }
  // The web server's file first: when it is wrong, nothing of the other has changed yet.
  Result<void> loaded = parts_.web.reload();
  const bool may_load = loaded || shown_config_ == nullptr;
  loaded = both(loaded, may_load ? parts_.service.load() : parts_.check(parts_.flags, parts_.files));
  successful_.Set(loaded ? 1 : 0);
  if (loaded) {
    success_time_.Set(unix_seconds(parts_.clock.wall()));
    show_config(text.value_or(""));
  }
  return loaded;
}

void Reloader::show_config(const std::string& text) {
  prometheus::Gauge& shown = config_info_.Add({{"sha256", hex_encode(sha256(text))}});
  shown.Set(1);
  if (shown_config_ != nullptr && shown_config_ != &shown) config_info_.Remove(shown_config_);
  shown_config_ = &shown;
}

void Reloader::request(std::function<void(const Result<void>&)> done) {
  const auto shared = std::make_shared<std::function<void(const Result<void>&)>>(std::move(done));
  if (!thread_.submit([this, shared] { reload(*shared); })) {
    (*shared)(fail(ErrorKind::Unavailable, "too many reloads are waiting"));
  }
}

void Reloader::reload(const std::function<void(const Result<void>&)>& done) {
  notify_systemd_reloading();
  const Result<void> loaded = load();
  notify_systemd("READY=1");
  if (loaded) {
    parts_.log.info("configuration reloaded", {{"file", parts_.flags.config_file}});
  } else {
    parts_.log.error("reload failed, the old configuration stays", {{"error", loaded.error()}});
  }
  done(loaded);
}

AsyncHandler Reloader::handler() {
  return [this](const Request& incoming, const Responder& respond) {
    if (std::optional<Response> refused = refuse_reload(incoming)) {
      respond(std::move(*refused));
      return;
    }
    request([respond](const Result<void>& loaded) {
      if (loaded) {
        respond(Response::text(200, "reloaded\n"));
      } else {
        const int status = loaded.error().kind == ErrorKind::Unavailable ? 503 : 500;
        respond(Response::text(status, loaded.error().message + "\n"));
      }
    });
  };
}

}  // namespace picket
