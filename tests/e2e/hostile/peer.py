"""The client of a fault: one connection that ends by itself, after so many seconds or bytes."""

import contextlib
import functools
import os
import select
import socket
import struct
import threading
import time

LIFETIME = 30  # seconds
MOST_BYTES = 16 << 30
BLOCK = 256 << 10


class Over(OSError):
    """The client has gone, or the connection has had its time."""


@functools.lru_cache(maxsize=512)
def block(piece):
    """`piece` again and again, so much that a call to send it costs little beside the bytes."""
    return piece * (BLOCK // len(piece) + 1)


class Peer:
    def __init__(self, sock):
        self.socket = sock
        self.end = time.monotonic() + LIFETIME
        self.left = MOST_BYTES
        self.kept = b""
        self.drainer = None
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def rest(self):
        """Seconds that are left."""
        rest = self.end - time.monotonic()
        if rest <= 0 or self.left <= 0:
            raise Over("this connection has had its time")
        return rest

    def bound(self):
        self.socket.settimeout(self.rest())

    def send(self, data):
        self.bound()
        self.left -= len(data)
        self.socket.sendall(data)

    def flood(self, piece):
        """Sends `piece` without end, as fast as it goes."""
        data = block(piece)
        while True:
            self.send(data)

    def drip(self, data, pause):
        """Sends each byte in a packet of its own."""
        for byte in data:
            self.send(bytes([byte]))
            self.pause(pause)

    def repeat(self, piece, pause):
        """Sends `piece` without end, in packets of their own."""
        while True:
            self.send(piece)
            self.pause(pause)

    def pause(self, seconds):
        self.rest()
        time.sleep(seconds)

    def some(self):
        """What has come; Over when the client has gone."""
        if self.kept:
            data, self.kept = self.kept, b""
            return data
        self.bound()
        data = self.socket.recv(1 << 16)
        if not data:
            raise Over("the client has gone")
        return data

    def read(self, count):
        data = b""
        while len(data) < count:
            data += self.some()
        self.kept = data[count:]
        return data[:count]

    def until(self, end):
        data = b""
        while end not in data:
            data += self.some()
        at = data.index(end) + len(end)
        self.kept = data[at:]
        return data[:at]

    def stall(self):
        """Says nothing more, and waits until the client goes."""
        while True:
            self.some()

    def reset(self):
        """Ends the connection with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Over("reset")

    def drain(self):
        """From now on throws away what the client sends, in a thread of its own. Below TLS: nobody needs the text, and
        OpenSSL does not let two threads use a connection."""
        self.drainer = threading.Thread(target=self.throw_away, args=(self.socket.fileno(),), daemon=True)
        self.drainer.start()

    def throw_away(self, descriptor):
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        with contextlib.suppress(OSError):
            while time.monotonic() < self.end:
                if poll.poll(1000) and not os.read(descriptor, 1 << 16):
                    return

    def close(self):
        """The drainer is gone before the descriptor is: its number may be another connection's at once."""
        with contextlib.suppress(OSError):
            if self.drainer:
                self.socket.shutdown(socket.SHUT_RDWR)
        if self.drainer:
            self.drainer.join()
        with contextlib.suppress(OSError):
            self.socket.close()
