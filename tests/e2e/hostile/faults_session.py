"""TLS: a handshake that succeeds, then records without text. OpenSSL by ctypes, since Python's own module cannot ask
it for more tickets or new keys."""

import ctypes
import ctypes.util
import socket
import struct
from functools import lru_cache

from tests.e2e.hostile import certificates
from tests.e2e.hostile.faults import faults_of
from tests.e2e.hostile.peer import LIFETIME, Over

session = faults_of("session")

PEM = 1  # SSL_FILETYPE_PEM
TLS12, TLS13 = 0x0303, 0x0304
SET_MIN_VERSION, SET_MAX_VERSION = 123, 124  # SSL_CTRL_SET_MIN_PROTO_VERSION and …_MAX_…
ASK_FOR_NONE, ASK_FOR_ONE = 0, 1  # SSL_KEY_UPDATE_NOT_REQUESTED and …_REQUESTED


@lru_cache
def library():
    lib = ctypes.CDLL(ctypes.util.find_library("ssl"))
    for name in ("TLS_server_method", "SSL_CTX_new", "SSL_new"):
        getattr(lib, name).restype = ctypes.c_void_p
    pointer, number, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    lib.SSL_CTX_new.argtypes = [pointer]
    lib.SSL_new.argtypes = [pointer]
    lib.SSL_free.argtypes = [pointer]
    lib.SSL_CTX_ctrl.argtypes = [pointer, number, ctypes.c_long, pointer]
    lib.SSL_CTX_use_certificate_file.argtypes = [pointer, text, number]
    lib.SSL_CTX_use_PrivateKey_file.argtypes = [pointer, text, number]
    lib.SSL_CTX_set_num_tickets.argtypes = [pointer, ctypes.c_size_t]
    lib.SSL_set_fd.argtypes = [pointer, number]
    for name in ("SSL_accept", "SSL_do_handshake", "SSL_new_session_ticket", "SSL_renegotiate"):
        getattr(lib, name).argtypes = [pointer]
    lib.SSL_key_update.argtypes = [pointer, number]
    lib.SSL_write.argtypes = [pointer, text, number]
    lib.SSL_read.argtypes = [pointer, text, number]
    return lib


@lru_cache
def context(version):
    lib = library()
    made = lib.SSL_CTX_new(lib.TLS_server_method())
    certificate, key = certificates.plain()
    lib.SSL_CTX_use_certificate_file(made, str(certificate).encode(), PEM)
    lib.SSL_CTX_use_PrivateKey_file(made, str(key).encode(), PEM)
    for limit in (SET_MIN_VERSION, SET_MAX_VERSION):
        lib.SSL_CTX_ctrl(made, limit, version, None)
    lib.SSL_CTX_set_num_tickets(made, 0)
    return made


class Session:
    """The server's part of a handshake with this peer."""

    def __init__(self, peer, version):
        self.lib = library()
        self.peer = peer
        # The library needs a socket that blocks; the kernel bounds each call.
        peer.socket.settimeout(None)
        for way in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            peer.socket.setsockopt(socket.SOL_SOCKET, way, struct.pack("ll", LIFETIME, 0))
        self.ssl = self.lib.SSL_new(context(version))
        self.lib.SSL_set_fd(self.ssl, peer.socket.fileno())
        self.must(self.lib.SSL_accept(self.ssl))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lib.SSL_free(self.ssl)

    def must(self, result):
        self.peer.rest()
        if result <= 0:
            raise Over("OpenSSL could not go on")

    def read(self):
        self.must(self.lib.SSL_read(self.ssl, ctypes.create_string_buffer(4096), 4096))

    def write(self, data):
        self.must(self.lib.SSL_write(self.ssl, data, len(data)))

    def flood(self, step):
        """Below the library others throw away what the client says."""
        self.peer.drain()
        while True:
            self.must(step())
            self.must(self.lib.SSL_do_handshake(self.ssl))


@session("ticket_flood")
def ticket_flood(peer):
    with Session(peer, TLS13) as tls:
        tls.flood(lambda: tls.lib.SSL_new_session_ticket(tls.ssl))


@session("key_update_flood")
def key_update_flood(peer):
    with Session(peer, TLS13) as tls:
        tls.flood(lambda: tls.lib.SSL_key_update(tls.ssl, ASK_FOR_NONE))


@session("key_update_flood_with_answers")
def key_update_flood_with_answers(peer):
    """The client has to change its keys as often."""
    with Session(peer, TLS13) as tls:
        tls.flood(lambda: tls.lib.SSL_key_update(tls.ssl, ASK_FOR_ONE))


@session("renegotiation_flood")
def renegotiation_flood(peer):
    with Session(peer, TLS12) as tls:
        tls.flood(lambda: tls.lib.SSL_renegotiate(tls.ssl))


@session("records_of_one_byte")
def records_of_one_byte(peer):
    """An answer without end whose every byte comes in a record of its own."""
    with Session(peer, TLS13) as tls:
        tls.read()
        tls.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            tls.write(b"a")


@session("closed_after_handshake")
def closed_after_handshake(peer):
    with Session(peer, TLS13):
        pass


@session("text_after_handshake")
def text_after_handshake(peer):
    """Plain text within TLS that has begun."""
    with Session(peer, TLS13) as tls:
        tls.read()
        peer.socket.sendall(b"this is not encrypted\r\n" * 100)
        peer.pause(5)
