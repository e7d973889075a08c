"""HTTP/1: whole answers whose bodies are hard to read: JSON, XML, HTML and texts for regular expressions."""

from tests.e2e.hostile.bombs import built_once
from tests.e2e.hostile.faults import faults_of
from tests.e2e.hostile.faults_http1_heads import answer

body = faults_of("body")

MOST = 15 << 20  # a little less than expectations look at


def filled(begin, piece, end, size=MOST):
    """Between `begin` and `end` as many of `piece` as there is room for."""
    return begin + piece * ((size - len(begin) - len(end)) // len(piece)) + end


def nested(begin, end, depth):
    return begin * depth + end * depth


def entities(count):
    """Each is ten of the one before."""
    return b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, count))


JSON = b"application/json"
XML = b"text/xml"
HTML = b"text/html"
TEXT = b"text/plain"
XML_HEAD = b'<?xml version="1.0"?><!DOCTYPE z ['

# By name: type, and how the body is made.
DOCUMENTS = {
    "json_deep": (JSON, lambda: nested(b"[", b"]", 1_000_000)),
    "json_deep_objects": (JSON, lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "json_wide": (JSON, lambda: filled(b"[[]", b",[]", b"]")),
    "json_objects": (JSON, lambda: filled(b'[{"a":{"b":1}}', b',{"a":{"b":1}}', b"]")),
    "json_members": (JSON, lambda: b'{"m":{' + b",".join(b'"%d":0' % i for i in range(1_000_000)) + b"}}"),
    "json_same_member": (JSON, lambda: filled(b'{"a":0', b',"a":0', b"}")),
    "json_long_text": (JSON, lambda: filled(b'{"a":"', b"\\u00e9", b'"}')),
    "json_long_number": (JSON, lambda: filled(b'{"a":', b"1", b"}")),
    "json_exponent": (JSON, lambda: b'{"a":1e' + b"9" * 1_000_000 + b"}"),
    "json_not_utf8": (JSON, lambda: b'{"a":"\xff\xc0\xaf\xed\xa0\x80"}'),
    "json_cut_off": (JSON, lambda: filled(b"[0", b",0", b"")),
    "json_slices": (JSON, lambda: filled(b'{"a":[0', b",0", b"]}", 2 << 20)),
    "xml_laughs": (XML, lambda: XML_HEAD + b'<!ENTITY l0 "lol">' + entities(12) + b"]><z>&l11;</z>"),
    "xml_quadratic": (XML, lambda: XML_HEAD + b'<!ENTITY a "' + b"a" * 100_000 + b'">]><z>' +
                           b"&a;" * 100_000 + b"</z>"),
    "xml_file": (XML, lambda: XML_HEAD + b'<!ENTITY a SYSTEM "file:///etc/passwd">]><z>&a;</z>'),
    "xml_outside": (XML, lambda: b'<?xml version="1.0"?><!DOCTYPE z SYSTEM "http://127.0.0.1:1/z.dtd"><z/>'),
    "xml_deep": (XML, lambda: nested(b"<a>", b"</a>", 1_000_000)),
    "xml_flat": (XML, lambda: filled(b"<z>", b"<a/>", b"</z>")),
    "xml_attributes": (XML, lambda: b"<z " + b" ".join(b'a%d=""' % i for i in range(200_000)) + b"/>"),
    "xml_namespaces": (XML, lambda: b"<z " + b" ".join(b'xmlns:a%d="u"' % i for i in range(100_000)) + b">" +
                            b"<a1:b/>" * 10_000 + b"</z>"),
    "xml_cut_off": (XML, lambda: b"<a><b>" * 1000),
    "html_nested": (HTML, lambda: filled(b"", b"<div><p>x<b>", b"")),
    "html_flat": (HTML, lambda: filled(b"", b'<p id="a">x</p>', b"")),
    "html_tables": (HTML, lambda: filled(b"", b"<table><tr><td>", b"")),
    "html_attributes": (HTML, lambda: b"<p " + b" ".join(b'a%d="x"' % i for i in range(500_000)) + b">"),
    "html_comments": (HTML, lambda: filled(b"", b"<!-- a -->", b"")),
    "html_references": (HTML, lambda: filled(b"<p>", b"&amp;", b"")),
    "letters": (TEXT, lambda: filled(b"", b"x", b"")),
    "lines": (TEXT, lambda: filled(b"", b"x\n", b"")),
    "not_utf8": (TEXT, lambda: filled(b"", b"\xff\xfe\x80", b"")),
    "beyond_expectations": (TEXT, lambda: bytes(17 << 20)),
    "charset_unknown": (b"text/plain; charset=" + b"x" * 10_000, lambda: b"hello"),
    "charset_utf16": (b"text/plain; charset=utf-16", lambda: filled(b"", b"\xd8\x00", b"")),
}


def add_document(name, kind, make):
    make = built_once(make)

    @body(name)
    def serve(peer):
        text = make()
        answer(peer, b"Content-Type: %s\r\nContent-Length: %d\r\n" % (kind, len(text)), text)
        peer.stall()


for _name, (_kind, _make) in DOCUMENTS.items():
    add_document(_name, _kind, _make)
