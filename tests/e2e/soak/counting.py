"""Counts from outside what the agent does: a relay in front of each target, which notes when somebody comes.

Started as `python3 -m tests.e2e.soak.counting RELAYS JOURNAL`. RELAYS is JSON: a list of objects with `name`, `kind`
(`tcp`, `unix`, `udp`, `icmp`), `to` (host and port of the real server), with `path` for `unix` and `address` for
`icmp`. The first line on standard output is JSON: the port of each relay by name. JOURNAL gets a line `NAME SECONDS`
for each connection, datagram or echo request, by the monotonic clock, which all processes share. The process ends with
its parent.
"""

import asyncio
import contextlib
import json
import os
import socket
import sys
import time

ANSWER_WITHIN = 5  # seconds that a relay waits for the server to connect or to answer
ICMP_ECHO_REQUEST = 8


class Relays:
    def __init__(self, journal):
        self.journal = journal
        self.tasks = set()

    def note(self, name):
        self.journal.write(f"{name} {time.monotonic():.6f}\n")
        self.journal.flush()

    def keep(self, coroutine):
        """The event loop itself keeps only weak references to its tasks."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def open(self, relay):
        """Opens a relay and returns its port; 0 where there is none."""
        name, to = relay["name"], relay.get("to")
        if relay["kind"] == "icmp":
            self.watch_pings(name, relay["address"])
            return 0
        if relay["kind"] == "udp":
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: DatagramRelay(self, name, to), local_addr=("127.0.0.1", 0))
            return transport.get_extra_info("sockname")[1]

        def serve(reader, writer):
            self.note(name)
            self.keep(pass_on(reader, writer, to))

        if relay["kind"] == "unix":
            await asyncio.start_unix_server(serve, relay["path"])
            return 0
        server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=512)
        return server.sockets[0].getsockname()[1]

    def watch_pings(self, name, address):
        """A raw socket sees a copy of every ICMP message that comes. The kernel itself sends the replies."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        listener.setblocking(False)
        wanted = socket.inet_aton(address)

        def read():
            with contextlib.suppress(BlockingIOError):
                packet = listener.recv(65535)
                header = (packet[0] & 15) * 4
                if packet[16:20] == wanted and packet[header] == ICMP_ECHO_REQUEST:
                    self.note(name)
        asyncio.get_running_loop().add_reader(listener, read)


async def copy(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


async def pass_on(reader, writer, to):
    """Speaks for a client to the real server until both have ended."""
    behind = None
    try:
        server, behind = await asyncio.wait_for(asyncio.open_connection(*to), ANSWER_WITHIN)
        await asyncio.gather(copy(reader, behind), copy(server, writer))
    except (OSError, asyncio.TimeoutError):
        pass
    finally:
        for end in filter(None, (writer, behind)):
            end.close()


class DatagramRelay(asyncio.DatagramProtocol):
    def __init__(self, relays, name, to):
        self.relays, self.name, self.to = relays, name, to

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, client):
        self.relays.note(self.name)
        self.relays.keep(self.ask(data, client))

    async def ask(self, data, client):
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as question:
            question.setblocking(False)
            question.connect(tuple(self.to))
            with contextlib.suppress(OSError, asyncio.TimeoutError):
                await loop.sock_sendall(question, data)
                answer = await asyncio.wait_for(loop.sock_recv(question, 65535), ANSWER_WITHIN)
                self.transport.sendto(answer, client)


async def main():
    parent = os.getppid()
    relays = Relays(open(sys.argv[2], "a", encoding="ascii"))
    ports = {relay["name"]: await relays.open(relay) for relay in json.loads(sys.argv[1])}
    print(json.dumps(ports), flush=True)
    while os.getppid() == parent:
        await asyncio.sleep(1)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
