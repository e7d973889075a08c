"""The service manager's protocol, as a unit with Type=notify and a watchdog sees it."""

import os
import re
import signal
import socket
import subprocess
import unittest

from tests.e2e.support import VEDETTE, Workspace


class ServiceManager(unittest.TestCase):
    def test_ready_watchdog_reload_and_stopping_are_told(self):
        work = self.enterContext(Workspace())
        config = work.write("c.yml", "checks: [{name: a, kind: tcp, target: '127.0.0.1:9'}]\n")
        listener = self.enterContext(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        listener.bind(str(work.folder / "notify"))
        listener.settimeout(20)
        environment = {**os.environ, "NOTIFY_SOCKET": str(work.folder / "notify"), "WATCHDOG_USEC": "400000"}
        environment.pop("WATCHDOG_PID", None)
        agent = work.process([VEDETTE, "agent", "--config.file", config, "--web.listen-address", "127.0.0.1:0"],
                             env=environment, stderr=subprocess.DEVNULL)
        heard = []

        def hear(wanted):
            while True:
                heard.append(listener.recv(4096).decode())
                if wanted in heard[-1]:
                    return heard[-1]
        self.assertIn("STATUS=1 checks", hear("READY=1"))
        hear("WATCHDOG=1")
        hear("WATCHDOG=1")
        agent.send_signal(signal.SIGHUP)
        self.assertRegex(hear("RELOADING=1"), r"MONOTONIC_USEC=\d+")
        hear("READY=1")
        agent.send_signal(signal.SIGTERM)
        hear("STOPPING=1")
        self.assertEqual(agent.wait(20), 0)

    def test_the_unit_is_valid(self):
        with open("packaging/vedette.service") as unit:
            text = unit.read()
        # What the unit promises exists in the program.
        self.assertIn("Type=notify", text)
        self.assertRegex(text, r"WatchdogSec=\d+")
        command = re.search(r"^ExecStart=\S+ (.*)$", text, re.M)[1].split()
        self.assertEqual(command[:2], ["agent", "--config.file"])


if __name__ == "__main__":
    unittest.main()
