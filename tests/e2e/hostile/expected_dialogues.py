"""Dialogues of lines, those before TLS, WebSocket and proxies."""

from tests.e2e.hostile.expected import Table

lines = Table("lines")

MAIN = "tcp unix"
ALL = "tcp unix tcp_says tcp_tls"
lines.waits("silent line_drips line_without_end lines_drip escapes not_utf8 nul_bytes garbage greeting_then_silent",
            MAIN, "timeout_dialogue")
lines.waits("silent line_drips", "tcp_says tcp_bytes tcp_banner tcp_tls", "timeout_dialogue")
lines.waits("escapes not_utf8 echo greeting_then_silent greeting_then_unread", "tcp_says", "timeout_dialogue")
lines.waits("echo greeting_then_unread", MAIN, "timeout_dialogue")
lines("closed", "tcp unix tcp_tls", "expect_mismatch closed_dialogue")
lines("closed", "tcp_bytes", "closed_dialogue")
lines("reset", "tcp", "reset_dialogue")
lines("reset", "unix", "expect_mismatch closed_dialogue reset_dialogue")
lines("empty_lines empty_lines_crlf short_lines", ALL, "peer_flood")
# 100,000 of them are more bytes than come in the time.
lines("long_lines lines_in_tiny_packets", ALL, "timeout_dialogue peer_flood")
lines("endless_line endless_line_of_nul endless_line_of_returns", ALL + " tcp_banner", "line_too_long")
lines("echo_flood", "tcp_says", "peer_flood timeout_dialogue")
lines.waits("echo_flood", MAIN, "timeout_dialogue")  # what says nothing hears nothing
lines("empty_lines short_lines endless_line", "tcp_bytes", "expect_mismatch")
lines("empty_lines escapes not_utf8 garbage", "tcp_banner", "expect_unmet")

for _protocol in ("smtp", "imap", "pop3", "ftp", "postgres", "mysql", "ldap", "xmpp"):
    dialogue = Table(_protocol)
    server_first = _protocol in ("smtp", "imap", "pop3", "ftp", "mysql")
    dialogue.waits("silent", _protocol, "timeout_starttls")
    dialogue("closed", _protocol, "closed_starttls reset_starttls" if not server_first else "closed_starttls")
    dialogue("refuses escapes text_with_agreement", _protocol, "starttls_refused")
    dialogue("garbage", _protocol, "starttls_refused timeout_starttls" if _protocol == "xmpp" else "starttls_refused")
    dialogue("greeting_flood greeting_endless_line", _protocol, "starttls_refused line_too_long peer_flood")
    dialogue.waits("greeting_drips", _protocol, "timeout_starttls starttls_refused")
    dialogue("text_instead_of_tls", _protocol, "tls_handshake")
    dialogue.waits("silent_after_agreement", _protocol, "timeout_tls")
    dialogue("closed_after_agreement", _protocol, "closed_tls")
    if _protocol == "mysql":
        continue
    dialogue.waits("reply_stalls", _protocol, "timeout_starttls")
    dialogue("reply_closed", _protocol, "closed_starttls")
    dialogue("reply_flood", _protocol, "starttls_refused line_too_long peer_flood")

ftp = Table("ftp")
ftp("greeting_flood reply_flood", "tcp_starttls", "peer_flood")
ftp("text_with_agreement", "tcp_starttls", "starttls_refused")
ftp("text_instead_of_tls", "tcp_starttls", "tls_handshake")
ftp.waits("silent_after_agreement", "tcp_starttls", "timeout_tls")
ftp("closed_after_agreement", "tcp_starttls", "closed_tls")

websocket = Table("websocket")
SECURE = "websocket websocket_tls"
websocket("masked reserved_bits reserved_opcode reserved_control_opcode length_of_63_bits length_of_62_bits "
          "length_not_the_shortest ping_of_126_bytes ping_in_fragments continuation_of_nothing text_within_fragments "
          "text_not_utf8 close_of_one_byte close_with_reserved_code close_not_utf8 message_too_large frame_of_62_bits "
          "extension_unasked", "websocket", "websocket_protocol")
websocket("binary_not_utf8 escapes empty_messages messages", "websocket", "expect_mismatch")
websocket("close closed_after_upgrade", "websocket", "closed_dialogue")
websocket("reset_after_upgrade", "websocket", "reset_dialogue")
websocket.waits("frame_stalls frame_header_stalls fragments_stall silent_after_upgrade fragments_drip pings_drip",
                "websocket", "timeout_dialogue")
websocket("empty_fragments ping_flood empty_ping_flood pong_flood empty_pong_flood pings_within_fragments", SECURE,
          "peer_flood")
websocket("fragments_of_one_byte fragments_large", "websocket", "peer_flood websocket_protocol")
websocket("ping_flood_unread", SECURE, "timeout_dialogue peer_flood")
websocket("head_endless headers_endless", SECURE, "websocket_upgrade http_headers_too_large")
websocket("accept_wrong accept_missing", "websocket", "websocket_upgrade")

connect = Table("connect")
BOTH = "proxy scenario_proxy"
connect.waits("silent head_drips answers_socks", BOTH, "timeout_connect")
connect("closed reset refuses_with_escapes refuses_without_end echoes_credentials text_with_agreement garbage", BOTH,
        "http_proxy")
connect("head_endless line_endless interim_flood", BOTH, "http_proxy")
connect.waits("agrees_then_silent", BOTH, "timeout_tls")
connect("agrees_then_garbage", BOTH, "tls_handshake")

socks = Table("socks")
BOTH = "socks scenario_socks"
socks("first_of_garbage first_of_other_version first_of_no_method first_of_password second_of_garbage second_refused "
      "second_of_unknown_error second_of_unknown_address second_with_more closed closed_after_first flood", BOTH,
      "http_proxy")
socks("drip", BOTH, "http_proxy timeout_connect")
socks.waits("silent first_cut_off second_of_long_name second_cut_off silent_after_first", BOTH, "timeout_connect")
socks.waits("agrees_then_silent", BOTH, "timeout_processing")
