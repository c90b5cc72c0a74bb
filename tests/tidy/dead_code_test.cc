// The check for dead code, on this very program: what it calls, names or has in a table is reached.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>

#include "tests/tidy/rules/elf_file.h"
#include "tests/tidy/rules/reach.h"

namespace picket::tidy {

struct Shape {
  virtual ~Shape() = default;
  virtual int corners() const = 0;
};
struct Square final : Shape {
  int corners() const override;
};

int called_by_the_test();
int called_by_nobody();
int called_by_nobody_but_nobody();
int named_in_a_table();

int Square::corners() const {
  return 4;
}

int called_by_the_test() {
  return 1;
}

int named_in_a_table() {
  return 2;
}

[[gnu::used]] int called_by_nobody_but_nobody() {
  return 3;
}

[[gnu::used]] int called_by_nobody() {
  return called_by_nobody_but_nobody();
}

namespace {

using Number = int (*)();
const Number kTable[] = {named_in_a_table};  // NOLINT: of the linker's relocations

TEST(Reach, FollowsCallsTablesAndVirtualFunctions) {
  const std::unique_ptr<Shape> shape = std::make_unique<Square>();
  const auto index = static_cast<std::size_t>(shape->corners() - 4);
  ASSERT_EQ(called_by_the_test() + kTable[index](), 3);
  std::ifstream stream("/proc/self/exe", std::ios::binary);
  const std::string program{std::istreambuf_iterator<char>(stream), {}};
  std::set<std::string> reached;
  for (const std::string_view name : reachable_functions(program)) reached.insert(demangled(name));
  const struct {
    std::string name;
    bool is_reached;
  } rows[] = {
      {"picket::tidy::called_by_the_test()", true},           {"picket::tidy::named_in_a_table()", true},
      {"picket::tidy::Square::corners() const", true},        {"picket::tidy::called_by_nobody()", false},
      {"picket::tidy::called_by_nobody_but_nobody()", false},
  };
  for (const auto& row : rows) EXPECT_EQ(reached.contains(row.name), row.is_reached) << row.name;
}

TEST(Reach, IsEmptyForWhatIsNoProgram) {
  EXPECT_TRUE(reachable_functions("").empty());
  EXPECT_TRUE(reachable_functions("\x7f"
                                  "ELF")
                  .empty());
  EXPECT_TRUE(members_of_archive("!<arch>\n").empty());
}

}  // namespace
}  // namespace picket::tidy
