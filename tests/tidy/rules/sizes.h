// Hard stops of size: 400 lines a file, 60 lines a function.
#pragma once

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

constexpr int kFileLinesMax = 400;
constexpr int kFunctionLinesMax = 60;

std::vector<Finding> check_file_size(const SourceFile& file);

struct Function {
  std::string name;         ///< the first line of its declaration
  int line = 0;             ///< where the declaration starts
  int lines = 0;            ///< to the closing brace
  std::string declaration;  ///< all of it, to the opening brace
  std::string scope;        ///< the class around it; "" when there is none
};
/// Function definitions of a clang-formatted file. A test's body is one; a lambda counts to its function.
std::vector<Function> functions_of(const SourceFile& file);
std::vector<Finding> check_function_size(const SourceFile& file);

}  // namespace picket::tidy
