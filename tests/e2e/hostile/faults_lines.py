"""Dialogues of lines: what a check that expects a line may get instead."""

import os
import threading

from tests.e2e.hostile.faults import faults_of
from tests.e2e.hostile.faults_http1_heads import ESCAPES, MARKUP

lines = faults_of("lines")


@lines("silent")
def silent(peer):
    peer.stall()


@lines("closed")
def closed(_peer):
    pass


@lines("reset")
def reset(peer):
    peer.send(b"220 hello\r\n")
    peer.pause(0.05)
    peer.reset()


@lines("empty_lines")
def empty_lines(peer):
    peer.flood(b"\n")


@lines("empty_lines_crlf")
def empty_lines_crlf(peer):
    peer.flood(b"\r\n")


@lines("short_lines")
def short_lines(peer):
    peer.flood(b"220-hello\r\n")


@lines("long_lines")
def long_lines(peer):
    """Each a little shorter than a line may be."""
    peer.flood(b"a" * 60_000 + b"\n")


@lines("endless_line")
def endless_line(peer):
    peer.flood(b"a")


@lines("endless_line_of_nul")
def endless_line_of_nul(peer):
    peer.flood(b"\0")


@lines("endless_line_of_returns")
def endless_line_of_returns(peer):
    peer.flood(b"\r")


@lines("line_drips")
def line_drips(peer):
    peer.repeat(b"a", 0.01)


@lines("lines_drip")
def lines_drip(peer):
    peer.repeat(b"\n", 0.01)


@lines("lines_in_tiny_packets")
def lines_in_tiny_packets(peer):
    peer.repeat(b"\n", 0)


@lines("line_without_end")
def line_without_end(peer):
    """A line of 50,000 bytes, whose end never comes."""
    peer.send(b"a" * 50_000)
    peer.stall()


@lines("nul_bytes")
def nul_bytes(peer):
    peer.send(b"\0\0\0\0\n" * 100)
    peer.stall()


@lines("escapes")
def escapes(peer):
    peer.send(b"220 " + ESCAPES + MARKUP + b"\r\n")
    peer.stall()


@lines("not_utf8")
def not_utf8(peer):
    peer.send(b"220 caf\xe9 \xff\xc0\xaf\xed\xa0\x80\r\n")
    peer.stall()


@lines("garbage")
def garbage(peer):
    peer.send(os.urandom(100_000))
    peer.stall()


@lines("echo")
def echo(peer):
    """Whatever comes goes back, behind a good greeting."""
    peer.send(b"220 hello\r\n")
    while True:
        peer.send(peer.some())


@lines("echo_flood")
def echo_flood(peer):
    peer.send(b"220 hello\r\n")
    peer.flood(peer.some())


@lines("greeting_then_silent")
def greeting_then_silent(peer):
    peer.send(b"220 hello\r\n")
    peer.stall()


@lines("greeting_then_unread")
def greeting_then_unread(peer):
    """Nobody reads what the check says."""
    peer.send(b"220 hello\r\n")
    threading.Event().wait(5)
