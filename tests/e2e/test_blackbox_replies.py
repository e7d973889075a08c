"""DNS replies of all kinds, most of them odd, as Vedette and Debian's blackbox_exporter (0.23) see them: each with each module, sample by sample."""

import concurrent.futures
import contextlib
import socket
import struct
import subprocess
import threading
import unittest
import urllib.parse

from tests.e2e.support import Listener, Workspace, free_port, get, listens, wait_for

PEER = "/usr/bin/prometheus-blackbox-exporter"
A = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01"
SOA = b"\xc0\x0c\x00\x06\x00\x01\x00\x00\x00\x3c\x00\x16\x00\x00" + struct.pack(">IIIII", 2024, 2, 3, 4, 5)
OPT = b"\x00\x00\x29\x10\x00\x00\x00\x00\x00\x00\x00"


def message(query, flags, *sections, identity=None, question=True):
    """A message with the query's id and question; each section is its records and how many they say they are."""
    end = 12
    while query[end]:
        end += query[end] + 1
    counts = [count for _, count in sections] + [0] * (3 - len(sections))
    head = (identity or query[:2]) + struct.pack(">HHHHH", flags, 1 if question else 0, *counts)
    return head + (query[12:end + 5] if question else b"") + b"".join(records for records, _ in sections)


REPLIES = {
    "one": lambda q: [message(q, 0x8180, (A, 1))],
    "two": lambda q: [message(q, 0x8180, (A + A, 2))],
    "serial": lambda q: [message(q, 0x8580, (SOA, 1))],
    "authority": lambda q: [message(q, 0x8180, (b"", 0), (SOA, 1))],
    "edns": lambda q: [message(q, 0x8180, (A, 1), (b"", 0), (OPT, 1))],
    "empty": lambda q: [message(q, 0x8180)],
    "truncated": lambda q: [message(q, 0x8380, (A, 1))],
    "no question": lambda q: [message(q, 0x8180, (b"\x01x\x00" + A[2:], 1), question=False)],
    "query": lambda q: [message(q, 0x0100)],
    "wrong id": lambda q: [message(q, 0x8180, (A, 1), identity=b"\x00\x00")],
    "wrong id first": lambda q: [message(q, 0x8180, (A, 1), identity=b"\x00\x00"), message(q, 0x8180, (A, 1))],
    "garbage": lambda q: [b"nonsense"],
    "garbage with id": lambda q: [q[:2] + b"\xff" * 30],
    "short": lambda q: [q[:5]],
    "trailing": lambda q: [message(q, 0x8180, (A, 1)) + b"junk"],
    "fewer": lambda q: [message(q, 0x8180, (A, 3))],
    "nothing": lambda q: [],
    "large": lambda q: [message(q, 0x8180, (A * 40, 40))],
    "opcode": lambda q: [message(q, 0xA180, (A, 1))],
    **{f"rcode {code}": (lambda code: lambda q: [message(q, 0x8180 | code)])(code) for code in range(1, 16)},
}
MODULES = {
    "a": "query_type: A",
    "soa": "query_type: SOA",
    "any": "",
    "tcp": "query_type: A, transport_protocol: tcp",
    "rcodes": "query_type: A, valid_rcodes: [NXDOMAIN, SERVFAIL]",
    "no_rcode": "query_type: A, valid_rcodes: []",
    "matches": 'query_type: A, validate_answer_rrs: {fail_if_matches_regexp: ["192.0.2.1"]}',
    "not_matches": 'query_type: A, validate_answer_rrs: {fail_if_not_matches_regexp: ["192.0.2.1"]}',
    "all_match": 'query_type: A, validate_answer_rrs: {fail_if_all_match_regexp: ["192.0.2.1"]}',
    "none_matches": 'query_type: A, validate_answer_rrs: {fail_if_none_matches_regexp: ["192.0.2.1"]}',
    "authority": 'query_type: A, validate_authority_rrs: {fail_if_not_matches_regexp: ["SOA"]}',
    "additional": 'query_type: A, validate_additional_rrs: {fail_if_matches_regexp: ["."]}',
    "bad_rcode": "query_type: A, valid_rcodes: [NOPE]",
    "bad_transport": "query_type: A, transport_protocol: sctp",
    "bad_pattern": 'query_type: A, validate_answer_rrs: {fail_if_matches_regexp: ["("]}',
    "tls_over_udp": "query_type: A, dns_over_tls: true",
    "no_recursion": "query_type: A, recursion_desired: false",
    "source": "query_type: A, source_ip_address: 127.0.0.9",
    "source6": 'query_type: A, source_ip_address: "::1"',
}
# A query that comes back, and a message that ends before its records do, are no replies to us; and a pattern that cannot
# be compiled is wrong whether or not there is a record for it.
# Nor is a message without a question, which anybody could have sent.
REFUSED = {"query", "fewer", "no question"}
MEANT = {("bad_pattern", "authority"), ("bad_pattern", "empty")}
EXTRA = {"probe_timeout_seconds", "vedette_probe_reason"}


class Server(Listener):
    """Gives its replies over UDP and TCP at one port."""

    def __init__(self, replies):
        self.replies = replies
        super().__init__()
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.bind(("127.0.0.1", self.port))
        threading.Thread(target=self.answer_datagrams, daemon=True).start()

    def answer_datagrams(self):
        while True:
            query, sender = self.datagrams.recvfrom(4096)
            with contextlib.suppress(OSError):
                for reply in self.replies(query):
                    self.datagrams.sendto(reply, sender)

    def serve(self, peer):
        with peer.makefile("rb") as stream:
            query = stream.read(struct.unpack(">H", stream.read(2))[0])
            for reply in self.replies(query):
                peer.sendall(struct.pack(">H", len(reply)) + reply)
            stream.read(1)


def server(replies):
    """At a port that is free for both."""
    while True:
        with contextlib.suppress(OSError):
            return Server(replies)


def compared(page):
    out = {}
    for line in page.splitlines():
        key, _, text = line.rpartition(" ")
        if not line.startswith("#") and key.split("{")[0] not in EXTRA:
            out[key] = "a time" if "duration" in key or "lookup" in key else float(text)
    return out


class Replies(unittest.TestCase):
    maxDiff = None

    def test_every_reply_with_every_module(self):
        with Workspace() as work, concurrent.futures.ThreadPoolExecutor(8) as pool:
            config = work.write("modules.yml", "modules:\n" + "".join(
                f"  {name}: {{prober: dns, timeout: 1s, dns: {{query_name: x.example, preferred_ip_protocol: ip4{settings and ', ' + settings}}}}}\n"
                for name, settings in MODULES.items()))
            peer = free_port()
            work.process([PEER, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{peer}", "--log.level=error"],
                         stderr=subprocess.DEVNULL)
            agent = work.agent(config)
            wait_for(lambda: listens(peer), "blackbox_exporter")
            servers = {name: server(replies) for name, replies in REPLIES.items()}

            def pages(case):
                query = "/probe?" + urllib.parse.urlencode({"module": case[0], "target": f"127.0.0.1:{servers[case[1]].port}"})
                return tuple(compared(get(base + query)[2]) for base in (agent.url, f"http://127.0.0.1:{peer}"))

            cases = [(module, name) for name in REPLIES for module in MODULES]
            for case, (ours, theirs) in zip(cases, pool.map(pages, cases)):
                with self.subTest(reply=case[1], module=case[0]):
                    if case[1] in REFUSED or case in MEANT:
                        self.assertEqual(ours["probe_success"], 0)
                    else:
                        self.assertEqual(ours, theirs)


if __name__ == "__main__":
    unittest.main()
