"""--web.config.file: TLS, client certificates, users, headers and rate, in the format of Prometheus' exporter toolkit."""

import subprocess
import unittest

from tests.e2e.support import P256, VEDETTE, Workspace, free_port, listens, run, wait_for

# Of s3cret, with a cost of 10.
HASH = "$2b$10$T9FDBFjwlolBLCxv48BfUOAoP6SkIRFV1S5kyMdF3/8Qz7DZtY8M6"


class WebConfig(unittest.TestCase):
    def setUp(self):
        self.work = self.enterContext(Workspace())
        self.config = self.work.write("blackbox.yml", "modules: {tcp: {prober: tcp}}\n")

    def start(self, web):
        self.web = self.work.write("web.yml", web)
        self.port = free_port()
        self.log = self.work.folder / "agent.log"
        self.work.process([VEDETTE, "agent", "--config.file", self.config, "--web.config.file", self.web,
                           "--web.listen-address", f"127.0.0.1:{self.port}"], stderr=self.log.open("w"))
        wait_for(lambda: listens(self.port), "the agent")

    def curl(self, *arguments, scheme="http", path="/-/healthy"):
        out = subprocess.run(["curl", "-s", "-m", "10", "-w", "%{http_code}", *map(str, arguments), f"{scheme}://127.0.0.1:{self.port}{path}"],
                             capture_output=True, text=True)
        return out.stdout

    def test_users(self):
        self.start(f"basic_auth_users: {{me: '{HASH}'}}\n")
        self.assertEqual(self.curl(), "Unauthorized\n401")
        self.assertIn("WWW-Authenticate: Basic", self.curl("-i"))
        for user, wanted in (("me:s3cret", "200"), ("me:wrong", "401"), ("you:s3cret", "401"), ("me:", "401"), ("me:s3cret", "200")):
            self.assertTrue(self.curl("-u", user).endswith(wanted), user)
        self.assertTrue(self.curl("-H", "Authorization: Basic !!!").endswith("401"))
        # Everything is covered.
        for path in ("/metrics", "/probe?target=x", "/config", "/"):
            self.assertTrue(self.curl(path=path).endswith("401"), path)
        self.assertIn("in clear text", self.log.read_text())
        self.assertNotIn("s3cret", self.log.read_text())

    def test_tls_and_a_change(self):
        ca = self.work.authority()
        self.start("tls_server_config: {cert_file: leaf.pem, key_file: leaf.key}\nhttp_server_config: {headers: {X-Frame-Options: deny}}\n")
        self.assertEqual(self.curl("--cacert", ca, scheme="https"), "Healthy\n200")
        self.assertIn("X-Frame-Options: deny", self.curl("-i", "--cacert", ca, scheme="https"))
        self.assertEqual(self.curl(), "Client sent an HTTP request to an HTTPS server.\n400")
        self.assertTrue(self.curl("--cacert", ca, "--tls-max", "1.1", scheme="https").endswith("000"))
        # A file that is wrong changes nothing; one that is right does.
        self.web.write_text("basic_auth_users: {me: plain}\n")
        self.assertEqual(self.curl("--cacert", ca, scheme="https"), "Healthy\n200")
        self.assertIn("the old one stays in force", self.log.read_text())
        self.web.write_text(f"basic_auth_users: {{me: '{HASH}'}}\n")
        self.assertEqual(self.curl(), "Unauthorized\n401")

    def test_client_certificates(self):
        ca = self.work.authority()
        self.work.leaf("client", P256)
        self.start("tls_server_config: {cert_file: leaf.pem, key_file: leaf.key, client_ca_file: ca.pem, "
                   "client_auth_type: RequireAndVerifyClientCert, client_allowed_sans: [localhost]}\n")
        mine = ("--cert", self.work.folder / "client.pem", "--key", self.work.folder / "client.key")
        self.assertEqual(self.curl("--cacert", ca, *mine, scheme="https"), "Healthy\n200")
        self.assertTrue(self.curl("--cacert", ca, scheme="https").endswith("000"))
        self.web.write_text(self.web.read_text().replace("[localhost]", "[other.example]"))
        self.assertTrue(self.curl("--cacert", ca, *mine, scheme="https").endswith("000"))

    def test_rate(self):
        self.start("rate_limit: {interval: 1h, burst: 3}\n")
        self.assertEqual([self.curl()[-3:] for _ in range(5)], ["200", "200", "200", "429", "429"])

    def test_what_is_weak_or_wrong_is_refused(self):
        self.work.authority()
        for text, message in (("basic_auth_users: {me: plain}", "the password must be a bcrypt hash"),
                              (f"basic_auth_users: {{me: '{HASH.replace('$10$', '$03$')}'}}", "the password must be a bcrypt hash"),
                              ("tls_server_config: {cert_file: leaf.pem}", "TLS needs a cert_file and a key_file"),
                              ("tls_server_config: {cert_file: leaf.pem, key_file: ca.key}", "not that of the certificate"),
                              ("tls_server_config: {cert_file: leaf.pem, key_file: leaf.key, min_version: TLS10}", "TLS10 is broken"),
                              ("tls_server_config: {cert_file: leaf.pem, key_file: leaf.key, client_auth_type: RequireAnyClientCert}", "would accept any"),
                              ("tls_server_config: {cert_file: leaf.pem, key_file: leaf.key, cipher_suites: [TLS_NONSENSE]}", "is not a cipher suite"),
                              ("tls_server_config: {cert_file: leaf.pem, key_file: leaf.key, curve_preferences: [X]}", "is not a curve"),
                              ("http_server_config: {headers: {X-Other: a}}", "cannot be set"), ("rate_limit: {burst: x}", "burst must be a whole number"),
                              ("basic_auth_user: {}", "did you mean basic_auth_users?")):
            with self.subTest(text=text):
                web = self.work.write("bad.yml", text + "\n")
                out = run("agent", "--config.file", self.config, "--web.config.file", web, "--config.check")
                self.assertEqual(out.returncode, 1, out.stderr)
                self.assertIn(message, out.stderr)
                self.assertEqual(run("agent", "--config.file", self.config, "--web.config.file", web, "--web.listen-address", "127.0.0.1:0").returncode, 1)


if __name__ == "__main__":
    unittest.main()
