"""HTTP/2: headers without end, and what HPACK makes possible."""

from tests.e2e.hostile.faults import faults_of
from tests.e2e.hostile.http2_frames import (CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, STATUS_200, STREAM,
                                            Connection, field, frame, head, integer, text)

http2 = faults_of("http2")

# Puts a header of 4,000 bytes into the dynamic table, where its index is 62: 0xbe names it.
INDEXED = b"\x40" + text(b"x-large") + text(b"b" * 4000)
ESCAPES = b"\x1b[31mred \x1b]0;title\x07"


def greeted(peer):
    Connection(peer).greet()
    peer.drain()


# Header blocks that come whole, once.
BLOCKS = {
    "hpack_bomb": STATUS_200 + INDEXED + b"\xbe" * 12_000,
    "hpack_table_too_large": b"\x3f" + b"\xff" * 4 + b"\x07" + STATUS_200,
    "hpack_integer_too_large": b"\xff" * 50,
    "hpack_index_unknown": STATUS_200 + b"\xfe",
    "hpack_cut_off": STATUS_200 + b"\x00\x05ab",
    "hpack_huffman_wrong": STATUS_200 + b"\x00\x81\x00\x84\xff\xff\xff\xff",
    "no_status": field(b"x-a", b"b"),
    "two_statuses": STATUS_200 + STATUS_200,
    "status_behind_headers": field(b"x-a", b"b") + STATUS_200,
    "status_no_number": field(b":status", b"2x0"),
    "status_too_long": field(b":status", b"2000000000000"),
    "name_in_capitals": STATUS_200 + field(b"X-A", b"b"),
    "name_with_break": STATUS_200 + field(b"x-a\r\nx-b", b"c"),
    "value_with_break": STATUS_200 + field(b"x-a", b"b\r\nx-c: d"),
    "value_with_nul": STATUS_200 + field(b"x-a", b"b\0c"),
    "connection_header": STATUS_200 + field(b"transfer-encoding", b"chunked"),
    "empty_block": b"",
    "escapes": field(b":status", b"500") + field(b"x-escape", ESCAPES) + field(b"x-not-utf8", b"caf\xe9\xff"),
}


def add_block(name, fields):
    @http2(name)
    def serve(peer):
        Connection(peer).greet()
        peer.send(frame(HEADERS, END_HEADERS | END_STREAM, STREAM, fields))
        peer.stall()


for _name, _fields in BLOCKS.items():
    add_block(_name, _fields)


@http2("continuation_flood")
def continuation_flood(peer):
    greeted(peer)
    peer.send(frame(HEADERS, 0, STREAM, STATUS_200))
    peer.flood(frame(CONTINUATION, 0, STREAM, field(b"a", b"b") * 100))


@http2("empty_continuation_flood")
def empty_continuation_flood(peer):
    greeted(peer)
    peer.send(frame(HEADERS, 0, STREAM, STATUS_200))
    peer.flood(frame(CONTINUATION, 0, STREAM))


@http2("continuation_of_other_stream")
def continuation_of_other_stream(peer):
    greeted(peer)
    peer.send(frame(HEADERS, 0, STREAM, STATUS_200) + frame(CONTINUATION, END_HEADERS, 3))
    peer.pause(5)


@http2("continuation_missing")
def continuation_missing(peer):
    """Headers without an end, and silence."""
    greeted(peer)
    peer.send(frame(HEADERS, 0, STREAM, STATUS_200))
    peer.pause(5)


@http2("hpack_bomb_in_continuations")
def hpack_bomb_in_continuations(peer):
    greeted(peer)
    peer.send(frame(HEADERS, 0, STREAM, STATUS_200 + INDEXED))
    peer.flood(frame(CONTINUATION, 0, STREAM, b"\xbe" * 16_000))


@http2("value_endless")
def value_endless(peer):
    """One value of a GiB."""
    greeted(peer)
    peer.send(frame(HEADERS, 0, STREAM, STATUS_200 + b"\x00\x01a" + integer(1 << 30, 7)))
    peer.flood(frame(CONTINUATION, 0, STREAM, b"b" * 16_000))


@http2("interim_flood")
def interim_flood(peer):
    greeted(peer)
    peer.flood(frame(HEADERS, END_HEADERS, STREAM, field(b":status", b"103")))


@http2("interim_slow")
def interim_slow(peer):
    greeted(peer)
    peer.repeat(frame(HEADERS, END_HEADERS, STREAM, field(b":status", b"103")), 0.1)


@http2("interim_with_hpack_bomb")
def interim_with_hpack_bomb(peer):
    greeted(peer)
    peer.send(frame(HEADERS, END_HEADERS, STREAM, field(b":status", b"103") + INDEXED))
    peer.flood(frame(HEADERS, END_HEADERS, STREAM, field(b":status", b"103") + b"\xbe" * 200))


@http2("trailers_of_every_frame")
def trailers_of_every_frame(peer):
    """Trailers that are not the end, again and again."""
    greeted(peer)
    peer.send(head())
    peer.flood(frame(HEADERS, END_HEADERS, STREAM, field(b"a", b"b")))


@http2("trailers_bomb")
def trailers_bomb(peer):
    greeted(peer)
    peer.send(head() + frame(DATA, 0, STREAM, b"a") + frame(HEADERS, END_STREAM, STREAM, INDEXED))
    peer.flood(frame(CONTINUATION, 0, STREAM, b"\xbe" * 16_000))


@http2("headers_drip")
def headers_drip(peer):
    greeted(peer)
    peer.drip(frame(HEADERS, END_HEADERS | END_STREAM, STREAM, STATUS_200 + field(b"x-long", b"a" * 10_000)), 0.01)
