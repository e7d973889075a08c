"""What is done to the agent from outside: no descriptors, a full disk, a suspension, a death.

After each it must be well again.
"""

import resource
import signal
import subprocess
import time

from tests.e2e.soak.accounting import take_reading

TMPFS_SIZE = 8 << 20
LOG_MAY_HOLD = TMPFS_SIZE // 2


def mount_small_disk(work):
    """A folder on a tmpfs of a few MiB, for the log of the agent; None when this process may not mount one."""
    folder = work.folder / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS_SIZE}", "soak", folder]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        return None
    work.callback(subprocess.run, ["umount", "--lazy", folder], capture_output=True, check=False)
    return folder


class Disturbances:
    def __init__(self, subject, core, timeline, findings, disk):
        self.subject, self.core, self.timeline, self.findings, self.disk = subject, core, timeline, findings, disk
        self.rounds = 0
        self.failed_for_resources = 0

    def wait_until_well(self):
        """Every core check must pass a run that began after now."""
        before = self.subject.wait_for(lambda: take_reading(self.subject), lambda: "no answer to a scrape")
        missing = set(self.core)

        def all_passed():
            now = take_reading(self.subject)
            # One run may have been going on.
            missing.difference_update([name for name in missing if now.passed(name) >= before.passed(name) + 2])
            return not missing
        self.subject.wait_for(all_passed, lambda: f"no new run has passed of {', '.join(sorted(missing))}")

    def exhaust_descriptors(self, seconds):
        """In turns there is none to be had at all, or just as many as are open: then runs can use again what others
        gave back."""
        self.rounds += 1
        before = take_reading(self.subject).local_resources
        soft, hard = resource.prlimit(self.subject.pid, resource.RLIMIT_NOFILE)
        few = 8 if self.rounds % 2 else self.subject.open_descriptors()
        with self.timeline.during("descriptors"):
            resource.prlimit(self.subject.pid, resource.RLIMIT_NOFILE, (few, hard))
            try:
                time.sleep(seconds)
            finally:
                if self.subject.agent.process.poll() is None:
                    resource.prlimit(self.subject.pid, resource.RLIMIT_NOFILE, (soft, hard))
        self.wait_until_well()
        failed = take_reading(self.subject).local_resources - before
        self.failed_for_resources += failed
        if few == 8 and failed == 0:
            self.findings.add("without descriptors no run failed with the reason local_resources")

    def fill_disk(self, seconds):
        """The log cannot be written; checks and endpoints must not mind."""
        filler, log = self.disk / "filler", self.disk / "log"
        with self.timeline.during("disk"):
            try:
                self.fill(filler)
                time.sleep(seconds)
                self.wait_until_well()
            finally:
                filler.unlink(missing_ok=True)
        size = log.stat().st_size
        self.subject.wait_for(lambda: log.stat().st_size > size,
                              lambda: "the log did not go on after the disk was full")
        if log.stat().st_blocks * 512 > LOG_MAY_HOLD:
            # What was written before becomes a hole.
            with open(log, "r+b") as file:
                file.truncate(0)

    @staticmethod
    def fill(filler):
        with open(filler, "wb", buffering=0) as file:
            for block in (64 << 10, 4 << 10, 512):
                try:
                    while True:
                        file.write(bytes(block))
                except OSError:
                    pass

    def suspend(self, seconds):
        with self.timeline.during("suspended"):
            self.subject.agent.signal(signal.SIGSTOP)
            try:
                time.sleep(seconds)
            finally:
                self.subject.agent.signal(signal.SIGCONT)
        self.wait_until_well()

    def kill_and_restart(self, reloads):
        with reloads.lock, self.timeline.during("killed"):
            reloads.write_good()
            self.subject.restart()
        self.wait_until_well()
