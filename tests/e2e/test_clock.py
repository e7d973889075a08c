"""The real-time clock is set while a run goes on: faketime sets it for this one process, the kernel's stamps stay as they are."""

import glob
import json
import os
import socket
import subprocess
import threading
import time
import unittest

from tests.e2e.support import VEDETTE, Workspace


class Clock(unittest.TestCase):
    def serve_slowly(self, seconds, meanwhile):
        """A server that answers its one request after that long, and does `meanwhile` at half time."""
        listener = self.enterContext(socket.create_server(("127.0.0.1", 0)))

        def serve():
            peer, _ = listener.accept()
            with peer:
                peer.recv(4096)
                time.sleep(seconds / 2)
                meanwhile()
                time.sleep(seconds / 2)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    def run_while(self, step):
        work = self.enterContext(Workspace())
        offset = work.write("offset", "+0")
        url = self.serve_slowly(1, lambda: offset.write_text(step))
        library = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")[0]
        out = subprocess.run([VEDETTE, "http", url, "--output", "json"], capture_output=True, text=True, timeout=30, env={
            **os.environ, "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        return json.loads(out.stdout)[0]

    def test_a_step_is_told_and_spoils_no_time(self):
        for step in ("+3600", "-3600"):
            with self.subTest(step=step):
                result = self.run_while(step)
                self.assertEqual(result["verdict"], "pass", result)
                self.assertEqual(result["disturbed"], "clock")
                processing = next(p["seconds"] for p in result["phases"] if p["phase"] == "processing")
                self.assertGreaterEqual(processing, 1)
                self.assertLess(processing, 30)

    def test_without_a_step_nothing_is_told(self):
        self.assertEqual(self.run_while("+0")["disturbed"], "none")


if __name__ == "__main__":
    unittest.main()
