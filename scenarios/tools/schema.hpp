#pragma once

// The JSON Schema of scenario files (https://json-schema.org, draft 2020-12), for editors.

#include <string>

namespace vedette::scenarios {

std::string schema_text();

}  // namespace vedette::scenarios
