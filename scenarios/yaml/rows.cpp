#include "scenarios/yaml/rows.hpp"

#include <fmt/format.h>

#include "language/values/json.hpp"

namespace vedette::scenarios::yaml {

namespace {

using Row = std::vector<std::string>;

tl::expected<std::vector<Row>, std::string> csv_of(const std::string& text) {
  std::vector<Row> out;
  Row row;
  std::string cell;
  bool quoted = false;
  bool any = false;
  const auto end_row = [&] {
    row.push_back(std::move(cell));
    cell.clear();
    if (row.size() > 1 || !row.front().empty()) out.push_back(std::move(row));
    row.clear();
    any = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        cell += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += '"';
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == '"' && cell.empty()) {
      quoted = any = true;
    } else if (c == ',') {
      row.push_back(std::move(cell));
      cell.clear();
      any = true;
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      cell += c;
      any = true;
    }
  }
  if (quoted) return tl::make_unexpected(std::string("a quote is not closed"));
  if (any) end_row();
  return out;
}

}  // namespace

tl::expected<std::vector<language::Value>, std::string> rows_of(const std::string& name, const std::string& text) {
  if (name.ends_with(".json")) {
    const auto json = language::parse_json(text);
    if (!json) return tl::make_unexpected(json.error().message);
    if (json->list() == nullptr) return tl::make_unexpected(std::string("it holds no list"));
    return *json->list();
  }
  const auto rows = csv_of(text);
  if (!rows) return tl::make_unexpected(rows.error());
  if (rows->empty()) return tl::make_unexpected(std::string("it is empty"));
  std::vector<language::Value> out;
  const auto& names = rows->front();
  for (std::size_t i = 1; i < rows->size(); ++i) {
    const auto& row = (*rows)[i];
    if (row.size() != names.size()) {
      return tl::make_unexpected(
          fmt::format("row {} has {} fields, the first line names {}", i, row.size(), names.size()));
    }
    language::Object object;
    for (std::size_t k = 0; k < row.size(); ++k) object.emplace_back(names[k], language::Value(row[k]));
    out.push_back(language::Value::object(std::move(object)));
  }
  return out;
}

}  // namespace vedette::scenarios::yaml
