"""Serves faults, each on a port of its own: python3 -m tests.e2e.hostile.server [NAME...], where a name may be a
pattern such as `http2.*`. Prints a line `name transport address` for each listener, then `ready`, and serves until
SIGINT, SIGTERM, or the end of the process that started it."""

import contextlib
import fnmatch
import os
import signal
import socket
import ssl
import sys
import tempfile
import threading
from pathlib import Path

from tests.e2e.hostile import certificates
from tests.e2e.hostile.faults import TRANSPORTS, all_faults
from tests.e2e.hostile.peer import Over, Peer

MOST_THREADS = 32  # connections at once of a listener; others wait in its backlog
ALPN = {"http1": ["http/1.1"], "websocket": ["http/1.1"], "http2": ["h2"], "grpc": ["h2"]}


class StreamListener:
    def __init__(self, fault, transport, folder):
        self.fault = fault
        self.transport = transport
        self.places = threading.Semaphore(MOST_THREADS)
        self.context = tls_context(fault.protocol) if transport == "tls" else None
        if transport == "unix":
            self.address = str(folder / f"{fault.name}.sock")
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.bind(self.address)
            self.socket.listen(128)
        else:
            self.socket = socket.create_server(("127.0.0.1", 0), backlog=128)
            self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]

    def run(self):
        while True:
            self.places.acquire()
            connection, _ = self.socket.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        peer = Peer(connection)
        # A client that goes away while it is spoken to is what faults are for.
        with contextlib.suppress(OSError):
            if self.context:
                peer.bound()
                peer.socket = self.context.wrap_socket(connection, server_side=True)
            self.fault.serve(peer)
        peer.close()
        self.places.release()


class DatagramListener:
    """serve(query, reply): `reply.send` answers with one datagram, `reply.flood` without end."""

    def __init__(self, fault, transport, _folder):
        self.fault = fault
        self.transport = transport
        self.places = threading.Semaphore(MOST_THREADS)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]

    def run(self):
        while True:
            query, client = self.socket.recvfrom(1 << 16)
            self.places.acquire()
            threading.Thread(target=self.serve, args=(query, client), daemon=True).start()

    def serve(self, query, client):
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            # Connected to the client: the kernel then says when that has closed its socket.
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            own.bind(self.socket.getsockname())
            own.connect(client)
            self.fault.serve(query, Reply(own))
        self.places.release()


class Reply:
    MOST = 2_000_000

    def __init__(self, sock):
        self.socket = sock

    def send(self, datagram):
        self.socket.send(datagram)

    def flood(self, *datagrams):
        for _ in range(self.MOST // len(datagrams)):
            for datagram in datagrams:
                self.socket.send(datagram)
        raise Over("enough datagrams")


def tls_context(protocol):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificates.plain())
    context.num_tickets = 0
    if protocol in ALPN:
        context.set_alpn_protocols(ALPN[protocol])
    return context


def chosen(patterns):
    faults = all_faults()
    return [f for n, f in faults.items() if not patterns or any(fnmatch.fnmatchcase(n, p) for p in patterns)]


def main(patterns):
    threading.stack_size(512 << 10)
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    parent = os.getppid()
    with tempfile.TemporaryDirectory(prefix="vedette-hostile-") as name:
        folder = Path(name)
        certificates.keep_in(folder)
        for fault in chosen(patterns):
            if fault.prepare:
                fault.prepare()
            for transport in TRANSPORTS[fault.protocol]:
                listener = (DatagramListener if transport == "udp" else StreamListener)(fault, transport, folder)
                threading.Thread(target=listener.run, daemon=True).start()
                print(fault.name, transport, listener.address)
        print("ready", flush=True)
        while not signal.sigtimedwait(ends, 1) and os.getppid() == parent:
            pass
    # Threads that still speak to somebody are not waited for.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
