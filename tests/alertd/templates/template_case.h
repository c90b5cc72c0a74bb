// One row of a template test: text in, text out, or part of the error.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "alertd/templates/template.h"

namespace picket::alertd::test {

struct TemplateCase {
  std::string text;
  std::string expected;  ///< of the error when `fails`: a part of it
  bool fails = false;
};

inline Result<std::string> expand_text(const std::string& text, const TemplateOptions& options,
                                       const Value& dot, const Expansion& expansion) {
  const auto compiled = Template::compile({.name = "t", .text = text}, options);
  if (!compiled) return fail(compiled);
  return compiled->expand(dot, expansion);
}

inline void run_cases(std::initializer_list<TemplateCase> cases, const TemplateOptions& options,
                      const Value& dot, const Expansion& expansion = {}) {
  for (const TemplateCase& c : cases) {
    const auto text = expand_text(c.text, options, dot, expansion);
    const std::string got = text ? *text : text.error().message;
    EXPECT_EQ(text.has_value(), !c.fails) << c.text << ": " << got;
    if (c.fails) {
      EXPECT_NE(got.find(c.expected), std::string::npos) << c.text << ": " << got;
    } else {
      EXPECT_EQ(got, c.expected) << c.text;
    }
  }
}

}  // namespace picket::alertd::test
