// What follows when an account's mail address or number was changed: the old mailbox hears of it, links that
// were mailed there are over, and the new address counts as verified once a link that is mailed to it was
// followed. Used by the API and the pages. Safe from any thread.
#pragma once

#include <string>

#include "authd/login/login.h"
#include "authd/login/one_time_links.h"
#include "authd/login/send_caps.h"

namespace picket::authd {

struct ContactsParts {
  AccountStore& accounts;
  OneTimeLinks& links;
  SendCaps& caps;
  Post& post;
  LoginJournal& journal;
  const LoginSettings& settings;
  const Clock& clock;
};

/// Changes that ask a person for his password again (ASVS 7.5.1).
bool changes_contact(const User& before, const User& after);

class Contacts {
 public:
  explicit Contacts(ContactsParts parts) : parts_(parts) {}

  /// After the change was stored. Nothing when neither address nor number differs.
  Result<void> changed(const User& before, const User& after, const Client& client);
  /// Mails a link to an address that is not verified; earlier ones are over. Silent where there is nothing to
  /// verify, nothing to mail with, or too much was sent.
  Result<void> mail_link(const User& user, const Client& client);
  /// The link was followed, and its button pressed. Denied when it is over, or the address another one since.
  Result<void> verify(const std::string& link_token, const LoginContext& context);

 private:
  Result<void> mark_verified(const Link& link);

  const ContactsParts parts_;
};

}  // namespace picket::authd
