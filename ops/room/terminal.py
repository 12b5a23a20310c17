"""`portillon top` in a terminal of its own."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time

from browser import PATIENCE
from scenario import expect, scenario


@scenario("portillon top is drawn each second, and q ends it; elsewhere it is one table")
def top(world):
    gateway = world.gateway
    command = [gateway.program, "top", "--admin", gateway.url, "--data", gateway.data]
    own, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 160, 0, 0))
    before = termios.tcgetattr(other)
    process = subprocess.Popen(command, stdin=other, stdout=other, stderr=other)
    shown = b""
    deadline = time.monotonic() + PATIENCE
    # The home of the cursor begins a drawing.
    while shown.count(b"\x1b[H") < 3 and time.monotonic() < deadline:
        if select.select([own], [], [], 1)[0]:
            shown += os.read(own, 1 << 16)
    # The last drawing may be cut within a character.
    text = shown.decode(errors="replace")
    for word in ("OPERATION", "ete-2026", "pressure", "incidents", "availability", "announced", "q ends it"):
        expect(word in text, word, "is missing:", text)
    os.write(own, b"xq")
    expect(process.wait(PATIENCE) == 0, "its status")
    expect(termios.tcgetattr(other) == before, "the terminal is as it was found")
    os.close(own)
    os.close(other)
    table = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    expect(table.returncode == 0 and not table.stderr, table)
    lines = table.stdout.splitlines()
    expect(lines[0].split("\t")[:2] == ["OPERATION", "STATE"], lines[0])
    expect(any(line.startswith("ete-2026\t") for line in lines), table.stdout)
