"""HTTP/1: bodies in gzip, deflate and brotli that are bombs, broken, or never come to anything."""

import os

from tests.e2e.hostile import bombs
from tests.e2e.hostile.faults import faults_of
from tests.e2e.hostile.faults_http1_heads import answer

compressed = faults_of("compressed")

GZIP = b"Content-Encoding: gzip\r\n"
DEFLATE = b"Content-Encoding: deflate\r\n"
BROTLI = b"Content-Encoding: br\r\n"


def whole(peer, encoding, body):
    answer(peer, encoding + b"Content-Length: %d\r\n" % len(body), body)
    peer.stall()


@compressed("gzip_bomb")
def gzip_bomb(peer):
    """Zeros without end."""
    answer(peer, GZIP, bombs.GZIP_HEAD)
    peer.flood(bombs.zeros_segment())


@compressed("gzip_bomb_whole", prepare=lambda: bombs.whole_gzip(512))
def gzip_bomb_whole(peer):
    """512 MiB in a file of half a MiB."""
    whole(peer, GZIP, bombs.whole_gzip(512))


@compressed("gzip_bomb_small")
def gzip_bomb_small(peer):
    """64 MiB: less than may be decoded, but of too few bytes."""
    whole(peer, GZIP, bombs.whole_gzip(64))


@compressed("gzip_large")
def gzip_large(peer):
    """No more than 90 times its size, without end."""
    answer(peer, GZIP, bombs.GZIP_HEAD)
    peer.flood(bombs.repetitive_segment())


@compressed("gzip_members_of_nothing")
def gzip_members_of_nothing(peer):
    """Empty files, one after the other, without end (RFC 1952 section 2.2)."""
    answer(peer, GZIP)
    peer.flood(bombs.gzip_of(b""))


@compressed("gzip_members_of_zeros")
def gzip_members_of_zeros(peer):
    answer(peer, GZIP)
    peer.flood(bombs.whole_gzip(16))


@compressed("gzip_nested", prepare=bombs.nested_gzip)
def gzip_nested(peer):
    """A small file of a small file of a large one: only the outer one is to be unpacked."""
    whole(peer, GZIP, bombs.nested_gzip())


@compressed("gzip_blocks_of_nothing")
def gzip_blocks_of_nothing(peer):
    """Stored deflate blocks of no bytes, without end."""
    answer(peer, GZIP, bombs.GZIP_HEAD)
    peer.flood(b"\x00\x00\x00\xff\xff")


@compressed("gzip_name_endless")
def gzip_name_endless(peer):
    """The header of the file holds a name without end."""
    answer(peer, GZIP, b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03")
    peer.flood(b"a")


@compressed("gzip_garbage")
def gzip_garbage(peer):
    whole(peer, GZIP, bombs.GZIP_HEAD + b"\xff" * 10_000)


@compressed("gzip_garbage_behind")
def gzip_garbage_behind(peer):
    whole(peer, GZIP, bombs.gzip_of(b"hello") + os.urandom(1000))


@compressed("gzip_truncated")
def gzip_truncated(peer):
    whole(peer, GZIP, bombs.gzip_of(os.urandom(10_000))[:-20])


@compressed("gzip_stalls")
def gzip_stalls(peer):
    answer(peer, GZIP + b"Content-Length: 10000\r\n", bombs.gzip_of(os.urandom(10_000))[:5000])
    peer.stall()


@compressed("gzip_not_at_all")
def gzip_not_at_all(peer):
    whole(peer, GZIP, b"this is plain")


@compressed("deflate_bomb")
def deflate_bomb(peer):
    answer(peer, DEFLATE)
    peer.flood(bombs.zeros_segment())


@compressed("brotli_bomb")
def brotli_bomb(peer):
    """16 GiB in 17 KiB."""
    whole(peer, BROTLI, bombs.brotli_bomb(16))


@compressed("brotli_of_nothing")
def brotli_of_nothing(peer):
    first, more = bombs.BROTLI_NOTHING
    answer(peer, BROTLI, first)
    peer.flood(more)


@compressed("brotli_garbage")
def brotli_garbage(peer):
    whole(peer, BROTLI, b"\xff" * 10_000)


@compressed("brotli_truncated")
def brotli_truncated(peer):
    whole(peer, BROTLI, bombs.brotli_bomb(1)[:10])
