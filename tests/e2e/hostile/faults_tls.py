"""TLS: records that are no handshake, floods of records, and handshakes that stop. Raw bytes, without a library."""

import os
import socket
import ssl
import struct

from tests.e2e.hostile import certificates
from tests.e2e.hostile.faults import faults_of

tls = faults_of("tls")

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23
SERVER_HELLO = 2


def record(kind, payload):
    return struct.pack(">BHH", kind, 0x0303, len(payload)) + payload


def handshake(kind, payload):
    return bytes([kind]) + len(payload).to_bytes(3, "big") + payload


# What answers the ClientHello, once or without end.
ONCE = {
    "garbage": b"\x00\xff" * 1000,
    "http": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "ssl2": b"\x80\x2e\x01\x03\x01" + bytes(41),
    "alert": record(ALERT, b"\x02\x28"),
    "alert_unknown": record(ALERT, b"\x02\xfd"),
    "alert_version": record(ALERT, b"\x02\x46"),
    "warning": record(ALERT, b"\x01\x70"),
    "close_notify": record(ALERT, b"\x01\x00"),
    "record_too_large": struct.pack(">BHH", HANDSHAKE, 0x0303, 0xffff) + b"a" * 0xffff,
    "record_of_unknown_kind": record(99, b"a" * 100),
    "record_of_unknown_version": b"\x16\x7f\x7f\x00\x05hello",
    "record_cut_off": struct.pack(">BHH", HANDSHAKE, 0x0303, 1000) + b"a" * 10,
    "data_before_handshake": record(DATA, b"hello"),
    "hello_cut_off": record(HANDSHAKE, handshake(SERVER_HELLO, bytes(70))[:20]),
    "hello_of_nothing": record(HANDSHAKE, handshake(SERVER_HELLO, b"")),
    "hello_garbage": record(HANDSHAKE, handshake(SERVER_HELLO, b"\x03\x03" + b"\xff" * 70)),
    "hello_request": record(HANDSHAKE, handshake(0, b"")),
    "message_of_16_mib": record(HANDSHAKE, b"\x02\xff\xff\xff" + bytes(16380)),
}
FLOODS = {
    "alert_flood": (b"", record(ALERT, b"\x01\x00")),
    "warning_flood": (b"", record(ALERT, b"\x01\x70")),
    "empty_record_flood": (b"", record(HANDSHAKE, b"")),
    "empty_data_flood": (b"", record(DATA, b"")),
    "change_cipher_spec_flood": (b"", record(CHANGE_CIPHER_SPEC, b"\x01")),
    "hello_request_flood": (b"", record(HANDSHAKE, handshake(0, b""))),
    "message_of_16_mib_flood": (record(HANDSHAKE, b"\x02\xff\xff\xff" + bytes(16380)),
                                record(HANDSHAKE, bytes(16384))),
    "message_in_tiny_records": (record(HANDSHAKE, b"\x02\xff\xff\xff"), record(HANDSHAKE, b"a")),
    "garbage_flood": (b"", b"\xff"),
}


def add_once(name, data):
    @tls(name)
    def serve(peer):
        peer.some()
        peer.send(data)
        peer.stall()


def add_flood(name, before, piece):
    @tls(name)
    def serve(peer):
        peer.some()
        peer.drain()
        peer.send(before)
        peer.flood(piece)


for _name, _data in ONCE.items():
    add_once(_name, _data)
for _name, (_before, _piece) in FLOODS.items():
    add_flood(_name, _before, _piece)


@tls("silent")
def silent(peer):
    peer.stall()


@tls("closed")
def closed(peer):
    peer.some()


@tls("closed_unread")
def closed_unread(_peer):
    pass


@tls("reset")
def reset(peer):
    peer.some()
    peer.reset()


@tls("warnings_drip")
def warnings_drip(peer):
    peer.some()
    peer.repeat(record(ALERT, b"\x01\x70"), 0.2)


@tls("bytes_drip")
def bytes_drip(peer):
    peer.some()
    peer.drip(record(HANDSHAKE, handshake(SERVER_HELLO, os.urandom(10_000))), 0.01)


def real_handshake(peer, certificate, version, take):
    """Speaks TLS with a library; `take(flight)` sends what the library says, one flight after the other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    context.maximum_version = context.minimum_version = version
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(incoming, outgoing, server_side=True)
    while True:
        try:
            session.do_handshake()
            take(outgoing.read())
            return
        except ssl.SSLWantReadError:
            take(outgoing.read())
        incoming.write(peer.some())


def add_end_in_flight(name, version, flight, most, ends):
    """Sends the flights before `flight` whole, `most` bytes of that one, then does what `ends` says."""
    @tls(name)
    def serve(peer):
        count = 0

        def take(data):
            nonlocal count
            count += bool(data)
            if data and count == flight:
                peer.send(data[:most])
                ends(peer)
            peer.send(data)
        real_handshake(peer, certificates.plain(), version, take)
        peer.stall()


def end(peer):
    peer.socket.shutdown(socket.SHUT_RDWR)
    peer.stall()


def go_silent(peer):
    peer.stall()


for _version, _label in ((ssl.TLSVersion.TLSv1_2, "12"), (ssl.TLSVersion.TLSv1_3, "13")):
    add_end_in_flight(f"closed_in_hello_of_{_label}", _version, 1, 40, end)
    add_end_in_flight(f"closed_in_certificate_of_{_label}", _version, 1, 300, end)
    add_end_in_flight(f"stalls_in_hello_of_{_label}", _version, 1, 40, go_silent)
    add_end_in_flight(f"stalls_in_certificate_of_{_label}", _version, 1, 300, go_silent)
add_end_in_flight("closed_before_finished_of_12", ssl.TLSVersion.TLSv1_2, 2, 6, end)
add_end_in_flight("stalls_before_finished_of_12", ssl.TLSVersion.TLSv1_2, 2, 0, go_silent)


@tls("handshake_drips")
def handshake_drips(peer):
    real_handshake(peer, certificates.plain(), ssl.TLSVersion.TLSv1_3, lambda data: peer.drip(data, 0.02))


def show(peer, certificate):
    """A good handshake, but for what the certificate holds; then silence."""
    real_handshake(peer, certificate, ssl.TLSVersion.TLSv1_3, peer.send)
    peer.stall()


@tls("certificate_of_2000_names", prepare=lambda: certificates.many_names(2_000))
def certificate_of_2000_names(peer):
    show(peer, certificates.many_names(2_000))


@tls("certificate_of_10000_names", prepare=lambda: certificates.many_names(10_000))
def certificate_of_10000_names(peer):
    """More than the 100 KiB that OpenSSL takes."""
    show(peer, certificates.many_names(10_000))


@tls("certificate_with_escapes", prepare=certificates.odd_names)
def certificate_with_escapes(peer):
    show(peer, certificates.odd_names())
