#!/usr/bin/python3
"""A WebSocket server of Debian's python3-websockets: PORT [CERTIFICATE KEY]. Says `hello NAME` (its path), then echoes; /silent says
nothing, /close closes at once, /policy with a reason, /token wants the header X-Token, /binary greets with a binary message, /big with 2 MiB."""

import asyncio
import http
import ssl
import sys

import websockets


async def serve(socket, path):
    if path == "/close":
        return
    if path == "/policy":
        await socket.close(1008, "policy violation: no token")
        return
    if path == "/big":
        await socket.send("x" * (2 << 20))
    elif path == "/binary":
        await socket.send(b"hello \x00bytes")
    elif path != "/silent":
        await socket.send(f"hello {path[1:]}")
    async for message in socket:
        await socket.send(message)


async def admit(path, headers):
    if path == "/forbidden" or (path == "/token" and headers.get("X-Token") != "open"):
        return http.HTTPStatus.FORBIDDEN, [], b"no\n"
    if path == "/basic" and headers.get("Authorization") != "Basic dTpw":
        return http.HTTPStatus.UNAUTHORIZED, [], b"who?\n"
    return None


async def main():
    context = None
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
    async with websockets.serve(serve, "127.0.0.1", int(sys.argv[1]), ssl=context, process_request=admit):
        await asyncio.Future()


asyncio.run(main())
