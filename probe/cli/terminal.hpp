#pragma once

// What the command line knows of the terminal that it writes to.

#include "base/text.hpp"

namespace vedette::cli {

/// Colours when `descriptor` is a terminal, unless `no_colour` or the variable NO_COLOR (https://no-color.org) says
/// otherwise; the terminal's width.
TextStyle style_of(int descriptor, bool verbose = false, bool no_colour = false);

}  // namespace vedette::cli
