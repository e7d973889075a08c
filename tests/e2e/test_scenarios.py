"""Scenarios against a shop in Flask behind nginx: the examples, mistakes, faults, secrets, metrics, reports."""

import base64
import gzip
import html
import json
import random
import re
import shutil
import signal
import subprocess
import time
import unittest
import urllib.parse
import urllib.request
import xml.etree.ElementTree
from pathlib import Path

from tests.e2e.support import VEDETTE, Listener, Workspace, free_port, get, listens, run, value, wait_for

EXAMPLES = Path("scenarios/examples")
SECRETS = {"SHOP_USER": "probe", "SHOP_PASSWORD": "s3cret/pass word", "CLIENT_SECRET": "client-secret"}


class Shop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = Workspace()
        cls.addClassCleanup(cls.work.close)
        cls.shop, cls.front, cls.secure, cls.prior = (free_port() for _ in range(4))
        cls.ca = cls.work.authority()
        cls.work.process(["tests/e2e/servers/shop.py", str(cls.shop)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(cls.shop), "the shop")
        cls.work.nginx(f"""
            ssl_certificate @FOLDER@/leaf.pem; ssl_certificate_key @FOLDER@/leaf.key;
            server {{ listen 127.0.0.1:{cls.front}; location / {{ proxy_pass http://127.0.0.1:{cls.shop}; proxy_set_header Host $http_host; }}
                location /away {{ return 302 http://127.0.0.1:{cls.front}/headers; }}
                location /files/ {{ root @FOLDER@; default_type application/json; }} }}
            server {{ listen 127.0.0.1:{cls.prior} http2; location / {{ return 200; }} }}
            server {{ listen 127.0.0.1:{cls.secure} ssl http2; location / {{ proxy_pass http://127.0.0.1:{cls.shop}; }} }}""")
        cls.base = f"http://localhost:{cls.front}"

    def scenario(self, steps, name="test.yaml", head="", arguments=(), env=None, output="json"):
        """Runs a scenario of `steps` and gives its record, the process, and all that it printed."""
        path = self.work.write(name, f"version: 1\nscenario: test\n{head}\nsteps:\n{steps}")
        out = run("scenario", "run", path, "--var", f"base={self.base}", "--output", output, *arguments, env={**SECRETS, **(env or {})})
        record = json.loads(out.stdout)[0] if out.stdout.startswith("[{") else None
        return record, out

    def log(self):
        with urllib.request.urlopen(f"{self.base}/log") as answer:
            return json.load(answer)


class Examples(Shop):
    def run_example(self, name, *arguments):
        out = run("scenario", "run", EXAMPLES / name, *arguments, "--output", "json", env=SECRETS)
        self.assertEqual(out.returncode, 0, out.stderr + out.stdout)
        return json.loads(out.stdout)[0]

    def test_all_but_the_edge(self):
        for path in sorted(EXAMPLES.glob("*.yaml")):
            if path.name == "edge.yaml":
                continue
            with self.subTest(example=path.name):
                record = self.run_example(path.name, "--var", f"base={self.base}")
                self.assertEqual(record["state"], "pass", record)

    def test_the_edge(self):
        dns = self.work.nsd("localhost", "@ IN SOA ns.localhost. root.localhost. 1 60 60 60 60\n@ IN NS ns\nns IN A 127.0.0.1\n@ IN A 127.0.0.1\n")
        record = self.run_example("edge.yaml", "--var", f"port={self.secure}", "--var", f"dns_server=127.0.0.1:{dns}",
                                  "--var", f"ca={self.ca}")
        states = {step["id"]: step["state"] for step in record["steps"]}
        self.assertEqual(states, {"edge": "pass", "edge/name": "pass", "edge/certificate": "pass", "edge/port-open": "pass",
                                  "pinned": "pass", "ping": states["ping"]})

    def test_every_example_of_the_documents_runs(self):
        blocks = re.findall(r"```yaml\n(scenario:.*?)```", Path("docs/scenarios.md").read_text(), re.S)
        self.assertGreaterEqual(len(blocks), 3)
        for block in blocks:
            path = self.work.write("documented.yaml", block)
            out = run("scenario", "run", path, "--var", f"base={self.base}", env=SECRETS)
            self.assertEqual(out.returncode, 0, block + out.stderr)

    def test_the_message_of_the_documents(self):
        """What docs/scenarios.md shows of a failure is what is printed, but for its numbers."""
        text = Path("docs/scenarios.md").read_text()
        block = re.findall(r"```yaml\n(scenario: second.*?)```", text, re.S)[0]
        shown = re.findall(r"```\n(login\.yaml:.*?)```", text, re.S)[0]
        path = self.work.write("login.yaml", block.replace('"$.user" == "Probe"', '"$.user" == "Somebody"'))
        printed = run("scenario", "run", path, "--var", f"base={self.base}", env=SECRETS).stderr
        def plain(message):
            message = re.sub(r"\S*login\.yaml:\d+", "login.yaml", message)
            message = re.sub(r"run \w+, seed \d+|^ +\d+ \|", "", message, flags=re.M)
            return re.sub(r"--header 'Cookie: \S+' ", "", message).replace(self.base, "http://localhost:8080").strip()
        self.assertEqual(plain(printed), plain(shown))

    def test_every_example_fits_the_schema(self):
        """Each key of the examples is one that the schema knows, where it stands."""
        import yaml
        schema = json.loads(run("scenario", "schema").stdout)

        def fits(value, rule, where):
            if "$ref" in rule:
                rule = schema["$defs"][rule["$ref"].rpartition("/")[2]]
            if "anyOf" in rule:
                problems = [fits(value, one, where) for one in rule["anyOf"]]
                return min(problems, key=len)
            out = []
            types = rule.get("type", [])
            types = types if isinstance(types, list) else [types]
            names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
            if types and names[type(value)] not in types and not (isinstance(value, int) and "number" in types):
                return [f"{where}: {names[type(value)]} is none of {types}"]
            if "enum" in rule and value not in rule["enum"]:
                return [f"{where}: {value}"]
            if isinstance(value, dict):
                for key, item in value.items():
                    more = rule.get("additionalProperties", True)
                    if key in rule.get("properties", {}):
                        out += fits(item, rule["properties"][key], f"{where}.{key}")
                    elif more is False:
                        out.append(f"{where}.{key} is unknown")
                    elif isinstance(more, dict):
                        out += fits(item, more, f"{where}.{key}")
                out += [f"{where}.{key} is missing" for key in rule.get("required", []) if key not in value]
            for index, item in enumerate(value if isinstance(value, list) else []):
                out += fits(item, rule.get("items", {}), f"{where}[{index}]")
            return out

        def as_written(value):
            """This reader takes the key `on` for true."""
            if isinstance(value, dict):
                return {"on" if key is True else key: as_written(item) for key, item in value.items()}
            return [as_written(item) for item in value] if isinstance(value, list) else value

        for path in sorted(EXAMPLES.glob("*.yaml")):
            self.assertEqual(fits(as_written(yaml.safe_load(path.read_text())), schema, path.name), [])
        self.assertEqual(fits({"steps": [{"id": "a", "htp": {}}]}, schema, "x"), ["x.steps[0].htp is unknown"])


class Mistakes(Shop):
    def lint(self, steps, head=""):
        path = self.work.write("wrong.yaml", f"version: 1\nscenario: wrong\n{head}\nsteps:\n{steps}")
        out = run("scenario", "lint", path)
        self.assertEqual(out.returncode, 2, out.stdout)
        return re.sub(r"\S*/wrong\.yaml", "wrong.yaml", out.stderr)

    def test_places_and_hints(self):
        for steps, place, words in [
            ("  - {id: a, http: {url: 'http://x', methd: GET}}\n", "5:37", ["unknown", "method"]),
            ("  - {id: a, http: {url: 'http://x/${ tokn }'}}\n", "5:38", ["tokn is not defined", "did you mean token"]),
            ("  - {id: a, sleep: 1s}\n  - {id: a, sleep: 1s}\n", "6:10", ["there is a step a already"]),
            ("  - {id: Ab, sleep: 1s}\n", "5:10", ["cannot be the id"]),
            ("  - {id: a, sleep: 1x}\n", "5:20", ["1x"]),
            ("  - id: a\n    http: {url: 'http://x'}\n    expect:\n      - statuz == 200\n", "8:9", ["status"]),
            ("  - id: a\n    http: {url: 'http://x'}\n    expect:\n      - jsonpath \"$.[\" == 1\n", "8:21", ["JSONPath"]),
            ("  - id: a\n    http: {url: 'http://x'}\n    expect:\n      - body matches \"a{\" \n      - header \"a: b\" exists\n", "9:9", ["must stand in quotes"]),
            ("  - {id: a, http: {url: 'http://x'}, sleep: 1s}\n", "5:38", ["a step is one thing"]),
            ("  - {id: a}\n", "5:10", ["does nothing"]),
            ("  - id: a\n    when: defined(\n    sleep: 1s\n", "6:19", []),
            ("  - id: a\n    http: {url: 'http://x', auth: {ntlm: {}}}\n", "6:36", ["not supported"]),
            ("  - id: a\n    dns: {name: x, type: BOGUS, server: 127.0.0.1}\n", "6:26", ["BOGUS"]),
        ]:
            with self.subTest(steps=steps):
                text = self.lint(steps, "vars: {token: x}")
                self.assertIn(f"wrong.yaml:{place}: ", text)
                for word in words:
                    self.assertIn(word, text)

    def test_what_is_captured_later_is_not_there_yet(self):
        text = self.lint("""
  - {id: use, http: {url: "http://x/${ later }"}}
  - {id: take, http: {url: "http://x"}, capture: {later: body}}
""")
        self.assertIn("step take captures it", text)
        self.assertIn("wrong.yaml:5:33: the variable x is not defined", self.lint("""  - {id: ask, assert: [variable "x" == 1]}\n"""))
        record, _ = self.scenario("""  - {id: ask, assert: [variable "x" not exists]}\n""")
        self.assertEqual(record["state"], "pass")

    def test_one_branch_cannot_use_what_another_captures(self):
        text = self.lint("""
  - id: both
    parallel:
      - {id: a, http: {url: "http://x"}, capture: {mine: body}}
      - {id: b, http: {url: "http://x/${ mine }"}}
""")
        self.assertIn("mine is not defined", text)

    def test_secrets_are_not_written_in_the_file(self):
        self.assertIn("says where it comes from", self.lint("  - {id: a, sleep: 1s}\n", "secrets: {password: hunter2}"))

    def test_nesting_has_an_end(self):
        steps = "".join("  " * (2 * n + 1) + f"- id: g{n}\n" + "  " * (2 * n + 2) + "group:\n" for n in range(6))
        steps += "  " * 13 + "- {id: x, sleep: 1s}\n"
        self.assertIn("nested at most 5 deep", self.lint(steps))

    def test_flags_that_are_wrong(self):
        path = self.work.write("page.hurl", f"GET {self.base}/page\n")
        for flags, words in [(["--variable", "x"], "--variable x: it should be NAME=VALUE"), (["--secret", "hunter2"], "--secret takes NAME=VALUE"),
                             (["--variables-file", "none"], "cannot read none"), (["--header", "x"], "takes 'Name: value'"),
                             (["--retry", "x"], "takes a whole number"), (["--max-time", "x"], "takes a duration"),
                             (["--repeat", "0"], "0 not in range"), (["--max-filesize", "0"], "0 not in range 1 to 1099511627776"), (["--from-entry", "0"], "0 not in range 1 to"),
                             (["--output", "x"], "x not in"), (["--variable", "newUuid=1"], "conflicts with the function")]:
            with self.subTest(flags=flags):
                out = run("scenario", "run", path, *flags)
                self.assertEqual(out.returncode, 2)
                self.assertIn(words, out.stderr)
                self.assertNotIn("hunter2", out.stderr)


class Outcomes(Shop):
    LOGIN = """
  - id: login
    http:
      method: POST
      url: ${ base }/v1/session
      json: {user: probe, password: "${ password }", seconds: 600}
    expect: [status == 200]
    capture: {token: jsonpath "$.access_token" redact}
"""
    SECRET = "secrets: {password: {env: SHOP_PASSWORD}}"

    def steps(self, record):
        return {step["id"]: step for step in record["steps"]}

    def test_a_failure_shows_its_line_and_the_teardown_runs(self):
        record, out = self.scenario(self.LOGIN + """
  - id: profile
    http: {url: "${ base }/v1/me", auth: {bearer: "${ token }"}}
    expect:
      - status == 200
      - jsonpath "$.user" == "Somebody"
  - {id: never, sleep: 1s}
teardown:
  - id: logout
    http: {method: DELETE, url: "${ base }/v1/session", auth: {bearer: "${ token }"}}
    expect: [status == 204]
""", head=self.SECRET)
        self.assertEqual(out.returncode, 1)
        self.assertEqual((record["state"], record["reason"], record["failed_step"]), ("fail", "expect_unmet", "profile"))
        states = {step["id"]: step["state"] for step in record["steps"]}
        self.assertEqual(states, {"login": "pass", "profile": "fail", "never": "skipped", "logout": "pass"})
        self.assertEqual(self.steps(record)["never"]["skipped"], "earlier failure")
        self.assertIn('test.yaml:18:9: fail: profile: it is string <Probe>, expected string <Somebody>', out.stderr)
        self.assertIn('      - jsonpath "$.user" == "Somebody"\n      |         ^', out.stderr)
        self.assertIn("Authorization: Bearer '\"${token}\"", out.stderr, "the command names the secret")

    def test_the_command_does_the_same(self):
        record, _ = self.scenario("""
  - id: order
    http:
      method: POST
      url: ${ base }/v1/session
      headers: {X-Odd: "it's \\"odd\\" $HOME"}
      json: {user: probe, password: "${ password }"}
    expect: [status == 500]
""", head=self.SECRET)
        command = record["steps"][0]["curl"]
        self.assertNotIn("s3cret", command)
        out = subprocess.run(["sh", "-c", command + " --silent"], capture_output=True, text=True, env={"password": SECRETS["SHOP_PASSWORD"]})
        self.assertIn("access_token", out.stdout, command)

    def test_severity_warns(self):
        record, out = self.scenario("""
  - id: page
    http: {url: "${ base }/page"}
    expect:
      - {line: status == 404, severity: warn}
      - any_of: [status == 404, status == 200]
  - id: other
    severity: warn
    http: {url: "${ base }/missing"}
    expect: [status == 200]
""")
        self.assertEqual((out.returncode, record["state"]), (0, "warn"))
        self.assertEqual([step["state"] for step in record["steps"]], ["warn", "warn"])

    def test_thresholds(self):
        record, out = self.scenario("""
  - id: slow
    http: {url: "${ base }/slow?seconds=0.2"}
    thresholds:
      - {of: total, fail: 100ms}
      - {of: connect, warn: 10s}
      - {of: size, warn_below: 1000}
""")
        self.assertEqual((out.returncode, record["reason"]), (1, "threshold"))
        self.assertEqual([(t["of"], t["level"]) for t in record["steps"][0]["thresholds"]], [("total", "fail"), ("size", "warn")])

    def test_retries_of_what_may_pass(self):
        record, _ = self.scenario("""
  - id: flaky
    http: {url: "${ base }/flaky", query: {key: "${ key }"}}
    retry: {max: 4, on: [5xx], interval: 1ms}
    expect: [status == 200]
""", head="vars: {key: '${ uuid() }'}")
        self.assertEqual((record["state"], len(record["steps"][0]["attempts"])), ("pass", 3))

    def test_what_is_not_idempotent_is_not_sent_twice(self):
        port = free_port()
        count = []

        class Closing(Listener):
            def serve(self, peer):
                count.append(peer.recv(65536).split()[0])
        server = Closing()
        for method in ("POST", "GET"):
            count.clear()
            record, _ = self.scenario(f"""
  - id: order
    http: {{method: {method}, url: "http://127.0.0.1:{server.port}/"}}
""", head="defaults: {retry: {max: 2, on: [reset, connect], interval: 1ms}}")
            self.assertEqual(record["reason"], "closed_processing")
            self.assertEqual(len(count), 1 if method == "POST" else 3)
        self.assertFalse(listens(port))

    def test_what_a_kept_connection_may_have_done_is_not_done_again(self):
        came = []

        class Dying(Listener):
            """Answers the first request of a connection, reads the second and closes."""
            def serve(self, peer):
                came.append(peer.recv(65536).split()[0].decode())
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                again = peer.recv(65536)
                if again:
                    came.append(again.split()[0].decode())
        server = Dying()
        for method, state, wanted in [("POST", "error", ["GET", "POST"]), ("PUT", "pass", ["GET", "PUT", "PUT"])]:
            came.clear()
            record, _ = self.scenario(f"""
  - {{id: first, http: {{url: "http://127.0.0.1:{server.port}/"}}}}
  - {{id: second, http: {{method: {method}, url: "http://127.0.0.1:{server.port}/", text: x}}}}
""")
            self.assertEqual((record["steps"][1]["state"], came), (state, wanted))

    def test_a_connection_that_the_server_closed_meanwhile_is_not_used(self):
        class Impatient(Listener):
            def serve(self, peer):
                peer.recv(65536)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        server = Impatient()
        record, out = self.scenario(f"""
  - {{id: first, http: {{url: "http://127.0.0.1:{server.port}/"}}}}
  - {{id: wait, sleep: 200ms}}
  - {{id: second, http: {{method: POST, url: "http://127.0.0.1:{server.port}/", text: x}}}}
""")
        self.assertEqual(record["state"], "pass", out.stderr)

    def test_a_pin_counts_on_kept_connections_too(self):
        pin = subprocess.run("openssl x509 -in leaf.pem -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64",
                             shell=True, cwd=self.work.folder, capture_output=True, text=True).stdout.strip()
        url = f"https://localhost:{self.secure}/page"
        record, out = self.scenario(f"""
  - {{id: free, http: {{url: "{url}", tls: {{ca: "{self.ca}"}}}}}}
  - {{id: right, http: {{url: "{url}", tls: {{ca: "{self.ca}", pin: "sha256//{pin}"}}}}}}
  - {{id: wrong, http: {{url: "{url}", tls: {{ca: "{self.ca}", pin: "sha256//{'A' * 43}="}}}}}}
""")
        self.assertEqual([step["state"] for step in record["steps"]], ["pass", "pass", "error"], out.stderr)
        self.assertEqual(record["reason"], "certificate_pin")

    def test_a_poll_that_is_aborted(self):
        record, out = self.scenario(self.LOGIN + """
  - id: order
    http:
      method: POST
      url: ${ base }/v1/orders
      auth: {bearer: "${ token }"}
      json: {sku: x, fails: true}
    capture: {id: jsonpath "$.id"}
  - id: wait
    http: {url: "${ base }/v1/orders/${ id }", auth: {bearer: "${ token }"}}
    poll:
      until: [jsonpath "$.state" == "READY"]
      abort_if:
        - jsonpath "$.state" == "FAILED"
      interval: 10ms
""", head=self.SECRET)
        self.assertEqual((record["reason"], record["failed_step"], len(self.steps(record)["wait"]["attempts"])), ("poll_abort", "wait", 3))
        self.assertIn('test.yaml:26:11: fail: wait: poll aborted: string <FAILED>', out.stderr)

    def test_a_poll_that_gives_up(self):
        record, _ = self.scenario("""
  - id: wait
    http: {url: "${ base }/page"}
    poll: {until: [status == 404], interval: 10ms, max_attempts: 3}
""")
        self.assertEqual((record["reason"], len(record["steps"][0]["attempts"])), ("poll_timeout", 3))
        self.assertIn("3 of 3 attempts", record["message"])

    def test_a_token_that_expires_in_a_poll(self):
        record, _ = self.scenario(self.LOGIN.replace("seconds: 600", "seconds: 0.3") + """
  - id: order
    http: {method: POST, url: "${ base }/v1/orders", auth: {bearer: "${ token }"}, json: {sku: x}}
    capture: {id: jsonpath "$.id"}
  - id: wait
    http: {url: "${ base }/v1/orders/${ id }", auth: {bearer: "${ token }"}}
    poll:
      until: [jsonpath "$.state" == "NEVER"]
      abort_if: [status == 401]
      interval: 100ms
""", head=self.SECRET)
        self.assertEqual(record["reason"], "poll_abort")

    def test_groups_loops_calls_and_facts(self):
        self.work.write("rows.csv", "page,first\n1,000001\n2,000003\n")
        self.work.write("parts/one.hurl", "GET {{base}}/items?page={{page}}\nHTTP 200\n[Captures]\nsku: jsonpath \"$.items[0].sku\"\n")
        record, out = self.scenario("""
  - id: rows
    for_each:
      file: rows.csv
      as: row
      steps:
        - id: one
          hurl: {file: parts/one.hurl, with: {base: "${ base }", page: "${ row.page }"}, export: [sku]}
        - id: same
          assert: ['variable "sku" == "${ row.first }"']
  - id: counted
    set: {total: "${ 1 + 2 }", list: [1, "${ sku }"]}
  - id: facts
    assert:
      - variable "total" == 3
      - variable "list" count == 2
  - id: both
    parallel:
      - {id: left, http: {url: "${ base }/slow?seconds=0.3"}}
      - {id: right, http: {url: "${ base }/slow?seconds=0.3"}}
  - id: not-wanted
    when: step("counted").state != "pass"
    sleep: 10s
""")
        self.assertEqual(out.returncode, 0, out.stderr)
        steps = self.steps(record)
        self.assertEqual([s for s in steps if s.startswith("rows")],
                         ["rows", "rows[0]/one", "rows[0]/one/e1", "rows[0]/same", "rows[1]/one", "rows[1]/one/e1", "rows[1]/same"])
        self.assertLess(abs(steps["both/left"]["began"] - steps["both/right"]["began"]), 0.15)
        self.assertEqual(steps["not-wanted"]["skipped"], "when")

    def test_the_same_seed_gives_the_same_values(self):
        steps = '  - {id: random, set: {a: "${ uuid() }", b: "${ rand_int(1, 1000000) }"}}\n'
        values = []
        for seed in (7, 7, 8):
            record, _ = self.scenario(steps, arguments=("--seed", str(seed)))
            values.append([c["value"] for c in record["steps"][0]["captures"]])
        self.assertEqual(values[0], values[1])
        self.assertNotEqual(values[0], values[2])

    def test_connections_are_kept_within_a_run(self):
        record, _ = self.scenario("""
  - {id: one, http: {url: "${ base }/page"}}
  - {id: two, http: {url: "${ base }/page"}}
  - {id: three, http: {url: "${ base }/page", reuse: false}}
""")
        self.assertEqual([s["attempts"][0]["calls"][0]["response"]["reused"] for s in record["steps"]], [False, True, False])

    def test_one_session_of_http_2_for_all_steps(self):
        record, out = self.scenario(f"""
  - id: loop
    for_each:
      in: [1, 2, 3]
      steps:
        - id: page
          http: {{url: "https://localhost:{self.secure}/page", tls: {{ca: "{self.ca}"}}}}
          expect: [status == 200, version == "2", 'xpath "string(//h1)" == "Welcome"']
  - id: upload
    http: {{method: POST, url: "https://localhost:{self.secure}/graphql", tls: {{ca: "{self.ca}"}}, graphql: {{query: "item", variables: {{sku: "1"}}}}}}
    expect: ['jsonpath "$.data.item.sku" == "1"']
  - id: unknown-ca
    http: {{url: "https://localhost:{self.secure}/page"}}
""")
        calls = [step["attempts"][0]["calls"][0]["response"] for step in record["steps"] if step.get("attempts") and step["id"] != "unknown-ca"]
        self.assertEqual([call["reused"] for call in calls], [False, True, True, True], out.stderr)
        self.assertEqual((record["failed_step"], record["reason"]), ("unknown-ca", "tls_verify_unknown_ca"))

    def test_the_deadline_in_the_middle_of_a_transfer(self):
        before = len(self.log())
        record, out = self.scenario("""
  - {id: slow, http: {url: "${ base }/slow?seconds=5"}}
  - {id: never, sleep: 1s}
teardown:
  - {id: clean, http: {method: DELETE, url: "${ base }/v1/session"}}
""", head="schedule: {deadline: 300ms, teardown_deadline: 5s}")
        self.assertEqual((record["reason"], record["failed_step"], out.returncode), ("deadline", "slow", 1))
        self.assertEqual([s["state"] for s in record["steps"]], ["error", "skipped", "pass"])
        self.assertEqual(self.steps(record)["never"]["skipped"], "deadline")
        self.assertIn("DELETE /v1/session", self.log()[before:])

    def test_the_deadline_ends_what_waits(self):
        for step in ["sleep: 5s", 'http: {url: "${ base }/page"}\n    poll: {until: [status == 404], interval: 100ms}',
                     'http: {url: "${ base }/page"}\n    delay: 5s']:
            with self.subTest(step=step):
                record, _ = self.scenario(f"  - id: waits\n    {step}\n", head="schedule: {deadline: 300ms}")
                self.assertEqual((record["state"], record["reason"]), ("error", "deadline"))

    def test_ctrl_c_still_cleans_up(self):
        path = self.work.write("long.yaml", f"""
scenario: long
steps: [{{id: long, sleep: 30s}}]
teardown: [{{id: clean, http: {{method: DELETE, url: "{self.base}/v1/session?interrupted"}}, expect: [status == 204]}}]
""")
        process = subprocess.Popen([VEDETTE, "scenario", "run", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(0.7)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 3)
        self.assertRegex(out, r"pass +clean")

    def test_limits(self):
        class Endless(Listener):
            def serve(self, peer):
                peer.recv(65536)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
                try:
                    while True:
                        peer.sendall(b"x" * 65536)
                except OSError:
                    pass
        server = Endless()
        for steps, head, limit in [
            (f'  - {{id: a, http: {{url: "http://127.0.0.1:{server.port}/"}}}}\n', "", "body"),
            ('  - {id: a, http: {url: "${ base }/page"}}\n  - {id: b, http: {url: "${ base }/page"}}\n', "limits: {requests: 1}", "requests"),
            ('  - {id: a, http: {url: "${ base }/page"}, capture: {x: body}}\n', "limits: {captured_value: 10B}", "captured_value"),
            ('  - {id: a, for_each: {in: [1, 2, 3], max: 2, steps: [{id: b, sleep: 1ms}]}}\n', "", "for_each"),
            ('  - {id: a, for_each: {in: [1, 2, 3], steps: [{id: b, sleep: 1ms}]}}\n', "limits: {steps: 2}", "steps"),
        ]:
            with self.subTest(limit=limit):
                record, _ = self.scenario(steps, head=head)
                findings = [f for step in record["steps"] for f in step.get("findings", [])]
                self.assertEqual((record["reason"], findings[0].get("limit")), ("limit", limit))

    def test_json_as_deep_as_the_sea(self):
        class Deep(Listener):
            def serve(self, peer):
                peer.recv(65536)
                body = b"[" * 100000
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        steps = f'  - {{id: a, http: {{url: "http://127.0.0.1:{Deep().port}/"}}, expect: [LINE]}}\n'
        for line in ("""'jsonpath "$.a" == 1'""", """'body jsonpath "$.a" == 1'"""):
            record, _ = self.scenario(steps.replace("LINE", line))
            self.assertEqual((record["reason"], record["steps"][0]["findings"][0]["limit"]), ("limit", "json_depth"), line)

    def test_what_reading_an_answer_may_cost(self):
        """Each limit with an answer that just fits, and one that does not."""
        def at(name, content):
            self.work.write(f"files/{name}", content)
            return f"${{ base }}/files/{name}"
        cases = [
            ("json_depth", 70, 69, at("d70.json", "[" * 70 + "]" * 70), 'jsonpath "$[0]" exists'),
            ("xml_depth", 70, 69, at("d70.xml", "<a>" * 70 + "</a>" * 70), 'xpath "count(//a)" == 70.0'),
            ("jsonpath_nodes", 5000, 1000, at("many.json", json.dumps([1] * 2000)), 'jsonpath "$..*" count == 2000'),
            ("xpath_operations", 5000, 1000, at("many.xml", "<r>" + "<a/>" * 2000 + "</r>"), 'xpath "count(//a)" == 2000.0'),
        ]
        for limit, enough, too_few, url, line in cases:
            with self.subTest(limit=limit):
                steps = f"  - {{id: a, http: {{url: \"{url}\"}}, expect: ['{line}']}}\n"
                record, out = self.scenario(steps, head=f"limits: {{{limit}: {enough}}}")
                self.assertEqual(record["state"], "pass", out.stderr)
                record, _ = self.scenario(steps, head=f"limits: {{{limit}: {too_few}}}")
                self.assertEqual((record["reason"], record["steps"][0]["findings"][0]["limit"]), ("limit", limit))

    def test_a_body_that_inflates(self):
        packed = gzip.compress(random.Random(1).randbytes(8192) + b"0" * (4 << 20))  # of it some 300 times as many

        class Bomb(Listener):
            def serve(self, peer):
                peer.recv(65536)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)
        steps = f'  - {{id: a, http: {{url: "http://127.0.0.1:{Bomb().port}/"}}, expect: [bytes count > 4194304]}}\n'
        for head, limit in (("", "inflation"), ("limits: {inflation: 1000, inflated: 2MiB}", "inflated")):
            record, _ = self.scenario(steps, head=head)
            self.assertEqual((record["reason"], record["steps"][0]["findings"][0]["limit"]), ("limit", limit))
        record, out = self.scenario(steps, head="limits: {inflation: 1000}")
        self.assertEqual(record["state"], "pass", out.stderr)

    def test_a_server_that_dies(self):
        record, out = self.scenario(f"""
  - {{id: a, http: {{url: "http://127.0.0.1:{free_port()}/"}}}}
teardown:
  - {{id: clean, sleep: 1ms}}
""")
        self.assertEqual((record["reason"], out.returncode, record["teardown"]), ("connect_refused", 1, "pass"))
        self.assertIn("test.yaml:6:26: error: a: ", out.stderr)

        class Silent(Listener):
            def serve(self, peer):
                peer.recv(4096)
        _, out = self.scenario(f'  - {{id: a, http: {{url: "http://127.0.0.1:{Silent().port}/"}}}}\n')
        self.assertIn("  note: no response; run ", out.stderr)

    def test_files_stay_in_their_folder(self):
        record, out = self.scenario('  - {id: a, http: {method: POST, url: "${ base }/jobs", file: ../../../etc/passwd}}\n')
        self.assertEqual((record["reason"], out.returncode), ("local_file", 3))

    def test_reports_for_tools(self):
        path = self.work.write("two.yaml", f"""
scenario: two
steps:
  - {{id: good, http: {{url: "{self.base}/page"}}}}
  - {{id: bad, http: {{url: "{self.base}/page"}}, expect: ['body contains "<&>"']}}
""")
        junit = xml.etree.ElementTree.fromstring(run("scenario", "run", path, "-o", "junit").stdout)
        self.assertEqual([(c.get("name"), len(c)) for c in junit.iter("testcase")], [("good", 0), ("bad", 1)])
        tap = run("scenario", "run", path, "-o", "tap").stdout
        self.assertRegex(tap, r"TAP version 13\n1\.\.2\nok 1 - two: good\nnot ok 2 - two: bad\n")

    def test_written_from_curl_and_from_a_recording(self):
        command = f"curl -sS '{self.base}/v1/session' -H 'Accept: application/json' --data-raw '{{\"user\":\"probe\"}}' --compressed"
        path = self.work.write("from-curl.yaml", run("scenario", "from-curl", command).stdout)
        out = run("scenario", "run", path, "-o", "json")
        self.assertIn("it is 403", out.stdout.replace("integer <403>", "403"))
        har = {"log": {"entries": [
            {"request": {"method": "GET", "url": f"{self.base}/page", "headers": [{"name": "Accept", "value": "*/*"}]},
             "response": {"status": 200, "content": {"mimeType": "text/html"}}},
            {"request": {"method": "GET", "url": f"{self.base}/logo.png", "headers": []},
             "response": {"status": 200, "content": {"mimeType": "image/png"}}}]}}
        recording = self.work.write("recording.har", json.dumps(har))
        path = self.work.write("from-har.yaml", run("scenario", "from-har", recording).stdout)
        record = json.loads(run("scenario", "run", path, "-o", "json").stdout)[0]
        self.assertEqual((record["state"], len(record["steps"])), ("pass", 1))

    def test_fmt_writes_hurl_that_runs(self):
        hurl = self.work.write("login.hurl", run("scenario", "fmt", EXAMPLES / "login.yaml").stdout)
        out = run("scenario", "run", hurl, "--variable", f"base={self.base}", "--secret", "user=probe", "--secret",
                  f"password={SECRETS['SHOP_PASSWORD']}", "-o", "json")
        self.assertEqual(out.returncode, 0, out.stderr)


class Secrets(Shop):
    def forms(self, secret):
        encoded = [base64.b64encode(b"probe:" + secret.encode()).decode(), base64.b64encode(secret.encode()).decode()]
        return [secret, urllib.parse.quote(secret, safe=""), secret.encode().hex(), json.dumps(secret)[1:-1], *encoded]

    def test_nothing_that_is_printed_has_them(self):
        canary = 'cn&ry"<7Q/ z+41'
        steps = """
  - id: login
    http:
      method: POST
      url: ${ base }/v1/session
      query: {p: "${ password }"}
      headers: {X-Secret: "${ password }", X-Coded: "${ b64(password) }"}
      auth: {basic: {user: probe, password: "${ password }"}}
      json: {user: probe, password: "${ password }"}
    expect:
      - status == %d
      - body contains "nothing ${ password }"
      - jsonpath "$.echo" == "x"
"""
        for status in (403, 200):
            for output in ("text", "json", "junit", "tap"):
                _, out = self.scenario(steps % status, head="secrets: {password: {env: CANARY}}", env={"CANARY": canary},
                                       arguments=["--verbose"], output=output)
                for form in self.forms(canary):
                    self.assertNotIn(form, out.stdout + out.stderr)
                self.assertEqual(out.returncode, 1)

    def test_an_agent_keeps_them_too(self):
        canary = "canary-81726354"
        self.work.write("shop.yaml", """
scenario: shop
vars: {base: ""}
secrets: {password: {file: "a}b/canary"}}
steps:
  - id: login
    http: {method: POST, url: "${ base }/v1/session", json: {user: probe, password: "${ password }"}}
    expect: ['jsonpath "$.echo" == "x"', status == 403]
""")
        self.work.write("a}b/canary", canary + "\n")
        agent = self.work.agent(f"checks: [{{name: shop, interval: 1s, scenario: {{file: shop.yaml, vars: {{base: '{self.base}'}}}}}}]")
        agent.wait_for("probe_scenario_state", 2)
        shown = html.unescape(get(agent.url + "/")[2])
        _, checked = agent.api("/shop/run", "POST")
        at_hand = run("check", "--config.file", agent.config, "--verbose")
        self.assertEqual((checked["results"][0]["reason"], at_hand.returncode), ("expect_unmet", 1), at_hand.stderr)
        for text in (shown, at_hand.stdout):
            self.assertIn("shop.yaml:8:15: fail: login: it is string", text)
            self.assertIn("curl: curl --header", text)
        text = shown + json.dumps(checked) + json.dumps(agent.api("")[1]) + json.dumps(agent.api("/shop")[1])
        text += at_hand.stdout + at_hand.stderr + get(agent.url + "/config")[2] + agent.page() + agent.log()
        for form in self.forms(canary):
            self.assertNotIn(form, text)


class Agents(Shop):
    def test_series_of_a_scenario(self):
        flag = self.work.folder / "www" / "flag"
        flag.write_text("on")
        self.work.write("steps.yaml", """
scenario: steps
vars: {base: ""}
steps:
  - id: first
    http: {url: "${ base }/page"}
    expect: [status == 200, 'xpath "string(//h1)" == "Welcome"']
  - id: second
    http: {url: "${ base }/jobs/${ which }"}
    expect: [status < 500]
  - id: third
    http: {url: "${ base }/page"}
teardown:
  - {id: clean, http: {method: DELETE, url: "${ base }/v1/session"}}
""")
        def config(which):
            return f"""checks:
  - name: steps
    interval: 300ms
    scenario: {{file: steps.yaml, vars: {{base: "{self.base}", which: {which}}}}}
"""
        agent = self.work.agent(config("999"))
        agent.wait_for("probe_scenario_success", 0)
        page = agent.page()
        self.assertEqual(value(page, "probe_scenario_failed_step_info", step="second", reason="expect_unmet"), 1)
        self.assertIsNone(value(page, "probe_scenario_step_state", step="third"), "what did not run has no value")
        self.assertEqual(value(page, "probe_scenario_step_state", step="clean", kind="http"), 0)
        self.assertEqual(value(page, "probe_scenario_step_http_status_code", step="second"), 500)
        self.assertEqual(value(page, "probe_scenario_teardown_success"), 1)
        self.assertGreater(value(page, "probe_scenario_step_duration_seconds", step="first", phase="processing"), 0)
        agent.config.write_text(config("abc"))
        agent.signal(signal.SIGHUP)
        agent.wait_for("probe_scenario_success", 1)
        page = agent.page()
        self.assertEqual(value(page, "probe_scenario_step_state", step="third"), 0)
        self.assertIsNone(value(page, "probe_scenario_failed_step_info"))
        self.assertEqual(value(page, "probe_success", check="steps"), 1)

    def test_a_hurl_file_and_an_inline_scenario_as_checks(self):
        self.work.write("page.hurl", "GET {{base}}/page\nHTTP 200\n[Asserts]\nxpath \"string(//h1)\" == \"Welcome\"\n")
        agent = self.work.agent(f"""checks:
  - name: hurl
    interval: 300ms
    scenario: {{file: page.hurl, vars: {{base: "{self.base}"}}}}
  - name: inline
    interval: 300ms
    scenario:
      inline:
        scenario: small
        steps:
          - {{id: page, http: {{url: "{self.base}/page"}}, expect: [status == 200]}}
""")
        agent.wait_for("probe_scenario_success", 1, check="hurl", scenario="page")
        agent.wait_for("probe_scenario_success", 1, check="inline", scenario="small")
        status, _, text = get(agent.url + "/config")
        self.assertEqual(status, 200)
        self.assertIn("page.hurl", text)
        self.assertNotIn("[Asserts]", text)

    def test_secrets_of_a_check(self):
        """By the environment and by files beside the configuration; they count for more than the scenario's own."""
        self.work.write("there/login.hurl", 'POST {{base}}/v1/session\n{"user": "{{user}}", "password": "{{password}}"}\nHTTP 200\n')
        self.work.write("there/login.yaml", """scenario: login
vars: {base: ""}
secrets: {user: {env: SHOP_USER}, password: {file: none}}
steps:
  - {id: a, http: {method: POST, url: "${ base }/v1/session", json: {user: "${ user }", password: "${ password }"}}, expect: [status == 200]}
""")
        self.work.write("pass", SECRETS["SHOP_PASSWORD"] + "\n")
        config = self.work.write("secrets.yml", "checks:\n" + "".join(
            f"  - {{name: {kind}, scenario: {{file: there/login.{kind}, vars: {{base: '{self.base}'}}, secrets: {{{secrets}password: {{file: pass}}}}}}}}\n"
            for kind, secrets in (("hurl", "user: {env: SHOP_USER}, "), ("yaml", ""))))
        out = run("check", "--config.file", config, env=SECRETS)
        self.assertEqual(out.returncode, 0, out.stdout + out.stderr)

    def test_a_changed_scenario_is_a_changed_configuration(self):
        scenario = self.work.write("changing.hurl", f"# @id before\nGET {self.base}/page\n")
        agent = self.work.agent("checks: [{name: changing, interval: 300ms, scenario: {file: changing.hurl}}]",
                                "--config.enable-auto-reload", "--config.auto-reload-interval", "0.2")
        agent.wait_for("probe_scenario_step_state", 0, step="before")
        scenario.write_text(f"# @id after\nGET {self.base}/page\nHTTP abc\n")
        agent.wait_for("probe_scenario_config_error", 1, file=str(scenario))
        self.assertEqual(value(agent.page(), "vedette_config_last_reload_successful"), 0)
        self.assertEqual(value(agent.page(), "probe_scenario_step_state", step="before"), 0)
        scenario.write_text(f"# @id after\nGET {self.base}/page\n")
        agent.wait_for("probe_scenario_step_state", 0, step="after")
        self.assertIsNone(value(agent.page(), "probe_scenario_config_error"))


if __name__ == "__main__":
    unittest.main()
