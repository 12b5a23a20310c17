"""The gateway under a supervisor: what systemd does for a service, in a few lines.

The supervisor opens the listening sockets and keeps them, passes them on (sd_listen_fds(3)), and
hears how the service is (sd_notify(3)).
"""

import fcntl
import os
import select
import signal
import socket
import time

from .processes import Unusable, last_lines
from .servers import Portillon, free_port

#: Where descriptors are passed on from (SD_LISTEN_FDS_START).
FIRST = 3
#: The sockets' own numbers, out of the way of those they get in the child.
HIGH = 100
#: What the kernel holds until somebody accepts.
BACKLOG = 4096


class Supervised(Portillon):
    """A gateway whose sockets outlive it."""

    executable = os.environ.get("PORTILLON_EXECUTABLE") or Portillon.executable

    def __init__(self, directory, workers=1, watchdog_seconds=None, options=(), environment=None):
        super().__init__(directory, core=None)
        self.workers = workers
        self.options = list(options)
        self.environment = environment or {}
        self.sockets = [_listen(self.port), _listen(self.admin_port)]
        self.watchdog_seconds = watchdog_seconds
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.bind(f"\0portillon-{os.getpid()}-{free_port()}")
        #: Everything the gateway has said: (monotonic time, text).
        self.heard = []
        self.pid = None

    def __exit__(self, *details):
        if self.pid is not None:
            self.end(signal.SIGKILL)
        for held in [*self.sockets, self.notices]:
            held.close()
        super().__exit__(*details)

    @property
    def pids(self):
        return [self.pid] if self.pid is not None else []

    def start_again(self):
        """Starts the process, and comes back when it says that it is ready."""
        self.spawn()
        self.wait_for("READY=1")

    def spawn(self):
        command = [self.executable, "serve", "--data", self.data]
        command += ["--workers", str(self.workers), *self.options]
        environment = {
            **{name: value for name, value in os.environ.items() if "PORTILLON" not in name},
            **self.environment,
            "LISTEN_FDS": str(len(self.sockets)),
            "LISTEN_FDNAMES": "public:admin",
            "NOTIFY_SOCKET": "@" + self.notices.getsockname()[1:].decode(),
        }
        if self.watchdog_seconds:
            environment["WATCHDOG_USEC"] = str(int(self.watchdog_seconds * 1e6))
        actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)]
        for number in (1, 2):
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            actions.append((os.POSIX_SPAWN_OPEN, number, self.log, flags, 0o600))
        for number, held in enumerate(self.sockets):
            actions.append((os.POSIX_SPAWN_DUP2, held.fileno(), FIRST + number))
        # Only the child knows its number.
        shell = ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", *command]
        self.pid = os.posix_spawn(shell[0], shell, environment, file_actions=actions)

    def end(self, number):
        """Ends the process by a signal and waits until it is gone; its exit status."""
        os.kill(self.pid, number)
        return self.wait()

    def wait(self, patience_seconds=30):
        """The exit status of a process that ends by itself; negative for a signal."""
        deadline = time.monotonic() + patience_seconds
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = None
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                self.pid = None
                raise Unusable(f"it did not end in {patience_seconds} s: {last_lines(self.log)}")
            time.sleep(0.001)

    def hear(self):
        """Takes what the gateway has said meanwhile; a supervisor does not let it wait."""
        while self.listen(0):
            pass

    def listen(self, seconds):
        """Takes what the gateway says, for at most so long; whether it said anything."""
        readable, _, _ = select.select([self.notices], [], [], max(seconds, 0))
        if readable:
            self.heard.append((time.monotonic(), self.notices.recv(4096).decode()))
        return bool(readable)

    def wait_for(self, word, patience_seconds=60):
        """Waits until the gateway says a word; what went before does not count."""
        start = len(self.heard)
        deadline = time.monotonic() + patience_seconds
        while not any(word in text.split("\n") for _, text in self.heard[start:]):
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                self.pid = None
                raise Unusable(f"it ended before it said {word}: {last_lines(self.log)}")
            if time.monotonic() > deadline:
                raise Unusable(f"it did not say {word}: {last_lines(self.log)}")
            self.listen(0.05)


def _listen(port):
    with socket.create_server(("127.0.0.1", port), backlog=BACKLOG) as made:
        return socket.socket(fileno=fcntl.fcntl(made.fileno(), fcntl.F_DUPFD_CLOEXEC, HIGH))
