#include "authd/http/endings.h"

#include <algorithm>

#include "authd/http/audit_note.h"

namespace picket::authd {
namespace {

/// The answer of something that was done and is to be written down.
Result<bool> noted(const Result<void>& note) {
  if (!note) return fail(note);
  return true;
}

Result<bool> note_ending(const HttpParts& parts, const Visit& visit, const Ending& ending) {
  return noted(audit(parts, visit,
                     {.action = "sessions.end",
                      .resource = "session:" + ending.session_id,
                      .details = {{"user", ending.owner_id}, {"reason", ending.reason}}}));
}

}  // namespace

Result<bool> end_session(const HttpParts& parts, const Visit& visit, const Ending& ending) {
  Result<bool> ended = parts.sessions.end(ending.session_id, ending.reason);
  if (!ended || !*ended) return ended;
  return note_ending(parts, visit, ending);
}

Result<void> end_replaced(const HttpParts& parts, const Visit& visit) {
  const auto cookie = session_cookie_in(visit.request, visit.config->browser);
  if (!cookie) return {};
  const Result<Identity> before = parts.identities.by_cookie(*cookie);
  if (!before && before.error().kind == ErrorKind::Denied) return {};
  if (!before) return fail(before);
  const Result<bool> ended = end_session(
      parts, visit, {.session_id = before->session_id, .owner_id = before->user_id, .reason = "replaced"});
  return ended ? Result<void>() : fail(ended);
}

Result<bool> end_by_refresh(const HttpParts& parts, const Visit& visit, std::string_view token,
                            std::string_view reason) {
  const auto ended = parts.sessions.end_by_refresh(token, reason);
  if (!ended) return fail(ended);
  if (!*ended) return false;
  return note_ending(parts, visit,
                     {.session_id = (*ended)->id, .owner_id = (*ended)->user_id, .reason = reason});
}

Result<void> end_everything(const HttpParts& parts, const Visit& visit) {
  const std::string& user_id = visit.who().user_id;
  const Result<std::int64_t> epoch = parts.accounts.end_grants(user_id);
  if (!epoch) return fail(epoch);
  parts.ended.note_epoch(user_id, *epoch);
  const Result<std::int64_t> ended = parts.sessions.end_all(user_id, "logout_all");
  if (!ended) return fail(ended);
  return audit(parts, visit,
               {.action = "sessions.end_all",
                .resource = "user:" + user_id,
                .details = {{"sessions", std::to_string(*ended)}}});
}

Result<std::int64_t> keys_that_stay(const HttpParts& parts, const Visit& visit) {
  const Result<std::vector<ApiKey>> keys = parts.api_keys.list(visit.who().user_id);
  if (!keys) return fail(keys);
  const WallTime now = parts.clock.wall();
  return std::ranges::count_if(*keys, [now](const ApiKey& key) { return key.is_live(now); });
}

void tell_of_reuse(const HttpParts& parts, const Visit& visit, const RefreshAnswer& answer) {
  parts.login.tell_of_reuse(answer.user_id, visit.client);
  // Refused all the same when it cannot be written down.
  [[maybe_unused]] const Result<void> noted =
      audit(parts, visit,
            {.action = "auth.refresh",
             .resource = "user:" + answer.user_id,
             .result = "denied",
             .details = {{"reason", to_string(answer.verdict)}, {"session", answer.session_id}}});
}

Result<bool> forget_device(const HttpParts& parts, const Visit& visit, const std::string& device_id) {
  Result<bool> revoked = parts.devices.revoke(visit.who().user_id, device_id, parts.clock.wall());
  if (!revoked || !*revoked) return revoked;
  return noted(audit(parts, visit, {.action = "devices.forget", .resource = "device:" + device_id}));
}

}  // namespace picket::authd
