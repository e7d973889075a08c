"""Certificates that the servers show, made with openssl when they are first wanted."""

import functools
import subprocess
import threading
from pathlib import Path

P256 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
CONFIG = """[req]
prompt = no
string_mask = utf8only
utf8 = yes
distinguished_name = subject
[subject]
CN = {subject}
[more]
subjectAltName = @names
[names]
{names}"""
MAKING = threading.RLock()
FOLDER = [Path(".")]


def keep_in(folder):
    """Where they are made from now on."""
    FOLDER[0] = folder


def make(name, subject, names):
    """`name`.pem and `name`.key: self-signed, for `names` as openssl writes them; `subject` is a common name."""
    certificate, key, config = (FOLDER[0] / f"{name}{end}" for end in (".pem", ".key", ".cnf"))
    with MAKING:
        if not certificate.exists():
            alternatives = "".join(f"{kind}.{i} = {text}\n" for i, (kind, text) in enumerate(names))
            config.write_text(CONFIG.format(subject=subject, names=alternatives), encoding="utf-8")
            subprocess.run(["openssl", "req", "-x509", *P256, "-nodes", "-days", "30", "-config", config,
                            "-extensions", "more", "-keyout", key, "-out", certificate],
                           check=True, capture_output=True)
    return certificate, key


@functools.lru_cache
def plain():
    return make("plain", "localhost", [("DNS", "localhost"), ("IP", "127.0.0.1")])


@functools.lru_cache
def many_names(count):
    return make(f"names{count}", "localhost", [("DNS", f"n{i}.example") for i in range(count)])


@functools.lru_cache
def odd_names():
    """Names that would move the cursor of a terminal, and that hold markup."""
    escape = "\x1b[31mred\x1b]0;title\x07"
    return make("odd", escape + "<script>alert(1)</script>", [("DNS", escape + "<b>.example"), ("DNS", "localhost")])
