"""HTTP/1: redirects that lead nowhere, everywhere, or do not end."""

from tests.e2e.hostile.faults import faults_of
from tests.e2e.hostile.faults_http1_heads import ESCAPES, MARKUP, take_request

redirect = faults_of("redirect")


def send_to(peer, location, rest=b"Content-Length: 0\r\n\r\n"):
    take_request(peer)
    peer.send(b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\n" + rest)


# Faults that are one Location.
LOCATIONS = {
    "loop": b"/again",
    "to_file": b"file:///etc/passwd",
    "to_gopher": b"gopher://127.0.0.1:6379/_FLUSHALL",
    "to_javascript": b"javascript:alert(1)",
    "to_data": b"data:text/plain,hello",
    "to_port_zero": b"http://127.0.0.1:0/",
    "to_port_beyond": b"http://127.0.0.1:65536/",
    "to_no_host": b"http:///path",
    "to_a_broken_address": b"http://[::1/",
    "with_crlf": b"/a%0d%0aX-Injected: 1\x0bz",
    "with_blanks": b"/a b c",
    "with_nul": b"/a\x00b",
    "not_utf8": b"/caf\xe9\xff",
    "escapes": b"/" + ESCAPES.rstrip(b"\r") + MARKUP,
    "with_a_password": b"http://user:password@127.0.0.1:1/",
}


def add_location(name, location):
    @redirect(name)
    def serve(peer):
        send_to(peer, location)


for _name, _location in LOCATIONS.items():
    add_location(_name, _location)


@redirect("long")
def long(peer):
    """1,000,000 bytes, which is less than a head may have; each hop leads to the same."""
    send_to(peer, b"/" + b"a" * 1_000_000)


@redirect("growing")
def growing(peer):
    """Each hop leads to a URL that is longer than the one before."""
    path = take_request(peer).split(b" ")[1]
    peer.send(b"HTTP/1.1 302 Found\r\nLocation: " + path + b"b" * 50_000 + b"\r\nContent-Length: 0\r\n\r\n")


@redirect("endless_body")
def endless_body(peer):
    send_to(peer, b"/again", b"\r\n")
    peer.flood(b"moved\n")


@redirect("stalled_body")
def stalled_body(peer):
    send_to(peer, b"/again", b"Content-Length: 100\r\n\r\nmoved")
    peer.stall()


@redirect("then_stalled_body")
def then_stalled_body(peer):
    """The first answer is whole, the second is not."""
    if b"again" in take_request(peer):
        peer.send(b"HTTP/1.1 302 Found\r\nLocation: /more\r\nContent-Length: 100\r\n\r\nmoved")
        peer.stall()
    peer.send(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")


@redirect("chunked_endless")
def chunked_endless(peer):
    send_to(peer, b"/again", b"Transfer-Encoding: chunked\r\n\r\n")
    peer.flood(b"6\r\nmoved\n\r\n")


@redirect("many_locations")
def many_locations(peer):
    take_request(peer)
    locations = b"Location: /again\r\nLocation: http://127.0.0.1:1/\r\n" * 1000
    peer.send(b"HTTP/1.1 302 Found\r\n" + locations + b"Content-Length: 0\r\n\r\n")


@redirect("silent_then")
def silent_then(peer):
    if b"again" in take_request(peer):
        peer.stall()
    peer.send(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")
