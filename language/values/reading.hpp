#pragma once

// How an answer is read: what a hostile one may cost, and what paths give. What reaches one of the limits is a fault of
// the kind kLimit with its name.

#include <cstddef>

namespace vedette::language {

constexpr std::size_t kDeepestJson = 256;
constexpr std::size_t kMaxPathNodes = 1'000'000;

struct Reading {
  std::size_t json_depth = kDeepestJson;       ///< of arrays and objects
  std::size_t xml_depth = 256;                 ///< of elements; libxml2 has no more either
  std::size_t jsonpath_nodes = kMaxPathNodes;  ///< that a path visits
  std::size_t xpath_operations = 1'000'000;    ///< as libxml2 counts them
  bool node_lists = false;                     ///< what a JSONPath finds stays a list, also of one node or none
};

}  // namespace vedette::language
