"""Scenarios from curl's commands and from recordings send what was asked for: the same requests as a real curl, in words that a real bash reads
the same."""

import http.server
import json
import os
import re
import subprocess
import threading
import unittest
from unittest import mock

from tests.e2e.support import VEDETTE, Workspace, run

# What both send by themselves, each in its own words.
OWN = {"host", "user-agent", "accept", "accept-encoding", "connection", "content-length", "transfer-encoding", "expect"}

# BASE stands for the server; each line is a command as people write it down.
COMMANDS = r"""
curl BASE/plain
curl -s BASE/api | jq .
curl -sS BASE/api > /dev/null 2>&1
curl -o /dev/null -w '%{http_code}\n' BASE/api && echo ok
curl BASE/api # see the manual
curl BASE/a BASE/b?c=1
curl -X DELETE BASE/a --next -XPUT BASE/b -d x=1
curl BASE/api -H 'X-A: one' -H "X-B: it's \"two\"" -H X-C:\ three -H 'X-Empty;' -H 'Expect:'
curl BASE/api --data-raw $'{"a":"x\u0021","b":"it\'s \\n"}' -H 'Content-Type: application/json'
curl BASE/api --data-raw $'line1\nline2\t\x41\101\e'
curl BASE/api -d a=1 -d 'b=2 3' -d c
curl BASE/api -d 'user=bob&password=hunter22'
curl BASE/api -G -d a=1 --data-urlencode 'q=a b&c' --data-urlencode '=x/y' --data-urlencode 'alone?'
curl 'BASE/api?x=1' --url-query 'y=a b' --url-query '+z=%20'
curl BASE/api --json '{"user":"bob","nested":{"api_key":"k-123456","n":[1,2.5,null,true]}}'
curl -XPUT BASE/api --data-binary @body.bin
curl -T body.bin BASE/api
curl -T body.bin -X POST BASE/api
curl -u 'user:pa ss:word' BASE/api
curl http://bob:s3cr%40t99@ADDRESS/api
curl --oauth2-bearer 'abc.def-ghi' BASE/api
curl -b 'a=1; b=2' -A 'agent/1' -e 'http://from.example/;auto' BASE/api
curl -I BASE/api
curl -r 0-10 BASE/api
curl -L --max-redirs 5 BASE/redirect
curl BASE/redirect
curl --compressed BASE/api
curl -g 'BASE/a{b}[1]'
curl 'BASE/a\{b\}'
curl -F 'a=1' -F 'f=@body.bin;type=application/x-test' -F 'j={"k":1};type=application/json' --form-string 'l=@literal' BASE/form
curl -F 'f=@body.bin' -F 'f=@body.bin;type=a/b' -F 'g=1' BASE/form
curl -T body.bin BASE/folder/
curl -T body.bin BASE?x=1
curl --digest http://bob:s3cr%40t99@ADDRESS/api
curl -A one -A two -b a=1 -b b=2 -e x -e y --retry 1 --retry 2 --retry-all-errors --oauth2-bearer abc.def --oauth2-bearer abc.def-ghi BASE/api
curl -H 'User-Agent: mine' -A other BASE/api
curl 'BASE/api?u=http://other.example/'
curl -H 'Content-Type: application/json' -d '{ "a": 1.00, "a": 2, "b": "\u00e9\/" }' BASE/api
curl -H 'Content-Type: application/json' -d '{"list":[{"n":null}],"text":" a b "}' BASE/api
curl -d 'name=J%FCrgen' BASE/api
curl --data-binary $'\xff\xfe' BASE/api
curl -F 'a="x\"y\\z"' BASE/form
curl -d '{"n":1e400}' BASE/api
curl -H 'Content-Type: multipart/form-data' -F a=1 BASE/form
curl -H 'Authorization: Bearer abc.def-ghi' -u x:y BASE/api
curl -u sk_test_hunter22: BASE/api
curl --resolve shop.example:PORT:127.0.0.1 http://shop.example:PORT/resolved
curl --connect-to ::127.0.0.1:PORT http://shop.example/connected
curl --path-as-is BASE/a/../b
curl BASE/a/../b
curl -4 -m 5 --connect-timeout 1.5 --http1.1 -k BASE/api
curl --retry 2 --retry-delay 1 --fail-with-body --no-progress-meter -c /dev/null BASE/api
curl -vsSf#BASE/glued
curl -sSXPATCH BASE/api -da=b
curl BASE/api?token=abcdefgh\&x=1
curl -H 'X-Api-Key: key-123456' -H 'Authorization: Token abcdef1234' BASE/api
curl -d '${field}' BASE/api
curl -d 'a=%41&b=x+y' BASE/api
curl -d 'same=1&other=2&same=3' BASE/api
curl -d 'same=1&same=3' BASE/api
/usr/bin/curl BASE/api
curl \
  BASE/api \
  -H 'X-A: continued'
"""

WRONG = [
    ('curl "$BASE/api"', "the value of BASE is the shell's"),
    ("curl http://x/$1", r"\$1 is the shell's"),
    ("curl http://x/$(date)", r"\$\(…\) is the shell's"),
    ("curl http://x/`date`", "`…` is the shell's"),
    ("curl -d @- http://x/ <<EOF", "here-document"),
    ('curl "http://x/{a,b}"', "several URLs"),
    ("curl http://x/[1-3]", "several URLs"),
    ("http GET http://x/", "this is no command of curl: it begins with 'http'"),
    ("X=1 curl http://x/", "this is no command of curl"),
    ('curl ^"http://x/^"', "cmd of Windows"),
    ("curl http://x/ -d @file", "--data-binary @FILE"),
    ("curl http://x/ -b cookies.txt", "-b FILE"),
    ("curl http://x/ -H @headers", "-H @FILE"),
    ("curl http://x/ -H Accept:", "takes a header away"),
    ("curl http://x/ -H nothing", "no colon"),
    ("curl http://x/ -d $'a\\0b'", "no byte of zero"),
    ("curl http://x/ -m nan", "'nan' is no number of seconds"),
    ("curl http://x/ -H 'Transfer-Encoding: chunked' -d a", "how long a body is"),
    ("curl http://x/ -X get", "methods in capitals"),
    ("curl http://x/ -H '<<: x'", "a header called <<"),
    ("curl http://x/ -m soon", "'soon' is no number of seconds"),
    ("curl http://x/ --retry 1000", "up to 10 times"),
    ("curl http://x/ -F 'a=<file'", "write the content"),
    ("curl http://x/ -F 'a=@f;filename=g'", "filename=g has no counterpart"),
    ("curl http://x/ -F a", "it has no ="),
    ("curl http://x/ -I -d a", "exclude each other"),
    ("curl ftp://x/", "http and https"),
    ("curl http://x/ --ntlm -u a:b", "--ntlm has no counterpart"),
    ("curl http://x/ -K config", "-K has no counterpart|--config has no counterpart"),
    ("curl http://x/ -Z9", "has no counterpart"),
    ("curl http://x/ -H", "-H has no value"),
    ("curl http://x/ 'open", "a quote is not closed"),
    ("curl http://x/ >", "a redirection has no file"),
    ("curl -s", "no URL"),
    ("", "no command of curl|required"),
]

class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = self.headers.get("Content-Length")
        body = self.rfile.read(int(length)) if length else b""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        headers = [(name.lower(), value) for name, value in self.headers.items() if name.lower() not in OWN]
        boundary = re.search(r"boundary=(\S+)", self.headers.get("Content-Type", ""))
        if boundary:
            text = boundary[1].strip('"').encode()
            headers = [(name, "multipart" if name == "content-type" else value) for name, value in headers]
            # curl counts dashes in; the parts have the same headers in another order.
            parts = [part.strip(b"\r\n-").partition(b"\r\n\r\n") for part in body.split(text)]
            body = b"|".join(b"\n".join(sorted(head.lower().split(b"\r\n"))) + b"=" + content for head, _, content in parts if head)
        path = re.sub("%[0-9a-f]{2}", lambda escape: escape[0].upper(), self.path)
        self.server.seen.append((self.command, path, sorted(headers), body))
        redirect = self.path == "/redirect"
        self.send_response(302 if redirect else 200)
        if redirect:
            self.send_header("Location", "/target")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer

    def log_message(self, *arguments):
        pass


class Conversion(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.work = self.enterContext(Workspace())
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
        self.server.seen = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.port = self.server.server_address[1]
        self.work.write("body.bin", "a body\nof two lines")

    def sent_by(self, *command, **options):
        self.server.seen.clear()
        out = subprocess.run(command, cwd=self.work.folder, capture_output=True, text=True, timeout=60, check=False, **options)
        return list(self.server.seen), out

    def requests_of(self, written, secrets):
        """What a scenario sends, with the values of its secrets in the environment."""
        path = self.work.write("written.yaml", written)
        with mock.patch.dict(os.environ, secrets):
            return self.sent_by(os.path.abspath(VEDETTE), "scenario", "run", path)

    def secrets_of(self, written, command):
        """For each secret the value that stands in the command: the test knows it by its name."""
        values = {"USER": "sk_test_hunter22", "PASSWORD": "" if "sk_test" in command else "pa ss:word" if "pa ss" in command else "s3cr@t99" if "s3cr" in command else "hunter22",
                  "TOKEN": next((text for text in ("abc.def-ghi", "abcdef1234", "abcdefgh") if text in command), ""),
                  "COOKIE": "a=1;b=2" if "-b b=2" in command else "a=1; b=2", "API_KEY": "k-123456", "X_API_KEY": "key-123456"}
        return {name: values[name] for name in re.findall(r"\{env: (\w+)\}", written)}

    def test_the_same_requests_as_curl(self):
        text = COMMANDS.strip().replace("-vsSf#BASE", "-vsSf# BASE")
        for command in re.split(r"(?<!\\)\n", text):
            command = command.replace("BASE", f"http://127.0.0.1:{self.port}").replace("ADDRESS", f"127.0.0.1:{self.port}").replace("PORT", str(self.port))
            with self.subTest(command):
                # A pipe to a program that is not there must not matter.
                theirs, _ = self.sent_by("bash", "-c", command.replace("jq .", "cat"))
                self.assertTrue(theirs)
                made = run("scenario", "from-curl", command)
                self.assertEqual(made.returncode, 0, made.stderr)
                for secret in ("hunter22", "pa ss:word", "s3cr", "abc.def", "abcdef", "k-123456"):
                    self.assertNotIn(secret, made.stdout)
                ours, out = self.requests_of(made.stdout, self.secrets_of(made.stdout, command))
                if " -T " in command:
                    # A scenario says what kind of file it sends; curl says nothing.
                    ours[0][2].remove(("content-type", "application/octet-stream"))
                self.assertEqual(ours, theirs, made.stdout + out.stdout + out.stderr)

    def test_what_it_cannot_say_is_refused(self):
        for command, message in WRONG:
            with self.subTest(command):
                out = run("scenario", "from-curl", command)
                self.assertEqual(out.returncode, 2, out.stdout)
                self.assertEqual(out.stdout, "")
                self.assertRegex(out.stderr, message)

    def test_recordings_keep_their_bodies(self):
        def entry(number, headers=(), **post):
            request = {"method": "POST", "url": f"http://127.0.0.1:{self.port}/{number}#part", "headers": [{"name": n, "value": v} for n, v in headers]}
            if post:
                request["postData"] = post
            return {"request": request, "response": {"status": 200, "content": {"mimeType": "text/html"}}}
        form = "application/x-www-form-urlencoded"
        parts = "".join(f'--YY\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n' for name, value in
                        (('"user"', "bob"), ('"password"', "hunter22"), ('"api_key"; filename="k"', "hunter22"), ('"empty_secret"', ""))) + "--YY--\r\n"
        entries = [
            entry(1, mimeType=form, params=[{"name": "user", "value": "bob"}, {"name": "password", "value": "hunter22"}]),
            entry(2, [("Content-Type", form)], mimeType=form, text="user=bob&password=hunter22"),
            entry(3, mimeType="application/json", text='{"client_secret": "hunter22", "n": 1}'),
            entry(4, [("Content-Type", "multipart/form-data; boundary=XX")], mimeType="multipart/form-data; boundary=XX",
                  params=[{"name": "f", "contentType": "text/plain", "value": "abc"}, {"name": "n", "value": "v"}]),
            entry(5, mimeType="application/octet-stream", encoding="base64", text="AAH/"),
            entry(6, [("If-None-Match", "x"), ("X-Auth-Token", "hunter22")]),
            entry(7, mimeType='multipart/form-data; boundary="YY"', text=parts)]
        recording = self.work.write("a.har", json.dumps({"log": {"entries": entries}}))
        made = run("scenario", "from-har", recording)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertNotIn("hunter22", made.stdout)
        names = re.findall(r"\{env: (\w+)\}", made.stdout)
        self.assertEqual(sorted(names), ["API_KEY", "CLIENT_SECRET", "PASSWORD", "X_AUTH_TOKEN"])
        seen, out = self.requests_of(made.stdout, dict.fromkeys(names, "hunter22"))
        self.assertEqual(out.returncode, 0, out.stdout + out.stderr)
        self.assertEqual([(path, dict(headers).get("content-type"), body) for _, path, headers, body in seen], [
            ("/1", form, b"user=bob&password=hunter22"), ("/2", form, b"user=bob&password=hunter22"),
            ("/3", "application/json", b'{"client_secret":"hunter22","n":1}'),
            ("/4", "multipart", seen[3][3]), ("/5", "application/octet-stream", b"\0\1\xff"), ("/6", None, b""), ("/7", "multipart", seen[6][3])])
        self.assertIn(b'content-disposition: form-data; name="f"\ncontent-type: text/plain=abc', seen[3][3])
        self.assertEqual(dict(seen[5][2]), {"x-auth-token": "hunter22"})
        for part in (b'name="user"=bob', b'name="password"=hunter22', b'filename="k"=hunter22', b'name="empty_secret"='):
            self.assertIn(part, seen[6][3])

    def test_secrets_in_odd_places(self):
        body = {"token": ["aaa-111"], "secret": {"x": "bbb-222"}, "new_password1": "ccc-333", "plain": "ddd-444"}
        command = ["curl", "http://x/?pass%77ord=eee-555&a=fff-666", "-e", "http://from.example/?token=ggg-777", "-H", "X-Session: hhh-888",
                   "-d", json.dumps(body)]
        out = run("scenario", "from-curl", "--", *command)
        self.assertEqual(out.returncode, 0, out.stderr)
        found = sorted(text for text in re.findall(r"[a-h]{3}-\d{3}", out.stdout))
        self.assertEqual(found, ["ddd-444", "fff-666"])

    def test_placeholders_of_others_stay_texts(self):
        entries = [{"request": {"method": "GET", "url": f"http://127.0.0.1:{self.port}/{name}", "headers": [{"name": "Authorization", "value": value}]}}
                   for name, value in (("good", "Bearer S3CRET"), ("other", "${token} x"))]
        made = run("scenario", "from-har", self.work.write("a.har", json.dumps({"log": {"entries": entries}}))).stdout
        names = re.findall(r"\{env: (\w+)\}", made)
        seen, out = self.requests_of(made, dict.fromkeys(names, "S3CRET"))
        self.assertEqual([dict(headers)["authorization"] for _, _, headers, _ in seen], ["Bearer S3CRET", "${token} S3CRET"], out.stdout)

    def test_an_empty_secret_ends(self):
        path = self.work.write("empty.yaml", f"""
scenario: empty
secrets: {{password: {{env: PASSWORD}}}}
steps:
  - {{id: a, http: {{url: "http://127.0.0.1:{self.port}/", auth: {{basic: {{user: a, password: "${{ password }}"}}}}}}, expect: [status == 500]}}
""")
        with mock.patch.dict(os.environ, {"PASSWORD": ""}):
            self.assertEqual(run("scenario", "run", path).returncode, 1)

    def test_long_recordings(self):
        def recording(count, **request):
            entry = {"request": {"method": "GET", "url": f"http://127.0.0.1:{self.port}/", "headers": [], **request}, "response": {"status": 200}}
            return self.work.write("a.har", json.dumps({"log": {"entries": [entry] * count}}))
        made = run("scenario", "from-har", recording(120))
        seen, out = self.requests_of(made.stdout, {})
        self.assertEqual((len(seen), out.returncode), (120, 0), out.stdout[-2000:])
        made = run("scenario", "from-har", recording(201))
        self.assertEqual((made.returncode, made.stdout), (2, ""))
        self.assertIn("there are 201 requests in it, and a scenario has at most 200", made.stderr)
        made = run("scenario", "from-har", recording(1, method="POST", bodySize=10))
        self.assertEqual((made.returncode, made.stdout), (2, ""))
        self.assertIn("the recording does not have the body that was sent", made.stderr)


if __name__ == "__main__":
    unittest.main()
