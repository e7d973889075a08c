"""From plain text to TLS with Postfix and PostgreSQL: blackbox_exporter's dialogues beside it, and Vedette's own `starttls`."""

import grp
import os
import pwd
import subprocess
import unittest
import urllib.parse
from pathlib import Path

from tests.e2e.support import Workspace, free_port, get, listens, run, value, wait_for

PEER = "/usr/bin/prometheus-blackbox-exporter"
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]


def postgres(work, port):
    """A PostgreSQL cluster with TLS. It refuses to run as root."""
    data = work.folder / "postgres"
    data.mkdir()
    as_user = []
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(data, user.pw_uid, user.pw_gid)
        as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    subprocess.run([*as_user, POSTGRES / "initdb", "-D", data, "-A", "trust", "--no-sync", "-U", "postgres"], check=True,
                   capture_output=True, cwd="/")
    for name in ("leaf.pem", "leaf.key"):
        copy = data / name
        copy.write_bytes((work.folder / name).read_bytes())
        copy.chmod(0o600)
        if as_user:
            os.chown(copy, user.pw_uid, user.pw_gid)
    settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "ssl": "on", "ssl_cert_file": "leaf.pem",
                "ssl_key_file": "leaf.key", "fsync": "off"}
    flags = [part for name, setting in settings.items() for part in ("-c", f"{name}={setting}")]
    work.process([*as_user, POSTGRES / "postgres", "-D", data, *flags], cwd="/", stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    wait_for(lambda: listens(port), "PostgreSQL")


def postfix(work, port):
    """A Postfix instance of its own that speaks SMTP on one port."""
    folder = work.folder / "postfix"
    for part in ("etc", "spool", "data"):
        (folder / part).mkdir(parents=True)
    os.chown(folder / "data", pwd.getpwnam("postfix").pw_uid, grp.getgrnam("postfix").gr_gid)
    os.chmod(work.folder / "leaf.key", 0o600)
    (folder / "etc/main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = /dev/stdout
maillog_file_prefixes = /dev/stdout
myhostname = mail.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
smtpd_tls_security_level = may
smtpd_tls_cert_file = {work.folder}/leaf.pem
smtpd_tls_key_file = {work.folder}/leaf.key
""")
    (folder / "etc/master.cf").write_text(f"""
127.0.0.1:{port} inet n - n - - smtpd
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
""")
    subprocess.run(["/usr/sbin/postfix", "-c", folder / "etc", "check"], check=True, capture_output=True)
    work.process(["/usr/lib/postfix/sbin/master", "-c", folder / "etc", "-d"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: listens(port), "Postfix")


class StartTls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = work = cls.enterClassContext(Workspace())
        cls.smtp, cls.sql, cls.peer = (free_port() for _ in range(3))
        cls.ca = work.authority()
        postgres(work, cls.sql)
        cls.has_postfix = os.getuid() == 0 and Path("/usr/sbin/postfix").exists()
        if cls.has_postfix:
            postfix(work, cls.smtp)
        tls = f"tls_config: {{ca_file: {cls.ca}, server_name: localhost}}"
        dialogue = f"""
  smtp:
    prober: tcp
    timeout: 5s
    tcp:
      preferred_ip_protocol: ip4
      {tls}
      query_response:
        - expect: "^220 ([^ ]+) ESMTP (.+)$"
        - send: "EHLO prober\\r"
        - expect: "^250-STARTTLS"
        - send: "STARTTLS\\r"
        - expect: "^220"
        - starttls: true
        - send: "EHLO prober\\r"
        - expect: "^250-PIPELINING"
        - send: "QUIT\\r"
"""
        both = work.write("both.yml", f"modules:{dialogue}")
        # expect_bytes is younger than Debian's blackbox_exporter.
        cls.ours = work.write("ours.yml", f"""modules:{dialogue}
  postgres:
    prober: tcp
    timeout: 5s
    tcp:
      preferred_ip_protocol: ip4
      {tls}
      query_response:
        - {{send: !!binary AAAACATSFi8=}}
        - {{expect_bytes: S}}
        - {{starttls: true}}
""")
        work.process([PEER, f"--config.file={both}", f"--web.listen-address=127.0.0.1:{cls.peer}", "--log.level=error"],
                     stderr=subprocess.DEVNULL)
        cls.agent = work.agent(cls.ours)
        wait_for(lambda: listens(cls.peer), "blackbox_exporter")

    def page(self, base, module, port):
        return get(f"{base}/probe?" + urllib.parse.urlencode({"module": module, "target": f"127.0.0.1:{port}"}))[2]

    def need_postfix(self):
        if not self.has_postfix:
            self.skipTest("Postfix is not installed, or nobody is root to start it")

    def test_postfix_with_a_dialogue_beside_blackbox_exporter(self):
        self.need_postfix()
        ours = self.page(self.agent.url, "smtp", self.smtp)
        theirs = self.page(f"http://127.0.0.1:{self.peer}", "smtp", self.smtp)
        for name in ("probe_success", "probe_failed_due_to_regex", "probe_ssl_earliest_cert_expiry", "probe_ssl_last_chain_info",
                     "probe_ssl_last_chain_expiry_timestamp_seconds", "probe_tls_version_info"):
            self.assertIsNotNone(value(ours, name), name)
            self.assertEqual(value(ours, name), value(theirs, name), name)
        self.assertEqual(value(ours, "probe_success"), 1)

    def test_postgresql_with_a_dialogue(self):
        page = self.page(self.agent.url, "postgres", self.sql)
        self.assertEqual(value(page, "probe_success"), 1, page)
        self.assertEqual(value(page, "probe_failed_due_to_bytes"), 0)
        self.assertEqual(value(page, "probe_tls_version_info", version="TLS 1.3"), 1)

    def check_starttls(self, protocol, port):
        out = run("tls", f"127.0.0.1:{port}", "--starttls", protocol, "--ca-file", self.ca)
        self.assertEqual(out.returncode, 0, out.stdout + out.stderr)
        refused = run("tls", f"127.0.0.1:{port}", "--starttls", protocol)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("tls_verify", refused.stdout)

    def test_lines_about_the_banner_of_postfix(self):
        self.need_postfix()
        for line, code in (("banner startsWith \"220 mail.example\"", 0), ("banner contains \"Exim\"", 1)):
            config = self.work.write("lines.yml", f"checks: [{{name: mail, kind: tcp, target: '127.0.0.1:{self.smtp}', tcp: {{expect: ['{line}']}}}}]\n")
            self.assertEqual(run("check", "--config.file", config).returncode, code)

    def test_starttls_of_tls_checks_with_postfix(self):
        self.need_postfix()
        self.check_starttls("smtp", self.smtp)

    def test_starttls_of_tls_checks_with_postgresql(self):
        self.check_starttls("postgres", self.sql)


if __name__ == "__main__":
    unittest.main()
