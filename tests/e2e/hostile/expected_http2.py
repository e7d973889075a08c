"""HTTP/2, and gRPC above it: what breaks HTTP/2 is http_protocol for both."""

from tests.e2e.hostile.expected import Table

http2 = Table("http2")

BOTH = "https grpc"
ALL = "https grpc grpc_tls scenario_tls"
# OpenSSL and nghttp2 have bounds of their own for some floods.
FLOOD = "peer_flood http_protocol"

http2.waits("silent settings_then_silent goaway_without_error", BOTH, "timeout_processing")
http2.waits("answer_stalls frame_header_stalls data_stalls data_drips continuation_missing headers_drip", BOTH,
            "timeout_transfer timeout_processing")
http2.waits("interim_slow", BOTH, "timeout_transfer timeout_processing")

http2("settings_flood empty_settings_flood settings_ack_flood table_size_flood ping_flood ping_ack_flood "
      "window_update_flood window_update_other_flood priority_flood goaway_flood goaway_debug_flood reset_other_flood "
      "unknown_flood unknown_empty_flood altsvc_flood origin_flood", BOTH, FLOOD)
http2("empty_data_flood padding_data_flood", ALL, FLOOD)
http2("ping_flood goaway_flood priority_flood window_update_flood settings_flood", "grpc_tls scenario_tls", FLOOD)
# Where the answers to them fill the connection, it is the client that waits.
http2("ping_flood_unread settings_flood_unread", BOTH, "peer_flood http_protocol timeout_processing")
http2("reset_flood reset_after_answer_flood", BOTH, "http_protocol")
http2("interim_flood interim_with_hpack_bomb", ALL, "peer_flood http_headers_too_large")
http2("trailers_of_every_frame", BOTH, "http_protocol peer_flood")
# Who takes data as fast as it comes gives new room all the time: then it is a body without end.
http2("data_over_window", "https scenario_tls", "http_protocol limit timeout_transfer")
http2("one_byte_data_over_window", "https", "http_protocol timeout_transfer")
http2("data_over_window one_byte_data_over_window", "grpc", "http_protocol grpc_protocol timeout_transfer")
http2("data_behind_the_end", "https", "none")
http2("data_behind_the_end", "grpc", "grpc_protocol http_protocol")
http2("garbage_flood http1_flood", BOTH, "http_protocol")
http2("data_endless data_of_one_byte", "https", "timeout_transfer")
http2("data_endless", "scenario_tls", "limit")
http2("data_endless data_of_one_byte", "grpc", "grpc_protocol timeout_transfer")

http2("window_overflow window_overflow_of_stream window_update_zero frame_too_large frame_a_little_too_large "
      "data_of_stream_0 data_before_headers data_of_other_stream headers_of_stream_0 headers_of_even_stream "
      "headers_of_later_stream settings_of_stream settings_cut_off settings_window_too_large "
      "settings_frame_size_too_small settings_push ping_of_seven_bytes padding_longer_than_frame push_promise "
      "push_promise_of_request goaway reset reset_after_answer preface_of_a_client length_short length_long no_settings", BOTH, "http_protocol")
http2("hpack_table_too_large hpack_integer_too_large hpack_index_unknown hpack_cut_off hpack_huffman_wrong no_status "
      "two_statuses status_behind_headers status_no_number status_too_long name_in_capitals name_with_break "
      "value_with_break value_with_nul connection_header empty_block escapes continuation_of_other_stream", BOTH,
      "http_protocol")
http2("hpack_bomb hpack_bomb_in_continuations trailers_bomb", BOTH, "http_headers_too_large http_protocol")
http2("continuation_flood empty_continuation_flood value_endless", ALL,
      "http_protocol peer_flood http_headers_too_large")
http2("closed", BOTH, "closed_processing reset_processing")
http2("closed_in_data reset_connection", BOTH, "closed_transfer reset_transfer")

grpc = Table("grpc")
grpc("message_longer_than_said message_shorter_than_said message_missing message_compressed message_garbage "
     "message_twice message_of_other_type message_nested status_missing web_page", "grpc", "grpc_protocol")
# What a slow server has not sent by the deadline is not too much yet.
grpc("message_endless messages_endless", "grpc", "grpc_protocol timeout_transfer")
grpc("message_endless", "grpc_tls", "grpc_protocol timeout_transfer")
grpc("status_no_number status_too_large status_negative", "grpc", "grpc_status grpc_protocol")
grpc("status_text_with_escapes", "grpc", "grpc_status http_protocol")
grpc("status_text_long", "grpc", "grpc_status")
grpc.waits("never_ends messages_of_nothing", "grpc", "timeout_transfer")
