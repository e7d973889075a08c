// A kind of check for test_new_kind.py, which adds it to a copy of the tree: passes when a file has the wanted text.

#include "checks/kind.hpp"

#include <fmt/format.h>

#include <array>

#include "checks/expect/lines.hpp"
#include "config/mapping.hpp"
#include "config/secret.hpp"

namespace vedette::toy {

namespace {

constexpr std::size_t kMaxSize = 4096;
constexpr std::array<std::string_view, 1> kFacts{"size"};
constexpr auto kVocabulary = language::vocabulary_of(kFacts, language::Topic::kText);

const Family kSize{"toy_size_bytes", "Size of the file", {"toy_folder"}};

struct ToySettings final : Settings {
  std::string contains;
  std::vector<language::Expectation> lines;
};

std::shared_ptr<const Settings> decode(config::Mapping& section) {
  auto out = std::make_shared<ToySettings>();
  section.read("contains", out->contains);
  out->lines = language::decode_expectations(section, kVocabulary);
  section.finish();
  return out;
}

std::optional<std::string> check_target(const std::string& target, const Settings& /*settings*/) {
  if (target.starts_with('/')) return std::nullopt;
  return "it is not an absolute path";
}

bool handshakes(const std::string& /*target*/, const Settings& /*settings*/) {
  return false;
}

boost::asio::awaitable<void> run(RunContext& context) {
  const auto& settings = static_cast<const ToySettings&>(*context.check->settings);
  const auto& path = context.check->target;
  const auto text = config::read_small_file(path, kMaxSize);
  if (!text) co_return context.fail(Reason::kLocalFile, text.error());
  static const auto kFolder = labelled({"any"});
  context.measure(kSize, static_cast<double>(text->size()), kFolder);
  if (text->find(settings.contains) == std::string::npos) {
    co_return context.fail(Reason::kExpectMismatch, fmt::format("the file does not hold '{}'", settings.contains));
  }
  language::Subject answer;
  answer.body = *text;
  answer.facts["size"] = language::Value(static_cast<std::int64_t>(text->size()));
  co_await expect_lines(context, settings.lines, std::move(answer));
}

}  // namespace

extern const Kind kKind{
    .name = "toy",
    .families = {&kSuccess, &kDurationSeconds, &kSize},
    .buckets = {0.1, 1},
    .decode = &decode,
    .check_target = &check_target,
    .handshakes = &handshakes,
    .run = &run,
    .vocabulary = kVocabulary,
    .defaults = {{"contains", ""}},
    .command = Command{.help = "Look into a file",
                       .operand = "PATH",
                       .operand_help = "An absolute path",
                       .options = {{"--contains", "contains", "What the file must hold"}},
                       .connects = false},
    .step = StepForm{.target = "path", .keys = {{"holds", "contains"}}},
};

}  // namespace vedette::toy
