"""HTTP/2: floods of frames that say nothing, frames that must not come, and silence at each point."""

import struct

from tests.e2e.hostile.faults import faults_of
from tests.e2e.hostile.http2_frames import (ACK, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING,
                                            PREFACE, PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS, STATUS_200, STREAM,
                                            WINDOW_UPDATE, Connection, field, frame, head)

http2 = faults_of("http2")

OTHER = b"".join(frame(RST_STREAM, 0, i, b"\0\0\0\0") for i in range(2, 2000, 2))
# Frames that are sent without end: what is sent before, and the frames.
FLOODS = {
    "settings_flood": (b"", frame(SETTINGS, 0, 0, struct.pack(">HI", 3, 100))),
    "empty_settings_flood": (b"", frame(SETTINGS, 0, 0)),
    "settings_ack_flood": (b"", frame(SETTINGS, ACK, 0)),
    "table_size_flood": (b"", frame(SETTINGS, 0, 0, struct.pack(">HI", 1, 0)) +
                         frame(SETTINGS, 0, 0, struct.pack(">HI", 1, 4096))),
    "ping_flood": (b"", frame(PING, 0, 0, b"12345678")),
    "ping_ack_flood": (b"", frame(PING, ACK, 0, b"12345678")),
    "window_update_flood": (b"", frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\1")),
    "window_update_other_flood": (b"", frame(WINDOW_UPDATE, 0, 2, b"\0\0\0\1")),
    "priority_flood": (b"", frame(PRIORITY, 0, 3, b"\0\0\0\0\1")),
    "goaway_flood": (b"", frame(GOAWAY, 0, 0, b"\0\0\0\1\0\0\0\0")),
    "goaway_debug_flood": (b"", frame(GOAWAY, 0, 0, b"\0\0\0\1\0\0\0\0" + b"\x1b[31m" * 1000)),
    "reset_other_flood": (b"", OTHER),
    "unknown_flood": (b"", frame(0xbe, 0, STREAM, b"x" * 100)),
    "unknown_empty_flood": (b"", frame(0xbe, 0, 0)),
    "altsvc_flood": (b"", frame(0xa, 0, 0, b"\0\1ahq=\":1\"")),
    "origin_flood": (b"", frame(0xc, 0, 0, b"\0\x10https://a.example")),
    "empty_data_flood": (head(), frame(DATA, 0, STREAM)),
    "padding_data_flood": (head(), frame(DATA, PADDED, STREAM, b"\xff" + bytes(255))),
    "reset_after_answer_flood": (head(), frame(RST_STREAM, 0, STREAM, b"\0\0\0\x08")),
    "reset_flood": (b"", frame(RST_STREAM, 0, STREAM, b"\0\0\0\x08")),
    "data_over_window": (head(), frame(DATA, 0, STREAM, b"a" * 16384)),
    "one_byte_data_over_window": (head(), frame(DATA, 0, STREAM, b"a")),
    "data_behind_the_end": (head(flags=END_HEADERS | END_STREAM), frame(DATA, 0, STREAM, b"a")),
    "garbage_flood": (b"", b"\xff"),
    "http1_flood": (b"", b"HTTP/1.1 200 OK\r\n\r\n"),
}
# Frames that come once, and then nothing.
ONCE = {
    "window_overflow": frame(WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff"),
    "window_overflow_of_stream": frame(WINDOW_UPDATE, 0, STREAM, b"\x7f\xff\xff\xff"),
    "window_update_zero": frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\0"),
    "frame_too_large": b"\xff\xff\xff\0\0\0\0\0\1" + b"a" * 70_000,
    "frame_a_little_too_large": frame(DATA, 0, STREAM, b"a" * 16385),
    "data_of_stream_0": frame(DATA, 0, 0, b"x"),
    "data_before_headers": frame(DATA, 0, STREAM, b"x"),
    "data_of_other_stream": head() + frame(DATA, 0, 5, b"x"),
    "headers_of_stream_0": frame(HEADERS, END_HEADERS, 0, STATUS_200),
    "headers_of_even_stream": frame(HEADERS, END_HEADERS, 2, STATUS_200),
    "headers_of_later_stream": frame(HEADERS, END_HEADERS, 7, STATUS_200),
    "settings_of_stream": frame(SETTINGS, 0, STREAM, b""),
    "settings_cut_off": frame(SETTINGS, 0, 0, b"\0\3\0"),
    "settings_window_too_large": frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0xffffffff)),
    "settings_frame_size_too_small": frame(SETTINGS, 0, 0, struct.pack(">HI", 5, 1)),
    "settings_push": frame(SETTINGS, 0, 0, struct.pack(">HI", 2, 1)),
    "ping_of_seven_bytes": frame(PING, 0, 0, b"1234567"),
    "padding_longer_than_frame": head() + frame(DATA, PADDED, STREAM, b"\xff" + b"a"),
    "push_promise": frame(PUSH_PROMISE, END_HEADERS, STREAM, b"\0\0\0\2" + STATUS_200),
    "push_promise_of_request": frame(PUSH_PROMISE, END_HEADERS, STREAM, b"\0\0\0\2\x82\x84\x87\x41\1a"),
    "goaway": frame(GOAWAY, 0, 0, b"\0\0\0\0\0\0\0\x0b" + b"\x1b[31menhance your calm"),
    "goaway_without_error": frame(GOAWAY, 0, 0, b"\0\0\0\1\0\0\0\0"),
    "reset": frame(RST_STREAM, 0, STREAM, b"\0\0\0\x0b"),
    "reset_after_answer": head() + frame(RST_STREAM, 0, STREAM, b"\0\0\0\x02"),
    "answer_stalls": head(),
    "frame_header_stalls": head() + b"\0\0\5\0",
    "data_stalls": head() + frame(DATA, 0, STREAM, b"a" * 100)[:50],
    "preface_of_a_client": PREFACE,
    "length_short": head(field(b"content-length", b"100")) + frame(DATA, END_STREAM, STREAM, b"abc"),
    "length_long": head(field(b"content-length", b"3")) + frame(DATA, END_STREAM, STREAM, b"abcdef"),
}


def add_flood(name, before, piece):
    @http2(name)
    def serve(peer):
        Connection(peer).greet()
        peer.drain()
        peer.send(before)
        peer.flood(piece)


def add_once(name, frames):
    @http2(name)
    def serve(peer):
        Connection(peer).greet()
        peer.send(frames)
        peer.stall()


for _name, (_before, _piece) in FLOODS.items():
    add_flood(_name, _before, _piece)
for _name, _frames in ONCE.items():
    add_once(_name, _frames)


@http2("silent")
def silent(peer):
    """Not even settings."""
    peer.stall()


@http2("settings_then_silent")
def settings_then_silent(peer):
    Connection(peer).greet()
    peer.stall()


@http2("no_settings")
def no_settings(peer):
    """The answer comes before the settings, which must come first."""
    Connection(peer)
    peer.send(head(flags=END_HEADERS | END_STREAM))
    peer.stall()


@http2("closed")
def closed(peer):
    Connection(peer).greet()


@http2("closed_in_data")
def closed_in_data(peer):
    Connection(peer).greet()
    peer.send(head() + frame(DATA, 0, STREAM, b"a" * 100)[:50])


@http2("reset_connection")
def reset_connection(peer):
    Connection(peer).greet()
    peer.send(head())
    peer.pause(0.05)
    peer.reset()


@http2("ping_flood_unread")
def ping_flood_unread(peer):
    """What the client answers stays where it is, until it can send no more."""
    Connection(peer).greet()
    peer.flood(frame(PING, 0, 0, b"12345678"))


@http2("settings_flood_unread")
def settings_flood_unread(peer):
    Connection(peer).greet()
    peer.flood(frame(SETTINGS, 0, 0))


@http2("data_endless")
def data_endless(peer):
    """Within the client's windows."""
    connection = Connection(peer).greet()
    peer.send(head())
    while True:
        connection.send_data(b"a" * 16384)


@http2("data_of_one_byte")
def data_of_one_byte(peer):
    connection = Connection(peer).greet()
    peer.send(head())
    while True:
        connection.send_data(b"a")


@http2("data_drips")
def data_drips(peer):
    Connection(peer).greet()
    peer.send(head())
    peer.repeat(frame(DATA, 0, STREAM, b"a"), 0.01)
