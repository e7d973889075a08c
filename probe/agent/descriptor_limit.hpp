#pragma once

// Every run in flight is a descriptor, and the usual soft limit of 1024 is meant for select().

#include <cstddef>

namespace vedette {

/// Raises the soft limit to the hard one and returns what it is now.
std::size_t raise_descriptor_limit();

}  // namespace vedette
