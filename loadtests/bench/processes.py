"""Processes as the kernel's books show them: CPU time, memory, descendants."""

import contextlib
import os
import resource
import signal
import subprocess
import time

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Unusable(Exception):
    """Something outside the measurement is missing or broken; the text says what to do."""


def _stat_fields(pid):
    """The fields of /proc/<pid>/stat from the third on; None if the process has gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            text = file.read()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the name in parentheses, and may hold spaces and parentheses itself.
    return text[text.rindex(b")") + 2 :].split()


def family(pids):
    """These processes and all their descendants."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = _stat_fields(name)
            if fields is not None:
                children.setdefault(int(fields[1]), []).append(int(name))
    found, waiting = [], list(pids)
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting.extend(children.get(pid, []))
    return found


def cpu_seconds(pids):
    """User and system time of these processes and their descendants, in seconds.

    A live process counts by its own clock, to the nanosecond, one that ended by its parent's cutime
    and cstime, in ticks: never twice.
    """
    seconds = 0.0
    for pid in family(pids):
        fields = _stat_fields(pid)
        if fields is not None:
            seconds += _own_seconds(pid)
            seconds += sum(int(field) for field in fields[13:15]) / TICKS_PER_SECOND
    return seconds


def _own_seconds(pid):
    """The CPU time of one process, all its threads; 0 if it has gone."""
    # MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED): what clock_getcpuclockid(3) gives.
    clock = ~pid << 3 | 2
    try:
        return time.clock_gettime(clock)
    except OSError:
        return 0.0


def memory_bytes(pids):
    """(RSS, PSS) of these processes and their descendants, in bytes."""
    rss = pss = 0
    for pid in family(pids):
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            for line in file:
                if line.startswith("Rss:"):
                    rss += int(line.split()[1]) * 1024
                elif line.startswith("Pss:"):
                    pss += int(line.split()[1]) * 1024
    return rss, pss


def start(command, core=None, log=None, descriptors=None):
    """Starts a command, on one core if asked, its output in the file `log`.

    `descriptors` raises the limit of open files, as far as the hard limit lets it.
    """

    def prepare():
        if descriptors is not None:
            raise_descriptor_limit(descriptors)

    if core is not None:
        command = ["taskset", "--cpu-list", str(core), *command]
    output = open(log, "ab") if log else subprocess.DEVNULL
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=prepare,
        )
    finally:
        if log:
            output.close()


@contextlib.contextmanager
def pinned(core):
    """Keeps this process, and what it starts, on one core meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def run_on(core, command, environment=None, descriptors=None):
    """Runs a command on one core to its end: what came of it, and the CPU time it took."""

    def prepare():
        if descriptors is not None:
            raise_descriptor_limit(descriptors)

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        ["taskset", "--cpu-list", str(core), *command],
        env={**os.environ, **(environment or {})},
        preexec_fn=prepare,
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def stop(process, patience_seconds=30):
    """SIGTERM, and the exit status; a process that does not go is killed and reported."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise Unusable(
            f"{process.args[-1]}: still there {patience_seconds} s after SIGTERM, killed"
        ) from None


def wait_until(condition, process, log, patience_seconds=20):
    """Waits for a condition; a process that ends meanwhile is reported with its last lines."""
    deadline = time.monotonic() + patience_seconds
    while not condition():
        if process.poll() is not None:
            raise Unusable(f"it ended with status {process.returncode}: {last_lines(log)}")
        if time.monotonic() > deadline:
            raise Unusable(f"it is not ready after {patience_seconds} s: {last_lines(log)}")
        time.sleep(0.02)


def last_lines(log, count=3):
    """The end of a log, on one line."""
    try:
        with open(log, encoding="utf-8", errors="replace") as file:
            return " | ".join(file.read().strip().splitlines()[-count:]) or "(it said nothing)"
    except FileNotFoundError:
        return "(no log)"


def raise_descriptor_limit(wanted):
    """Raises the limit of open files to `wanted`, or says which limit is in the way."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
                return
            except (ValueError, OSError):
                raise Unusable(
                    f"{wanted} open files are needed, the hard limit is {hard}: raise it "
                    f"(ulimit -Hn {wanted} as root, or LimitNOFILE)"
                ) from None
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
