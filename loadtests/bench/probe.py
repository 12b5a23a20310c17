"""One client over one connection, as cheap as a client can be: `latency-probe.c`."""

import os
import subprocess

from . import servers
from .processes import Unusable

SOURCE = os.path.join(servers.ROOT, "loadtests", "latency-probe.c")


def build():
    """Compiles the client: its own cost is part of what it measures."""
    program = os.path.join(servers.bench_directory(), "latency-probe")
    command = ["cc", "-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-o", program, SOURCE]
    try:
        subprocess.run(command, check=True)
    except FileNotFoundError:
        raise Unusable("a C compiler is missing: run ops/dependencies test") from None
    except subprocess.CalledProcessError:
        raise Unusable("the client does not compile: see the message above") from None
    return program


def microseconds(program, *arguments):
    """How long each of what the arguments ask for took."""
    done = subprocess.run(
        ["taskset", "--cpu-list", str(servers.LOAD_CORE), program, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Unusable(done.stderr.strip())
    return [int(line) / 1000 for line in done.stdout.split()]


def entries(program, gateway, run, count):
    """So many entries of new participants, each sent when the one before is answered."""
    target = [gateway.port, gateway.key, gateway.operation]
    return microseconds(program, "entries", *target, run, count)
