"""OAuth 2.0 token endpoints. What can be wrong with any answer in HTTP/1 is tried on them as well."""

import base64

from tests.e2e.hostile.faults import faults_of
from tests.e2e.hostile.faults_http1_heads import answer, take_request
from tests.e2e.hostile.faults_proxies import ESCAPES

token = faults_of("token")

JSON = b"Content-Type: application/json\r\n"
ANSWERS = {
    "no_json": b"hello",
    "no_object": b"[1]",
    "no_token": b'{"error":"no"}',
    "token_of_number": b'{"access_token":1}',
    "token_empty": b'{"access_token":""}',
    "token_with_break": b'{"access_token":"a\\r\\nX-Injected: b"}',
    "token_with_nul": b'{"access_token":"a\\u0000b"}',
    "type_with_break": b'{"access_token":"a","token_type":"a\\r\\nb"}',
    "not_utf8": b'{"access_token":"\xff\xfe"}',
    "deep": b"[" * 400_000 + b"]" * 400_000,
    "token_large": b'{"access_token":"' + b"a" * 500_000 + b'"}',
}


def add_answer(name, body):
    @token(name)
    def serve(peer):
        answer(peer, JSON + b"Content-Length: %d\r\n" % len(body), body)
        peer.stall()


for _name, _body in ANSWERS.items():
    add_answer(_name, _body)


@token("endless")
def endless(peer):
    answer(peer, JSON, b'{"access_token":"')
    peer.flood(b"a")


@token("stalls")
def stalls(peer):
    answer(peer, JSON + b"Content-Length: 1000\r\n", b'{"access_token":"')
    peer.stall()


@token("echoes_secret")
def echoes_secret(peer):
    """Says back what it was sent, decoded as well."""
    head = take_request(peer)
    body = peer.some()
    line = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"authorization: basic ")), b"")
    secret = base64.b64decode(line[21:]) if line else b""
    text = b"you sent " + secret + b" as " + line + b" and " + body
    peer.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n" % len(text) + text)
    peer.stall()


@token("refuses_with_escapes")
def refuses_with_escapes(peer):
    take_request(peer)
    peer.send(b"HTTP/1.1 401 no\r\nContent-Length: %d\r\n\r\n" % len(ESCAPES) + ESCAPES)
    peer.stall()


@token("redirects")
def redirects(peer):
    """The secret must not be taken there."""
    take_request(peer)
    peer.send(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
    peer.stall()
