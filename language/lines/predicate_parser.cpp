#include "language/lines/predicate_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "language/filters/filters.hpp"
#include "language/lines/arguments.hpp"
#include "language/values/json.hpp"

namespace vedette::language {

namespace {

enum class Operands : std::uint8_t { kNone, kOne, kOrdered, kPart, kTwo, kList, kPattern, kJson };

struct PredicateName {
  std::string_view name;
  PredicateKind kind;
  Operands operands;
  bool beyond = false;  ///< not Hurl's
};

// Those that begin like others come first.
constexpr std::array kOperators{
    PredicateName{"==", PredicateKind::kEqual, Operands::kOne},
    PredicateName{"!=", PredicateKind::kNotEqual, Operands::kOne},
    PredicateName{">=", PredicateKind::kGreaterOrEqual, Operands::kOrdered},
    PredicateName{"<=", PredicateKind::kLessOrEqual, Operands::kOrdered},
    PredicateName{">", PredicateKind::kGreater, Operands::kOrdered},
    PredicateName{"<", PredicateKind::kLess, Operands::kOrdered},
};

constexpr std::array kPredicates{
    PredicateName{"between", PredicateKind::kBetween, Operands::kTwo, true},
    PredicateName{"contains", PredicateKind::kContains, Operands::kOne},
    PredicateName{"endsWith", PredicateKind::kEndsWith, Operands::kPart},
    PredicateName{"exists", PredicateKind::kExists, Operands::kNone},
    PredicateName{"in", PredicateKind::kIn, Operands::kList, true},
    PredicateName{"includes", PredicateKind::kIncludes, Operands::kOne},
    PredicateName{"isBoolean", PredicateKind::kIsBoolean, Operands::kNone},
    PredicateName{"isCollection", PredicateKind::kIsCollection, Operands::kNone},
    PredicateName{"isDate", PredicateKind::kIsDate, Operands::kNone},
    PredicateName{"isEmpty", PredicateKind::kIsEmpty, Operands::kNone},
    PredicateName{"isFloat", PredicateKind::kIsFloat, Operands::kNone},
    PredicateName{"isInteger", PredicateKind::kIsInteger, Operands::kNone},
    PredicateName{"isIpv4", PredicateKind::kIsIpv4, Operands::kNone},
    PredicateName{"isIpv6", PredicateKind::kIsIpv6, Operands::kNone},
    PredicateName{"isIsoDate", PredicateKind::kIsIsoDate, Operands::kNone},
    PredicateName{"isList", PredicateKind::kIsList, Operands::kNone},
    PredicateName{"isNumber", PredicateKind::kIsNumber, Operands::kNone},
    PredicateName{"isObject", PredicateKind::kIsObject, Operands::kNone},
    PredicateName{"isString", PredicateKind::kIsString, Operands::kNone},
    PredicateName{"isUuid", PredicateKind::kIsUuid, Operands::kNone},
    PredicateName{"matches", PredicateKind::kMatches, Operands::kPattern},
    PredicateName{"matchesJson", PredicateKind::kMatchesJson, Operands::kJson, true},
    PredicateName{"startsWith", PredicateKind::kStartsWith, Operands::kPart},
};

const PredicateName* find(std::string_view word) {
  const auto* found =
      std::find_if(kPredicates.begin(), kPredicates.end(), [&](const auto& entry) { return entry.name == word; });
  return found == kPredicates.end() ? nullptr : found;
}

/// Words that stand for operators: Hurl's of old, and what people try.
std::string predicate_hint(std::string_view word, const std::vector<std::string_view>& known) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kWords{{{"countEquals", "count =="},
                                                                                  {"eq", "=="},
                                                                                  {"equals", "=="},
                                                                                  {"ge", ">="},
                                                                                  {"greaterThan", ">"},
                                                                                  {"greaterThanOrEquals", ">="},
                                                                                  {"gt", ">"},
                                                                                  {"is", "=="},
                                                                                  {"lessThan", "<"},
                                                                                  {"lessThanOrEquals", "<="},
                                                                                  {"notEquals", "!="},
                                                                                  {"ne", "!="}}};
  for (const auto& [name, sign] : kWords) {
    if (name == word) return fmt::format("write {}", sign);
  }
  return hint_for(word, known);
}

class PredicateParser {
 public:
  explicit PredicateParser(LiteralParser& literals) : literals_(literals), reader_(literals.reader()) {}

  Predicate read() {
    Predicate out;
    if (reader_.take("not ") || reader_.take("not\t")) {
      out.negated = true;
      reader_.skip_blanks();
    }
    const auto begin = reader_.at();
    const auto* known = name();
    if (known == nullptr) return out;
    out.kind = known->kind;
    const bool is_word = Reader::is_word(known->name.back());
    if (known->operands != Operands::kNone) {
      const auto before = reader_.at();
      reader_.skip_blanks();
      if (is_word && reader_.at() == before) {
        literals_.fail(begin, fmt::format("{} needs a value behind it", known->name), {}, "Parsing predicate");
      }
    }
    if (!literals_.failed()) operands(*known, out);
    out.span = {begin, reader_.at()};
    return out;
  }

 private:
  [[nodiscard]] bool strict() const { return literals_.dialect().strict_hurl; }

  void operands(const PredicateName& known, Predicate& out) {
    const auto at = reader_.at();
    switch (known.operands) {
      case Operands::kNone:
        return;
      case Operands::kPattern:
        return matches(out);
      case Operands::kList:
        return keep(literals_.list(), out);
      case Operands::kJson:
        return json(out);
      case Operands::kTwo: {
        std::vector<Operand> both{literals_.operand()};
        need_blank(literals_);
        both.push_back(literals_.operand());
        return keep(std::move(both), out);
      }
      default: {
        auto operand = literals_.operand();
        if (!literals_.failed() && !fits(known.operands, operand)) {
          literals_.fail(
              at, "invalid predicate value",
              known.operands == Operands::kPart ? "a text in quotes, or bytes" : "a number or a text in quotes",
              "Parsing predicate value");
        }
        std::vector<Operand> one;
        one.push_back(std::move(operand));
        return keep(std::move(one), out);
      }
    }
  }

  static bool fits(Operands wanted, const Operand& operand) {
    const auto* value = std::get_if<Value>(&operand);
    if (wanted == Operands::kOne || value == nullptr)
      return wanted != Operands::kOrdered || !std::holds_alternative<FileOperand>(operand);
    return wanted == Operands::kPart ? value->get<Bytes>() != nullptr : value->is_number();
  }

  void keep(std::vector<Operand> operands, Predicate& out) {
    const bool ready = std::all_of(operands.begin(), operands.end(), [](const Operand& operand) {
      const auto* text = std::get_if<Template>(&operand);
      return std::holds_alternative<Value>(operand) || (text != nullptr && text->is_constant());
    });
    if (!ready) {
      out.sources = std::move(operands);
      return;
    }
    for (auto& operand : operands) {
      const auto* text = std::get_if<Template>(&operand);
      out.operands.push_back(text != nullptr ? Value(text->text()) : std::get<Value>(operand));
    }
  }

  void matches(Predicate& out) {
    Prepared prepared;
    const auto at = reader_.at();
    if (reader_.peek() != '/' && reader_.peek() != '"') {
      literals_.fail(at, "invalid predicate value", "a pattern stands in quotes or between / and /",
                     "Parsing predicate value");
      return;
    }
    auto text = read_pattern(literals_, prepared);
    if (auto* compiled = std::get_if<config::Pattern>(&prepared)) {
      out.pattern = std::move(*compiled);
    } else {
      out.sources.emplace_back(std::move(text));
    }
  }

  /// The rest of the line.
  void json(Predicate& out) {
    const auto at = reader_.at();
    auto text = literals_.verbatim("", false);
    reader_.back_to(at);
    const auto rest = reader_.rest();
    reader_.skip(rest.size());
    auto parsed = parse_template(rest);
    if (!parsed) {
      literals_.fail(at + parsed.error().at, parsed.error().message, parsed.error().hint);
      return;
    }
    if (!parsed->is_constant()) {
      out.sources.emplace_back(std::move(*parsed));
      return;
    }
    auto value = parse_json(parsed->text());
    if (value) {
      out.operands.push_back(std::move(*value));
    } else {
      literals_.fail(at + value.error().at, "not JSON: " + value.error().message,
                     "write matchesJson {\"state\": \"READY\"}");
    }
  }

  const PredicateName* name() {
    for (const auto& entry : kOperators) {
      if (reader_.take(entry.name)) return &entry;
    }
    const auto at = reader_.at();
    const auto word = reader_.take_word();
    const auto* known = find(word);
    if (known != nullptr && known->beyond && strict()) known = nullptr;
    if (known == nullptr && reader_.peek() == '=') {
      literals_.fail(at, "expected a predicate", "did you mean ==?", "Parsing predicate");
    } else if (known == nullptr) {
      std::vector<std::string_view> all;
      for (const auto& entry : kPredicates) all.push_back(entry.name);
      for (const auto& info : all_filters()) all.push_back(info.name);
      literals_.fail(
          at, word.empty() ? "expected a predicate" : fmt::format("there is no filter or predicate {}", word),
          word.empty() ? "such as == 200, exists or contains \"x\"" : predicate_hint(word, all), "Parsing predicate");
    }
    return known;
  }

  LiteralParser& literals_;
  Reader& reader_;
};

}  // namespace

Predicate read_predicate(LiteralParser& literals) {
  return PredicateParser(literals).read();
}

bool is_predicate(std::string_view word) {
  return find(word) != nullptr;
}

}  // namespace vedette::language
