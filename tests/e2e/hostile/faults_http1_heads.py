"""HTTP/1: no answer, the wrong answer, and heads without end."""

import os

from tests.e2e.hostile.faults import faults_of

http1 = faults_of("http1")

OK = b"HTTP/1.1 200 OK\r\n"
NO_BODY = b"Content-Length: 0\r\n\r\n"
ESCAPES = b"\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]52;c;aGk=\x07 \x9b2J \r"
MARKUP = b"<script>alert(1)</script>"


def take_request(peer):
    return peer.until(b"\r\n\r\n")


def answer(peer, headers, body=b""):
    """The head of a good answer, then `body`."""
    take_request(peer)
    peer.send(OK + headers + b"\r\n" + body)


@http1("silent")
def silent(peer):
    peer.stall()


@http1("closed")
def closed(peer):
    take_request(peer)


@http1("closed_unread")
def closed_unread(_peer):
    """What the client has sent is thrown away, which the kernel may tell it as a reset."""


@http1("reset")
def reset(peer):
    take_request(peer)
    peer.reset()


@http1("reset_in_head")
def reset_in_head(peer):
    take_request(peer)
    peer.send(OK + b"X-Half: a")
    peer.pause(0.05)
    peer.reset()


@http1("closed_in_head")
def closed_in_head(peer):
    take_request(peer)
    peer.send(OK + b"X-Half: a")


@http1("stalled_head")
def stalled_head(peer):
    take_request(peer)
    peer.send(OK + b"X-Half: a")
    peer.stall()


@http1("drip_head")
def drip_head(peer):
    take_request(peer)
    peer.send(OK)
    while True:
        peer.drip(b"X-Drip: abcdefgh\r\n", 0.01)


@http1("endless_head")
def endless_head(peer):
    take_request(peer)
    peer.send(OK)
    peer.flood(b"X-Header: " + b"a" * 60 + b"\r\n")


@http1("endless_header_line")
def endless_header_line(peer):
    take_request(peer)
    peer.send(OK + b"X-Header: ")
    peer.flood(b"a")


@http1("endless_header_name")
def endless_header_name(peer):
    take_request(peer)
    peer.send(OK)
    peer.flood(b"a")


@http1("endless_status_line")
def endless_status_line(peer):
    take_request(peer)
    peer.send(b"HTTP/1.1 200 ")
    peer.flood(b"OK ")


@http1("endless_folded_header")
def endless_folded_header(peer):
    take_request(peer)
    peer.send(OK + b"X-Folded: a\r\n")
    peer.flood(b" more\r\n")


@http1("million_headers")
def million_headers(peer):
    take_request(peer)
    peer.send(OK + b"a:b\r\n" * 1_000_000 + NO_BODY)
    peer.stall()


@http1("many_headers")
def many_headers(peer):
    """150,000 of them in less than the limit."""
    take_request(peer)
    peer.send(OK + b"a:b\r\n" * 150_000 + NO_BODY)
    peer.stall()


@http1("head_in_tiny_packets")
def head_in_tiny_packets(peer):
    take_request(peer)
    peer.send(OK)
    peer.repeat(b"a:b\r\n", 0)


@http1("large_head_then_drip")
def large_head_then_drip(peer):
    """Whoever looks for the end of a head from its beginning does so for each packet."""
    take_request(peer)
    peer.send(OK + b"a:b\r\n" * 120_000)
    peer.repeat(b"a:b\r\n", 0)


@http1("interim_103_flood")
def interim_103_flood(peer):
    take_request(peer)
    peer.flood(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")


@http1("interim_100_flood")
def interim_100_flood(peer):
    take_request(peer)
    peer.flood(b"HTTP/1.1 100 Continue\r\n\r\n")


@http1("interim_103_slow")
def interim_103_slow(peer):
    take_request(peer)
    peer.repeat(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 0.1)


@http1("interim_then_silence")
def interim_then_silence(peer):
    take_request(peer)
    peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    peer.stall()


@http1("switches_unasked")
def switches_unasked(peer):
    """101 is a final answer: what follows is no HTTP any more."""
    take_request(peer)
    peer.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n")
    peer.flood(b"\x00")


@http1("http09")
def http09(peer):
    take_request(peer)
    peer.send(b"<html>hello</html>\n")


@http1("garbage")
def garbage(peer):
    take_request(peer)
    peer.send(os.urandom(4096))
    peer.stall()


@http1("endless_garbage")
def endless_garbage(peer):
    take_request(peer)
    peer.flood(b"\x00\xff")


@http1("tls_record")
def tls_record(peer):
    take_request(peer)
    peer.send(b"\x15\x03\x01\x00\x02\x02\x28")
    peer.stall()


@http1("http2_frames")
def http2_frames(peer):
    take_request(peer)
    peer.send(b"\x00\x00\x00\x04\x00\x00\x00\x00\x00")
    peer.stall()


@http1("echo")
def echo(peer):
    request = take_request(peer)
    peer.send(request)
    peer.stall()


@http1("escapes")
def escapes(peer):
    take_request(peer)
    # A carriage return by itself ends no line.
    text = ESCAPES.rstrip(b"\r")
    head = b"HTTP/1.1 500 " + text + MARKUP + b"\r\nX-Escape: " + text + MARKUP + b"\r\n"
    peer.send(head + b"Content-Length: %d\r\n\r\n" % len(ESCAPES + MARKUP) + ESCAPES + MARKUP)


@http1("escapes_instead_of_http")
def escapes_instead_of_http(peer):
    take_request(peer)
    peer.send(ESCAPES + MARKUP + b"\r\n\r\n")


@http1("not_utf8")
def not_utf8(peer):
    take_request(peer)
    wrong = b"caf\xe9 \x80\xff\xc0\xaf \xed\xa0\x80 \xf5"
    head = b"HTTP/1.1 500 " + wrong + b"\r\nX-Wrong: " + wrong + b"\r\n"
    peer.send(head + b"Content-Length: %d\r\n\r\n" % len(wrong) + wrong)


@http1("not_utf8_ok")
def not_utf8_ok(peer):
    answer(peer, b"X-Wrong: caf\xe9\x80\r\nContent-Length: 4\r\n", b"\xff\xfe\x80\xe9")


@http1("nul_in_header")
def nul_in_header(peer):
    answer(peer, b"X-Nul: a\x00b\r\n" + NO_BODY[:-2])


@http1("header_without_colon")
def header_without_colon(peer):
    answer(peer, b"this is no header\r\n" + NO_BODY[:-2])


@http1("blank_before_colon")
def blank_before_colon(peer):
    """RFC 9112 section 5.1: responses like this must not be believed."""
    answer(peer, b"Content-Length : 3\r\n", b"abc")


@http1("status_no_number")
def status_no_number(peer):
    take_request(peer)
    peer.send(b"HTTP/1.1 2x0 OK\r\n" + NO_BODY)


@http1("status_too_long")
def status_too_long(peer):
    take_request(peer)
    peer.send(b"HTTP/1.1 2000000000000000000000 OK\r\n" + NO_BODY)


@http1("version_unknown")
def version_unknown(peer):
    take_request(peer)
    peer.send(b"HTTP/9.9 200 OK\r\n" + NO_BODY)
