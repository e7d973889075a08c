"""Frames of HTTP/2 (RFC 9113 section 4.1), and a server's part of a connection."""

import struct

from tests.e2e.hostile.peer import Over

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
INITIAL_WINDOW_SIZE = 4
STREAM = 1  # the client's first

STATUS_200 = b"\x88"  # of HPACK's static table


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def integer(value, prefix):
    """An integer of HPACK whose first `prefix` bits share a byte (RFC 7541 section 5.1)."""
    most = (1 << prefix) - 1
    if value < most:
        return bytes([value])
    out = [most]
    value -= most
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes([*out, value])


def text(value):
    return integer(len(value), 7) + value


def field(name, value):
    """A header that is not put into the table."""
    return b"\x00" + text(name) + text(value)


def head(fields=b"", flags=END_HEADERS, stream=STREAM):
    return frame(HEADERS, flags, stream, STATUS_200 + fields)


class Connection:
    """Reads the client's preface and request, and counts how much it may be sent."""

    def __init__(self, peer):
        self.peer = peer
        self.windows = {0: 65535, STREAM: 65535}
        peer.read(len(PREFACE))

    def read(self):
        """A frame of the client: kind, flags, stream, payload."""
        header = self.peer.read(9)
        size, (kind, flags, stream) = int.from_bytes(header[:3], "big"), struct.unpack(">BBI", header[3:])
        payload = self.peer.read(size)
        if kind == SETTINGS and not flags & ACK:
            for key, value in struct.iter_unpack(">HI", payload):
                if key == INITIAL_WINDOW_SIZE:
                    self.windows[STREAM] += value - 65535
        elif kind == WINDOW_UPDATE:
            self.windows[stream] = self.windows.get(stream, 65535) + struct.unpack(">I", payload)[0]
        return kind, flags, stream, payload

    def greet(self):
        """Says what a server says first, and waits for the whole request."""
        self.peer.send(frame(SETTINGS, 0, 0) + frame(SETTINGS, ACK, 0))
        while True:
            kind, flags, _, _ = self.read()
            if kind in (HEADERS, DATA) and flags & END_STREAM:
                return self

    def send_data(self, piece):
        """A frame of DATA, as soon as the client's windows allow it."""
        while min(self.windows[0], self.windows[STREAM]) < len(piece):
            if self.read()[0] == GOAWAY:
                raise Over("the client leaves")
        for stream in (0, STREAM):
            self.windows[stream] -= len(piece)
        self.peer.send(frame(DATA, 0, STREAM, piece))
