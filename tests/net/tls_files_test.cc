// The files that tls_config names: those that cannot be used are told of when the configuration is read, and
// one that turns into a pipe later holds nothing up.
#include <sys/stat.h>
#include <unistd.h>

#include "base/files/files.h"
#include "tests/net/client_fixture.h"
#include "tests/support/certificates.h"
#include "tests/support/peer_server.h"
#include "tests/support/temp_dir.h"

namespace picket {
namespace {

using test::LocalPeer;

std::string make_pipe(const test::TempDir& dir) {
  std::string pipe = dir.file("pipe");
  EXPECT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  return pipe;
}

TEST(TlsConfig, NamesTheFileThatCannotBeUsed) {
  const test::TempDir dir;
  test::Certificates certificates;
  const auto own = certificates.client("a"), other = certificates.client("b");
  const std::string junk = dir.write("junk.pem", "no certificate"), pipe = make_pipe(dir);
  const RealFiles files;
  const auto pair = [](const std::string& cert, const std::string& key) {
    return fmt::format("cert_file: {}\nkey_file: {}\n", cert, key);
  };
  EXPECT_TRUE(parse_config<TlsConfig>(pair(own.cert, own.key) + "ca_file: " + certificates.ca_file(), "c.yml",
                                      files));
  struct Row {
    std::string yaml, problem;
  };
  const Row rows[] = {
      {"ca_file: " + pipe, "c.yml:1:10: ca_file: " + pipe + ": is not a regular file"},
      {"ca_file: /dev/zero", "c.yml:1:10: ca_file: /dev/zero: is not a regular file"},
      {"ca_file: " + dir.file("gone.pem"), "ca_file: " + dir.file("gone.pem") + ": No such file"},
      {"ca_file: " + junk, "ca_file: " + junk + ": holds no readable certificate"},
      {pair("/etc/passwd", own.key), "c.yml:1:12: cert_file: /etc/passwd holds no certificate in PEM"},
      {pair(pipe, own.key), "c.yml:1:12: cert_file: " + pipe + ": is not a regular file"},
      {pair(own.cert, pipe), "c.yml:2:11: key_file: " + pipe + ": is not a regular file"},
      {pair(own.cert, other.key), "key_file: " + other.key + ": key values mismatch"},
  };
  for (const Row& row : rows) {
    const Result<TlsConfig> config = parse_config<TlsConfig>(row.yaml, "c.yml", files);
    ASSERT_FALSE(config.has_value()) << row.yaml;
    EXPECT_NE(config.error().message.find(row.problem), std::string::npos) << config.error().message;
  }
}

using TlsFiles = ClientTest;

TEST_F(TlsFiles, ThatBecomePipesFailTheRequestAndHoldNothingUp) {
  test::Certificates certificates;
  const auto server = certificates.server(), own = certificates.client("a");
  const LocalPeer peer({server.cert, server.key}, {});
  const test::TempDir dir;
  const std::string pipe = make_pipe(dir);
  const std::string ca = dir.file("ca"), cert = dir.file("cert"), key = dir.file("key");
  const std::pair<std::string, std::string> links[] = {
      {ca, certificates.ca_file()}, {cert, own.cert}, {key, own.key}};
  for (const auto& [link, file] : links) ASSERT_EQ(::symlink(file.c_str(), link.c_str()), 0);
  OutboundRequest request = get(peer.url());
  request.config.tls.ca_file = ca;
  request.config.tls.cert_file = cert;
  request.config.tls.key_file = key;
  for (const auto& [link, file] : links) {
    EXPECT_EQ(exchange(request).failed, FailedStep::None);
    ASSERT_EQ(::unlink(link.c_str()), 0);
    ASSERT_EQ(::symlink(pipe.c_str(), link.c_str()), 0);
    const ClientResponse answer = exchange(request);
    EXPECT_EQ(answer.failed, FailedStep::Tls) << link;
    EXPECT_NE(answer.error.message.find("is not a regular file"), std::string::npos) << answer.error.message;
    ASSERT_EQ(::unlink(link.c_str()), 0);
    ASSERT_EQ(::symlink(file.c_str(), link.c_str()), 0);
  }
}

}  // namespace
}  // namespace picket
