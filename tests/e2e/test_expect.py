"""`expect:` lines of HTTP checks against nginx."""

import json
import unittest

from tests.e2e.support import Workspace, free_port, run, value, wait_for


class Expect(unittest.TestCase):
    def setUp(self):
        self.work = self.enterContext(Workspace())
        ca = self.work.authority()
        self.port = free_port()
        self.work.write("www/state.json", '{"state": "READY", "lines": [1, 2], "token": "hush-hush"}')
        self.work.write("www/page.html", "<!doctype html><title>Caf\u00e9</title><ul><li>a<li>b</ul>")
        self.work.nginx(f"""
            server {{ listen 127.0.0.1:{self.port} ssl http2; ssl_certificate @FOLDER@/leaf.pem; ssl_certificate_key @FOLDER@/leaf.key;
              types {{ text/html html; application/json json; }} charset utf-8;
              location /state.json {{ add_header Set-Cookie "session=abc; Path=/; Secure; Max-Age=60"; add_header X-Many a; add_header X-Many b; }}
              location /moved {{ return 301 /state.json; }} location /gone {{ return 410 gone; }} }}""")
        self.tls = f"tls_config: {{ca_file: {ca}}}, preferred_ip_protocol: ip4"

    def check(self, path, *lines, more=""):
        config = self.work.write("vedette.yml", f"""
checks:
  - name: it
    kind: http
    target: https://localhost:{self.port}{path}
    http:
      {{{self.tls}{more}, expect: {json.dumps(lines)}}}
""")
        out = run("check", "--config.file", config, "--output", "json")
        self.assertEqual(out.stderr, "")
        return json.loads(out.stdout)[0], out.returncode

    def test_lines_that_hold(self):
        result, code = self.check(
            "/moved", "status == 200", 'version == "2"', 'url endsWith "/state.json"', 'header "content-type" startsWith "application/json"',
            'header "X-Many" count == 2', 'cookie "session" == "abc"', 'cookie "session[Secure]" exists', 'cookie "session[Max-Age]" == 60',
            'jsonpath "$.state" == "READY"', 'jsonpath "$.lines" count == 2', 'jsonpath "$.lines[?@ > 1]" == 2', 'body contains "READY"',
            "regex /\"state\": \"(\\w+)\"/ == \"READY\"", "bytes count == 57", "duration < 30000", 'ip == "127.0.0.1"', "redirects count == 1",
            'redirects nth 0 location endsWith "/state.json"', 'certificate "Subject" contains "localhost"',
            'certificate "Subject-Alt-Name" contains "DNS:localhost"', 'certificate "Expire-Date" daysAfterNow between 18 20',
            'certificate "Start-Date" daysBeforeNow <= 1')
        self.assertEqual((result["verdict"], code), ("pass", 0), result)
        result, _ = self.check("/page.html", 'xpath "string(//title)" == "Caf\u00e9"', 'xpath "//li" count == 2', 'xpath "//nav" not exists')
        self.assertEqual(result["verdict"], "pass", result)

    def test_a_line_about_the_status_takes_the_place_of_2xx(self):
        self.assertEqual(self.check("/gone", "status == 410", 'body == "gone"')[0]["verdict"], "pass")
        self.assertEqual(self.check("/gone", 'body == "gone"')[0]["reason"], "http_status")

    def test_all_lines_that_do_not_hold_are_told(self):
        result, code = self.check("/state.json", "status == 201", 'jsonpath "$.state" == "DONE"', 'jsonpath "$.lines" count == 2', "header \"X-None\" exists")
        self.assertEqual((result["reason"], code), ("expect_unmet", 1))
        self.assertEqual(result["message"], "status == 201: it is integer <200>, expected integer <201> (and 2 more)")
        self.assertEqual(result["evidence"]["facts"]["unmet"], [
            "status == 201: it is integer <200>, expected integer <201>",
            'jsonpath "$.state" == "DONE": it is string <READY>, expected string <DONE>',
            'header "X-None" exists: it is none, expected something'])

    def test_one_of_several(self):
        config = self.work.write("vedette.yml", f"""
checks:
  - name: it
    kind: http
    target: https://localhost:{self.port}/state.json
    http:
      {self.tls.replace(', ', chr(10) + '      ')}
      expect:
        - any_of:
            - jsonpath "$.state" == "DONE"
            - jsonpath "$.state" == "READY"
        - any_of: [status == 500, 'header "X-None" exists']
""")
        out = run("check", "--config.file", config, "--output", "json")
        result = json.loads(out.stdout)[0]
        self.assertEqual(result["message"], 'status == 500: it is integer <200>, expected integer <500>; header "X-None" exists: it is none, expected something')

    def test_secrets_of_the_check_are_not_shown(self):
        result, _ = self.check("/state.json", 'cookie "session" toInt == 1', 'header "Set-Cookie" == "x"', 'cookie "session[Max-Age]" == 5')
        self.assertEqual(result["evidence"]["facts"]["unmet"], [
            'cookie "session" toInt == 1: it is not so (values of cookies are not shown)',
            'header "Set-Cookie" == "x": it is not so (values of cookies are not shown)',
            'cookie "session[Max-Age]" == 5: it is integer <60>, expected integer <5>'])
        result, _ = self.check("/state.json", 'jsonpath "$.token" == "other"', more=", bearer_token: hush-hush")
        self.assertEqual(result["reason"], "expect_unmet")
        self.assertNotIn("hush-hush", json.dumps(result))

    def run_check(self, kind, target, settings, *lines):
        config = self.work.write("vedette.yml", f"""
checks:
  - {{name: it, kind: {kind}, target: "{target}", {kind}: {{{settings}, expect: {json.dumps(lines)}}}}}
""")
        out = run("check", "--config.file", config, "--output", "json")
        self.assertEqual(out.stderr, "")
        return json.loads(out.stdout)[0]

    def test_dns(self):
        port = self.work.nsd("a.example", "@ SOA ns mail 1 2 3 4 5\n NS ns\nns A 127.0.0.1\nwww 300 A 192.0.2.1\nwww 300 A 192.0.2.2\nwww 300 MX 10 ns\n")
        holds = self.run_check("dns", f"127.0.0.1:{port}", "query_name: www.a.example, query_type: A", 'rcode == "NOERROR"', "answers count == 2",
                               'answers jsonpath "$[*].data" contains "192.0.2.2"', 'answers jsonpath "$[0].name" == "www.a.example."',
                               'answers jsonpath "$[*].ttl" not contains 0', 'flags contains "aa"', 'flags not contains "tc"', "size < 512",
                               'ip == "127.0.0.1"', 'timing "request" < 10000')
        self.assertEqual(holds["verdict"], "pass", holds)
        fails = self.run_check("dns", f"127.0.0.1:{port}", "query_name: www.a.example, query_type: MX", 'answers jsonpath "$[0].data" == "20 ns.a.example."')
        self.assertEqual((fails["reason"], fails["message"]), (
            "expect_unmet", 'answers jsonpath "$[0].data" == "20 ns.a.example.": it is string <10 ns.a.example.>, expected string <20 ns.a.example.>'))

    def test_tls_and_tcp(self):
        lines = ('tls_version >= "1.2"', 'certificate "Issuer" contains "e2e CA"', 'certificate "Expire-Date" daysAfterNow between 18 20', 'cipher startsWith "TLS_"',
                 'timing "tls" > 0', 'chain first jsonpath "$.issuer" contains "e2e CA"', 'chain jsonpath "$[0].not_after" daysAfterNow > 18',
                 'chain jsonpath "$[0].dns_names" contains "localhost"', 'chain jsonpath "$[0].key_type" == "EC"', "chain count == 1")
        holds = self.run_check("tls", f"localhost:{self.port}", f"{self.tls}, alpn: [h2]", 'alpn == "h2"', *lines)
        self.assertEqual(holds["verdict"], "pass", holds)
        fails = self.run_check("tls", f"localhost:{self.port}", f"{self.tls}", 'alpn exists', 'tls_version == "1.0"')
        self.assertEqual(fails["message"], "alpn exists: it is none, expected something (and 1 more)")
        fails = self.run_check("tls", f"localhost:{self.port}", f"{self.tls}", 'chain jsonpath "$[?@.key_bits > 256]" exists')
        self.assertEqual(fails["reason"], "expect_unmet", fails)
        request = 'tls: true, query_response: [{send: "GET /gone HTTP/1.0\\r\\n\\r"}, {expect: "^Server"}]'
        holds = self.run_check("tcp", f"localhost:{self.port}", f"{self.tls}, {request}", 'banner == "HTTP/1.1 410 Gone"', "regex /Server: (\\w+)/ == \"nginx\"", *lines)
        self.assertEqual(holds["verdict"], "pass", holds)
        fails = self.run_check("tcp", f"localhost:{self.port}", f"{self.tls}, {request}", 'banner contains "200"')
        self.assertEqual((fails["reason"], fails["message"]), ("expect_unmet", 'banner contains "200": it is string <HTTP/1.1 410 Gone>, expected contains string <200>'))

    def test_the_agent_exports_the_reason(self):
        agent = self.work.agent(f"""
checks:
  - {{name: it, kind: http, target: "https://localhost:{self.port}/state.json", interval: 1s, http: {{{self.tls}, expect: [status == 500]}}}}
""")
        wait_for(lambda: value(agent.page(), "vedette_check_failures_total", reason="expect_unmet"), "a failure")


if __name__ == "__main__":
    unittest.main()
