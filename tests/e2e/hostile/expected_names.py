"""DNS: checks of it, and the resolver that a check of another kind names."""

from tests.e2e.hostile.expected import Table

dns = Table("dns")

# What is no answer is waited past: the deadline tells of it.
dns.waits("silent", "dns", "timeout_request")
dns.waits("empty one_byte", "dns", "dns_malformed dns_wrong_id")
dns("empty_flood", "dns", "dns_malformed dns_wrong_id")
dns.waits("garbage_of_other_id other_id", "dns", "dns_wrong_id")
dns("other_id_flood large_of_other_id_flood garbage_flood", "dns", "dns_wrong_id")
dns.waits("other_question echo", "dns", "dns_wrong_question")
dns("other_question_flood echo_flood", "dns", "dns_wrong_question")
dns.waits("no_question only_header", "dns", "dns_malformed")
dns("no_question_flood", "dns", "dns_malformed")
dns.waits("header_cut_off garbage large counts_lie pointer_loop pointer_forward label_beyond_end "
          "label_of_reserved_type data_beyond_end", "dns", "dns_malformed")
dns("servfail nxdomain refused rcode_unknown", "dns", "dns_rcode")
dns("truncated escapes no_answer alias_of_itself good_flood empty_then_good", "dns", "none")

dns.waits("silent empty one_byte only_header header_cut_off garbage garbage_of_other_id no_question other_question "
          "other_id", "resolver", "timeout_resolve")
dns("empty_flood other_id_flood other_question_flood no_question_flood large_of_other_id_flood garbage_flood",
    "resolver", "timeout_resolve")
dns("echo echo_flood no_answer escapes alias_of_itself rcode_unknown", "resolver", "resolve_no_address resolve_failed")
# It asks again over TCP, where nobody listens.
dns("truncated large", "resolver", "resolve_refused resolve_failed")
dns("counts_lie pointer_loop pointer_forward label_beyond_end label_of_reserved_type data_beyond_end", "resolver",
    "resolve_failed")
dns("servfail", "resolver", "resolve_servfail")
dns("nxdomain", "resolver", "resolve_nxdomain")
dns("refused", "resolver", "resolve_refused")
# The name is found, and its address refuses.
dns("good_flood empty_then_good", "resolver", "connect_refused")

dnstcp = Table("dnstcp")
BOTH = "dns_tcp dns_tls"
dnstcp("length_zero length_one length_zero_flood", BOTH, "dns_wrong_id dns_malformed")
dnstcp("other_id", BOTH, "dns_wrong_id")
dnstcp("other_id_flood garbage_flood", "dns_tcp", "dns_wrong_id dns_malformed")
dnstcp("other_question echo", BOTH, "dns_wrong_question")
dnstcp("other_question_flood", "dns_tcp", "dns_wrong_question")
dnstcp("no_question", BOTH, "dns_malformed dns_wrong_question")
dnstcp("length_too_short garbage", BOTH, "dns_malformed")
dnstcp("truncated large large_names", "dns_tcp", "none")
dnstcp("closed closed_in_reply", BOTH, "closed_request")
dnstcp("reset", "dns_tcp", "reset_request")
dnstcp.waits("silent length_too_long length_of_one_byte drip", "dns_tcp", "timeout_request")
