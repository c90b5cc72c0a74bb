// argon2id and bcrypt: published vectors, hashes of other programs, and what an import must not cost us.
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

#include "authd/passwords/argon2_phc.h"
#include "authd/passwords/password_hash.h"
#include "base/text/encoding.h"
#include "tests/support/process.h"
#include "tests/support/program.h"

namespace picket::authd {
namespace {

constexpr Argon2Params kQuick{64, 1, 1};

HashParams quick(HashAlgorithm algorithm = HashAlgorithm::Argon2id) {
  return {.algorithm = algorithm, .argon2 = kQuick, .bcrypt_cost = 4};
}

OpaqueString password_of(std::string_view text) {
  return *OpaqueString::prepare(text);
}

TEST(Argon2, MatchesTheVectorOfRfc9106) {
  const std::string password(32, '\x01');
  const std::string salt(16, '\x02');
  const std::string secret(8, '\x03');
  const std::string associated(12, '\x04');
  const auto tag = argon2id({32, 3, 4}, {password, salt, secret, associated}, 32);
  ASSERT_TRUE(tag) << tag.error().message;
  EXPECT_EQ(hex_encode(*tag), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}

struct Bound {
  Argon2Params params;
  bool fine;
};

TEST(Argon2, HoldsItsBounds) {
  const Bound rows[] = {
      {{}, true},
      {{1U << 20U, 10, 16}, true},
      {{(1U << 20U) + 1, 1, 1}, false},
      {{4U << 20U, 1, 1}, false},
      {{64, 11, 1}, false},
      {{64, 0, 1}, false},
      {{1024, 1, 17}, false},
      {{64, 1, 0}, false},
      {{7, 1, 1}, false},
      {{127, 1, 16}, false},
      {{128, 1, 16}, true},
  };
  for (const Bound& row : rows) {
    SCOPED_TRACE(fmt::format("m={} t={} p={}", row.params.memory_kib, row.params.passes, row.params.lanes));
    EXPECT_EQ(check_argon2_params(row.params).has_value(), row.fine);
  }
  EXPECT_FALSE(argon2id({4U << 20U, 1, 1}, {.password = "x", .salt = "saltsalt"}, 32));
  EXPECT_FALSE(argon2id(kQuick, {.password = "x", .salt = "short"}, 32));
  EXPECT_FALSE(argon2id(kQuick, {.password = "x", .salt = "saltsalt"}, 3));
}

TEST(Argon2Phc, PrintsAndReadsBack) {
  for (const std::size_t bytes : {16U, 17U, 18U, 32U, 64U}) {
    const Argon2Hash hash{{19456, 2, 1}, std::string(bytes, '\xfe'), std::string(bytes, '\x07')};
    EXPECT_EQ(parse_argon2_phc(format_argon2_phc(hash)), hash);
  }
}

TEST(Argon2Phc, RefusesWhatItDoesNotWrite) {
  const std::string good = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA";
  ASSERT_TRUE(parse_argon2_phc(good));
  const std::pair<const char*, const char*> changes[] = {
      {"argon2id", "argon2i"},
      {"argon2id", "argon2d"},
      {"v=19", "v=16"},
      {"v=19$", ""},
      {"m=64", "m=064"},
      {"m=64", "m=+64"},
      {"m=64", "m=64 "},
      {"m=64", "m=4194304"},
      {"m=64", "m=99999999999"},
      {"m=64", "m=4294967360"},
      {"t=1", "t=0"},
      {"t=1", "t=11"},
      {"p=1", "p=17"},
      {"m=64,t=1", "t=1,m=64"},
      {",p=1", ""},
      {",p=1", ",p=1,keyid=x"},
      {"p=1$", "p=1,"},
      {"c2FsdHNhbHQ", "c2Fsd"},
      {"c2FsdHNhbHQ", "c2FsdHNhbHR"},
      {"c2FsdHNhbHQ", "c2FsdHNhbHQ="},
      {"c2FsdHNhbHQ", ""},
      {"c2FsdHNhbHQ", "c2F-dHNhbHQ"},
      {"$AAAAAAAA", "$"},
      {"$AAAA", "$AAAA$AAAA"},
      {"$argon2id", "argon2id"},
      {"$argon2id", "$$argon2id"},
      {"c2FsdHNhbHQ", "c2Fs\ndHNhbHQ"},
  };
  for (const auto& [from, to] : changes) {
    std::string text = good;
    text.replace(text.find(from), std::string_view(from).size(), to);
    const auto hash = parse_argon2_phc(text);
    ASSERT_FALSE(hash) << text;
    EXPECT_EQ(hash.error().kind, ErrorKind::InvalidInput) << text;
  }
  for (std::size_t i = 0; i + 1 < good.size(); ++i) EXPECT_FALSE(parse_argon2_phc(good.substr(0, i))) << i;
  EXPECT_FALSE(parse_argon2_phc(good + std::string(1 << 20, 'A')));
}

TEST(PasswordHash, VerifiesWhatItMade) {
  SystemRandom random;
  for (const HashAlgorithm algorithm : {HashAlgorithm::Argon2id, HashAlgorithm::Bcrypt}) {
    SCOPED_TRACE(to_string(algorithm));
    const auto hash = PasswordHash::make(password_of("correct horse"), quick(algorithm), random);
    ASSERT_TRUE(hash) << hash.error().message;
    const auto read = PasswordHash::parse(hash->text());
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->algorithm(), algorithm);
    EXPECT_EQ(read->verify(password_of("correct horse")), true);
    EXPECT_EQ(read->verify(password_of("Correct horse")), false);
    EXPECT_EQ(read->verify(password_of("correct horse ")), false);
    EXPECT_NE(PasswordHash::make(password_of("correct horse"), quick(algorithm), random)->text(),
              hash->text());
  }
}

TEST(PasswordHash, DefaultsToArgon2idOf19MiBTwoPassesOneLane) {
  SystemRandom random;
  const auto hash = PasswordHash::make(password_of("x"), {}, random);
  ASSERT_TRUE(hash) << hash.error().message;
  EXPECT_TRUE(hash->text().starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash->text();
  EXPECT_EQ(HashParams{}.bcrypt_cost, 12);
}

TEST(PasswordHash, IsTheSameHoweverThePasswordIsComposed) {
  SystemRandom random;
  const auto hash = PasswordHash::make(password_of("zo\u00EB\u00A0x"), quick(), random);
  EXPECT_EQ(hash->verify(password_of("zoe\u0308 x")), true);
}

TEST(PasswordHash, CountsEveryCharacterOfALongPassword) {
  SystemRandom random;
  for (const std::size_t length : {64U, 128U}) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += "\u00E9";
    const auto hash = PasswordHash::make(password_of(text), quick(), random);
    EXPECT_EQ(hash->verify(password_of(text)), true);
    EXPECT_EQ(hash->verify(password_of(text.substr(0, text.size() - 2) + "x")), false);
  }
  const std::string base(72, 'a');
  const auto argon = PasswordHash::make(password_of(base + "X"), quick(), random);
  EXPECT_EQ(argon->verify(password_of(base + "Y")), false);
  EXPECT_EQ(PasswordHash::make(password_of(base + "X"), quick(HashAlgorithm::Bcrypt), random).error().kind,
            ErrorKind::InvalidInput);
  const auto bcrypt = PasswordHash::make(password_of(base), quick(HashAlgorithm::Bcrypt), random);
  EXPECT_EQ(bcrypt->verify(password_of(base)), true);
  EXPECT_EQ(bcrypt->verify(password_of(base + "X")), false);
}

TEST(PasswordHash, VerifiesTheHashesOfOtherPrograms) {
  // crypt_blowfish's vector, and the same under the other letters of the format.
  const std::string salt = "05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
  for (const char* version : {"$2a$", "$2b$", "$2y$"}) {
    EXPECT_EQ(PasswordHash::parse(version + salt)->verify(password_of("U*U")), true) << version;
    EXPECT_EQ(PasswordHash::parse(version + salt)->verify(password_of("U*U*")), false) << version;
  }
  const std::string argon2 = test::find_program("argon2", "argon2");
  const auto run =
      test::run_to_end({.argv = {argon2, "somesalt", "-id", "-e", "-t", "1", "-k", "64", "-p", "1"},
                        .stdin_text = "correct horse"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  const auto hash = PasswordHash::parse(run.output.substr(0, run.output.find('\n')));
  ASSERT_TRUE(hash) << run.output;
  EXPECT_EQ(hash->verify(password_of("correct horse")), true);
  EXPECT_TRUE(hash->needs_rehash(quick()));  // eight bytes of salt are fewer than we take
}

TEST(PasswordHash, RefusesImportsThatAreBrokenOrTooCostly) {
  const std::string tail = "CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
  const std::string rows[] = {"",
                              "hunter2",
                              "$2x$05$" + tail,
                              "$2$05$" + tail,
                              "$2b$31$" + tail,
                              "$2b$16$" + tail,
                              "$2b$03$" + tail,
                              "$2b$05$" + tail.substr(1),
                              "$2b$05$" + tail + "x",
                              "$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
                              "$argon2id$v=19$m=65536,t=4294967295,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
                              "$6$saltsalt$" + std::string(86, 'a'),
                              "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/",
                              std::string("$2b$05$\0", 8) + tail};
  for (const std::string& stored : rows) {
    const auto hash = PasswordHash::parse(stored);
    ASSERT_FALSE(hash) << testing::PrintToString(stored);
    EXPECT_EQ(hash.error().kind, ErrorKind::InvalidInput);
  }
  EXPECT_TRUE(PasswordHash::parse("$2b$15$" + tail));
}

struct Rehash {
  const char* what;
  HashParams made;
  HashParams wanted;
  bool needed;
};

TEST(PasswordHash, NeedsARehashWhenTheParametersHaveChanged) {
  const HashParams bcrypt = quick(HashAlgorithm::Bcrypt);
  HashParams costlier = bcrypt;
  costlier.bcrypt_cost = 5;
  HashParams more_memory = quick();
  more_memory.argon2.memory_kib = 128;
  const Rehash rows[] = {
      {"same argon2", quick(), quick(), false},
      {"same bcrypt", bcrypt, bcrypt, false},
      {"bcrypt to argon2", bcrypt, quick(), true},
      {"argon2 to bcrypt", quick(), bcrypt, true},
      {"bcrypt cost", bcrypt, costlier, true},
      {"argon2 memory", quick(), more_memory, true},
      {"argon2 memory down", more_memory, quick(), true},
  };
  SystemRandom random;
  for (const Rehash& row : rows) {
    const auto hash = PasswordHash::make(password_of("x"), row.made, random);
    EXPECT_EQ(hash->needs_rehash(row.wanted), row.needed) << row.what;
  }
}

TEST(PasswordHash, DecoyIsOfTheSameParametersAndMatchesNothing) {
  SystemRandom random;
  for (const HashAlgorithm algorithm : {HashAlgorithm::Argon2id, HashAlgorithm::Bcrypt}) {
    const PasswordHash decoy = PasswordHash::decoy(quick(algorithm), random);
    ASSERT_TRUE(PasswordHash::parse(decoy.text())) << decoy.text();
    EXPECT_FALSE(decoy.needs_rehash(quick(algorithm)));
    EXPECT_EQ(decoy.verify(password_of("anything")), false);
    EXPECT_NE(decoy.text(), PasswordHash::decoy(quick(algorithm), random).text());
  }
}

/// Time on a core, which other programs on the machine do not stretch.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double quickest(const PasswordHash& hash, const OpaqueString& password) {
  double best = 1e9;
  for (int i = 0; i < 9; ++i) {
    const double begun = cpu_seconds();
    EXPECT_EQ(hash.verify(password), false);
    best = std::min(best, cpu_seconds() - begun);
  }
  return best;
}

TEST(PasswordHash, TakesAsLongForADecoyAndForAPasswordThatBcryptCannotTake) {
  SystemRandom random;
  for (const HashAlgorithm algorithm : {HashAlgorithm::Argon2id, HashAlgorithm::Bcrypt}) {
    SCOPED_TRACE(to_string(algorithm));
    const HashParams params{.algorithm = algorithm, .argon2 = {2048, 1, 1}, .bcrypt_cost = 6};
    const auto real = PasswordHash::make(password_of("right"), params, random);
    const double usual = quickest(*real, password_of("wrong"));
    EXPECT_GT(quickest(PasswordHash::decoy(params, random), password_of("wrong")), usual / 2);
    EXPECT_GT(quickest(*real, password_of(std::string(200, 'p'))), usual / 2);
  }
}

}  // namespace
}  // namespace picket::authd
