"""Bodies that are compressed, and such as are hard to read. A body is judged before the deadline, or the run ends
then."""

from tests.e2e.hostile.expected import Table

compressed = Table("compressed")
TOO_LARGE = "body_too_large"
# Nothing comes of it, and nothing bounds it but the deadline.
NOTHING = "timeout_transfer body_too_large body_decode peer_flood"

compressed("gzip_bomb gzip_bomb_whole gzip_bomb_small gzip_members_of_zeros", "http_gzip", TOO_LARGE)
compressed("gzip_bomb gzip_bomb_whole", "http_gzip_regexp", TOO_LARGE)
compressed("deflate_bomb", "http_deflate", TOO_LARGE)
compressed("brotli_bomb", "http_br", TOO_LARGE)
compressed("gzip_large", "http_gzip", "body_too_large timeout_transfer")
compressed("gzip_members_of_nothing gzip_blocks_of_nothing gzip_name_endless", "http_gzip", NOTHING)
compressed("brotli_of_nothing", "http_br", NOTHING)
compressed("gzip_nested", "http_gzip", "none")  # unpacked once it is small
compressed("gzip_garbage gzip_garbage_behind gzip_truncated gzip_not_at_all", "http_gzip", "body_decode")
compressed("brotli_garbage brotli_truncated", "http_br", "body_decode")
compressed("gzip_not_at_all", "http_br http_deflate", "body_decode")
compressed.waits("gzip_stalls", "http_gzip scenario_packed", "timeout_transfer")
compressed("gzip_bomb gzip_bomb_whole gzip_bomb_small gzip_large gzip_members_of_nothing gzip_members_of_zeros "
           "gzip_blocks_of_nothing gzip_name_endless deflate_bomb brotli_bomb brotli_of_nothing", "scenario_packed",
           "limit")
compressed("gzip_nested gzip_garbage gzip_garbage_behind gzip_truncated gzip_not_at_all brotli_garbage "
           "brotli_truncated", "scenario_packed", "answer_unreadable")

body = Table("body")
# What is looked at may be too much for the time, or for the memory that there is for such work.
BUSY = " timeout_expect local_resources"
UNMET = "expect_unmet" + BUSY
SCENARIO = "limit answer_unreadable expect_unmet" + BUSY
JSON = ("json_deep json_deep_objects json_wide json_objects json_members json_same_member json_long_text "
        "json_long_number json_exponent json_not_utf8 json_cut_off json_slices")
XML = "xml_laughs xml_quadratic xml_file xml_outside xml_deep xml_flat xml_attributes xml_namespaces xml_cut_off"
HTML = "html_nested html_flat html_tables html_attributes html_comments html_references"

body(JSON, "http_jsonpath", UNMET)
body(JSON, "http_cel", "json_mismatch" + BUSY)
body("json_slices", "http_slice", UNMET)
body("json_deep json_wide json_objects json_members json_cut_off", "scenario_jsonpath", SCENARIO)
body(XML + " " + HTML, "http_xpath", UNMET)
body("xml_laughs xml_file xml_deep xml_flat xml_attributes html_nested html_flat html_attributes", "scenario_xpath",
     SCENARIO)
body("letters lines", "http_regexp", "body_mismatch" + BUSY)
body("letters lines", "http_matches http_size", UNMET)
body("letters", "scenario_matches", SCENARIO)
body("not_utf8 charset_utf16 charset_unknown", "http_matches", UNMET)
body("beyond_expectations", "http_regexp http_matches http_jsonpath", "body_too_large")
body("beyond_expectations", "http_cel", "json_mismatch body_too_large")
body("beyond_expectations", "http_no_regexp", "body_too_large")
# None of them holds what must not be there.
body("letters lines not_utf8 charset_utf16 charset_unknown xml_file html_flat json_wide", "http_no_regexp",
     "none" + BUSY)
