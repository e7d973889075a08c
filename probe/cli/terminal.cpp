#include "probe/cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace vedette::cli {

TextStyle style_of(int descriptor, bool verbose, bool no_colour) {
  TextStyle out{.verbose = verbose};
  const char* unwanted = std::getenv("NO_COLOR");
  out.colour = !no_colour && (unwanted == nullptr || *unwanted == '\0') && ::isatty(descriptor) != 0;
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) out.width = size.ws_col;
  return out;
}

}  // namespace vedette::cli
