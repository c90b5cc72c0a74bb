// What tests of second factors share: a person with mail codes, sending, guessing.
#pragma once

#include "tests/authd/login/login_fixture.h"

namespace picket::authd {

class OnSecondFactor : public OnLogin {
 protected:
  User with_mail(const std::string& name, Role role = Role::User) {
    const User made = person(name, role);
    EXPECT_TRUE(stores_->factors().set_email_otp(made.id, true));
    return account(name);
  }
  void send(const SecondFactorRequired& required, const std::string& method) {
    EXPECT_TRUE(suite_->login().send_code(required.challenge.reveal(), method, from()));
    suite_->post().wait_until_idle();
  }
  /// The stopped account refuses the password already.
  void second_if_asked(const std::string& name, const std::string& method, const std::string& code,
                       const LoginContext& context) {
    auto outcome = begin(name, kPassword, context);
    if (const auto* required = std::get_if<SecondFactorRequired>(&outcome))
      complete(*required, method, code, context);
  }
  /// A code of six digits that is not this one.
  static std::string not_this(const std::string& code) {
    return (code[0] == '1' ? "2" : "1") + code.substr(1);
  }
};

}  // namespace picket::authd
