"""TLS: a handshake is the same for every kind; what comes behind it is not."""

from tests.e2e.hostile.expected import Table

tls = Table("tls")

MAIN = "tls raw_https"
OTHERS = "raw_tcp raw_grpc raw_websocket raw_scenario raw_dns"
ALL = MAIN + " " + OTHERS

tls("garbage http ssl2 alert alert_unknown close_notify record_too_large record_of_unknown_kind "
    "record_of_unknown_version data_before_handshake hello_of_nothing hello_garbage message_of_16_mib", MAIN,
    "tls_handshake")
tls("garbage alert", OTHERS, "tls_handshake")
tls("alert_version", ALL, "tls_version")
tls.waits("silent", ALL, "timeout_tls")
tls.waits("warning record_cut_off hello_cut_off hello_request bytes_drip stalls_in_hello_of_12 "
          "stalls_in_certificate_of_12 stalls_in_hello_of_13 stalls_in_certificate_of_13 stalls_before_finished_of_12 "
          "handshake_drips", MAIN, "timeout_tls")
tls("warnings_drip", MAIN, "tls_handshake timeout_tls")
# OpenSSL has bounds of its own for most.
tls("alert_flood warning_flood empty_record_flood empty_data_flood change_cipher_spec_flood message_of_16_mib_flood "
    "message_in_tiny_records garbage_flood", MAIN, "tls_handshake peer_flood")
tls("hello_request_flood", ALL, "peer_flood")
tls("empty_record_flood", OTHERS, "tls_handshake peer_flood")
tls("closed closed_in_hello_of_12 closed_in_certificate_of_12 closed_in_hello_of_13 closed_in_certificate_of_13 "
    "closed_before_finished_of_12", MAIN, "closed_tls")
tls("closed", OTHERS, "closed_tls")
tls("closed_unread reset", MAIN, "reset_tls closed_tls")
tls("certificate_of_10000_names", MAIN, "tls_handshake")
tls("certificate_of_2000_names certificate_with_escapes", "tls", "none")
tls.waits("certificate_of_2000_names certificate_with_escapes", "raw_https raw_grpc raw_scenario",
          "timeout_processing")
tls.waits("certificate_with_escapes", "raw_tcp", "timeout_dialogue")
tls.waits("certificate_with_escapes", "raw_dns", "timeout_request")

session = Table("session")
FLOODS = "ticket_flood key_update_flood key_update_flood_with_answers renegotiation_flood"
# A check of TLS alone has what it came for.
session(FLOODS + " records_of_one_byte closed_after_handshake", "tls", "none")
session(FLOODS, "raw_https raw_grpc raw_websocket", "peer_flood timeout_processing")
session(FLOODS, "raw_tcp", "peer_flood timeout_dialogue")
session("records_of_one_byte", "raw_https", "timeout_transfer")
session("closed_after_handshake", "raw_https raw_grpc", "closed_processing reset_processing")
session("closed_after_handshake", "raw_tcp", "expect_mismatch closed_dialogue reset_dialogue")
session("text_after_handshake", "raw_https raw_grpc", "tls_version tls_handshake http_protocol")
