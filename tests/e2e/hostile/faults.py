"""The registry of misbehaviours.

A fault is a function that speaks to one Peer (or answers one datagram). It need not end: the peer ends it. Its name is
`protocol.name`; the protocol says which transports it is served over, and which checks are tried on it (ways.py)."""

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass

STARTTLS = ("smtp", "imap", "pop3", "ftp", "postgres", "mysql", "ldap", "xmpp")

# What a fault of a protocol is served over. "tls" is TLS that works: the fault comes behind the handshake.
TRANSPORTS = {
    "http1": ("tcp", "tls"),
    "body": ("tcp",),
    "redirect": ("tcp",),
    "compressed": ("tcp",),
    "http2": ("tcp", "tls"),
    "grpc": ("tcp", "tls"),
    "lines": ("tcp", "unix", "tls"),
    **{protocol: ("tcp",) for protocol in STARTTLS},
    "tls": ("tcp",),
    "session": ("tcp",),
    "websocket": ("tcp", "tls"),
    "dns": ("udp",),
    "dnstcp": ("tcp", "tls"),
    "connect": ("tcp",),
    "socks": ("tcp",),
    "token": ("tcp",),
}

MODULES = ("http1_heads", "http1_bodies", "http1_chunks", "redirects", "compressed", "documents", "http2",
           "http2_headers", "grpc", "lines", "starttls", "tls", "session", "websocket", "dns", "dns_tcp",
           "proxies", "token")


@dataclass(frozen=True)
class Fault:
    name: str
    protocol: str
    serve: Callable
    prepare: Callable | None = None  # what would take too long while a client waits


FAULTS: dict[str, Fault] = {}


def add(protocol, name, serve, prepare=None):
    full = f"{protocol}.{name}"
    if full in FAULTS:
        raise ValueError(f"two faults are called {full}")
    FAULTS[full] = Fault(full, protocol, serve, prepare)


def fault(name, protocol, prepare=None):
    """Registers the function that it decorates."""
    def register(serve):
        add(protocol, name, serve, prepare)
        return serve
    return register


def faults_of(protocol):
    """The decorator of a module whose faults are all of one protocol."""
    return functools.partial(fault, protocol=protocol)


def all_faults():
    for module in MODULES:
        importlib.import_module(f"tests.e2e.hostile.faults_{module}")
    return FAULTS
