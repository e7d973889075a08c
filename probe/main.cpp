#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

#include "base/version.hpp"
#include "base/workers.hpp"
#include "probe/cli/cli.hpp"

namespace {

/// Standard error may be gone, too: then nobody hears it.
void say(std::string_view message) {
  std::fputs(fmt::format("vedette: {}\n", message).c_str(), stderr);
}

}  // namespace

int main(int argc, char** argv) {
  // A peer that closes must be an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app{"Vedette: synthetic monitoring. Runs checks of HTTP, DNS, TLS, TCP and more, scheduled or on demand."};
  app.name("vedette");
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("vedette {}", vedette::kVersion));
  app.footer("Exit codes: 0 all passed, 1 some failed, 2 usage or configuration, 3 the check could not run.");
  int exit_code = 0;
  vedette::cli::add_agent(app, exit_code);
  vedette::cli::add_check(app, exit_code);
  vedette::cli::add_single(app, exit_code);
  vedette::cli::add_scenario(app, exit_code);
  vedette::cli::add_validate(app, exit_code);
  vedette::cli::add_import(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error);
    // `agent` ends as blackbox_exporter does.
    const int wrong = app.got_subcommand("agent") ? vedette::cli::kNotStarted : vedette::cli::kUsage;
    return status == 0 ? 0 : wrong;
  } catch (const std::exception& error) {
    say(error.what());
    return app.got_subcommand("agent") ? vedette::cli::kNotStarted : vedette::cli::kCouldNotLook;
  }
  // What is lost here is the answer that somebody asked for: a full disk, a reader that has gone.
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && !std::cout.flush().fail();
  if (!written) {
    say("the output could not be written: the disk is full, or its reader has gone");
    exit_code = vedette::cli::kCouldNotLook;
  }
  // A worker may still look at an answer that no run waits for any more.
  if (!vedette::Workers::end_shared()) std::_Exit(exit_code);
  return exit_code;
}
