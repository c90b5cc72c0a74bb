#include "authd/sessions/identity.h"

#include <gtest/gtest.h>

namespace picket::authd {
namespace {

TEST(Scopes, AreWholeButForPowerWithoutASecondFactor) {
  struct Row {
    Role role;
    std::vector<std::string> methods;
    std::string scope;
  };
  for (const Row& row : std::vector<Row>{{Role::Guest, {"pwd"}, "*"},
                                         {Role::User, {"pwd"}, "*"},
                                         {Role::Manager, {"pwd"}, "*"},
                                         {Role::Admin, {"pwd"}, "factors:enrol"},
                                         {Role::Owner, {"pwd"}, "factors:enrol"},
                                         {Role::Owner, {}, "factors:enrol"},
                                         {Role::Owner, {"otp"}, "factors:enrol"},
                                         {Role::Owner, {"pwd", "pwd"}, "factors:enrol"},
                                         {Role::Admin, {"pwd", "otp"}, "*"},
                                         {Role::Owner, {"sms", "pwd"}, "*"}}) {
    EXPECT_EQ(scopes_of(row.role, row.methods, false), std::vector<std::string>{row.scope})
        << to_string(row.role) << " " << row.methods.size();
  }
}

TEST(Scopes, OfHalfALoginAllowToEnrolAndNothingElse) {
  Identity identity;
  identity.user_id = "u";
  identity.role = Role::Owner;
  identity.scopes = scopes_of(identity.role, {"pwd"}, false);
  const Actor actor = actor_of(identity);
  for (const Permission& permission : permissions()) {
    EXPECT_EQ(authorize(actor, permission.name, {"u", "u"}).has_value(), permission.name == "factors:enrol")
        << permission.name;
  }
}

}  // namespace
}  // namespace picket::authd
