#include "authd/secrets/secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <latch>
#include <thread>

#include "authd/secrets/private_file.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"
#include "tests/support/temp_dir.h"

namespace picket::authd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string encoded(char letter) {
  return base64url_encode(std::string(32, letter));
}

class OwnSecrets : public testing::Test {
 protected:
  Result<AuthdSecrets> load() { return load_secrets(sources_, {files_, random_}); }
  std::string load_error() {
    const auto secrets = load();
    return secrets ? "" : secrets.error().message;
  }
  unsigned mode_of(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(::stat(dir_.file(name).c_str(), &status), 0) << name;
    return static_cast<unsigned>(status.st_mode) & 07777U;
  }

  test::TempDir dir_;
  RealFiles files_;
  SystemRandom random_;
  SecretSources sources_{.storage_path = dir_.path()};
};

TEST_F(OwnSecrets, AreMadeAtTheFirstStartForTheirOwnerAlone) {
  ASSERT_TRUE(load()) << load_error();
  EXPECT_EQ(mode_of("secrets"), 0700U);
  for (const char* name : {"sealing.keys", "audit.key", "api_key.key", "otp.key"}) {
    EXPECT_EQ(mode_of(std::string("secrets/") + name), 0600U) << name;
  }
}

TEST_F(OwnSecrets, AreTheSameAtTheNextStart) {
  const auto first = load();
  const auto second = load();
  ASSERT_TRUE(first && second);
  const auto sealed = first->sealing.seal("phone", "users:phone:1", random_);
  EXPECT_EQ(second->sealing.open(*sealed, "users:phone:1").value(), "phone");
  EXPECT_EQ(first->audit, second->audit);
  EXPECT_EQ(first->api_keys, second->api_keys);
  EXPECT_EQ(first->otp, second->otp);
}

TEST_F(OwnSecrets, DifferFromEachOtherAndHave256Bits) {
  const auto secrets = load();
  ASSERT_TRUE(secrets);
  EXPECT_EQ(secrets->audit.reveal().size(), 32U);
  EXPECT_NE(secrets->audit, secrets->api_keys);
  EXPECT_NE(secrets->audit, secrets->otp);
  EXPECT_NE(secrets->api_keys, secrets->otp);
}

TEST_F(OwnSecrets, AreMadeOnceHoweverManyStartAtTheSameTime) {
  constexpr int kStarts = 16;
  std::latch together(kStarts);
  std::vector<std::string> audits(kStarts);
  {
    std::vector<std::jthread> starts;
    starts.reserve(kStarts);
    for (std::string& audit : audits) {
      starts.emplace_back([&] {
        together.arrive_and_wait();
        const auto secrets = load();
        if (secrets) audit = secrets->audit.reveal();
      });
    }
  }
  EXPECT_FALSE(audits[0].empty());
  EXPECT_THAT(audits, testing::Each(audits[0]));
}

TEST_F(OwnSecrets, AreNeverOverwritten) {
  ASSERT_TRUE(load());
  const std::string before = dir_.read("secrets/audit.key");
  EXPECT_EQ(create_private_file(files_, dir_.file("secrets/audit.key"), "other").error().kind,
            ErrorKind::Conflict);
  EXPECT_EQ(dir_.read("secrets/audit.key"), before);
}

TEST_F(OwnSecrets, ThatOthersMayReadOrChangeAreRefusedWithTheCommandThatHelps) {
  ASSERT_TRUE(load());
  const std::string path = dir_.file("secrets/otp.key");
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_THAT(load_error(), AllOf(HasSubstr("everybody on this machine may read it"),
                                  HasSubstr("chmod 600 " + path), HasSubstr("otp_key")));
  ASSERT_EQ(::chmod(path.c_str(), 0602), 0);
  EXPECT_THAT(load_error(), HasSubstr("may change it"));
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  EXPECT_EQ(load_error(), "");
}

TEST_F(OwnSecrets, InAFolderThatOthersMayChangeAreRefused) {
  ASSERT_TRUE(load());
  for (const unsigned mode : {0777U, 0770U}) {
    ASSERT_EQ(::chmod(dir_.file("secrets").c_str(), mode), 0);
    EXPECT_THAT(load_error(),
                AllOf(HasSubstr("may change it"), HasSubstr("chmod go-w " + dir_.file("secrets"))));
  }
  ASSERT_EQ(::chmod(dir_.file("secrets").c_str(), 0750), 0);
  EXPECT_TRUE(load()) << load_error();
}

TEST_F(OwnSecrets, ThatAreNoKeysAreRefusedByNameAndNotShown) {
  ASSERT_TRUE(load());
  dir_.write("secrets/audit.key", "hunter2hunter2\n");
  EXPECT_THAT(load_error(), AllOf(HasSubstr("audit_key"), HasSubstr("at least 32 random bytes"),
                                  Not(HasSubstr("hunter2"))));
}

TEST_F(OwnSecrets, AreNotMadeWhereTheFolderCannotBe) {
  dir_.write("secrets", "a file");
  EXPECT_THAT(load_error(), HasSubstr("sealing_keys: "));
}

struct Source {
  std::string name;
  std::map<std::string, std::string> environment;  ///< "@" stands for the folder
};

class GivenSecrets : public OwnSecrets, public testing::WithParamInterface<Source> {};

TEST_P(GivenSecrets, GoBeforeOwnFilesAndMakeNone) {
  dir_.write("given", encoded('a') + "\n");
  dir_.write("authd.audit_key", encoded('a'));
  for (const auto& [name, value] : GetParam().environment) {
    sources_.environment.emplace(name, replace_all(value, "@", dir_.path()));
  }
  const auto secrets = load();
  ASSERT_TRUE(secrets) << load_error();
  EXPECT_EQ(secrets->audit.reveal(), std::string(32, 'a'));
  EXPECT_FALSE(files_.exists(dir_.file("secrets/audit.key")));
}

INSTANTIATE_TEST_SUITE_P(Sources, GivenSecrets,
                         testing::Values(Source{"Variable", {{"AUTHD_AUDIT_KEY", encoded('a')}}},
                                         Source{"File", {{"AUTHD_AUDIT_KEY_FILE", "@/given"}}},
                                         Source{"Systemd", {{"CREDENTIALS_DIRECTORY", "@"}}}),
                         [](const auto& row) { return row.param.name; });

TEST_F(OwnSecrets, GivenTwiceInTheEnvironmentAreAProblem) {
  sources_.environment = {{"AUTHD_OTP_KEY", encoded('a')}, {"AUTHD_OTP_KEY_FILE", "x"}};
  EXPECT_THAT(load_error(), HasSubstr("AUTHD_OTP_KEY and AUTHD_OTP_KEY_FILE are both set"));
}

TEST_F(OwnSecrets, ThatTheEnvironmentNamesMustBeThere) {
  sources_.environment = {{"AUTHD_OTP_KEY_FILE", dir_.file("gone")}};
  EXPECT_THAT(load_error(), AllOf(HasSubstr("AUTHD_OTP_KEY_FILE"), HasSubstr("No such file")));
  EXPECT_FALSE(files_.exists(dir_.file("gone")));
}

TEST_F(OwnSecrets, SayWhichFileHoldsTheSealingKeysWhenOneDoes) {
  EXPECT_EQ(sealing_keys_file(sources_, files_).value(), dir_.file("secrets/sealing.keys"));
  sources_.environment = {{"AUTHD_SEALING_KEYS_FILE", "/etc/authd/sealing.keys"}};
  EXPECT_EQ(sealing_keys_file(sources_, files_).value(), "/etc/authd/sealing.keys");
  sources_.environment = {{"AUTHD_SEALING_KEYS", "k1 x"}};
  EXPECT_THAT(sealing_keys_file(sources_, files_).error().message, HasSubstr("AUTHD_SEALING_KEYS"));
}

TEST(SealingKeys, AreReadAsTheyAreWritten) {
  SystemRandom random;
  SealingKeys keys = SealingKeys::generate(random);
  keys.add(random);
  const auto again = SealingKeys::parse(keys.text());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->text(), keys.text());
  EXPECT_EQ(again->keys().size(), 2U);
}

TEST(SealingKeys, SealWithTheFirstAndOpenWithAll) {
  SystemRandom random;
  SealingKeys keys = SealingKeys::generate(random);
  const std::string old = keys.active();
  const auto sealed = keys.ring().seal("x", "place", random);
  const std::string added = keys.add(random);
  EXPECT_EQ(keys.active(), old);
  ASSERT_TRUE(keys.activate(added));
  EXPECT_EQ(keys.active(), added);
  EXPECT_EQ(keys.ring().open(*sealed, "place").value(), "x");
  EXPECT_TRUE(keys.ring().is_stale(*sealed));
  EXPECT_EQ(keys.activate("k0").error().kind, ErrorKind::NotFound);
}

struct BadKeys {
  std::string text, problem;
};

TEST(SealingKeys, ThatAreWrongAreRefusedByTheirLine) {
  const std::vector<BadKeys> rows = {
      {"", "holds no key"},
      {"# nothing\n\n", "holds no key"},
      {"k1", "line 1: must be an id, a blank, and a key"},
      {"# x\nk1 " + base64url_encode(std::string(31, 'a')), "line 2: the key must be 32 bytes"},
      {"k1 " + encoded('a') + "\nk1 " + encoded('b'), "line 2: the id \"k1\" is there twice"},
      {"k.1 " + encoded('a'), "must be 1 to 64 letters"},
  };
  for (const BadKeys& row : rows) {
    const auto keys = SealingKeys::parse(Secret(row.text));
    ASSERT_FALSE(keys) << row.text;
    EXPECT_THAT(keys.error().message, AllOf(HasSubstr(row.problem), Not(HasSubstr(encoded('a')))));
  }
}

}  // namespace
}  // namespace picket::authd
