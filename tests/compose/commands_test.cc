// ./picket compose: what init makes, and what up says of containers that are not well.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/text/strings.h"
#include "tests/compose/stack_files.h"
#include "tests/support/certificates.h"

namespace picket::test {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::map<std::string, std::string> content_of(const TempDir& dir) {
  std::map<std::string, std::string> out;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(dir.path())) {
    if (!entry.is_regular_file()) continue;
    const std::string name = fs::relative(entry.path(), dir.path()).string();
    out[name] = dir.read(name);
  }
  return out;
}

unsigned mode_of(const std::string& path) {
  return static_cast<unsigned>(fs::status(path).permissions());
}

TEST(StackInit, ChangesNothingTheSecondTime) {
  const StackFiles files;
  const auto before = content_of(files.folder());
  const Finished again = files.picket({"init"});
  EXPECT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_THAT(again.output, testing::Not(HasSubstr("created")));
  EXPECT_EQ(content_of(files.folder()), before);
}

TEST(StackInit, MakesSecretsThatAreOfThisStackAlone) {
  const StackFiles one, other;
  EXPECT_EQ(mode_of(one.folder().file("secrets")), 0700U);
  int made = 0;
  for (const auto& [name, content] : content_of(one.folder())) {
    if (!name.starts_with("secrets/")) continue;
    EXPECT_EQ(mode_of(one.folder().file(name)), 0440U) << name;
    if (content.empty()) continue;  // the operator's
    EXPECT_NE(other.folder().read(name), content) << name;
    EXPECT_GE(content.size(), 40U) << name;
    ++made;
  }
  EXPECT_GE(made, 15);
}

TEST(StackInit, NamesAFolderFromWhereItIsCalled) {
  const TempDir dir;
  const Finished made =
      run_to_end({.argv = {kCheckout + "/picket", "compose", "init", "--files", "prod", "--host", kStackHost},
                  .cwd = dir.path()},
                 kPatience);
  EXPECT_EQ(made.exit_code, 0) << made.errors;
  EXPECT_TRUE(fs::exists(dir.file("prod/.env")));
  EXPECT_THAT(dir.read("prod/.env"), HasSubstr("PICKET_FILES=" + dir.file("prod") + "\n"));
}

TEST(StackInit, WantsAHostName) {
  const TempDir dir;
  const auto init = [&](const std::string& host) {
    return run_to_end(
        {.argv = {kCheckout + "/picket", "compose", "init", "--files", dir.path(), "--host", host}},
        kPatience);
  };
  EXPECT_THAT(init("https://example.org/").errors, HasSubstr("is no host name"));
  EXPECT_THAT(run_to_end({.argv = {kCheckout + "/picket", "compose", "init", "--files", dir.path()}}).errors,
              HasSubstr("which host name will people type?"));
  EXPECT_TRUE(fs::is_empty(dir.path()));
}

// A certificate of an authority is no authority itself.
TEST(StackInit, BelievesTheCertificateOrTheAuthoritiesOfThisMachine) {
  const StackFiles files;
  const TempDir& dir = files.folder();
  EXPECT_EQ(dir.read("secrets/tls_ca"), dir.read("secrets/tls_certificate"));
  Certificates authority;
  fs::remove(dir.file("secrets/tls_certificate"));
  fs::copy_file(authority.server().cert, dir.file("secrets/tls_certificate"));
  fs::remove(dir.file("secrets/tls_ca"));
  EXPECT_EQ(files.picket({"init"}).exit_code, 0);
  EXPECT_THAT(dir.read("secrets/tls_ca"), HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_NE(dir.read("secrets/tls_ca"), dir.read("secrets/tls_certificate"));
}

TEST(StackInit, RefusesWordsThatItDoesNotKnow) {
  const StackFiles files;
  const Finished done = files.picket({"init", "--hots", "other.example.org"});
  EXPECT_NE(done.exit_code, 0);
  EXPECT_THAT(done.errors, HasSubstr("init does not know \"--hots\""));
}

/// `./picket compose` with a docker and a docker-compose that answer what a test wants.
class StackUp : public testing::Test {
 protected:
  StackUp() {
    answer("docker-compose", "echo one two");
    answer("docker", "printf 'authd running healthy\\nprepare exited \\n'");
  }
  void answer(const std::string& program, const std::string& script) const {
    bin_.write(program, "#!/bin/sh\necho \"$0 $*\" >>" + bin_.file("calls") + "\n" + script + "\n", 0755);
  }
  Finished picket(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {kCheckout + "/picket", "compose"});
    return run_to_end({.argv = std::move(arguments),
                       .env = {{"PATH", bin_.path() + ":/usr/bin:/bin"}, {"PICKET_COMPOSE_WAIT", "0"}}},
                      kPatience);
  }
  Finished up() const { return picket({"up", "--files", files_.folder().path()}); }

  const StackFiles files_;
  const TempDir bin_;
};

TEST_F(StackUp, SaysThatEverythingIsHealthyAndHowToGoOn) {
  const Finished done = up();
  EXPECT_EQ(done.exit_code, 0) << done.errors;
  EXPECT_THAT(done.output, HasSubstr("everything is healthy"));
  EXPECT_THAT(done.output, HasSubstr("https://picket.example.org/prometheus/"));
  EXPECT_THAT(done.output, HasSubstr("the first account, with a password of your own:"));
  EXPECT_THAT(done.output,
              HasSubstr("./picket compose exec --files " + files_.folder().path() + " authd authctl"));
}

TEST_F(StackUp, AsksForTheFirstAccountWhileThereIsNoOwner) {
  answer("docker-compose",
         "case \"$*\" in *' user list '*) echo '[{\"username\": \"ann\"}]' ;; *) echo one ;; esac");
  EXPECT_THAT(up().output, Not(HasSubstr("first account")));
  answer("docker-compose", "case \"$*\" in *' user list '*) echo '[]' ;; *) echo one ;; esac");
  EXPECT_THAT(up().output, HasSubstr("the first account, with a password of your own:"));
  answer("docker-compose", "case \"$*\" in *' user list '*) exit 1 ;; *) echo one ;; esac");
  const Finished done = up();
  EXPECT_EQ(done.exit_code, 0) << done.errors;
  EXPECT_THAT(done.output,
              HasSubstr("the first account, with a password of your own, if there is none yet:"));
}

TEST_F(StackUp, NamesNoAddressOfTheMonitoringWithoutIt) {
  const std::string env = files_.folder().read(".env");
  files_.folder().write(".env", replace_all(env, ":docker-compose.monitoring.yml", ""));
  const Finished done = up();
  EXPECT_THAT(done.output, HasSubstr("https://picket.example.org/alerts/"));
  EXPECT_THAT(done.output, Not(testing::AnyOf(HasSubstr("/prometheus/"), HasSubstr("/grafana/"))));
}

TEST_F(StackUp, AsksForInitAndNothingElse) {
  for (const std::string missing : {"secrets", "config/overrides.yml", ".env"}) {
    fs::remove_all(files_.folder().file(missing));
    const Finished done = up();
    EXPECT_EQ(done.exit_code, 1) << missing;
    EXPECT_EQ(done.output, "") << missing;
    EXPECT_THAT(done.errors,
                EndsWith(" run ./picket compose init --files " + files_.folder().path() + " first\n"));
    EXPECT_EQ(std::ranges::count(done.errors, '\n'), 1) << done.errors;
    EXPECT_FALSE(fs::exists(bin_.file("calls"))) << missing;
  }
}

TEST_F(StackUp, ShowsWhatPrepareSaysWhenItFailed) {
  const std::string containers = "printf 'authd 0 aa 2000-01-01T00:00:00Z \\nprepare 1 bb ";
  const std::string said = "Z \\n' ;; logs) echo \"/generated/overrides.yml:3:3: unknown key\" >&2 ;; esac";
  answer("docker-compose", "case \"$*\" in *' up '*) exit 1 ;; *) echo aa bb ;; esac");
  answer("docker", "case $1 in inspect) " + containers + "2999-01-01T00:00:00" + said);
  const Finished done = up();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.errors, HasSubstr(files_.folder().path() + "/config/overrides.yml:3:3: unknown key\n"));
  EXPECT_THAT(bin_.read("calls"), HasSubstr("/docker logs --since 2999-01-01T00:00:00Z bb\n"));

  answer("docker", "case $1 in inspect) " + containers + "2000-01-01T00:00:00" + said);
  const Finished later = up();  // it failed at another start
  EXPECT_EQ(later.exit_code, 1);
  EXPECT_THAT(later.errors, Not(HasSubstr("unknown key")));
  EXPECT_THAT(later.errors, HasSubstr("docker-compose could not start everything"));
}

TEST_F(StackUp, SaysWhatToDoWhereTheRootIsNoSharedMount) {
  answer("docker-compose", "case \"$*\" in *' up '*) exit 1 ;; *) echo aa bb ;; esac");
  answer("docker",
         "printf 'prepare 0 aa 2999-01-01T00:00:00Z \\nnode_exporter 128 bb 0001-01-01T00:00:00Z "
         "path / is mounted on / but it is not a shared or slave mount\\n'");
  const Finished done = up();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.errors, HasSubstr("mount --make-rshared /"));
  EXPECT_THAT(done.errors, HasSubstr("./picket compose up --files " + files_.folder().path() +
                                     " --scale node_exporter=0\n"));
}

TEST_F(StackUp, NamesWhatIsNotHealthy) {
  for (const std::string state : {"redis running unhealthy", "redis running starting", "redis restarting ",
                                  "redis exited ", "redis created "}) {
    answer("docker", "printf 'authd running healthy\\n" + state + "\\nprepare exited \\n'");
    const Finished done = up();
    EXPECT_NE(done.exit_code, 0) << state;
    EXPECT_THAT(done.errors, HasSubstr("    " + state + "\n"));
    EXPECT_THAT(done.output, Not(HasSubstr("is healthy"))) << state;
  }
}

TEST_F(StackUp, FailsWhenNobodyTellsHowTheContainersAre) {
  answer("docker", "exit 1");
  EXPECT_NE(up().exit_code, 0);
  EXPECT_THAT(up().errors, HasSubstr("docker does not say how the containers are"));
  answer("docker-compose", "case \"$*\" in *' ps '*) exit 1 ;; esac");
  EXPECT_NE(up().exit_code, 0);
  EXPECT_THAT(up().errors, HasSubstr("docker-compose does not say which containers there are"));
  answer("docker-compose", "");
  EXPECT_NE(up().exit_code, 0);
  EXPECT_THAT(up().errors, HasSubstr("there is no container"));
}

TEST_F(StackUp, LeavesTheFlagsOfACommandAlone) {
  const std::string folder = files_.folder().path();
  picket({"exec", "--files", folder, "-T", "postgres", "psql", "--host", "x", "--files", "y"});
  EXPECT_THAT(bin_.read("calls"),
              HasSubstr("--env-file " + folder + "/.env exec -T postgres psql --host x --files y\n"));
}

TEST_F(StackUp, UsesThePluginWhereThereIsNoDockerCompose) {
  // A PATH without Debian's docker-compose, which is beside everything else.
  for (const std::string program : {"bash", "sh", "readlink", "dirname", "sed", "id", "nproc"})
    fs::create_symlink("/usr/bin/" + program, bin_.file(program));
  fs::remove(bin_.file("docker-compose"));
  const Finished done =
      run_to_end({.argv = {kCheckout + "/picket", "compose", "ps", "--files", files_.folder().path()},
                  .env = {{"PATH", bin_.path()}}});
  EXPECT_EQ(done.exit_code, 0) << done.errors;
  EXPECT_THAT(bin_.read("calls"), HasSubstr("docker compose --env-file"));
}

}  // namespace
}  // namespace picket::test
