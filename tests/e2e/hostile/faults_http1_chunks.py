"""HTTP/1: what can be wrong with chunks and trailers."""

from tests.e2e.hostile.faults import faults_of
from tests.e2e.hostile.faults_http1_heads import answer
from tests.e2e.hostile.peer import block

http1 = faults_of("http1")

CHUNKED = b"Transfer-Encoding: chunked\r\n"
LAST = b"0\r\n\r\n"


@http1("chunks_endless")
def chunks_endless(peer):
    answer(peer, CHUNKED)
    peer.flood(b"10000\r\n" + b"a" * 65536 + b"\r\n")


@http1("chunks_of_one_byte")
def chunks_of_one_byte(peer):
    answer(peer, CHUNKED)
    peer.flood(b"1\r\na\r\n")


@http1("chunks_with_small_extensions")
def chunks_with_small_extensions(peer):
    answer(peer, CHUNKED)
    peer.flood(b"1;" + b"x" * 1000 + b"\r\na\r\n")


@http1("chunk_extension_endless")
def chunk_extension_endless(peer):
    answer(peer, CHUNKED, b"5;")
    peer.flood(b"x")


@http1("chunk_extension_drips")
def chunk_extension_drips(peer):
    answer(peer, CHUNKED, b"5;")
    peer.repeat(b"x", 0.01)


@http1("chunk_extension_quoted")
def chunk_extension_quoted(peer):
    """A quoted value may hold anything but its end."""
    answer(peer, CHUNKED, b'5;a="')
    peer.flood(b"\\\"")


@http1("chunk_size_of_zeros")
def chunk_size_of_zeros(peer):
    answer(peer, CHUNKED)
    peer.flood(b"0")


@http1("chunk_size_64_bits")
def chunk_size_64_bits(peer):
    answer(peer, CHUNKED, b"ffffffffffffffff\r\naaaa")
    peer.stall()


@http1("chunk_size_beyond_64_bits")
def chunk_size_beyond_64_bits(peer):
    answer(peer, CHUNKED, b"10000000000000000\r\naaaa")
    peer.stall()


@http1("chunk_size_negative")
def chunk_size_negative(peer):
    answer(peer, CHUNKED, b"-5\r\naaaaa\r\n" + LAST)


@http1("chunk_size_no_hex")
def chunk_size_no_hex(peer):
    answer(peer, CHUNKED, b"5g\r\naaaaa\r\n" + LAST)


@http1("chunk_size_0x")
def chunk_size_0x(peer):
    answer(peer, CHUNKED, b"0x5\r\naaaaa\r\n" + LAST)


@http1("chunk_size_empty")
def chunk_size_empty(peer):
    answer(peer, CHUNKED, b"\r\n" + LAST)


@http1("chunk_longer_than_said")
def chunk_longer_than_said(peer):
    answer(peer, CHUNKED, b"3\r\naaaaa\r\n" + LAST)


@http1("chunk_stalls")
def chunk_stalls(peer):
    answer(peer, CHUNKED, b"a\r\naaa")
    peer.stall()


@http1("chunks_end_early")
def chunks_end_early(peer):
    answer(peer, CHUNKED, b"3\r\naaa\r\n")


@http1("last_chunk_in_pieces")
def last_chunk_in_pieces(peer):
    """A good answer, if slow."""
    answer(peer, CHUNKED, b"3\r\naaa\r\n")
    for piece in (b"0", b"\r", b"\n", b"\r", b"\n"):
        peer.pause(0.05)
        peer.send(piece)


@http1("last_chunk_alone_in_pieces")
def last_chunk_alone_in_pieces(peer):
    """An empty body in two pieces."""
    answer(peer, CHUNKED, b"0\r\n")
    peer.pause(0.05)
    peer.send(b"\r")
    peer.pause(0.05)
    peer.send(b"\n")


@http1("trailers_endless")
def trailers_endless(peer):
    answer(peer, CHUNKED, b"1\r\na\r\n0\r\n")
    peer.flood(b"X-Trailer: " + b"a" * 1000 + b"\r\n")


@http1("trailer_line_endless")
def trailer_line_endless(peer):
    answer(peer, CHUNKED, b"1\r\na\r\n0\r\nX-Trailer: ")
    peer.flood(b"a")


@http1("trailers_in_tiny_packets")
def trailers_in_tiny_packets(peer):
    answer(peer, CHUNKED, b"1\r\na\r\n0\r\n")
    peer.repeat(b"a:b\r\n", 0)


@http1("trailers_large_then_drip")
def trailers_large_then_drip(peer):
    answer(peer, CHUNKED, b"1\r\na\r\n0\r\n" + block(b"a:b\r\n") * 2)
    peer.repeat(b"a:b\r\n", 0)


@http1("trailers_stall")
def trailers_stall(peer):
    answer(peer, CHUNKED, b"1\r\na\r\n0\r\nX-Trailer: a\r\n")
    peer.stall()
