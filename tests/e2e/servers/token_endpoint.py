#!/usr/bin/python3
"""An OAuth 2.0 token endpoint: PORT PUBLIC_KEY. /basic takes me:s3cret as Basic authorization with scope and realm, /form only among the
parameters, /signed an assertion that openssl verifies with the key; /odd answers with something that is no token."""

import base64
import http.server
import json
import subprocess
import sys
import tempfile
import urllib.parse


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def is_signed(assertion):
    signed, _, signature = assertion.rpartition(".")
    header, claims = (json.loads(decoded(part)) for part in signed.split("."))
    with tempfile.NamedTemporaryFile() as file:
        file.write(decoded(signature))
        file.flush()
        verified = subprocess.run(["openssl", "dgst", "-sha256", "-verify", sys.argv[2], "-signature", file.name], input=signed.encode(),
                                  capture_output=True).returncode == 0
    return verified and header["kid"] == "k1" and claims["iss"] == "me" and claims["team"] == "core" and claims["exp"] > claims["iat"]


class Endpoint(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        basic = self.headers.get("Authorization") == "Basic " + base64.b64encode(b"me:s3cret").decode()
        good = {
            "/basic": basic and form == {"grant_type": "client_credentials", "scope": "a b", "realm": "x"},
            "/form": not basic and form.get("client_secret") == "s3cret" and form.get("client_id") == "me",
            "/signed": "assertion" in form and is_signed(form["assertion"]),
            "/odd": True,
        }[self.path]
        body = b"[]" if self.path == "/odd" else json.dumps({"access_token": "t0ken-abc", "token_type": "bearer"} if good else {"error": "no"}).encode()
        self.send_response(200 if good else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Endpoint).serve_forever()
