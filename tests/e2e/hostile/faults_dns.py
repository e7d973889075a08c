"""DNS over UDP: serve(query, reply) for each datagram that comes."""

import os
import struct

from tests.e2e.hostile.faults import faults_of

dns = faults_of("dns")

RESPONSE, TRUNCATED = 0x8180, 0x0200
HEADER = 12
# 127.0.0.1, of the name that was asked for.
ADDRESS = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01"
# A text of ten bytes, of that name.
ODD_TEXT = b"\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c\x00\x0b\x0a\x1b[31mred\xff\x07\x9b"


def question_of(query):
    """The question's bytes: a name, then type and class."""
    at = HEADER
    while query[at]:
        at += query[at] + 1
    return query[HEADER:at + 5]


def message(query, answers=b"", count=0, flags=RESPONSE, question=None, number=None):
    """A reply to `query`, with `count` records in `answers`; `number` instead of the query's id."""
    asked = question_of(query) if question is None else question
    identity = query[:2] if number is None else number
    return identity + struct.pack(">HHHHH", flags, 1 if asked else 0, count, 0, 0) + asked + answers


def good(query):
    return message(query, ADDRESS, 1)


def other_id(query):
    return bytes([query[0] ^ 0xff, query[1]])


OTHER_QUESTION = b"\x05other\x04test\x00\x00\x01\x00\x01"

# One reply to each query.
REPLIES = {
    "empty": lambda query: b"",
    "one_byte": lambda query: query[:1],
    "only_header": lambda query: query[:2] + struct.pack(">H", RESPONSE) + bytes(8),
    "header_cut_off": lambda query: query[:2] + b"\x81\x80\x00",
    "garbage": lambda query: query[:2] + b"\x81\x80" + b"\xff" * 100,
    "garbage_of_other_id": lambda query: os.urandom(100),
    "echo": lambda query: query,
    "no_question": lambda query: message(query, b"\x00" + ADDRESS[2:], 1, question=b""),
    "other_question": lambda query: message(query, ADDRESS, 1, question=OTHER_QUESTION),
    "other_id": lambda query: message(query, ADDRESS, 1, number=other_id(query)),
    "truncated": lambda query: message(query, flags=RESPONSE | TRUNCATED),
    "large": lambda query: message(query, ADDRESS * 4000, 4000),
    "counts_lie": lambda query: message(query, ADDRESS, 65535),
    "pointer_loop": lambda query: message(query, b"\xc0%c" % (HEADER + len(question_of(query))) + ADDRESS[2:], 1),
    "pointer_forward": lambda query: message(query, b"\xff\xff" + ADDRESS[2:], 1),
    "label_beyond_end": lambda query: message(query, b"\x3f" + b"a" * 10, 1),
    "label_of_reserved_type": lambda query: message(query, b"\x80\x00" + ADDRESS[2:], 1),
    "data_beyond_end": lambda query: message(query, ADDRESS[:10] + b"\xff\xff\x01", 1),
    "escapes": lambda query: message(query, ODD_TEXT, 1),
    "servfail": lambda query: message(query, flags=RESPONSE | 2),
    "nxdomain": lambda query: message(query, flags=RESPONSE | 3),
    "refused": lambda query: message(query, flags=RESPONSE | 5),
    "rcode_unknown": lambda query: message(query, flags=RESPONSE | 15),
    "no_answer": lambda query: message(query),
    "alias_of_itself": lambda query: message(query, b"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x02\xc0\x0c", 1),
}
# Without end.
FLOODS = {
    "empty_flood": lambda query: b"",
    "other_id_flood": lambda query: message(query, ADDRESS, 1, number=other_id(query)),
    "other_question_flood": lambda query: message(query, ADDRESS, 1, question=OTHER_QUESTION),
    "no_question_flood": lambda query: message(query, b"\x00" + ADDRESS[2:], 1, question=b""),
    "large_of_other_id_flood": lambda query: message(query, ADDRESS * 4000, 4000, number=other_id(query)),
    "echo_flood": lambda query: query,
    "garbage_flood": lambda query: other_id(query) + b"\xff" * 100,
    "good_flood": good,
}


def add_reply(name, make):
    @dns(name)
    def serve(query, reply):
        reply.send(make(query))


def add_flood(name, make):
    @dns(name)
    def serve(query, reply):
        reply.flood(make(query))


for _name, _make in REPLIES.items():
    add_reply(_name, _make)
for _name, _make in FLOODS.items():
    add_flood(_name, _make)


@dns("silent")
def silent(_query, _reply):
    pass


@dns("empty_then_good")
def empty_then_good(query, reply):
    """What is no answer must not keep the check from the one that is."""
    reply.send(b"")
    reply.send(message(query, ADDRESS, 1, number=other_id(query)))
    reply.send(message(query, ADDRESS, 1, question=OTHER_QUESTION))
    reply.send(good(query))
