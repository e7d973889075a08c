"""The kinds icmp, unix, grpc and websocket against real servers, over /probe."""

import socket
import subprocess
import unittest
import urllib.parse
from pathlib import Path

from tests.e2e.support import Workspace, free_port, get, listens, run, samples, value, wait_for

SERVERS = Path(__file__).parent / "servers"


class Kinds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = work = cls.enterClassContext(Workspace())
        cls.ca = work.authority()
        cls.port = {name: free_port() for name in ("grpc", "grpcs", "ws", "wss")}
        tls = [work.folder / "leaf.pem", work.folder / "leaf.key"]
        for name, script, more in (("grpc", "health_over_grpc.py", []), ("grpcs", "health_over_grpc.py", tls),
                                   ("ws", "websocket_echo.py", []), ("wss", "websocket_echo.py", tls)):
            work.process(["/usr/bin/python3", SERVERS / script, str(cls.port[name]), *more], stderr=subprocess.DEVNULL)
        work.write("www/index.html", "hello over unix\n")
        work.nginx("server { listen unix:@FOLDER@/web.sock; } server { listen unix:@FOLDER@/tls.sock ssl; "
                   "ssl_certificate @FOLDER@/leaf.pem; ssl_certificate_key @FOLDER@/leaf.key; }")
        for name, port in cls.port.items():
            wait_for(lambda p=port: listens(p), name)
        wait_for((work.folder / "tls.sock").exists, "nginx")
        tls = f"tls_config: {{ca_file: {cls.ca}}}"
        cls.agent = work.agent(f"""
modules:
  icmp: {{prober: icmp, timeout: 2s, icmp: {{preferred_ip_protocol: ip4}}}}
  icmp6: {{prober: icmp, timeout: 2s, icmp: {{ip_protocol_fallback: false}}}}
  icmp_big: {{prober: icmp, timeout: 2s, icmp: {{preferred_ip_protocol: ip4, payload_size: 3000, ttl: 7}}}}
  icmp_whole: {{prober: icmp, timeout: 2s, icmp: {{preferred_ip_protocol: ip4, payload_size: 65500, dont_fragment: true}}}}
  icmp_source: {{prober: icmp, timeout: 2s, icmp: {{preferred_ip_protocol: ip4, source_ip_address: 192.0.2.9}}}}
  unix: {{prober: unix, timeout: 2s}}
  unix_http:
    prober: unix
    timeout: 2s
    unix: {{query_response: [{{send: "GET / HTTP/1.0\\r\\n\\r"}}, {{expect: "^HTTP/1.1 (200)", labels: [{{name: status, value: $1}}]}}, {{expect: over unix}}]}}
  unix_tls: {{prober: unix, timeout: 2s, unix: {{tls: true, tls_config: {{ca_file: {cls.ca}, server_name: localhost}}}}}}
  unix_tls_no_name: {{prober: unix, timeout: 2s, unix: {{tls: true, {tls}}}}}
  grpc: {{prober: grpc, timeout: 1s, grpc: {{preferred_ip_protocol: ip4}}}}
  grpc_no_section: {{prober: grpc, timeout: 1s}}
  grpc_tls: {{prober: grpc, timeout: 2s, grpc: {{preferred_ip_protocol: ip4, tls: true, {tls}}}}}
  grpc_tls_unknown: {{prober: grpc, timeout: 2s, grpc: {{preferred_ip_protocol: ip4, tls: true}}}}
  grpc_token: {{prober: grpc, timeout: 1s, grpc: {{preferred_ip_protocol: ip4, service: guarded, metadata: {{x-token: [open]}}}}}}
  grpc_bad_key: {{prober: grpc, timeout: 1s, grpc: {{preferred_ip_protocol: ip4, metadata: {{X-Token: [open]}}}}}}
""" + "".join(f"  grpc_{name}: {{prober: grpc, timeout: 1s, grpc: {{preferred_ip_protocol: ip4, service: {name}}}}}\n"
              for name in ("serving", "down", "odd", "slow", "denied", "other", "guarded")) + f"""
  ws: {{prober: websocket, timeout: 1s, websocket: {{preferred_ip_protocol: ip4}}}}
  ws_talk: {{prober: websocket, timeout: 1s, websocket: {{preferred_ip_protocol: ip4, query_response: [{{expect: "^hello (.*)$", send: "you are ${{1}}"}}, {{expect: "^you are (tom|\\\\x00bytes)$"}}]}}}}
  ws_never: {{prober: websocket, timeout: 1s, websocket: {{preferred_ip_protocol: ip4, query_response: [{{expect: never}}]}}}}
  ws_token: {{prober: websocket, timeout: 1s, websocket: {{preferred_ip_protocol: ip4, headers: {{X-Token: {{values: [open]}}}}}}}}
  ws_basic: {{prober: websocket, timeout: 1s, websocket: {{preferred_ip_protocol: ip4, http_config: {{basic_auth: {{username: u, password: p}}}}}}}}
  wss: {{prober: websocket, timeout: 1s, websocket: {{preferred_ip_protocol: ip4, http_config: {{{tls}}}}}}}
""")

    def probe(self, module, target, success, reason=None):
        status, _, page = get(f"{self.agent.url}/probe?" + urllib.parse.urlencode({"module": module, "target": target}))
        self.assertEqual(status, 200)
        reasons = [dict(labels)["reason"] for name, labels in samples(page) if name == "vedette_probe_reason"]
        self.assertEqual((value(page, "probe_success"), reasons), (success, [reason] if reason else []), f"{module} {target}")
        return page

    def test_icmp(self):
        page = self.probe("icmp", "127.0.0.1", 1)
        self.assertGreater(value(page, "probe_icmp_duration_seconds", phase="rtt"), 0)
        self.assertGreater(value(page, "probe_icmp_duration_seconds", phase="setup"), 0)
        self.assertEqual(value(page, "probe_icmp_reply_hop_limit"), 64)
        self.assertEqual(value(self.probe("icmp6", "::1", 1), "probe_ip_protocol"), 6)
        self.probe("icmp_big", "localhost", 1)
        self.probe("icmp_whole", "127.0.0.1", 1)
        self.probe("icmp_source", "127.0.0.1", 0, "source_address")
        for wrong in ("127.0.0.1:80", "http://127.0.0.1/"):
            self.probe("icmp", wrong, 0, "target_invalid")
        page = get(f"{self.agent.url}/probe?module=icmp&target=name.invalid")[2]
        self.assertEqual(value(page, "probe_icmp_duration_seconds", phase="resolve"), 0)
        self.assertIsNone(value(page, "probe_icmp_reply_hop_limit"))

    def test_many_pings_at_once_hear_their_own_replies(self):
        outputs = []
        clients = [subprocess.Popen(["curl", "-s", f"{self.agent.url}/probe?module=icmp_big&target=127.0.0.{i}"],
                                    stdout=subprocess.PIPE, text=True) for i in range(1, 41)]
        for client in clients:
            outputs.append(client.communicate()[0])
        self.assertEqual([value(page, "probe_success") for page in outputs], [1.0] * 40)

    def test_unix(self):
        folder = self.work.folder
        page = self.probe("unix", f"{folder}/web.sock", 1)
        self.assertIsNone(value(page, "probe_ip_protocol"))
        page = self.probe("unix_http", f"{folder}/web.sock", 1)
        self.assertEqual(value(page, "probe_expect_info", status="200"), 1)
        self.assertEqual(value(self.probe("unix_tls", f"{folder}/tls.sock", 1), "probe_tls_version_info"), 1)
        self.probe("unix_tls_no_name", f"{folder}/tls.sock", 0, "tls_verify_name")
        page = self.probe("unix", f"{folder}/none.sock", 0, "connect_failed")
        self.assertIsNone(value(page, "probe_failed_due_to_regex"))
        self.probe("unix", "/" + "x" * 200, 0, "target_invalid")
        left = socket.socket(socket.AF_UNIX)
        left.bind(str(folder / "left.sock"))
        left.close()
        self.probe("unix", f"{folder}/left.sock", 0, "connect_refused")

    def test_grpc(self):
        target = f"127.0.0.1:{self.port['grpc']}"
        page = self.probe("grpc", target, 1)
        self.assertEqual(value(page, "probe_grpc_healthcheck_response", serving_status="SERVING"), 1)
        self.assertEqual(value(page, "probe_grpc_healthcheck_response", serving_status="UNKNOWN"), 0)
        self.assertEqual((value(page, "probe_grpc_status_code"), value(page, "probe_grpc_ssl")), (0, 0))
        self.assertGreater(value(page, "probe_grpc_duration_seconds", phase="check"), 0)
        self.probe("grpc", f"http://{target}", 1)
        self.probe("grpc_no_section", target, 1)
        self.probe("grpc_no_section", f"[::1]:{self.port['grpc']}", 1)
        self.probe("grpc_serving", target, 1)
        page = self.probe("grpc_down", target, 0, "grpc_not_serving")
        self.assertEqual(value(page, "probe_grpc_healthcheck_response", serving_status="NOT_SERVING"), 1)
        self.assertEqual(value(self.probe("grpc_odd", target, 0, "grpc_not_serving"), "probe_grpc_healthcheck_response", serving_status="9"), 1)
        for module, code in (("grpc_denied", 7), ("grpc_other", 5), ("grpc_guarded", 16)):
            page = self.probe(module, target, 0, "grpc_status")
            self.assertEqual(value(page, "probe_grpc_status_code"), code)
            self.assertEqual(value(page, "probe_grpc_healthcheck_response", serving_status="SERVING"), 0)
        self.probe("grpc_token", target, 1)
        self.assertEqual(value(self.probe("grpc_bad_key", target, 0, "settings_invalid"), "probe_grpc_status_code"), 13)
        # The neighbour waits for the answer, however long the timeout is.
        page = get(f"{self.agent.url}/probe?module=grpc_slow&target={target}")[2]
        self.assertEqual((value(page, "probe_success"), value(page, "probe_grpc_status_code")), (0, 4))
        self.assertLess(value(page, "probe_duration_seconds"), 2.5)
        self.assertEqual(value(self.probe("grpc", "127.0.0.1:1", 0, "connect_refused"), "probe_grpc_status_code"), 14)

    def test_grpc_over_tls(self):
        target = f"127.0.0.1:{self.port['grpcs']}"
        page = self.probe("grpc_tls", target, 1)
        self.assertEqual(value(page, "probe_grpc_ssl"), 1)
        self.assertEqual(value(page, "probe_tls_version_info", version="TLS 1.3"), 1)
        self.assertIsNotNone(value(page, "probe_ssl_earliest_cert_expiry"))
        for absent in ("probe_ssl_last_chain_expiry_timestamp_seconds", "probe_tls_cipher_info"):
            self.assertIsNone(value(page, absent))
        self.probe("grpc_tls_unknown", target, 0, "tls_verify_unknown_ca")

    def test_websocket(self):
        base = f"ws://127.0.0.1:{self.port['ws']}"
        page = self.probe("ws", base + "/", 1)
        self.assertEqual((value(page, "probe_websocket_status_code"), value(page, "probe_websocket_connection_upgraded")), (101, 1))
        for phase in ("resolve", "connect", "processing"):
            self.assertGreater(value(page, "probe_websocket_duration_seconds", phase=phase), 0)
        self.probe("ws_talk", base + "/tom", 1)
        self.probe("ws_talk", base + "/binary", 1)
        page = self.probe("ws_talk", base + "/eve", 0, "expect_mismatch")
        self.assertEqual(value(page, "probe_websocket_failed_due_to_regex"), 1)
        # The neighbour's reads know no timeout.
        self.probe("ws_never", base + "/silent", 0, "timeout_dialogue")
        self.probe("ws_never", base + "/close", 0, "closed_dialogue")
        self.probe("ws_never", base + "/big", 0, "websocket_protocol")
        page = self.probe("ws", base + "/forbidden", 0, "websocket_upgrade")
        self.assertEqual((value(page, "probe_websocket_status_code"), value(page, "probe_websocket_connection_upgraded")), (403, 0))
        self.probe("ws", base + "/token", 0, "websocket_upgrade")
        self.probe("ws_token", base + "/token", 1)
        self.probe("ws_basic", base + "/basic", 1)
        page = self.probe("ws", "ws://127.0.0.1:1/", 0, "connect_refused")
        self.assertEqual(value(page, "probe_websocket_status_code"), 0)
        self.assertIsNone(value(page, "probe_websocket_duration_seconds", phase="connect"))
        # What Go cannot parse has none of the families; what it can, those of the lookup and its own.
        self.assertIsNone(value(self.probe("ws", "127.0.0.1:80", 0, "target_invalid"), "probe_websocket_status_code"))
        for wrong in ("http://127.0.0.1/", "ws://u:p@127.0.0.1/", "localhost:80", "x"):
            page = self.probe("ws", wrong, 0, "target_invalid")
            for family in ("probe_websocket_status_code", "probe_websocket_connection_upgraded", "probe_ip_protocol", "probe_dns_lookup_time_seconds"):
                self.assertEqual(value(page, family), 0, wrong)
            self.assertIsNotNone(value(page, "probe_websocket_duration_seconds", phase="resolve"))
        # What the server says as it closes is told.
        out = get(f"{self.agent.url}/probe?module=ws_never&debug=true&target={base}/policy")[2]
        self.assertIn("the server closed the connection: 1008 policy violation: no token", out)
        for target, phases in ((base + "/forbidden", {"resolve", "connect"}), (base + "/close", {"resolve", "connect", "processing"}),
                               (base + "/tom", {"resolve", "connect", "processing", "transfer"})):
            page = get(f"{self.agent.url}/probe?module={'ws_talk' if '/tom' in target else 'ws_never'}&target={target}")[2]
            self.assertEqual({dict(labels)["phase"] for name, labels in samples(page) if name == "probe_websocket_duration_seconds"}, phases)
        # It does not even speak HTTP/1.
        page = get(f"{self.agent.url}/probe?module=ws&target=ws://127.0.0.1:{self.port['grpc']}/")[2]
        self.assertEqual((value(page, "probe_success"), value(page, "probe_websocket_status_code")), (0, 0))

    def test_websocket_over_tls(self):
        target = f"wss://localhost:{self.port['wss']}/"
        self.probe("wss", target, 1)
        self.probe("ws", target, 0, "tls_verify_unknown_ca")


    def test_from_the_command_line(self):
        ca = ["--ca-file", self.ca]
        for passes in (
                ["icmp", "127.0.0.1", "--size", "100", "--ttl", "9", "--assert", "rtt_avg < 1000", "--assert", "loss == 0",
                 "--assert", "hop_limit >= 1", "--assert", 'ip == "127.0.0.1"'],
                ["unix", self.work.folder / "web.sock", "--send", "GET / HTTP/1.0\r\n\r", "--expect", "over unix",
                 "--assert", 'banner startsWith "HTTP/1.1 200"'],
                ["unix", self.work.folder / "tls.sock", "--tls", *ca, "--server-name", "localhost",
                 "--assert", 'tls_version >= "1.2"'],
                ["grpc", f"127.0.0.1:{self.port['grpc']}", "--service", "serving", "--assert", 'serving_status == "SERVING"'],
                ["grpc", f"127.0.0.1:{self.port['grpc']}", "--service", "guarded", "-H", "x-token: open",
                 "--assert", 'serving_status == "SERVING"'],
                ["grpc", f"localhost:{self.port['grpcs']}", "-4", "--tls", *ca, "--assert", 'certificate "Subject" exists'],
                ["websocket", f"ws://127.0.0.1:{self.port['ws']}/?name=tom", "--send", "hello", "--expect", "hello",
                 "--assert", "status == 101", "--assert", "regex /(hello)/ exists"],
                ["websocket", f"ws://127.0.0.1:{self.port['ws']}/token", "-H", "X-Token: open"],
                ["websocket", f"wss://localhost:{self.port['wss']}/", "-4", *ca, "--assert", 'tls_version >= "1.2"']):
            with self.subTest(" ".join(map(str, passes))):
                ran = run(*passes)
                self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        for fails, reason in (
                (["icmp", "127.0.0.1", "--assert", "loss > 0"], "expect_unmet"),
                (["grpc", f"127.0.0.1:{self.port['grpc']}", "--service", "down"], "grpc_not_serving"),
                (["unix", "/nonexistent.sock"], "connect_failed"),
                (["websocket", f"ws://127.0.0.1:{self.port['ws']}/", "--assert", "subprotocol exists"], "expect_unmet")):
            with self.subTest(" ".join(map(str, fails))):
                ran = run(*fails)
                self.assertEqual(ran.returncode, 1, ran.stdout + ran.stderr)
                self.assertIn(reason, ran.stdout)
        for wrong, message in (
                (["unix", "/a.sock", "-4"], "unix takes PATH, not '-4' as well"),
                (["icmp", "127.0.0.1", "--ttl", "many"], "--ttl"),
                (["icmp", "127.0.0.1", "--ttl", "300"], "ttl must be a whole number from 0 to 255"),
                (["grpc", "127.0.0.1", "-H", "novalue"], "takes 'Name: value', not 'novalue'"),
                (["grpc", "127.0.0.1", "--assert", "rcode == 1"], "there is no query rcode"),
                (["websocket", "http://a/"], "not a ws:// or wss:// URL")):
            with self.subTest(" ".join(wrong)):
                ran = run(*wrong)
                self.assertEqual(ran.returncode, 2, ran.stdout + ran.stderr)
                self.assertIn(message, ran.stderr)

    def test_as_steps_of_a_scenario(self):
        steps = self.work.write("steps.yaml", f"""
vars: {{host: 127.0.0.1, service: down}}
steps:
  - id: ping
    icmp: {{host: "${{ host }}", count: 3, interval: 10ms, size: 40}}
    expect: [loss == 0, rtt_max >= 0, 'timing "rtt" >= 0', 'ip == "127.0.0.1"']
    capture: {{hops: hop_limit}}
  - id: socket
    unix: {{path: "{self.work.folder}/web.sock", dialogue: [{{send: "GET / HTTP/1.0\\r\\n\\r"}}, {{expect: over unix}}]}}
    expect: ['banner contains "200"']
  - id: down
    grpc: {{host: "${{ host }}", port: {self.port['grpc']}, service: "${{ service }}"}}
    expect: ['serving_status == "NOT_SERVING"']
  - id: talk
    websocket: {{url: "ws://${{ host }}:{self.port['ws']}/?name=tom", dialogue: [{{send: hello}}, {{expect: hello}}]}}
    expect: [status == 101]
  - id: known
    assert: ['variable "hops" >= 1']
""")
        ran = run("scenario", "run", steps)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        bad = self.work.write("bad.yaml", """
steps:
  - {id: a, unix: {dialogue: [{send: a}]}}
  - {id: b, grpc: {host: a, port: 70000}}
  - {id: c, websocket: {url: "http://a/"}}
  - {id: d, icmp: {host: a, sizes: 3}}
  - {id: e, icmp: {host: a}, expect: [rcode == 1]}
  - {id: f, icmp: }
""")
        ran = run("scenario", "lint", bad)
        self.assertEqual(ran.returncode, 2, ran.stdout + ran.stderr)
        for message in ("unix needs a path", "a port is from 1 to 65535", "it is not a ws:// or wss:// URL",
                        "did you mean size?", "there is no query rcode", "icmp has no value"):
            self.assertIn(message, ran.stderr)


class JsonAndTokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = work = cls.enterClassContext(Workspace())
        cls.port, cls.tokens = free_port(), free_port()
        work.openssl("genrsa", "-out", "sign.key", "2048")
        work.openssl("rsa", "-in", "sign.key", "-pubout", "-out", "sign.pub")
        work.write("www/state.json", '{"status": "ok", "queue": 3, "nodes": [{"up": true}, {"up": false}]}')
        work.write("www/text.txt", "no JSON")
        work.nginx(f"""server {{ listen 127.0.0.1:{cls.port};
            location /guarded {{ if ($http_authorization != "Bearer t0ken-abc") {{ return 401; }} return 200; }} }}""")
        work.process(["/usr/bin/python3", SERVERS / "token_endpoint.py", str(cls.tokens), work.folder / "sign.pub"], stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(cls.tokens), "the token endpoint")
        token = lambda path, more="": (f"{{prober: http, timeout: 2s, http: {{preferred_ip_protocol: ip4, oauth2: {{client_id: me, "
                                       f"token_url: 'http://127.0.0.1:{cls.tokens}/{path}', {more}}}}}}}")
        cel = lambda key, text: f"{{prober: http, timeout: 2s, http: {{preferred_ip_protocol: ip4, {key}: \"{text}\"}}}}"
        cls.agent = work.agent(f"""
modules:
  must: {cel("fail_if_body_json_not_matches_cel", "body.status == 'ok' && body.queue < 10")}
  must_not: {cel("fail_if_body_json_matches_cel", "body.nodes.all(n, n.up)")}
  fails: {cel("fail_if_body_json_not_matches_cel", "body.nodes.all(n, n.up)")}
  fails_too: {cel("fail_if_body_json_matches_cel", "body.queue == 3")}
  missing: {cel("fail_if_body_json_matches_cel", "body.nothing == 3")}
  number: {cel("fail_if_body_json_matches_cel", "body.queue")}
  both: {{prober: http, timeout: 2s, http: {{preferred_ip_protocol: ip4, fail_if_body_not_matches_regexp: [ok], fail_if_body_json_not_matches_cel: "body.queue == 3"}}}}
  secret: {token("basic", "client_secret: s3cret, scopes: [a, b], endpoint_params: {realm: x}")}
  in_form: {token("form", "client_secret: s3cret")}
  wrong: {token("basic", "client_secret: no")}
  odd: {token("odd", "client_secret: s3cret")}
  signed: {token("signed", f"grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', client_certificate_key_file: {work.folder}/sign.key, client_certificate_key_id: k1, claims: {{team: core}}")}
  gone: {{prober: http, http: {{oauth2: {{client_id: me, client_secret: s, token_url: 'http://127.0.0.1:1/'}}}}}}
""")

    probe = Kinds.probe

    def test_expressions(self):
        state = f"http://127.0.0.1:{self.port}/state.json"
        for module in ("must", "must_not", "both"):
            self.assertEqual(value(self.probe(module, state, 1), "probe_failed_due_to_cel"), 0)
        for module in ("fails", "fails_too", "missing", "number"):
            page = self.probe(module, state, 0, "json_mismatch")
            self.assertEqual((value(page, "probe_failed_due_to_cel"), value(page, "probe_failed_due_to_regex")), (1, 0))
        for module in ("must", "must_not"):
            self.assertEqual(value(self.probe(module, state.replace("state.json", "text.txt"), 0, "json_mismatch"), "probe_failed_due_to_cel"), 1)
        self.assertEqual(value(self.probe("must", state + "x", 0, "http_status"), "probe_failed_due_to_cel"), 0)

    def test_tokens(self):
        guarded = f"http://127.0.0.1:{self.port}/guarded"
        for module in ("secret", "in_form", "signed"):
            page = self.probe(module, guarded, 1)
            self.assertEqual(value(page, "probe_http_status_code"), 200)
        for module in ("wrong", "odd"):
            page = self.probe(module, guarded, 0, "http_token")
            self.assertEqual(value(page, "probe_http_status_code"), 0)
        self.probe("gone", guarded, 0, "connect_refused")
        text = get(self.agent.url + "/probe?" + urllib.parse.urlencode({"module": "secret", "target": guarded, "debug": "true"}))[2]
        for hidden in ("s3cret", "t0ken-abc"):
            self.assertNotIn(hidden, text + get(self.agent.url + "/config")[2] + self.agent.log())


if __name__ == "__main__":
    unittest.main()
