#!/usr/bin/python3
"""A gRPC server of Debian's python3-grpcio with a health service: PORT [CERTIFICATE KEY]. What it says of a service is in the
service's name: `serving`, `down`, `odd`; `slow` answers after 3 s, `denied` refuses, anything else is unknown to it. With metadata
`x-token: open` `guarded` is serving."""

import sys
import time
from concurrent import futures

import grpc

SAYS = {"": b"\x08\x01", "serving": b"\x08\x01", "down": b"\x08\x02", "odd": b"\x08\x09", "slow": b"\x08\x01"}


def check(request, context):
    service = request[0][2:].decode()
    if service == "slow":
        time.sleep(3)
    if service == "denied":
        context.abort(grpc.StatusCode.PERMISSION_DENIED, "not you")
    if service == "guarded":
        if ("x-token", "open") not in context.invocation_metadata():
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "who are you?")
        return SAYS["serving"]
    if service not in SAYS:
        context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
    return SAYS[service]


def main():
    server = grpc.server(futures.ThreadPoolExecutor(4))
    # An empty message must be something other than nothing.
    handler = grpc.unary_unary_rpc_method_handler(check, request_deserializer=lambda message: (message,),
                                                  response_serializer=lambda message: message)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("grpc.health.v1.Health", {"Check": handler}),))
    address = f"127.0.0.1:{sys.argv[1]}"
    if len(sys.argv) > 2:
        certificate, key = (open(name, "rb").read() for name in sys.argv[2:4])
        server.add_secure_port(address, grpc.ssl_server_credentials([(key, certificate)]))
    else:
        server.add_insecure_port(address)
        server.add_insecure_port(f"[::1]:{sys.argv[1]}")
    server.start()
    server.wait_for_termination()


main()
