"""HTTP/1: bodies without end, with a wrong length, or that stop."""

from tests.e2e.hostile.faults import faults_of
from tests.e2e.hostile.faults_http1_heads import answer, take_request

http1 = faults_of("http1")


@http1("endless_body")
def endless_body(peer):
    answer(peer, b"")
    peer.flood(b"abcdefgh" * 512)


@http1("endless_body_of_zeros")
def endless_body_of_zeros(peer):
    answer(peer, b"Content-Length: 1099511627776\r\n")
    peer.flood(b"\x00")


@http1("body_stalls")
def body_stalls(peer):
    answer(peer, b"Content-Length: 1000\r\n", b"a" * 500)
    peer.stall()


@http1("body_drips")
def body_drips(peer):
    answer(peer, b"Content-Length: 100000\r\n")
    peer.repeat(b"a", 0.01)


@http1("body_in_tiny_packets")
def body_in_tiny_packets(peer):
    answer(peer, b"")
    peer.repeat(b"a", 0)


@http1("reset_in_body")
def reset_in_body(peer):
    answer(peer, b"Content-Length: 1000\r\n", b"a" * 500)
    peer.pause(0.05)
    peer.reset()


@http1("length_short")
def length_short(peer):
    """The connection ends before as much has come as was said."""
    answer(peer, b"Content-Length: 100\r\n", b"abc")


@http1("length_long")
def length_long(peer):
    """More comes than was said; it belongs to no answer."""
    answer(peer, b"Content-Length: 3\r\n", b"abcdefghi")


@http1("length_long_flood")
def length_long_flood(peer):
    answer(peer, b"Content-Length: 3\r\n", b"abc")
    peer.flood(b"HTTP/1.1 500 no\r\n\r\n")


@http1("length_negative")
def length_negative(peer):
    answer(peer, b"Content-Length: -1\r\n", b"abc")


@http1("length_no_number")
def length_no_number(peer):
    answer(peer, b"Content-Length: 3x\r\n", b"abc")


@http1("length_with_sign")
def length_with_sign(peer):
    answer(peer, b"Content-Length: +3\r\n", b"abc")


@http1("length_twice")
def length_twice(peer):
    answer(peer, b"Content-Length: 3\r\nContent-Length: 5\r\n", b"abcde")


@http1("length_beyond_64_bits")
def length_beyond_64_bits(peer):
    answer(peer, b"Content-Length: 99999999999999999999999\r\n", b"abc")
    peer.stall()


@http1("length_and_chunks")
def length_and_chunks(peer):
    """RFC 9112 section 6.3: the chunks count."""
    answer(peer, b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", b"5\r\nabcde\r\n0\r\n\r\n")


@http1("coding_unknown")
def coding_unknown(peer):
    answer(peer, b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n")


@http1("chunks_twice")
def chunks_twice(peer):
    answer(peer, b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n")


@http1("body_of_204")
def body_of_204(peer):
    """An answer that must not have a body has one without end."""
    take_request(peer)
    peer.send(b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n")
    peer.flood(b"abcde")


@http1("error_page_without_end")
def error_page_without_end(peer):
    take_request(peer)
    peer.send(b"HTTP/1.1 500 Internal Server Error\r\n\r\n")
    peer.flood(b"it is all wrong\n")


@http1("cookies_without_number")
def cookies_without_number(peer):
    """20,000 cookies, then a redirect that sends them back."""
    take_request(peer)
    cookies = b"".join(b"Set-Cookie: c%d=%s\r\n" % (i, b"x" * 30) for i in range(20_000))
    peer.send(b"HTTP/1.1 302 Found\r\nLocation: /again\r\n" + cookies + b"Content-Length: 0\r\n\r\n")
