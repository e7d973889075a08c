"""WebSocket: frames that must not be, messages without end, and upgrades that are none."""

import base64
import hashlib
import struct

from tests.e2e.hostile.faults import faults_of

websocket = faults_of("websocket")

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
SWITCHES = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
FINAL = 0x80
MORE, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def frame(first, payload=b"", size=None):
    """`first` has the opcode and FINAL; `size` may lie."""
    size = len(payload) if size is None else size
    if size < 126:
        return bytes([first, size]) + payload
    if size < 1 << 16:
        return struct.pack(">BBH", first, 126, size) + payload
    return struct.pack(">BBQ", first, 127, size) + payload


def upgrade(peer, key_of=lambda key: key, more=b""):
    request = peer.until(b"\r\n\r\n")
    key = next(line for line in request.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:"))
    accept = base64.b64encode(hashlib.sha1(key_of(key.split(b":")[1].strip()) + MAGIC).digest())
    peer.send(SWITCHES + b"Sec-WebSocket-Accept: " + accept + b"\r\n" + more + b"\r\n")


GREETING = frame(FINAL | TEXT, b"hello")
# What comes behind the upgrade, once.
ONCE = {
    "masked": b"\x81\x85\0\0\0\0hello",
    "reserved_bits": frame(0xf1, b"hello"),
    "reserved_opcode": frame(FINAL | 3, b"hello"),
    "reserved_control_opcode": frame(FINAL | 11, b"hello"),
    "length_of_63_bits": frame(FINAL | TEXT, b"a" * 100, 1 << 63),
    "length_of_62_bits": frame(FINAL | TEXT, b"a" * 100, 1 << 62),
    "length_not_the_shortest": b"\x81\x7e\x00\x05hello",
    "ping_of_126_bytes": frame(FINAL | PING, b"a" * 126),
    "ping_in_fragments": frame(PING, b"a"),
    "continuation_of_nothing": frame(FINAL | MORE, b"hello"),
    "text_within_fragments": frame(TEXT, b"a") + frame(FINAL | TEXT, b"b"),
    "text_not_utf8": frame(FINAL | TEXT, b"caf\xe9\xff\xc0\xaf"),
    "binary_not_utf8": frame(FINAL | BINARY, b"\xff\x1b[31m\x00"),
    "escapes": frame(FINAL | TEXT, b"\x1b[31mred\x1b]0;title\x07<script>alert(1)</script>"),
    "close": frame(FINAL | CLOSE, b"\x03\xf3\x1b[31mno"),
    "close_of_one_byte": frame(FINAL | CLOSE, b"\x03"),
    "close_with_reserved_code": frame(FINAL | CLOSE, b"\x03\xed"),
    "close_not_utf8": frame(FINAL | CLOSE, b"\x03\xe8\xff\xff"),
    "frame_stalls": frame(FINAL | TEXT, b"hel", 5),
    "frame_header_stalls": b"\x81",
    "fragments_stall": frame(TEXT, b"hel"),
    "message_too_large": frame(FINAL | TEXT, b"a" * ((1 << 20) + 1)),
}
FLOODS = {
    "empty_fragments": (frame(TEXT, b"a"), frame(MORE)),
    "fragments_of_one_byte": (frame(TEXT, b"a"), frame(MORE, b"a")),
    "ping_flood": (b"", frame(FINAL | PING, b"a" * 125)),
    "empty_ping_flood": (b"", frame(FINAL | PING)),
    "pong_flood": (b"", frame(FINAL | PONG, b"a" * 125)),
    "empty_pong_flood": (b"", frame(FINAL | PONG)),
    "pings_within_fragments": (frame(TEXT, b"a"), frame(FINAL | PING)),
    "frame_of_62_bits": (frame(FINAL | TEXT, b"", 1 << 62), b"a"),
    "fragments_large": (frame(TEXT, b"a"), frame(MORE, b"a" * 10_000)),
    "empty_messages": (b"", frame(FINAL | TEXT)),
    "messages": (b"", GREETING),
}


def add_once(name, data):
    @websocket(name)
    def serve(peer):
        upgrade(peer)
        peer.send(data)
        peer.stall()


def add_flood(name, before, piece):
    @websocket(name)
    def serve(peer):
        upgrade(peer)
        peer.drain()
        peer.send(before)
        peer.flood(piece)


for _name, _data in ONCE.items():
    add_once(_name, _data)
for _name, (_before, _piece) in FLOODS.items():
    add_flood(_name, _before, _piece)


@websocket("ping_flood_unread")
def ping_flood_unread(peer):
    """Nobody reads the answers to the pings."""
    upgrade(peer)
    peer.flood(frame(FINAL | PING, b"a" * 125))


@websocket("silent_after_upgrade")
def silent_after_upgrade(peer):
    upgrade(peer)
    peer.stall()


@websocket("closed_after_upgrade")
def closed_after_upgrade(peer):
    upgrade(peer)


@websocket("reset_after_upgrade")
def reset_after_upgrade(peer):
    upgrade(peer)
    peer.pause(0.05)
    peer.reset()


@websocket("fragments_drip")
def fragments_drip(peer):
    upgrade(peer)
    peer.send(frame(TEXT, b"a"))
    peer.repeat(frame(MORE, b"a"), 0.01)


@websocket("pings_drip")
def pings_drip(peer):
    upgrade(peer)
    peer.repeat(frame(FINAL | PING, b"a"), 0.01)


@websocket("head_endless")
def head_endless(peer):
    peer.until(b"\r\n\r\n")
    peer.send(b"HTTP/1.1 101 Switching Protocols\r\nX-Header: ")
    peer.flood(b"a")


@websocket("headers_endless")
def headers_endless(peer):
    peer.until(b"\r\n\r\n")
    peer.send(b"HTTP/1.1 101 Switching Protocols\r\n")
    peer.flood(b"X-Header: a\r\n")


@websocket("accept_wrong")
def accept_wrong(peer):
    upgrade(peer, key_of=lambda key: b"another" + key)
    peer.stall()


@websocket("accept_missing")
def accept_missing(peer):
    peer.until(b"\r\n\r\n")
    peer.send(SWITCHES + b"\r\n" + GREETING)
    peer.stall()


@websocket("extension_unasked")
def extension_unasked(peer):
    """Compression that the client did not offer."""
    upgrade(peer, more=b"Sec-WebSocket-Extensions: permessage-deflate\r\n")
    peer.send(frame(0xc1, b"\xcaH\xcd\xc9\xc9\x07\x00"))
    peer.stall()
