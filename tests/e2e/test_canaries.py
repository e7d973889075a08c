"""Servers that say back what they were sent, in every place and form: no secret of a check appears in anything that the agent or the
command line shows."""

import base64
import html
import json
import os
import re
import socket
import struct
import unittest
import urllib.parse

from tests.e2e.support import Listener, Workspace, get, run, wait_for

# Twelve letters each, none of which is part of another; some hold what encodings change.
CANARIES = {name: f"Cnr{name}/+{number:02}&x" for number, name in enumerate(
    ("hdr", "basic", "bearer", "body", "part", "url", "proxy", "cproxy", "tcp", "ws", "grpc", "client", "param", "token", "file", "lone"))}


def forms(secret):
    """What a secret looks like in the ways that the echo writes it."""
    out = {secret, secret.lower(), secret.upper(), urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret),
           secret.encode().hex(), html.escape(secret), json.dumps(secret)[1:-1]}
    # The last letter holds bits of what stands behind it where the secret is a part of something.
    out.add(base64.b64encode(secret.encode()).decode()[:len(secret) * 4 // 3])
    return out


def echo_of(heard):
    """All that was heard, in all forms, and what is inside its Basic credentials too."""
    texts = [heard]
    for word in re.findall(r"Basic ([A-Za-z0-9+/=]+)", heard):
        texts.append(base64.b64decode(word + "==").decode(errors="replace"))
    for pair in re.findall(r"=([^&\s]+)", heard):
        texts.append(urllib.parse.unquote_plus(pair))
    known = [secret for secret in CANARIES.values() if any(secret in text for text in texts)]
    out = texts + known
    for secret in known:
        out += sorted(forms(secret)) + ["user:" + secret, base64.b64encode(f"user:{secret}".encode()).decode()]
    return [re.sub(r"[\r\n]+", " ", text) for text in out]


class Http(Listener):
    """Answers a request with its echo: in the reason, headers, Location and body. The path says how."""

    def serve(self, peer):
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += peer.recv(65536)
        head, _, body = heard.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while length and len(body) < int(length[1]):
            body += peer.recv(65536)
        said = echo_of((head + b" " + body).decode("latin-1"))
        line = " ".join(said)[:3000]
        path = head.split(b" ")[1].decode()
        if "redirect" in path:
            status, extra = "302 Found", f"Location: http://[{line.replace(' ', '')}\r\n"
        elif "loop" in path:
            status, extra = "302 Found", f"Location: /loop?{urllib.parse.quote(line)}\r\n"
        elif "token-ok" in path:
            answer = json.dumps({"access_token": CANARIES["token"], "token_type": "Bearer"})
            peer.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n{answer}".encode())
            return
        else:
            status, extra = f"500 {line}", ""
        headers = "".join(f"X-Echo-{number}: {text[:2000]}\r\n" for number, text in enumerate(said[:60]))
        text = json.dumps(said)
        peer.sendall((f"HTTP/1.1 {status}\r\n{extra}{headers}Content-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}")
                     .encode("latin-1", "replace"))


class Lines(Listener):
    """Says a greeting, and then what it was told."""

    def serve(self, peer):
        peer.sendall(b"220 hello\r\n")
        heard = peer.recv(4096).decode("latin-1").strip()
        peer.sendall(("you sent " + " ".join(echo_of(heard)) + "\r\n").encode("latin-1"))


class Proxy(Listener):
    def serve(self, peer):
        heard = peer.recv(65536).decode("latin-1")
        said = " ".join(echo_of(heard))[:6000]
        peer.sendall(f"HTTP/1.1 407 {said}\r\nContent-Length: 0\r\n\r\n".encode("latin-1"))


class WebSocket(Listener):
    def serve(self, peer):
        import hashlib
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += peer.recv(65536)
        key = re.search(rb"(?i)sec-websocket-key: (\S+)", heard)[1]
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()
        peer.sendall(f"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
                     .encode())
        frame = peer.recv(65536)
        length = frame[1] & 0x7f
        mask, data = frame[2:6], frame[6:6 + length]
        text = bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)).decode("latin-1")
        said = " ".join(echo_of(text + heard.decode("latin-1"))).encode("latin-1")[:60000]
        peer.sendall(b"\x81\x7e" + struct.pack(">H", len(said)) + said)


class Canaries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = cls.enterClassContext(Workspace())
        cls.http, cls.lines, cls.proxy, cls.socket = Http(), Lines(), Proxy(), WebSocket()
        cls.environment = {f"CANARY_{name.upper()}": value for name, value in CANARIES.items()}
        cls.environment["CANARY_PROXY_ENCODED"] = urllib.parse.quote(CANARIES["proxy"], safe="")
        os.environ.update(cls.environment)
        (cls.work.folder / "secret").write_text(CANARIES["file"] + "\n")
        cls.config = cls.work.write("canaries.yml", cls.checks())

    @classmethod
    def checks(cls):
        web = f"http://127.0.0.1:{cls.http.port}"
        closed = socket.create_server(("127.0.0.1", 0))
        cls.addClassCleanup(closed.close)
        url_canary = urllib.parse.quote(CANARIES["url"], safe="")
        lone_canary = urllib.parse.quote(CANARIES["lone"], safe="")
        return f"""
defaults: {{interval: 3s, timeout: 2s}}
checks:
  - name: headers
    kind: http
    target: {web}/
    http: {{headers: {{X-Api-Key: "${{CANARY_HDR}}", Authorization: "Basic ${{file:{cls.work.folder}/secret}}"}}}}
  - {{name: basic, kind: http, target: "{web}/", http: {{basic_auth: {{username: user, password: "${{CANARY_BASIC}}"}}}}}}
  - {{name: bearer, kind: http, target: "{web}/redirect", http: {{bearer_token: "${{CANARY_BEARER}}"}}}}
  - {{name: loop, kind: http, target: "{web}/loop", http: {{bearer_token: "${{CANARY_BEARER}}"}}}}
  - {{name: body, kind: http, target: "{web}/", http: {{method: POST, body: "password=${{CANARY_BODY}}&a=b"}}}}
  - {{name: url, kind: http, target: "http://user:{url_canary}@127.0.0.1:{cls.http.port}/"}}
  - {{name: lone, kind: http, target: "http://{lone_canary}@127.0.0.1:{cls.http.port}/"}}
  - {{name: lines, kind: http, target: "{web}/", http: {{bearer_token: "${{CANARY_BEARER}}", valid_status_codes: [500],
      expect: ['body == "x"', 'header "X-Echo-3" == "y"', 'jsonpath "$[0]" == "z"']}}}}
  - {{name: proxied, kind: http, target: "https://shop.example/", http: {{skip_resolve_phase_with_proxy: true,
      proxy_url: "http://user:${{CANARY_PROXY_ENCODED}}@127.0.0.1:{cls.proxy.port}", proxy_connect_header: {{X-Key: ["${{CANARY_CPROXY}}"]}}}}}}
  - {{name: refused-token, kind: http, target: "{web}/", http: {{oauth2: {{client_id: id, client_secret: "${{CANARY_CLIENT}}",
      token_url: "{web}/token", endpoint_params: {{pin: "${{CANARY_PARAM}}"}}}}}}}}
  - {{name: token, kind: http, target: "{web}/", http: {{oauth2: {{client_id: id, client_secret: "${{CANARY_CLIENT}}",
      token_url: "{web}/token-ok"}}}}}}
  - name: dialogue
    kind: tcp
    target: 127.0.0.1:{cls.lines.port}
    tcp:
      query_response:
        - {{expect: "^220"}}
        - {{send: "AUTH ${{CANARY_TCP}}"}}
        - {{expect: "^(you sent .*)$", labels: [{{name: got, value: "${{1}}"}}]}}
        - {{expect: "^never$"}}
  - name: socket
    kind: websocket
    target: ws://127.0.0.1:{cls.socket.port}/
    websocket:
      headers: {{X-Key: {{values: ["${{CANARY_WS}}"]}}}}
      query_response: [{{send: "AUTH ${{CANARY_PART}}"}}, {{expect: "^never$"}}]
  - name: scenario
    scenario:
      inline:
        scenario: echo
        secrets: {{password: {{env: CANARY_BODY}}}}
        steps:
          - {{id: ask, http: {{method: POST, url: "{web}/", json: {{p: "${{ password }}"}}}}, expect: [status == 200, 'body contains "no"']}}
"""

    def assert_clean(self, text, where):
        for name, secret in CANARIES.items():
            for form in forms(secret):
                at = text.find(form)
                self.assertEqual(at, -1, f"{name} in {where}: …{text[max(0, at - 80):at + 80]}…")

    def test_command_line_in_every_format(self):
        for output in ("text", "json", "jsonl", "junit"):
            with self.subTest(output=output):
                result = run("check", "--config.file", self.config, "--verbose", "--output", output, env=self.environment)
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assert_clean(result.stdout + result.stderr, output)
                self.assertIn("***", result.stdout)

    def test_single_commands_do_not_name_a_password(self):
        secret = urllib.parse.quote(CANARIES["url"], safe="")
        for target in (f"http://user:{secret}@127.0.0.1:{self.http.port}/", f"http://{secret}@127.0.0.1:{self.http.port}/"):
            for output in ("text", "json", "jsonl", "junit"):
                with self.subTest(output=output, target=target):
                    result = run("http", target, "--verbose", "--output", output)
                    self.assert_clean(result.stdout + result.stderr, output)

    def test_a_mistake_in_the_file_shows_no_secret(self):
        broken = [f"http: {{proxy_url: 'http://u:{CANARIES['proxy']}@h:1'}}", "http: {proxy_url: 'http://u:${CANARY_PROXY}@h:1'}",
                  "http: {bearer_tokn: '${CANARY_BEARER}'}", f"http: {{basic_auth: {{username: u, password: [{CANARIES['basic']}]}}}}"]
        for text in broken:
            with self.subTest(text=text):
                config = self.work.write("broken.yml", f"checks: [{{name: a, kind: http, target: 'http://127.0.0.1:1/', {text}}}]")
                for result in (run("validate", config, env=self.environment), run("check", "--config.file", config, env=self.environment)):
                    self.assertEqual(result.returncode, 2)
                    self.assert_clean(result.stdout + result.stderr, text)

    def test_agent_everywhere(self):
        agent = self.work.agent(self.config, "--log.runs", "--log.level", "debug")
        names = re.findall(r"name: ([\w-]+)", self.config.read_text())
        checks = [name for name in names if name != "got"]
        wait_for(lambda: all(entry["verdict"] for entry in agent.api("")[1]["checks"]), "all checks to run")
        pages = {path: get(agent.url + path)[2] for path in ("/", "/metrics", "/config", "/api/v1/checks")}
        for name in checks:
            pages[name] = json.dumps(agent.api("/" + name)[1])
            pages[name + " run"] = json.dumps(agent.api(f"/{name}/run", method="POST")[1])
        target = urllib.parse.quote(f"http://user:{CANARIES['url']}@127.0.0.1:{self.http.port}/", safe="")
        pages["probe"] = get(f"{agent.url}/probe?module=http_2xx&target={target}&debug=true")[2]
        pages["front page after the probe"] = get(agent.url + "/")[2]
        pages["log"] = agent.log()
        for where, text in pages.items():
            self.assert_clean(text, where)


if __name__ == "__main__":
    unittest.main()
