"""DNS over TCP and TLS: messages behind their length."""

import struct

from tests.e2e.hostile.faults import faults_of
from tests.e2e.hostile.faults_dns import ADDRESS, OTHER_QUESTION, RESPONSE, TRUNCATED, good, message, other_id

dnstcp = faults_of("dnstcp")


def framed(wire, size=None):
    return struct.pack(">H", len(wire) if size is None else size) + wire


def query_of(peer):
    return peer.read(struct.unpack(">H", peer.read(2))[0])


REPLIES = {
    "length_zero": lambda query: framed(b""),
    "length_one": lambda query: framed(query[:1]),
    "length_too_long": lambda query: framed(good(query), 65535),
    "length_too_short": lambda query: framed(good(query), 20),
    "length_of_one_byte": lambda query: b"\x00",
    "other_id": lambda query: framed(message(query, ADDRESS, 1, number=other_id(query))),
    "other_question": lambda query: framed(message(query, ADDRESS, 1, question=OTHER_QUESTION)),
    "no_question": lambda query: framed(message(query, b"\x00" + ADDRESS[2:], 1, question=b"")),
    "truncated": lambda query: framed(message(query, flags=RESPONSE | TRUNCATED)),
    "large": lambda query: framed(message(query, ADDRESS * 4000, 4000)),
    "large_names": lambda query: framed(message(query, (b"\x01a" * 100 + ADDRESS) * 290, 290)),
    "garbage": lambda query: framed(query[:2] + b"\x81\x80" + b"\xff" * 60_000),
    "echo": lambda query: framed(query),
}
FLOODS = {
    "length_zero_flood": lambda query: framed(b""),
    "other_id_flood": lambda query: framed(message(query, ADDRESS, 1, number=other_id(query))),
    "other_question_flood": lambda query: framed(message(query, ADDRESS, 1, question=OTHER_QUESTION)),
    "garbage_flood": lambda query: b"\xff",
}


def add_reply(name, make):
    @dnstcp(name)
    def serve(peer):
        peer.send(make(query_of(peer)))
        peer.stall()


def add_flood(name, make):
    @dnstcp(name)
    def serve(peer):
        peer.flood(make(query_of(peer)))


for _name, _make in REPLIES.items():
    add_reply(_name, _make)
for _name, _make in FLOODS.items():
    add_flood(_name, _make)


@dnstcp("silent")
def silent(peer):
    peer.stall()


@dnstcp("closed")
def closed(peer):
    query_of(peer)


@dnstcp("closed_in_reply")
def closed_in_reply(peer):
    peer.send(framed(good(query_of(peer)), 1000))


@dnstcp("reset")
def reset(peer):
    query_of(peer)
    peer.reset()


@dnstcp("drip")
def drip(peer):
    peer.drip(framed(message(query_of(peer), ADDRESS * 4000, 4000)), 0.001)
