"""The dialogues before TLS: every protocol, stopped or flooded at each step.

A dialogue is what the server says first, then for each thing that it waits for what it answers; the last answer is the
agreement. Whoever speaks first is the server when `opening` is not empty."""

import os
from dataclasses import dataclass

from tests.e2e.hostile.faults import add

LDAP_AGREES = b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"
LDAP_REFUSES = b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x34\x04\x00\x04\x00"
# Protocol 10, version, thread, salt, filler, capabilities with CLIENT_SSL.
MYSQL_GREETING = (b"\x0a8.0\x00\x01\x00\x00\x00saltsalt\x00\xff\xff\x2d\x02\x00\xff\xdf\x15" + bytes(10) +
                  b"saltsaltsalt\x00")
XMPP_FEATURES = (b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0'><stream:features>"
                 b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>")


@dataclass(frozen=True)
class Dialogue:
    opening: bytes
    steps: tuple  # of (what the client's part ends with, the answer)
    more: bytes   # what may come again and again before an answer is complete
    refusal: bytes


def mysql_packet(payload, number=0):
    return len(payload).to_bytes(3, "little") + bytes([number]) + payload


DIALOGUES = {
    "smtp": Dialogue(b"220 mail ESMTP\r\n", ((b"\r\n", b"250-mail\r\n250 STARTTLS\r\n"),
                                              (b"\r\n", b"220 go ahead\r\n")), b"220-more\r\n", b"454 not now\r\n"),
    "imap": Dialogue(b"* OK ready\r\n", ((b"\r\n", b"a1 OK\r\n"), (b"\r\n", b"a2 OK begin\r\n")), b"* more\r\n",
                     b"a2 BAD no\r\n"),
    "pop3": Dialogue(b"+OK ready\r\n", ((b"\r\n", b"+OK begin\r\n"),), b"more\r\n", b"-ERR no\r\n"),
    "ftp": Dialogue(b"220 ready\r\n", ((b"\r\n", b"234 begin\r\n"),), b"220-more\r\n", b"530 no\r\n"),
    "postgres": Dialogue(b"", ((b"\x2f", b"S"),), b"E" + b"\0\0\0\x05\0", b"N"),
    "mysql": Dialogue(mysql_packet(MYSQL_GREETING), (), mysql_packet(b"\x0a" + b"a" * 4000),
                      mysql_packet(b"\xff\x10\x04Too many")),
    "ldap": Dialogue(b"", ((b"1.3.6.1.4.1.1466.20037", LDAP_AGREES),),
                     b"\x30\x84\x00\x00\x10\x00" + b"a" * 4096, LDAP_REFUSES),
    "xmpp": Dialogue(b"", ((b"version='1.0'>", XMPP_FEATURES),
                           (b"xmpp-tls'/>", b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")),
                     b"<stream:features/> ", b"<failure/></stream:stream>"),
}


def speak(peer, dialogue, steps):
    """The first so many steps of a good dialogue."""
    peer.send(dialogue.opening)
    for end, reply in dialogue.steps[:steps]:
        peer.until(end)
        peer.send(reply)


def agree(peer, dialogue):
    speak(peer, dialogue, len(dialogue.steps))


def hear(peer, dialogue, step):
    """The good dialogue up to what the client says in this step."""
    speak(peer, dialogue, step)
    if step < len(dialogue.steps):
        peer.until(dialogue.steps[step][0])


def silent(peer, _dialogue):
    peer.stall()


def closed(_peer, _dialogue):
    pass


def refuses(peer, dialogue):
    if not dialogue.steps:
        peer.send(dialogue.refusal)
    else:
        hear(peer, dialogue, len(dialogue.steps) - 1)
        peer.send(dialogue.refusal)
    peer.stall()


def reply_stalls(peer, dialogue):
    hear(peer, dialogue, len(dialogue.steps) - 1)
    peer.stall()


def reply_closed(peer, dialogue):
    hear(peer, dialogue, len(dialogue.steps) - 1)


def greeting_flood(peer, dialogue):
    if not dialogue.opening:
        peer.until(dialogue.steps[0][0])
    peer.flood(dialogue.more)


def greeting_endless_line(peer, _dialogue):
    peer.flood(b"a")


def greeting_drips(peer, dialogue):
    peer.repeat(dialogue.more[:1], 0.01)


def reply_flood(peer, dialogue):
    hear(peer, dialogue, len(dialogue.steps) - 1)
    peer.flood(dialogue.more)


def garbage(peer, _dialogue):
    peer.send(b"\xff" + os.urandom(2000) + b"\n")
    peer.stall()


def escapes(peer, _dialogue):
    peer.send(b"\x1b[31mred\x1b]0;title\x07\xff\r\n<stream:features></stream:features>\r\n")
    peer.stall()


def text_with_agreement(peer, dialogue):
    """The agreement, and text that would count as said under TLS, in one packet (CVE-2011-0411)."""
    if not dialogue.steps:
        peer.send(dialogue.opening + b"injected\r\n")
    else:
        hear(peer, dialogue, len(dialogue.steps) - 1)
        peer.send(dialogue.steps[-1][1] + b"injected\r\n")
    peer.stall()


def text_instead_of_tls(peer, dialogue):
    agree(peer, dialogue)
    peer.some()
    peer.send(b"500 what was that?\r\n")
    peer.stall()


def silent_after_agreement(peer, dialogue):
    agree(peer, dialogue)
    peer.stall()


def closed_after_agreement(peer, dialogue):
    agree(peer, dialogue)
    peer.some()


def add_all(protocol, dialogue):
    for step in (silent, closed, refuses, reply_stalls, reply_closed, greeting_flood, greeting_endless_line,
                 greeting_drips, reply_flood, garbage, escapes, text_with_agreement,
                 text_instead_of_tls, silent_after_agreement, closed_after_agreement):
        if step.__name__.startswith("reply_") and not dialogue.steps:
            continue  # the server's only word is its greeting
        add(protocol, step.__name__, lambda peer, step=step: step(peer, dialogue))


for _protocol, _dialogue in DIALOGUES.items():
    add_all(_protocol, _dialogue)
