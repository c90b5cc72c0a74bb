#include "base/web/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace picket::web {
namespace {

constexpr double kHeight = 24;
constexpr double kSparkWidth = 120;
constexpr double kBarWidth = 6;
constexpr double kBarStep = 8;
constexpr double kLeastBar = 3;

Html drawing(double width, std::string_view title, const Html& content) {
  return element("svg",
                 {{"class", "chart"},
                  {"role", "img"},
                  {"width", fmt::format("{}", width)},
                  {"height", fmt::format("{}", kHeight)},
                  {"viewBox", fmt::format("0 0 {} {}", width, kHeight)}},
                 element("title", {}, title) + content);
}

struct Scale {
  double least = 0, greatest = 0;
  double y_of(double value) const {
    const double share = greatest > least ? (value - least) / (greatest - least) : 0.5;
    return kHeight - 2 - share * (kHeight - 4);
  }
};

Scale scale_of(std::span<const double> values) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Scale scale{.least = kInfinity, .greatest = -kInfinity};
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    scale.least = std::min(scale.least, value);
    scale.greatest = std::max(scale.greatest, value);
  }
  return scale;
}

}  // namespace

Html sparkline(std::span<const double> values, std::string_view title) {
  const Scale scale = scale_of(values);
  const double step = values.size() > 1 ? (kSparkWidth - 4) / static_cast<double>(values.size() - 1) : 0;
  std::string path;
  bool is_drawing = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      is_drawing = false;
      continue;
    }
    path += fmt::format("{}{:.1f} {:.1f}", is_drawing ? "L" : "M", 2 + step * static_cast<double>(i),
                        scale.y_of(values[i]));
    is_drawing = true;
  }
  return drawing(kSparkWidth, title, element("path", {{"class", "line"}, {"d", path}}, {}));
}

Html bars(std::span<const Bar> values, std::string_view title) {
  Html content;
  double x = 0;
  for (const Bar& bar : values) {
    const bool is_known = std::isfinite(bar.share);
    const double height =
        is_known ? std::max(kLeastBar, std::clamp(bar.share, 0.0, 1.0) * kHeight) : kLeastBar;
    content += element("rect",
                       {{"class", std::string(is_known ? to_string(bar.tone) : "unknown")},
                        {"x", fmt::format("{}", x)},
                        {"y", fmt::format("{:.1f}", kHeight - height)},
                        {"width", fmt::format("{}", kBarWidth)},
                        {"height", fmt::format("{:.1f}", height)}},
                       {});
    x += kBarStep;
  }
  return drawing(std::max(x - (kBarStep - kBarWidth), kBarWidth), title, content);
}

}  // namespace picket::web
