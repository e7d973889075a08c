"""Real servers and the binary, started for a test and stopped by their pids. Everything is on loopback."""

import contextlib
import gzip
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

VEDETTE = os.environ.get("VEDETTE", "build/release/vedette")
P256 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
PATIENCE = 30  # seconds until something that must happen has not


def free_port():
    """A port that is free for TCP and UDP. Below those that the kernel gives to connections, of which other tests open
    thousands at the same time: one could take the port before its server does."""
    while True:
        port = random.randrange(15000, 32000)
        try:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.bind(("127.0.0.1", port))
            return port
        except OSError:
            continue


def wait_for(condition, what, patience=PATIENCE):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run(*arguments, env=None, stdin=None, cwd=None):
    """Runs the binary to its end; colours and prompts are off, since nothing is a terminal."""
    return subprocess.run([os.path.abspath(VEDETTE), *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          env={**os.environ, **(env or {})}, input=stdin, cwd=cwd)


class Listener(threading.Thread):
    """A TCP server for answers that no well-behaved one gives: serve(peer) speaks to each client, in a thread of its own."""

    def __init__(self):
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.server.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                peer, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve_one, args=(peer,), daemon=True).start()

    def serve_one(self, peer):
        with peer:
            try:
                peer.settimeout(PATIENCE)
                self.serve(peer)
            except OSError:
                pass

    def serve(self, peer):
        raise NotImplementedError


def get(url, headers=None, method="GET"):
    """Status, headers and body (decompressed) of a request to the agent."""
    request = urllib.request.Request(url, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            status, found, body = response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        status, found, body = error.code, error.headers, error.read()
    if found.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    return status, found, body.decode()


def samples(page):
    """The samples of a page: (name, labels) to value."""
    out = {}
    for line in page.splitlines():
        match = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if match and not line.startswith("#"):
            labels = frozenset(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or ""))
            out[match[1], labels] = float(match[3])
    return out


def value(page, name, **labels):
    """The value of the one sample of `name` that has these labels; None without one."""
    wanted = set(labels.items())
    found = [v for (n, have), v in samples(page).items() if n == name and wanted <= have]
    return found[0] if found else None


class Workspace(contextlib.ExitStack):
    """A folder and the servers in it, gone at the end."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="vedette-e2e-"))
        os.chmod(self.folder, 0o755)
        self.callback(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def process(self, command, **options):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)

        def stop():
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self.callback(stop)
        return process

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def authority(self):
        """Makes ca.pem and, for localhost and 127.0.0.1, leaf.pem with leaf.key."""
        self.openssl("req", "-x509", *P256, "-nodes", "-days", "30", "-subj", "/CN=e2e CA", "-keyout", "ca.key", "-out", "ca.pem")
        self.leaf("leaf", P256)
        return self.folder / "ca.pem"

    def leaf(self, name, new_key):
        """Makes name.pem and name.key, for localhost and 127.0.0.1, of that authority; `new_key` as openssl takes it."""
        self.openssl("req", *new_key, "-nodes", "-subj", "/CN=localhost", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self.write("leaf.ext", "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "20",
                     "-extfile", "leaf.ext", "-out", f"{name}.pem")

    def other_authority(self, number):
        """The PEM of an authority that has issued nothing."""
        name = f"other{number}.pem"
        if not (self.folder / name).exists():
            self.openssl("req", "-x509", *P256, "-nodes", "-days", "30", "-subj", f"/CN=Other CA {number}", "-keyout", "other.key",
                         "-out", name)
        return (self.folder / name).read_text()

    def nginx(self, servers):
        """nginx with these `server` blocks; `@FOLDER@` in them is the folder."""
        temporary = "".join(f"{n}_temp_path {self.folder}/{n};\n" for n in
                            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        config = self.write("nginx.conf", f"""
            daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log; worker_processes 1;
            events {{ worker_connections 4096; }}
            http {{ access_log off; {temporary} root {self.folder}/www; {servers} }}
            """.replace("@FOLDER@", str(self.folder)))
        (self.folder / "www").mkdir(exist_ok=True)
        binary = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        process = self.process([binary, "-c", config, "-e", self.folder / "error.log"], stderr=subprocess.DEVNULL)
        for port in map(int, re.findall(r"listen 127\.0\.0\.1:(\d+)", servers)):
            wait_for(lambda p=port: listens(p), "nginx")
        return process

    def nsd(self, zone, records, port=None):
        """NSD with authority over `zone`, at `port` or one of its own; `records` as in a zone file. Its port."""
        port = port or free_port()
        os.chmod(self.folder, 0o777)
        self.write("zone", f"$ORIGIN {zone}.\n$TTL 60\n{records}")
        config = self.write("nsd.conf", f"""
server:
  rrl-ratelimit: 0
  ip-address: 127.0.0.1@{port}
  username: ""
  database: ""
  zonesdir: "{self.folder}"
  zonelistfile: "{self.folder}/zone.list"
  xfrdfile: "{self.folder}/xfrd"
  xfrdir: "{self.folder}"
  pidfile: "{self.folder}/nsd.pid"
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: {zone}
  zonefile: zone
""")
        binary = shutil.which("nsd", path=os.environ["PATH"] + ":/usr/sbin")
        self.process([binary, "-d", "-c", config], stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(port), "NSD")
        return port

    def agent(self, config, *flags):
        return Agent(self, config, flags)


class Agent:
    """A running `vedette agent` on a port of its own."""

    def __init__(self, workspace, config, flags=()):
        self.config = workspace.write("vedette.yml", config) if isinstance(config, str) else config
        self.log_path = workspace.folder / "agent.log"
        self.process = workspace.process(
            [VEDETTE, "agent", "--config.file", self.config, "--web.listen-address", "127.0.0.1:0", *flags],
            stderr=self.log_path.open("w"))
        match = wait_for(lambda: re.search(r"address[=\":]+(127\.0\.0\.1:\d+)", self.log()) or self.process.poll(),
                         "the agent to listen")
        if isinstance(match, int):
            raise AssertionError(f"the agent ended with {match}: {self.log()}")
        self.url = f"http://{match[1]}"

    def log(self):
        return self.log_path.read_text()

    def page(self):
        return get(self.url + "/metrics")[2]

    def api(self, path, method="GET"):
        status, _, body = get(self.url + "/api/v1/checks" + path, method=method)
        return status, json.loads(body)

    def wait_for(self, name, expected=None, **labels):
        def there():
            found = value(self.page(), name, **labels)
            return found is not None and (expected is None or found == expected)
        wait_for(there, f"{name} {labels}")

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)
