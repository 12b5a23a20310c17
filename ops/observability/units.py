"""The systemd units, by systemd's own analysis, without a running systemd; a cluster's too."""

import glob
import os
import re
import shutil
import subprocess

from tools import OPS, Failed, read, run, write

FOLDER = os.path.join(OPS, "systemd")
#: What `systemd-analyze security` may give at most, of 10: a gateway alone, one of a cluster.
ALONE, IN_A_CLUSTER = 0.3, 1.2


def possible():
    return shutil.which("systemd-analyze") is not None


def _root(folder, is_cluster):
    """A root with the units, and with programs that they name."""
    root = os.path.join(folder, "cluster" if is_cluster else "alone")
    units = os.path.join(root, "etc/systemd/system")
    os.makedirs(units)
    for kind in ("service", "socket"):
        for path in glob.glob(os.path.join(FOLDER, "*." + kind)):
            if is_cluster or "etcd" not in path:
                shutil.copy(path, units)
    if is_cluster:
        shutil.copytree(
            os.path.join(FOLDER, "portillon.service.d"),
            os.path.join(units, "portillon.service.d"),
        )
    for program in ("usr/bin/portillon", "usr/bin/etcd", "bin/kill"):
        path = os.path.join(root, program)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path, "#!/bin/sh\n")
        os.chmod(path, 0o755)
    # Targets that units refer to are the machine's own.
    targets = os.path.join(root, "usr/lib/systemd/system")
    os.makedirs(targets)
    for path in glob.glob("/lib/systemd/system/*.target"):
        shutil.copy(path, targets, follow_symlinks=True)
    return root


def _analyze(root, *arguments):
    done = subprocess.run(
        ["systemd-analyze", arguments[0], f"--root={root}", *arguments[1:]],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def check(folder):
    """No warning; hardened as far as it is said; how many units there are."""
    count = 0
    for is_cluster, bounds in (
        (False, {"portillon.service": ALONE}),
        (True, {"portillon.service": IN_A_CLUSTER, "portillon-etcd.service": IN_A_CLUSTER}),
    ):
        root = _root(folder, is_cluster)
        units = sorted(os.listdir(os.path.join(root, "etc/systemd/system")))
        units = [name for name in units if not name.endswith(".d")]
        status, said = _analyze(root, "verify", "--man=no", *units)
        if status or said.strip():
            raise Failed(f"systemd-analyze verify: {said.strip()}")
        for unit, bound in bounds.items():
            _, said = _analyze(root, "security", "--offline=true", unit)
            found = re.search(r"exposure level for \S+: ([\d.]+)", said)
            if not found or float(found[1]) > bound:
                raise Failed(f"{unit}: exposure {found and found[1]}, at most {bound}")
        count += len(units)
    return count


def check_etcd():
    """Each setting of etcd's, in the unit and in the example, is one that etcd has."""
    known = set(re.findall(r"^\s+--([a-z-]+)", run("etcd", "--help"), re.MULTILINE))
    unit = read(os.path.join(FOLDER, "portillon-etcd.service"))
    named = set(re.findall(r"\s--([a-z-]+)", unit))
    example = read(os.path.join(FOLDER, "etcd.environment"))
    settings = re.findall(r"^ETCD_(\w+)=", example, re.MULTILINE)
    named |= {name.lower().replace("_", "-") for name in settings}
    wrong = sorted(named - known)
    if wrong:
        raise Failed(f"etcd has no setting {', '.join(wrong)}")
    return len(named)
