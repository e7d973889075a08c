"""The configurations that are reloaded in turn: A, B, and a broken one. The core checks are the same in all."""

CORE_INTERVAL = 1.0  # seconds

CORE = """
  - name: core-http
    kind: http
    target: http://127.0.0.1:{relay[core-http]}/
    http: {{fail_if_body_not_matches_regexp: [fine]}}
  - name: core-https
    kind: http
    target: https://127.0.0.1:{relay[core-https]}/
    http: {{tls_config: {{ca_file: {ca}}}}}
  - name: core-dns
    kind: dns
    target: 127.0.0.1:{relay[core-dns]}
    dns: {{query_name: www.soak.example, query_type: A}}
  - name: core-tcp
    kind: tcp
    target: 127.0.0.1:{relay[core-tcp]}
    tcp: {{query_response: [{{send: "GET / HTTP/1.0\\r\\n\\r"}}, {{expect: "^HTTP/1.1 200"}}]}}
  - name: core-tls
    kind: tls
    target: 127.0.0.1:{relay[core-tls]}
    tls: {{tls_config: {{ca_file: {ca}}}, names: [localhost]}}
  - {{name: core-grpc, kind: grpc, target: "127.0.0.1:{relay[core-grpc]}", grpc: {{service: serving}}}}
  - name: core-websocket
    kind: websocket
    target: ws://127.0.0.1:{relay[core-websocket]}/tom
    websocket: {{query_response: [{{expect: "^hello (.*)$", send: "you are ${{1}}"}}, {{expect: "^you are tom$"}}]}}
  - name: core-unix
    kind: unix
    target: {socket}
    unix: {{query_response: [{{send: "GET / HTTP/1.0\\r\\n\\r"}}, {{expect: fine}}]}}
  - name: core-scenario
    scenario:
      inline:
        scenario: core
        schedule: {{deadline: 800ms}}
        steps:
          - id: page
            http: {{url: "http://127.0.0.1:{relay[core-scenario]}/"}}
            expect: [status == 200]
          - id: items
            http: {{url: "http://127.0.0.1:{port[web]}/shop/items"}}
            expect: ['jsonpath "$.items" count == 2']
"""

# They keep an agent busy until their deadline, and are in flight when a reload comes.
HOSTILE = """
  - {{name: hostile-silent, kind: http, target: "http://127.0.0.1:{hostile[silent]}/", interval: 3s, timeout: 2s}}
  - {{name: hostile-drip, kind: http, target: "http://127.0.0.1:{hostile[drip]}/", interval: 3s, timeout: 2s}}
  - name: hostile-lines
    kind: tcp
    target: 127.0.0.1:{hostile[lines]}
    interval: 5s
    timeout: 500ms
    tcp: {{query_response: [{{expect: "^welcome"}}]}}
  - {{name: hostile-body, kind: http, target: "http://127.0.0.1:{hostile[body]}/", interval: 5s, timeout: 500ms}}
"""

ONLY_A = """
  - name: removed-http
    kind: http
    targets: ["http://127.0.0.1:{port[web]}/", "http://127.0.0.1:{port[web]}/missing"]
    interval: 300ms
    timeout: 250ms
  - name: removed-in-flight
    kind: http
    target: http://127.0.0.1:{hostile[silent]}/a
    interval: 500ms
    timeout: 400ms
  - name: changed
    kind: http
    target: http://www.soak.example:{port[web]}/
    interval: 400ms
    timeout: 300ms
    http: {{preferred_ip_protocol: ip4, resolver: "127.0.0.1:{port[dns]}"}}
"""

ONLY_B = """
  - {{name: added-https, kind: http, target: "https://127.0.0.1:{port[secure]}/", interval: 300ms, timeout: 250ms,
     http: {{tls_config: {{ca_file: {ca}}}}}}}
  - {{name: added-grpc, kind: grpc, target: "127.0.0.1:{port[grpc]}", interval: 500ms, timeout: 400ms}}
  - {{name: added-dns, kind: dns, target: "127.0.0.1:{port[dns]}", interval: 300ms, timeout: 250ms,
     dns: {{query_name: soak.example, query_type: SOA, transport_protocol: tcp}}}}
  - name: changed
    kind: http
    target: http://www.soak.example:{port[web]}/
    interval: 600ms
    timeout: 300ms
    labels: {{stage: b}}
    http: {{preferred_ip_protocol: ip4, resolver: "127.0.0.1:{port[dns]}"}}
"""

HEAD = """
agent: {{region: soak, shutdown_grace: 3s}}
defaults: {{interval: 1s, timeout: 800ms}}
modules:
  good: {{prober: http, timeout: 10s, http: {{preferred_ip_protocol: ip4}}}}
  hostile_http: {{prober: http, timeout: 1s, http: {{preferred_ip_protocol: ip4}}}}
  hostile_tcp: {{prober: tcp, timeout: 1s, tcp: {{query_response: [{{expect: "^welcome"}}]}}}}
checks:"""

CORE_NAMES = ["core-dns", "core-grpc", "core-http", "core-https", "core-scenario", "core-tcp", "core-tls", "core-unix",
              "core-websocket"]
HOSTILE_NAMES = ["hostile-body", "hostile-drip", "hostile-lines", "hostile-silent"]


class Configuration:
    """A text of a configuration, and the names of the checks in it; None when it must be refused."""

    def __init__(self, label, text, names):
        self.label, self.text, self.names = label, text, names


def configurations(targets):
    """A, B and the broken one."""
    core, names = CORE, CORE_NAMES + HOSTILE_NAMES
    if targets.pinged:
        core += "  - {{name: core-icmp, kind: icmp, target: {pinged}}}\n"
        names = [*names, "core-icmp"]

    def filled(text):
        return text.format(relay=targets.relay, port=targets.port, hostile=targets.hostile, ca=targets.ca,
                           socket=targets.socket, pinged=targets.pinged)
    a = filled(HEAD + core + HOSTILE + ONLY_A)
    # The order is another one too: it must not matter to a reload.
    b = filled(HEAD + ONLY_B + HOSTILE + core)
    return [Configuration("A", a, {*names, "removed-http", "removed-in-flight", "changed"}),
            Configuration("B", b, {*names, "added-https", "added-grpc", "added-dns", "changed"}),
            Configuration("broken", b.replace("interval: 300ms", "intervall: 300ms"), None)]
