"""A handful of hostile targets: one is silent, one drips, one sends lines without end, one a body without end.

Started as `python3 -m tests.e2e.soak.hostile_targets [--gentle]`. The first line on standard output is JSON: the port
of each by name. With `--gentle` those without end pause between their blocks; without it they send as fast as they are
read. The process ends with its parent.
"""

import json
import os
import sys
import time

from tests.e2e.support import Listener

PAUSE = 0.01 if "--gentle" in sys.argv else 0


def send_without_end(peer, block):
    """Until the client has gone: then sending fails."""
    while True:
        peer.sendall(block)
        if PAUSE:
            time.sleep(PAUSE)


class Silent(Listener):
    def serve(self, peer):
        while peer.recv(65536):
            pass


class Drip(Listener):
    def serve(self, peer):
        peer.recv(65536)
        peer.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while True:
            peer.sendall(b"x")
            time.sleep(0.1)


class EndlessLines(Listener):
    def serve(self, peer):
        send_without_end(peer, b"\nnot yet" * 1000)


class EndlessBody(Listener):
    def serve(self, peer):
        peer.recv(65536)
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        send_without_end(peer, b"more and " * 5000)


def main():
    parent = os.getppid()
    listeners = {"silent": Silent(), "drip": Drip(), "lines": EndlessLines(), "body": EndlessBody()}
    print(json.dumps({name: listener.port for name, listener in listeners.items()}), flush=True)
    while os.getppid() == parent:
        time.sleep(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
