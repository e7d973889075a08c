"""HTTP/1: heads, lengths, chunks, redirects and the endpoint of tokens."""

from tests.e2e.hostile.expected import Table

http1 = Table("http1")

MAIN = "http scenario"
MORE = "http https scenario token"  # where the token's endpoint is wrong, the answer is not HTTP either
UPGRADE = "websocket_upgrade http_headers_too_large http_protocol"

# No answer, or half of one
http1.waits("silent", "http https scenario websocket", "timeout_processing")
http1.waits("silent stalled_head", "token", "http_token")
http1.waits("stalled_head drip_head interim_then_silence", MAIN, "timeout_transfer timeout_processing")
http1.waits("stalled_head drip_head", "websocket", "timeout_processing timeout_transfer")
http1.waits("interim_103_slow", MAIN, "timeout_transfer timeout_processing")
http1("closed", "http https scenario websocket token", "closed_processing")
http1("closed_unread", MAIN, "reset_processing closed_processing")
http1("reset", "http https scenario websocket token", "reset_processing")
http1("closed_in_head", MAIN, "closed_transfer")
http1("closed_in_head", "websocket", "closed_processing closed_transfer")
http1("reset_in_head", MAIN, "reset_transfer")

# Heads without end
http1("endless_head endless_header_line endless_header_name endless_status_line endless_folded_header million_headers",
      MORE, "http_headers_too_large")
http1("endless_head endless_header_line million_headers", "plain_by_proxy", "http_headers_too_large")
http1("endless_head endless_header_line million_headers many_headers", "websocket", UPGRADE)
http1("many_headers", MAIN, "none http_headers_too_large")
http1("head_in_tiny_packets large_head_then_drip", "http https scenario", "timeout_transfer http_headers_too_large")
http1("interim_103_flood interim_100_flood", "http https scenario token", "peer_flood")
http1("interim_103_flood", "websocket", "websocket_upgrade peer_flood")

# Something else than HTTP
http1("http09 garbage endless_garbage tls_record http2_frames echo escapes escapes_instead_of_http nul_in_header "
      "header_without_colon blank_before_colon status_no_number status_too_long", MAIN, "http_protocol")
http1("escapes escapes_instead_of_http echo", "https token plain_by_proxy", "http_protocol")
http1("http09 garbage echo escapes escapes_instead_of_http not_utf8", "websocket", UPGRADE)
http1("version_unknown", MAIN, "none http_protocol")
http1("not_utf8", "http https plain_by_proxy", "http_status")
http1("not_utf8", "scenario", "none")  # without a line about the status any will do
http1("not_utf8 not_utf8_ok", "token", "http_token")
http1("not_utf8_ok", MAIN, "none")
http1("switches_unasked", "http", "http_status http_protocol")
http1("switches_unasked", "scenario", "none http_protocol")
http1("switches_unasked", "websocket", UPGRADE)

# Bodies
http1("endless_body endless_body_of_zeros body_in_tiny_packets", "http https", "timeout_transfer")
http1("endless_body", "plain_by_proxy", "timeout_transfer")
http1("endless_body endless_body_of_zeros error_page_without_end chunks_endless chunks_of_one_byte", "scenario",
      "limit")
http1("endless_body body_of_204 error_page_without_end chunks_endless", "token", "http_token")
http1("endless_body", "http_limit http_no_regexp", "body_too_large timeout_transfer")
http1.waits("body_stalls body_drips", MAIN, "timeout_transfer")
http1.waits("body_stalls", "https", "timeout_transfer")
http1.waits("body_stalls", "token", "http_token")
http1("body_in_tiny_packets", "scenario", "timeout_transfer limit")
http1("reset_in_body", MAIN, "reset_transfer")
http1("length_short chunks_end_early", MAIN, "closed_transfer")
http1("length_long length_long_flood length_and_chunks body_of_204 last_chunk_in_pieces last_chunk_alone_in_pieces",
      MAIN, "none")
http1("last_chunk_alone_in_pieces", "https", "none")
http1("length_negative length_no_number length_with_sign length_twice length_beyond_64_bits coding_unknown "
      "chunks_twice", MAIN, "http_protocol")
http1("length_twice", "token", "http_protocol")
http1("error_page_without_end", "http https", "http_status")
http1("cookies_without_number", MAIN, "http_headers_too_large")

# Chunks and trailers
http1("chunks_endless chunks_of_one_byte chunks_with_small_extensions", "http https", "timeout_transfer")
http1("chunks_with_small_extensions", "scenario", "timeout_transfer limit")
http1("chunk_extension_endless chunk_extension_quoted chunk_size_of_zeros", "http https scenario token",
      "http_protocol")
http1("chunk_extension_endless trailers_endless", "websocket",
      "websocket_upgrade timeout_processing http_protocol http_headers_too_large peer_flood")
http1.waits("chunk_extension_drips chunk_stalls trailers_stall", MAIN, "timeout_transfer")
http1.waits("chunk_size_64_bits", MAIN, "timeout_transfer http_protocol")
http1("chunk_size_beyond_64_bits chunk_size_negative chunk_size_no_hex chunk_size_0x chunk_size_empty "
      "chunk_longer_than_said", MAIN, "http_protocol")
http1("trailers_endless trailer_line_endless", "http https scenario token", "http_headers_too_large")
http1("trailers_in_tiny_packets trailers_large_then_drip", MAIN, "timeout_transfer http_headers_too_large")

redirect = Table("redirect")
BOTH = "http scenario_redirects"
redirect("loop with_blanks not_utf8 many_locations", BOTH, "http_redirect_limit")
redirect("loop", "http_limit", "http_redirect_limit")
redirect("to_file to_gopher to_javascript to_data to_port_zero to_port_beyond to_no_host to_a_broken_address", BOTH,
         "http_redirect_invalid")
redirect("with_crlf with_nul escapes", BOTH, "http_protocol http_redirect_invalid")
redirect("with_a_password", BOTH, "connect_refused")
redirect("long growing", BOTH,
         "http_redirect_limit http_redirect_invalid http_headers_too_large timeout_processing timeout_transfer")
redirect("endless_body chunked_endless", "http", "timeout_transfer body_too_large")
redirect("endless_body chunked_endless", "scenario_redirects", "limit timeout_transfer")
redirect.waits("stalled_body then_stalled_body", BOTH, "timeout_transfer")
redirect.waits("silent_then", BOTH, "timeout_processing")

token = Table("token")
ENDPOINT = "token scenario_token"
token("no_json no_object no_token token_of_number token_empty not_utf8 deep endless echoes_secret "
      "refuses_with_escapes redirects", ENDPOINT, "http_token")
token("token_with_break token_with_nul type_with_break", ENDPOINT, "http_token local_file")
token("token_large", ENDPOINT, "connect_refused http_token")  # it is sent on, and nobody listens there
token.waits("stalls", ENDPOINT, "http_token")
