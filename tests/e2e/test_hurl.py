"""Hurl files: what Hurl 8 accepts, and its titles and places where it refuses, against the shop and files in nginx."""

import json
import re
import subprocess
import unittest

from tests.e2e.support import free_port, listens, run, wait_for
from tests.e2e.test_scenarios import EXAMPLES, Shop


class HurlFiles(Shop):
    def hurl(self, text, *arguments, name="test.hurl", **options):
        return run("scenario", "run", self.work.write(name, text), "--continue-on-error", *arguments, **options)

    def passes(self, text, *arguments, **options):
        out = self.hurl(text, *arguments, **options)
        self.assertEqual(out.returncode, 0, out.stdout + out.stderr)

    def problems(self, text, *arguments, **options):
        """`Title line:column`, in their order."""
        out = self.hurl(text, *arguments, **options)
        return [f"{title} {place}" for title, place in re.findall(r"^error: (.*)\n +--> .*?\.hurl:(\S+)$", out.stderr, re.M)]

    def test_the_hurl_file(self):
        out = run("scenario", "run", EXAMPLES / "checkout.hurl", "--variable", f"base={self.base}", "--secret", "user=probe",
                  "--secret", "password=s3cret/pass word", "--output", "json")
        self.assertEqual(out.returncode, 0, out.stderr)
        record = json.loads(out.stdout)[0]
        self.assertEqual([step["id"] for step in record["steps"]], ["login", "create-order", "wait-ready", "delete-order"])
        self.assertEqual(len(record["steps"][2]["attempts"]), 3)

    def test_variables_come_from_where_hurl_takes_them(self):
        path = self.work.write("vars.hurl", """GET {{base}}/page
HTTP 200
[Asserts]
variable "a" == 1
variable "b" == "1"
variable "c" == true
variable "d" == "x y"
variable "e" == null
variable "f" == "secret"
""")
        given = self.work.write("given.txt", "# a comment\na=2\nd=x y\n")
        out = run("scenario", "run", path, "--variables-file", given, "--variable", "a=1", "--variable", 'b="1"', "--variable", "c=true",
                  "--variable", "e=null", env={"HURL_VARIABLE_base": self.base, "HURL_SECRET_f": "secret"})
        self.assertEqual(out.returncode, 0, out.stderr)

    def test_a_hurl_file_that_is_none(self):
        path = self.work.write("wrong.hurl", "GET http://x\nHTTP 200\n[Asserts]\nstatuz == 200\n")
        out = run("scenario", "run", path)
        self.assertEqual(out.returncode, 2)
        self.assertIn("error: Parsing", out.stderr)
        self.assertIn(f"--> {path}:4:1", out.stderr)

    def test_titles_and_places_at_run_time_are_those_of_hurl(self):
        entries = [  # below GET {base}/page; title, line of the entry, column
            ("HTTP 404", "Assert status code", 2, 6),
            ("HTTP/2 200", "Assert HTTP version", 2, 1),
            ("HTTP 200\nServer: x", "Assert header value", 3, 9),
            ("HTTP 200\nX-None: x", "Header not found", 3, 1),
            ("HTTP 200\n`other`", "Assert body value", 3, 1),
            ('HTTP 200\n[Asserts]\nbody == "x"', "Assert failure", 4, 0),
            ('HTTP 200\n[Asserts]\njsonpath "$.a" == 1', "Invalid JSON", 4, 1),
            ('HTTP 200\n[Asserts]\nxpath "//" exists', "Invalid XPath expression", 4, 7),
            ('HTTP 200\n[Asserts]\nbody regex "{}" == "a"', "Invalid regex", 4, 12),
            ('HTTP 200\n[Asserts]\nbody toInt == 1', "Filter error", 4, 6),
            ('HTTP 200\n[Asserts]\nheader "X-None" toInt == 1', "Filter error", 4, 17),
            ('HTTP 200\n[Asserts]\nbody == {{none}}', "Undefined variable", 4, 11),
            ('HTTP 200\n[Captures]\nx: header "X-None"', "No query result", 4, 4),
            ("[Options]\nheader: aaa\nHTTP 200", "Invalid option value", 3, 9),
            ("[Options]\noutput: none/x\nHTTP 200", "File write access", 3, 9),
            ("[Options]\nvariable: v=1\nverbose: {{v}}\nHTTP 200", "Invalid expression type", 4, 12),
            ('[Options]\nvariable: v=a\n{"a": {{v}}}\nHTTP 200', "Invalid JSON", 4, 9),
            ("file,../none;\nHTTP 200", "Unauthorized file access", 2, 6),
            ("file,none;\nHTTP 200", "File read access", 2, 6),
        ]
        lines, wanted = [], []
        for text, title, line, column in entries:
            wanted.append(f"error: {title} {len(lines) + line}:{column}")
            lines += [f"GET {self.base}/page", *text.split("\n"), ""]
        lines += ["GET foo", "", "GET http://127.0.0.1:1"]
        wanted += [f"error: Invalid URL {len(lines) - 2}:5", f"error: HTTP connection {len(lines)}:5"]
        path = self.work.write("errors.hurl", "\n".join(lines))
        out = run("scenario", "run", path, "--continue-on-error")
        found = [f"{title} {place}" for title, place in re.findall(r"^(error: .*)\n +--> .*?errors\.hurl:(\S+)$", out.stderr, re.M)]
        self.assertEqual(found, wanted)

    def file(self, name, text):
        """A file in nginx; its URL."""
        (self.work.folder / "files").mkdir(exist_ok=True)
        self.work.write(f"files/{name}", text)
        return f"{self.base}/files/{name}"

    def test_bodies_are_compared_to_the_letter(self):
        url = self.file("body.json", '{"a": 1}')
        self.passes(f'GET {url}\nHTTP 200\n{{"a": 1}}\n')
        for body, place in (('{"a":1}', "3:1"), ('{ "a" : 1 }', "3:1"), ("base64,eHk= ;", "3:8"), ("hex, 7879 ;", "3:6"), ("file,other;", "3:1")):
            self.work.write("other", "xy")
            self.assertEqual(self.problems(f"GET {url}\nHTTP 200\n{body}\n"), [f"Assert body value {place}"], body)
        self.assertIn("actual value is <7b2261223a20317d>", self.hurl(f"GET {url}\nHTTP 200\nhex,00;\n").stderr)

    def test_a_body_of_lines_fails_where_it_differs(self):
        wanted = "```\none\ntwo\n```"  # from line 3 of the file
        for body, place in (("one\ntwo\n\n", "5:1"), ("one\ntwo\nthree\n", "5:1"), ("one\nand\ntwo\n", "4:1"), ("and\none\ntwo\n", "4:1"),
                            ("one\ntwo", "5:1"), ("one\n", "5:1"), ("two\n", "4:1"), ("uno\ntwo\n", "4:1"), ("one\ndue\n", "5:1")):
            url = self.file("lines.txt", body)
            self.assertEqual(self.problems(f"GET {url}\nHTTP 200\n{wanted}\n"), [f"Assert body value {place}"], body)

    def test_paths_and_patterns_that_are_none(self):
        url = self.file("items.json", '{"items": [{"name": "car"}]}')
        lines = ['jsonpath "" == 1', 'body jsonpath "" == 1', 'xpath "" == 1', 'regex "" == ""',
                 """jsonpath "$.items[?match(@.name, '[')]" not exists""", 'jsonpath "$.items[?search(@.name, 7)]" not exists',
                 """jsonpath "$.items[?match(@.name, 'c.*')].name" == "car\""""]
        self.assertEqual(self.problems("\n".join([f"GET {url}", "HTTP 200", "[Asserts]", *lines])),
                         ["Invalid JSONPath 4:10", "Invalid JSONPath 5:15", "Invalid XPath expression 6:7", "Assert failure 7:0",
                          "Invalid JSONPath 8:10", "Invalid JSONPath 9:10"])

    def test_what_a_path_finds_can_stay_a_list(self):
        url = self.file("one.json", '{"one": [7], "none": []}')
        self.passes(f'''GET {url}
HTTP 200
[Asserts]
jsonpath "$.one[0]" == 7
jsonpath "$.two" not exists
''')
        self.passes(f'''GET {url}
HTTP 200
[Asserts]
jsonpath "$.one[0]" first == 7
jsonpath "$.one" count == 1
jsonpath "$.two" count == 0
body jsonpath "$.none" nth 0 isEmpty
''', "--no-jsonpath-coercion")

    def test_options_of_the_command_line_alone(self):
        for option in ("variables-file: a", "noproxy: a", "no-proxy: a", "no-jsonpath-coercion: true", "no-header: A", "fail-with-body: true"):
            self.assertEqual(self.problems(f"GET {self.base}/page\n[Options]\n{option}\nHTTP 200\n"), ["Parsing option 3:1"], option)

    def test_secrets_are_texts(self):
        self.assertEqual(self.problems(f"""GET {self.base}/page
HTTP 200
[Captures]
text: header "Date" redact
date: header "Date" toDate "%a, %d %b %Y %H:%M:%S GMT%Z" redact
"""), ["Invalid secret type 5:1"])

    def test_headers_that_are_options(self):
        agent = """[Asserts]\njsonpath "$['User-Agent']" == "probe/1"\n"""
        self.passes(f"GET {self.base}/headers\nHTTP 200\n{agent}", "--user-agent", "probe/1")
        self.passes(f"GET {self.base}/headers\n[Options]\nheader: User-Agent: probe/1\nHTTP 200\n{agent}")
        self.passes(f"GET {self.base}/headers\nUser-Agent: probe/1\nHTTP 200\n{agent}", "--user-agent", "other/1")
        out = self.hurl(f"GET {self.base}/headers\nUser-Agent: probe/1\nHTTP 404\n")
        self.assertIn("--header 'User-Agent: probe/1'", out.stdout)

    def test_credentials_do_not_follow_to_another_host(self):
        entry = f"GET {self.base}/away\n[Options]\nlocation: true\nheader: Authorization: Bearer t\nHTTP 200\n[Asserts]\n"
        self.passes(entry + 'jsonpath "$.Authorization" not exists\n')
        self.passes(entry.replace("location:", "location-trusted:") + 'jsonpath "$.Authorization" == "Bearer t"\n')

    def test_cookies_come_from_a_file_and_go_to_one(self):
        given = self.work.write("cookies.txt", "# Netscape HTTP Cookie File\n\n#HttpOnly_localhost\tFALSE\t/\tFALSE\t0\thidden\ta\n"
                                "localhost\tFALSE\t/\tFALSE\t0\tplain\tb\n")
        kept = self.work.folder / "kept.txt"
        self.passes(f"""GET {self.base}/headers
HTTP 200
[Asserts]
jsonpath "$.Cookie" == "hidden=a; plain=b"

# @cookie_storage_clear
# @cookie_storage_set: localhost  FALSE  /  FALSE  0  other  c
GET {self.base}/headers
HTTP 200
[Asserts]
jsonpath "$.Cookie" == "other=c"
""", "--cookie", given, "--cookie-jar", kept)
        self.assertIn("localhost\tFALSE\t/\tFALSE\t0\tother\tc", kept.read_text())
        self.assertEqual(self.hurl("GET http://x\n", "--cookie", "none.txt").returncode, 2)

    def test_cookies_are_not_kept_when_none_are_wanted(self):
        sets = f'POST {self.base}/v1/session\n{{"user": "probe", "password": "s3cret/pass word"}}\nHTTP 200\n[Asserts]\ncookie "session" exists\n'
        asks = f"GET {self.base}/headers\n[Cookies]\ncolour: blue\nHTTP 200\n[Asserts]\n"
        self.passes(sets + asks + 'jsonpath "$.Cookie" contains "session="')
        self.passes(sets + asks + 'jsonpath "$.Cookie" == "colour=blue"', "--no-cookie-store")

    def test_headers_without_a_value(self):
        self.passes(f"GET {self.base}/headers\nX-Empty;\nX-Other: 1\nHTTP 200\n[Asserts]\njsonpath \"$['X-Empty']\" == \"\"\n"
                    "jsonpath \"$['X-Other']\" == \"1\"\n")
        self.assertEqual(self.problems(f"GET {self.base}/page\nX-Empty;1\nHTTP 200\n"), ["Parsing literal 2:9"])

    def test_texts_of_several_lines_to_compare_with(self):
        request = self.file("request.json", '{"query":"{\\n  hero\\n}"}')
        plain = self.file("plain.txt", "a {{b}}\n")
        self.passes("\n".join([
            f"GET {request}", "HTTP 200", "[Asserts]", "body == ```graphql", "{", "  hero", "}", "```", "",
            f"GET {plain}", "HTTP 200", "[Asserts]", "body == ```raw", "a {{b}}", "```", "",
            f"GET {plain}", "[Options]", r'variable: b="\u{7b}{b}}"', "HTTP 200", "[Asserts]", "body == ```", "a {{b}}", "```"]))
        self.assertEqual(self.problems(f"GET {plain}\nHTTP 200\n[Asserts]\nbody == ```yaml\na\n```\n"), ["Parsing multiline 4:12"])

    def test_graphql_as_hurl_sends_it(self):
        query = ["```graphql", "query Q($id: ID!) {", "  hero(id: $id)", "}", "", 'variables {"id": "{{id}}"}', "```"]
        self.passes("\n".join([
            f"POST {self.base}/echo", "[Options]", 'variable: id="7"', *query, "HTTP 200", "[Asserts]",
            r'jsonpath "$.query" == "query Q($id: ID!) {\n  hero(id: $id)\n}"', 'jsonpath "$.variables.id" == "7"']))

    def test_client_certificates_and_pinned_keys(self):
        port = free_port()
        self.work.openssl("pkey", "-in", "leaf.key", "-aes256", "-passout", "pass:foobar", "-out", "encrypted.key")
        self.work.openssl("x509", "-in", "leaf.pem", "-pubkey", "-noout", "-out", "leaf.pub")
        self.work.openssl("pkey", "-pubin", "-in", "leaf.pub", "-outform", "der", "-out", "leaf.der")
        pin = subprocess.run("openssl dgst -sha256 -binary leaf.der | base64", shell=True, cwd=self.work.folder, capture_output=True, text=True).stdout.strip()
        self.work.process(["openssl", "s_server", "-accept", str(port), "-cert", self.work.folder / "leaf.pem", "-key", self.work.folder / "leaf.key",
                           "-CAfile", self.ca, "-Verify", "1", "-WWW", "-quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(port), "openssl")

        def entry(*options):
            return "\n".join([f"GET https://localhost:{port}/none", "[Options]", "cacert: ca.pem", *options, "HTTP *", "\n"])
        self.passes(entry("cert: leaf.pem:foobar", "key: encrypted.key")
                    + entry("variable: secret=foobar", "cert: leaf.pem:{{secret}}", "key: encrypted.key", "pinnedpubkey: leaf.pub")
                    + entry("cert: leaf.pem", "key: leaf.key", "pinnedpubkey: leaf.der")
                    + entry("cert: leaf.pem", "key: leaf.key", f"pinnedpubkey: sha256//{'A' * 43}=;sha256//{pin}"))
        self.assertEqual(self.problems(entry("cert: leaf.pem:wrong", "key: encrypted.key")), ["HTTP connection 1:5"])
        self.assertEqual(self.problems(entry("cert: leaf.pem", "key: leaf.key", f"pinnedpubkey: sha256//{'A' * 43}=")), ["HTTP connection 1:5"])
        for wrong in ("sha256//AAAA", "leaf.key", "none.pub"):
            self.assertEqual(self.problems(entry("cert: leaf.pem", "key: leaf.key", f"pinnedpubkey: {wrong}")), ["Invalid option value 1:5"], wrong)

    def test_files_of_tls_are_where_the_program_runs_too(self):
        (self.work.folder / "below").mkdir(exist_ok=True)
        path = self.work.write("below/test.hurl", f"GET https://localhost:{self.secure}/page\n[Options]\ncacert: ca.pem\nHTTP 200\n")
        self.assertEqual(run("scenario", "run", path, cwd=self.work.folder).returncode, 0)
        self.assertEqual(run("scenario", "run", path).returncode, 3)
        flagged = self.work.write("below/flagged.hurl", f"GET https://localhost:{self.secure}/page\nHTTP 200\n")
        self.assertEqual(run("scenario", "run", flagged, "--cacert", "ca.pem", cwd=self.work.folder).returncode, 0)

    def test_charsets_of_the_web(self):
        url = self.file("page.txt", "page")
        labels = ("cp1256", "arabic", "tis-620", "x-mac-cyrillic", "iso-2022-jp", "windows-31j", "x-gbk", "ibm819", "l9", "csbig5")
        self.passes("\n".join([f"GET {url}", "HTTP 200", "[Asserts]", *(f'bytes charsetDecode "{label}" == "page"' for label in labels)]))
        self.assertEqual(self.problems(f'GET {url}\nHTTP 200\n[Asserts]\nbytes charsetDecode "ebcdic-us" exists\n'), ["Filter error 4:7"])

    def test_flags_that_hurl_files_have_no_option_for(self):
        plain = f"GET {self.base}/headers\nHTTP 200\n"
        record = lambda out: json.loads(out.stdout)
        three = record(self.hurl(plain, "--repeat", "3", "--output", "json"))
        self.assertEqual([run["state"] for run in three], ["pass"] * 3)

        def reused(*arguments):
            return [step["attempts"][0]["calls"][0]["response"]["reused"] for step in record(self.hurl(plain * 2, "--output", "json", *arguments))[0]["steps"]]
        self.assertEqual((reused(), reused("--fresh-connect")), ([False, True], [False, False]))

        prior = f"GET http://127.0.0.1:{self.prior}/\nHTTP/2 200\n"
        self.passes(prior, "--http2-prior-knowledge")
        self.assertNotEqual(self.hurl(prior).returncode, 0)

    def test_headers_for_a_proxy(self):
        port = free_port()
        config = self.work.write("tinyproxy.conf", f"Port {port}\nListen 127.0.0.1\nTimeout 10\nBasicAuth user pass\n")
        self.work.process(["tinyproxy", "-d", "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(port), "tinyproxy")
        through = ("--proxy", f"http://127.0.0.1:{port}", "--cacert", self.ca)
        for url in (f"{self.base}/page", f"https://localhost:{self.secure}/page"):
            text = f"GET {url}\nHTTP 200\n"
            self.passes(text, *through, "--proxy-header", "Proxy-Authorization: Basic dXNlcjpwYXNz")
            self.assertNotEqual(self.hurl(text, *through).returncode, 0)
        self.assertIn("takes 'Name: value'", self.hurl("GET http://x\n", "--proxy-header", "none").stderr)
