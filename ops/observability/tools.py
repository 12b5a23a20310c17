"""What the checks of ops/ need: programs of Debian's, packages of PyPI's, ports, processes."""

import contextlib
import glob
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import venv

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OPS = os.path.join(ROOT, "ops")
TOOLS = os.path.join(ROOT, ".build", "observability-tools")
PACKAGES = [
    "dockerfile-parse==2.0.1",
    "grafana-foundation-sdk==1769699998!10.1.0",
    "kubernetes-validate==1.37.0",
]
#: The exit status where a program or a package cannot be had.
UNAVAILABLE = 75
#: Seconds for which a process may take to be ready, on a machine with much else to do.
PATIENCE = 180


class Failed(Exception):
    """Something is not as it must be; the text says what."""


class Unavailable(Exception):
    """A program or a package cannot be had here; the text says which, and how to get it."""


def program(name):
    """The path of a program that ops/dependencies observe installs."""
    # Debian keeps some of them where only root looks.
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if not found:
        raise Unavailable(f"{name} is missing: run ops/dependencies observe")
    return found


def provide_packages():
    """Installs PACKAGES below .build where they are missing, and lets this process import them."""
    stamp = os.path.join(TOOLS, "installed")
    wanted = "\n".join(PACKAGES)
    if not os.path.exists(stamp) or read(stamp) != wanted:
        try:
            venv.create(TOOLS, with_pip=True, clear=True)
            subprocess.run(
                [os.path.join(TOOLS, "bin", "pip"), "--quiet", "install", *PACKAGES],
                check=True,
                timeout=300,
            )
        except (subprocess.SubprocessError, OSError) as reason:
            raise Unavailable(f"no packages from PyPI: {reason}") from None
        write(stamp, wanted)
    sys.path.append(glob.glob(os.path.join(TOOLS, "lib", "python*", "site-packages"))[0])


def provide_yaml():
    """Lets this process import yaml: Debian's python3-yaml, or else PyPI's; ends it without."""
    if importlib.util.find_spec("yaml"):
        return
    try:
        provide_packages()
    except Unavailable as reason:
        print(f"skipped: {reason}", file=sys.stderr)
        sys.exit(UNAVAILABLE)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def free_ports(count):
    """Ports of the loopback address that the kernel finds free now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def run(*command, given=None):
    """What a command writes to both outputs; `Failed` with that if it does not end with 0."""
    done = subprocess.run(
        command,
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
    if done.returncode != 0:
        raise Failed(f"{os.path.basename(command[0])} {command[1]}: {done.stdout.strip()}")
    return done.stdout


def until(condition, what, patience=PATIENCE, pause=0.1):
    """Waits for a condition, and gives its value."""
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {patience} s")
        time.sleep(pause)


class Process(contextlib.AbstractContextManager):
    """A program that runs until the block ends; its output goes into a file."""

    def __init__(self, command, log):
        self.log = log
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def __exit__(self, *_):
        self.stop()

    def alive(self):
        """True; `Failed` with the last lines of its output once it has ended."""
        if self.process.poll() is not None:
            last = " | ".join(self.output().strip().splitlines()[-3:])
            raise Failed(f"{self.process.args[0]} ended with {self.process.returncode}: {last}")
        return True

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self, by=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(by)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def certificate(folder):
    """A certificate of 127.0.0.1, with its key, for tests: their paths."""
    paths = [os.path.join(folder, name) for name in ("certificate.pem", "key.pem")]
    key = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 20 -subj /CN=localhost"
    )
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    run("openssl", *key.split(), *names, "-out", paths[0], "-keyout", paths[1])
    os.chmod(paths[1], 0o600)
    return paths
