#pragma once

// Records as blackbox_exporter writes them (the Go library miekg/dns), where that differs from ldns: people's patterns
// look at these texts.

#include <string>
#include <string_view>

namespace vedette::dns {

/// `text` is ldns's presentation of a record, without comments: `name.⇥ttl⇥class⇥type⇥rdata`.
std::string record_text(std::string_view text);

}  // namespace vedette::dns
