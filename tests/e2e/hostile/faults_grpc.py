"""gRPC: answers that are good HTTP/2, but no good answers."""

import struct

from tests.e2e.hostile.faults import faults_of
from tests.e2e.hostile.http2_frames import (DATA, END_HEADERS, END_STREAM, HEADERS, STATUS_200, STREAM, Connection,
                                            field, frame)

grpc = faults_of("grpc")

TYPE = field(b"content-type", b"application/grpc")
OPENING = frame(HEADERS, END_HEADERS, STREAM, STATUS_200 + TYPE)
SERVING = b"\x08\x01"


def trailers(*fields):
    return frame(HEADERS, END_HEADERS | END_STREAM, STREAM, b"".join(field(*f) for f in fields))


DONE = trailers((b"grpc-status", b"0"))


def message(content, size=None, packed=0):
    return frame(DATA, 0, STREAM, struct.pack(">BI", packed, len(content) if size is None else size) + content)


ANSWERS = {
    "message_longer_than_said": OPENING + message(SERVING, 1) + DONE,
    "message_shorter_than_said": OPENING + message(SERVING, 0xffffffff) + DONE,
    "message_missing": OPENING + DONE,
    "message_compressed": OPENING + message(SERVING, packed=1) + DONE,
    "message_garbage": OPENING + message(b"\xff" * 100) + DONE,
    "message_twice": OPENING + message(SERVING) * 2 + DONE,
    "message_of_other_type": OPENING + message(b"\x0a\x05hello") + DONE,
    "message_nested": OPENING + message(b"\x0b" * 5000) + DONE,
    "status_missing": OPENING + message(SERVING) + frame(DATA, END_STREAM, STREAM),
    "status_no_number": OPENING + message(SERVING) + trailers((b"grpc-status", b"zero")),
    "status_too_large": OPENING + message(SERVING) + trailers((b"grpc-status", b"99999999999999999999")),
    "status_negative": OPENING + message(SERVING) + trailers((b"grpc-status", b"-1")),
    "status_text_with_escapes": OPENING + trailers((b"grpc-status", b"13"),
                                                   (b"grpc-message", b"\x1b[31mred%1b[0m%00\x07\xff")),
    "status_text_long": OPENING + trailers((b"grpc-status", b"13"), (b"grpc-message", b"a" * 15_000)),
    "web_page": frame(HEADERS, END_HEADERS, STREAM, STATUS_200 + field(b"content-type", b"text/html")) +
                frame(DATA, END_STREAM, STREAM, b"<html>\x1b[31m</html>"),
    "never_ends": OPENING + message(SERVING),
}


def add_answer(name, frames):
    @grpc(name)
    def serve(peer):
        Connection(peer).greet()
        peer.send(frames)
        peer.stall()


for _name, _frames in ANSWERS.items():
    add_answer(_name, _frames)


@grpc("message_endless")
def message_endless(peer):
    connection = Connection(peer).greet()
    peer.send(OPENING + frame(DATA, 0, STREAM, struct.pack(">BI", 0, 0xffffffff)))
    while True:
        connection.send_data(b"a" * 16384)


@grpc("messages_endless")
def messages_endless(peer):
    """Each of them is good."""
    connection = Connection(peer).greet()
    peer.send(OPENING)
    while True:
        connection.send_data((struct.pack(">BI", 0, len(SERVING)) + SERVING) * 2000)


@grpc("messages_of_nothing")
def messages_of_nothing(peer):
    Connection(peer).greet()
    peer.send(OPENING)
    peer.repeat(frame(DATA, 0, STREAM, b"\0\0\0\0\0"), 0.01)
