// From where owners may act. Row 50 of the attacks.
#include "authd/sessions/owner_networks.h"

#include "tests/authd/sessions/session_fixture.h"

namespace picket::authd {
namespace {

OwnerNetworks at_home() {
  return {{Cidr::parse("10.0.0.0/8").value(), Cidr::parse("2001:db8:1::/48").value()}};
}

TEST(OwnerNetworks, KeepOutOwnersFromElsewhereAndNobodyElse) {
  const struct {
    OwnerNetworks networks;
    Role role;
    const char* client;
    bool is_out;
  } rows[] = {{at_home(), Role::Owner, "10.1.2.3", false},
              {at_home(), Role::Owner, "::ffff:10.1.2.3", false},
              {at_home(), Role::Owner, "2001:db8:1::5", false},
              {at_home(), Role::Owner, "11.0.0.1", true},
              {at_home(), Role::Owner, "::ffff:11.0.0.1", true},
              {at_home(), Role::Owner, "2001:db8:2::5", true},
              {at_home(), Role::Admin, "11.0.0.1", false},
              {at_home(), Role::User, "11.0.0.1", false},
              {{}, Role::Owner, "11.0.0.1", false}};
  for (const auto& row : rows) {
    const IpAddress client = IpAddress::parse(row.client).value();
    EXPECT_EQ(row.networks.keep_out(row.role, client), row.is_out) << row.client << to_string(row.role);
  }
}

class OwnersSessions : public OnReplicas {
 protected:
  static std::string refreshed(Replica& on, const Secret& token, const std::string& address) {
    Client client = kFirefox;
    client.address = IpAddress::parse(address).value();
    const auto answer = on.sessions.refresh(token.reveal(), client);
    return answer ? std::string(to_string(answer->verdict)) : answer.error().message;
  }
};

TEST_P(OwnersSessions, AreRefreshedFromTheirNetworksAlone) {
  const auto here = replica(token_config(), {.owners = at_home()});
  const Grant owner = opened(*here, created("otto", Role::Owner));
  const Grant admin = opened(*here, created("anna", Role::Admin));
  EXPECT_EQ(refreshed(*here, owner.refresh_token, "192.0.2.7"), "owner_network");
  EXPECT_EQ(refreshed(*here, owner.refresh_token, "10.0.0.7"), "rotated") << "nothing was spent";
  EXPECT_EQ(refreshed(*here, owner.refresh_token, "192.0.2.7"), "owner_network") << "nor given again";
  EXPECT_EQ(refreshed(*here, admin.refresh_token, "192.0.2.7"), "rotated");
}

INSTANTIATE_TEST_SUITE_P(Engines, OwnersSessions, testing::Values(sql::Engine::Sqlite), test::engine_name);

}  // namespace
}  // namespace picket::authd
