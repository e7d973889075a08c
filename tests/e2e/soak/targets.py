"""Everything that the agent looks at: real servers, a counting relay in front of each for the core checks, and hostile
targets."""

import json
import socket
import subprocess
import sys
from pathlib import Path

from tests.e2e.support import free_port, listens, wait_for

SERVERS = Path(__file__).parent.parent / "servers"
ZONE = "soak.example"
RECORDS = """@ IN SOA ns hostmaster 7 3600 600 86400 60
@ IN NS ns
ns IN A 127.0.0.1
www IN A 127.0.0.1
"""
PINGED = "127.77.0.1"  # nothing else pings this address


def may_count_pings():
    """Whether this process may watch ICMP: it takes CAP_NET_RAW."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
        return True
    except PermissionError:
        return False


class Targets:
    """Started once, before the agent. `port` holds the ports of the real servers, `relay` those of the relays in front
    of them, `hostile` the rest, each by name."""

    def __init__(self, work, gentle=False):
        self.work = work
        self.ca = work.authority()
        self.pinged = PINGED if may_count_pings() else None
        self.socket = work.folder / "counted.sock"
        self.journal = work.folder / "arrivals.txt"
        self.start_servers()
        self.start_relays()
        self.hostile = self.start_module("hostile_targets", *(["--gentle"] if gentle else []))

    def start_servers(self):
        work = self.work
        self.port = {name: free_port() for name in ("web", "secure", "grpc", "websocket", "shop")}
        work.write("www/index.html", "fine\n" * 200)
        work.nginx(f"""
            server {{ listen 127.0.0.1:{self.port["web"]};
              location /shop/ {{ proxy_pass http://127.0.0.1:{self.port["shop"]}/; }} }}
            server {{ listen 127.0.0.1:{self.port["secure"]} ssl http2;
              ssl_certificate @FOLDER@/leaf.pem; ssl_certificate_key @FOLDER@/leaf.key; }}""")
        self.port["dns"] = work.nsd(ZONE, RECORDS)
        scripts = {"grpc": "health_over_grpc.py", "websocket": "websocket_echo.py", "shop": "shop.py"}
        for name, script in scripts.items():
            work.process(["/usr/bin/python3", SERVERS / script, str(self.port[name])],
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_for(lambda port=self.port[name]: listens(port), name)

    def start_relays(self):
        behind = {"http": "web", "https": "secure", "tcp": "web", "tls": "secure", "grpc": "grpc",
                  "websocket": "websocket", "unix": "web", "scenario": "web", "dns": "dns"}
        kinds = {"unix": "unix", "dns": "udp"}
        relays = [{"name": f"core-{name}", "kind": kinds.get(name, "tcp"), "to": ["127.0.0.1", self.port[server]],
                   "path": str(self.socket)} for name, server in behind.items()]
        if self.pinged:
            relays.append({"name": "core-icmp", "kind": "icmp", "address": self.pinged})
        self.relay = self.start_module("counting", json.dumps(relays), str(self.journal))

    def start_module(self, name, *arguments):
        """Starts one of this folder's servers and returns the ports that it says it has."""
        said = self.work.folder / f"{name}.json"
        with said.open("w") as output:
            self.work.process([sys.executable, "-m", f"tests.e2e.soak.{name}", *arguments], stdout=output)
        return json.loads(wait_for(lambda: said.read_text().endswith("\n") and said.read_text(), name))

    def core(self):
        """The names of the core checks."""
        return sorted(self.relay)

    def arrivals(self):
        """When somebody came to the target of each core check: lists of seconds of the monotonic clock."""
        out = {name: [] for name in self.relay}
        for line in self.journal.read_text().splitlines():
            name, seconds = line.split()
            out[name].append(float(seconds))
        return out
