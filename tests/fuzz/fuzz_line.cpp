// Lines of the language over a response: the text before the first line break is the line, the rest the body.

#include <cstdint>
#include <string_view>

#include "language/lines/expectations.hpp"
#include "language/lines/line_parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette::language;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const auto parsed = parse_assert(text.substr(0, line), {.vocabulary = kHttpVocabulary});
  if (!parsed) return 0;
  Subject subject;
  subject.status = 200;
  subject.headers = {{"Content-Type", size % 2 == 0 ? "text/html" : "application/json; charset=utf-8"},
                     {"Set-Cookie", "a=b; Path=/; Max-Age=1"}};
  subject.body = line == std::string_view::npos ? "" : text.substr(line + 1);
  (void)unmet({Expectation{{*parsed}}}, subject);
  return 0;
}
