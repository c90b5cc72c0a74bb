// Cuts a template into tokens: texts, delimiters and what is between them. Used by the parser alone. White
// space inside of actions is no token, but is remembered, because `.A .B` and `.A.B` differ.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alertd/templates/value.h"
#include "base/config/problems.h"
#include "base/result/result.h"

namespace picket::alertd {

struct Token {
  enum class Kind {
    End,  ///< of the template
    Text,
    Open,   ///< {{
    Close,  ///< }}
    Word,   ///< identifier or keyword
    Field,  ///< ".name"; text is the name
    Dot,
    Variable,  ///< "$" or "$name"; text has the "$"
    Literal,   ///< string, number, character: `value` has it
    Pipe,
    Declare,  ///< :=
    Assign,   ///< =
    Comma,
    OpenParen,
    CloseParen
  };
  Kind kind = Kind::End;
  std::string text;
  Value value;
  Position position;
  bool after_space = false;
};

/// InvalidInput "what" with the position put before it by the caller; see LexResult.
struct LexResult {
  std::vector<Token> tokens;  ///< ends with End, unless there is an error
  std::string error;          ///< "" when all went well
  Position error_position;
};

LexResult lex_template(std::string_view text, Position start);

}  // namespace picket::alertd
