"""Proxies: answers to CONNECT, and SOCKS 5 that stops or lies."""

from tests.e2e.hostile.faults import faults_of
from tests.e2e.hostile.faults_http1_heads import ESCAPES, MARKUP

connect = faults_of("connect")
socks = faults_of("socks")

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n"


def asked(peer):
    peer.until(b"\r\n\r\n")


@connect("silent")
def silent(peer):
    peer.stall()


@connect("closed")
def closed(peer):
    asked(peer)


@connect("reset")
def reset(peer):
    asked(peer)
    peer.reset()


@connect("head_endless")
def head_endless(peer):
    asked(peer)
    peer.send(ESTABLISHED)
    peer.flood(b"X-Header: a\r\n")


@connect("line_endless")
def line_endless(peer):
    asked(peer)
    peer.flood(b"H")


@connect("head_drips")
def head_drips(peer):
    asked(peer)
    peer.repeat(b"a", 0.01)


@connect("interim_flood")
def interim_flood(peer):
    asked(peer)
    peer.flood(b"HTTP/1.1 100 Continue\r\n\r\n")


@connect("refuses_with_escapes")
def refuses_with_escapes(peer):
    asked(peer)
    text = ESCAPES.rstrip(b"\r") + MARKUP
    peer.send(b"HTTP/1.1 407 " + text + b"\r\nProxy-Authenticate: " + text + b"\r\n\r\n")


@connect("refuses_without_end")
def refuses_without_end(peer):
    asked(peer)
    peer.send(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
    peer.flood(b"no way\n")


@connect("echoes_credentials")
def echoes_credentials(peer):
    request = peer.until(b"\r\n\r\n")
    line = next(line for line in request.split(b"\r\n") if line.lower().startswith(b"proxy-authorization"))
    peer.send(b"HTTP/1.1 407 you sent " + line.split(b" ")[-1] + b"\r\n\r\n")


@connect("text_with_agreement")
def text_with_agreement(peer):
    asked(peer)
    peer.send(ESTABLISHED + b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    peer.stall()


@connect("agrees_then_silent")
def agrees_then_silent(peer):
    asked(peer)
    peer.send(ESTABLISHED + b"\r\n")
    peer.stall()


@connect("agrees_then_garbage")
def agrees_then_garbage(peer):
    asked(peer)
    peer.send(ESTABLISHED + b"\r\n")
    peer.some()
    peer.flood(b"\xff")


@connect("garbage")
def garbage(peer):
    asked(peer)
    peer.send(b"\xff\x00" * 1000 + b"\r\n\r\n")
    peer.stall()


@connect("answers_socks")
def answers_socks(peer):
    asked(peer)
    peer.send(b"\x05\x00")
    peer.stall()


NO_AUTHENTICATION = b"\x05\x00"
# What SOCKS says first, and in answer to the request; then nothing more.
SOCKS = {
    "first_of_garbage": (b"\xff" * 1000, b""),
    "first_of_other_version": (b"\x04\x00", b""),
    "first_of_no_method": (b"\x05\xff", b""),
    "first_of_password": (b"\x05\x02", b""),
    "first_cut_off": (b"\x05", b""),
    "second_of_garbage": (NO_AUTHENTICATION, b"\xff" * 1000),
    "second_refused": (NO_AUTHENTICATION, b"\x05\x05\x00\x01\x7f\x00\x00\x01\x00\x50"),
    "second_of_unknown_error": (NO_AUTHENTICATION, b"\x05\xfe\x00\x01\x7f\x00\x00\x01\x00\x50"),
    "second_of_unknown_address": (NO_AUTHENTICATION, b"\x05\x00\x00\xfe" + b"\xff" * 300),
    "second_of_long_name": (NO_AUTHENTICATION, b"\x05\x00\x00\x03\xff" + b"a" * 10),
    "second_with_more": (NO_AUTHENTICATION, b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50HTTP/1.1 200 OK\r\n\r\n"),
    "second_cut_off": (NO_AUTHENTICATION, b"\x05\x00\x00"),
    "silent_after_first": (NO_AUTHENTICATION, b""),
    "agrees_then_silent": (NO_AUTHENTICATION, b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50"),
}


def add_socks(name, first, second):
    @socks(name)
    def serve(peer):
        peer.some()
        peer.send(first)
        peer.some()
        peer.send(second)
        peer.stall()


for _name, (_first, _second) in SOCKS.items():
    add_socks(_name, _first, _second)


@socks("silent")
def socks_silent(peer):
    peer.stall()


@socks("closed")
def socks_closed(peer):
    peer.some()


@socks("closed_after_first")
def closed_after_first(peer):
    peer.some()
    peer.send(NO_AUTHENTICATION)
    peer.some()


@socks("flood")
def flood(peer):
    peer.some()
    peer.flood(NO_AUTHENTICATION)


@socks("drip")
def socks_drip(peer):
    peer.some()
    peer.send(NO_AUTHENTICATION)
    peer.some()
    peer.repeat(b"\x05", 0.2)
