"""The texts of DNS records of all types that NSD serves, as Vedette and Debian's blackbox_exporter (0.23) show them to patterns."""

import json
import re
import subprocess
import unittest
import urllib.parse

from tests.e2e.support import Workspace, free_port, get, listens, run, wait_for

PEER = "/usr/bin/prometheus-blackbox-exporter"
ZONE = r"""
@ 300 SOA ns hostmaster 2024010101 7200 3600 1209600 3600
@ NS ns
ns A 127.0.0.1
a A 192.0.2.1
aaaa AAAA 2001:db8:0:1:0:0:0:1
cname CNAME a
dname DNAME b.example.
mx MX 10 mail
txt TXT "hello world" "quo\"te" "back\\slash" "semi;colon" "\200\001"
empty TXT ""
hinfo HINFO "PC" "Linux 5"
srv SRV 1 2 443 srv
caa CAA 0 issue "letsencrypt.org; validationmethods=dns-01"
caa CAA 128 iodef "mailto:x@example.com"
naptr NAPTR 100 50 "s" "SIP+D2U" "!^.*$!sip:x@example.com!" _sip._udp
tlsa TLSA 3 1 1 0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef
ds DS 12345 8 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
cds CDS 12345 8 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
dnskey DNSKEY 256 3 8 AwEAAcbWkUMRHyWvPb1Vcrj4wPmf0vQh8Ro7qEwKVbQfhYsK2T8nCvuH
sshfp SSHFP 4 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
https HTTPS 1 . alpn="h2,h3" ipv4hint="1.2.3.4" ipv6hint="2001:db8::1"
alias HTTPS 0 svc
svcb SVCB 16 svc port=8443 mandatory=port alpn=h2
loc LOC 51 30 12.748 N 0 7 39.612 W 0.00m 10m 100m 10m
rp RP mbox txt
afsdb AFSDB 1 db
ptr PTR host
uri URI 10 1 "https://example.com/path"
openpgpkey OPENPGPKEY AQIDBAUG
smimea SMIMEA 3 0 0 0102030405
cert CERT PKIX 12345 RSASHA256 AQIDBAUG
eui48 EUI48 00-11-22-33-44-55
eui64 EUI64 00-11-22-33-44-55-66-77
nid NID 10 0014:4fff:ff20:ee64
l32 L32 10 10.1.2.0
l64 L64 10 2001:0DB8:1140:1000
lp LP 10 l64
csync CSYNC 66 3 A NS AAAA
x25 X25 311061700956
rt RT 10 rt
kx KX 10 kx
apl APL 1:192.168.32.0/21 !1:192.168.38.0/28
dhcid DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=
nsec3param NSEC3PARAM 1 0 12 aabbccdd
UPPER A 192.0.2.10
odd\.name A 192.0.2.9
unknown TYPE65280 \# 2 0a0b
"""


def questions():
    """Name and type of each line; a type that blackbox_exporter cannot ask for is asked as ANY."""
    for line in ZONE.strip().splitlines():
        name = line.split()[0]
        kind = re.search(r" ([A-Z][A-Z0-9]*)\b", line)[1]
        yield ("" if name == "@" else name + ".") + "a.example", "ANY" if kind.startswith("TYPE") else kind


class Records(unittest.TestCase):
    maxDiff = None

    def test_each_record_has_the_same_text(self):
        with Workspace() as work:
            server, peer = work.nsd("a.example", ZONE), free_port()
            asked = sorted(set(questions()))
            # What is looked at by patterns is in the neighbour's log.
            validate = "".join(f", validate_{section}_rrs: {{fail_if_matches_regexp: [zzzz]}}" for section in ("answer", "authority", "additional"))
            config = work.write("modules.yml", "modules:\n" + "".join(
                f"  m{i}: {{prober: dns, timeout: 5s, dns: {{query_name: '{name}', query_type: {kind}, preferred_ip_protocol: ip4{validate}}}}}\n"
                for i, (name, kind) in enumerate(asked)))
            checks = work.write("checks.yml", "checks:\n" + "".join(
                f"  - {{name: m{i}, kind: dns, target: '127.0.0.1:{server}', dns: {{query_name: '{name}', query_type: {kind}}}}}\n"
                for i, (name, kind) in enumerate(asked)))
            work.process([PEER, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{peer}", "--log.level=error"], stderr=subprocess.DEVNULL)
            wait_for(lambda: listens(peer), "blackbox_exporter")
            results = json.loads(run("check", "--config.file", checks, "--output", "json").stdout)
            for i, (name, kind) in enumerate(asked):
                with self.subTest(name=name, type=kind):
                    facts = results[i]["evidence"]["facts"]
                    ours = facts["answer"] + facts["authority"] + facts["additional"]
                    query = urllib.parse.urlencode({"module": f"m{i}", "target": f"127.0.0.1:{server}", "debug": "true"})
                    log = get(f"http://127.0.0.1:{peer}/probe?{query}")[2]
                    theirs = [json.loads(f'"{text}"') for text in re.findall(r'msg="Validating RR" rr="((?:[^"\\]|\\.)*)"', log)]
                    self.assertTrue(theirs)
                    self.assertEqual(ours, theirs)


if __name__ == "__main__":
    unittest.main()
