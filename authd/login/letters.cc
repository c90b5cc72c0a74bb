#include "authd/login/letters.h"

#include "base/text/escape.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

constexpr std::size_t kShownMax = 120;

std::string shown(std::string_view text) {
  std::string out = truncate(repair_utf8(text), kShownMax);
  std::erase_if(out, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
  // What ends a line for some readers and not for others.
  for (const std::string_view separator : {"\u2028", "\u2029", "\u0085"})
    out = replace_all(out, separator, " ");
  return out;
}

std::string circumstances(const Occasion& o) {
  const std::string agent = o.client.user_agent.empty() ? "unknown" : shown(o.client.user_agent);
  return fmt::format("Time:     {}\nAddress:  {}\nBrowser:  {}\n", format_rfc3339(o.at),
                     o.client.address.text(), agent);
}

Letter letter(const Occasion& o, std::string_view subject, std::string_view body) {
  return {o.user.email, fmt::format("{}: {}", o.service, subject),
          fmt::format("Hello {},\n\n{}\n\n{}", shown(o.user.username), body, circumstances(o))};
}

}  // namespace

Letter code_letter(const Occasion& o, std::string_view code, Duration lifetime) {
  return letter(o, "your code",
                fmt::format("your code is {}\n\nIt is good once, for {}. Nobody of {} will ever ask you for "
                            "it. If you are not logging in, somebody knows your password: change it.",
                            code, format_duration(lifetime), o.service));
}

std::string code_text(std::string_view service, std::string_view code) {
  return fit_segments(fmt::format("{}: your code is {}. Give it to nobody.", service, code), 1);
}

Letter new_client_letter(const Occasion& o) {
  return letter(o, "a login from somewhere new",
                "somebody has logged in to your account from a browser or a network that it was not used "
                "from lately. If that was not you, change your password and end all sessions.");
}

Letter lock_letter(const Occasion& o) {
  return letter(o, "failed logins",
                "somebody has failed to log in to your account several times and must wait now. You can "
                "still log in from elsewhere. If that was not you, there is nothing that you have to do.");
}

Letter reuse_letter(const Occasion& o) {
  return letter(
      o, "a login was ended",
      "a token of one of your logins was used a second time, as happens when it was copied. That login "
      "was ended, wherever it was in use; your other logins go on. If you know of no restored backup "
      "and no program that would do so, end all sessions and change your password.");
}

Letter change_letter(const Occasion& o, std::string_view what) {
  return letter(o, what,
                fmt::format("{}. All sessions of your account were ended. If that was not you, reset your "
                            "password at once and tell your administrator.",
                            what));
}

Letter contact_letter(const Occasion& o, std::string_view what) {
  return letter(o, what,
                fmt::format("{}. If you know nothing of it, tell your administrator at once: whoever did it "
                            "may know your password.",
                            what));
}

Letter verify_letter(const Occasion& o, std::string_view link, Duration lifetime) {
  return letter(o, "is this your mail address?",
                fmt::format("with this link you say that this mailbox is yours. It is good once, for "
                            "{}:\n\n{}\n\nIf you did not ask for it, there is nothing that you have to do.",
                            format_duration(lifetime), link));
}

Letter reset_letter(const Occasion& o, std::string_view link, Duration lifetime) {
  return letter(o, "set a new password",
                fmt::format("with this link you set a new password. It is good once, for {}:\n\n{}\n\nIf you "
                            "did not ask for it, there is nothing that you have to do.",
                            format_duration(lifetime), link));
}

Letter no_reset_letter(const Occasion& o) {
  return letter(o, "your password cannot be reset by mail",
                "somebody has asked for a new password for your account. Its second factor is a code to this "
                "mailbox, so that a link to the same mailbox would be the only proof. Please ask your "
                "administrator.");
}

Letter invite_letter(std::string_view service, std::string_view to, std::string_view link,
                     Duration lifetime) {
  return {std::string(to), fmt::format("{}: you are invited", service),
          fmt::format("Hello,\n\nyou have been invited to {}. Choose your user name and password here. The "
                      "link is good once, for {}:\n\n{}\n",
                      service, format_duration(lifetime), link)};
}

}  // namespace picket::authd
