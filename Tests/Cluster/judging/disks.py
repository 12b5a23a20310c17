"""Disks that lose their power: an image of a file system for each node, mounted by a loop device.

At a loss of power every process of the node stops at once, and the image is copied as it is: what
the node's processes have had synced is in it, what the kernel still held in memory is not. The
copy is the disk that the node comes back with.
"""

import os
import shutil
import signal
import subprocess

from bench.processes import Unusable

#: Room for journals of some minutes and for etcd; the file is sparse.
IMAGE_BYTES = 4 << 30
#: The file system writes nothing back by itself for as long as a round takes.
MOUNT = ["mount", "-t", "ext4", "-o", "loop,commit=3600,data=writeback,lazytime"]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unusable(f"{' '.join(command)}: {done.stderr.strip()}")


def possible():
    """Whether this process may mount images."""
    return os.geteuid() == 0 and os.path.exists("/dev/loop-control") and all(
        shutil.which(name) for name in ("mkfs.ext4", "mount", "umount")
    )


class Disk:
    """One node's disk; whatever the node keeps lies below `folder`."""

    def __init__(self, directory, name):
        self.image = os.path.join(directory, f"disk-{name}.image")
        self.folder = os.path.join(directory, f"disk-{name}")
        with open(self.image, "wb") as file:
            file.truncate(IMAGE_BYTES)
        # No reserved blocks, no checks at times: the image is new with every run.
        run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=1", self.image)
        os.makedirs(self.folder)
        self.mount()

    def mount(self):
        run(*MOUNT, self.image, self.folder)

    def unmount(self):
        run("umount", self.folder)

    def close(self):
        subprocess.run(["umount", self.folder], capture_output=True, check=False)


def lose_power_together(several, processes):
    """The power of several disks ends at one moment, and of the processes that belong to them;
    each disk, not mounted, is then as it was at that moment."""
    ended = [process for of_one in processes for process in of_one]
    for process in ended:
        process.send_signal(signal.SIGSTOP)
    for disk in several:
        run("cp", "--sparse=always", disk.image, disk.image + ".after")
    for process in ended:
        process.send_signal(signal.SIGKILL)
        process.wait()
    for disk in several:
        # What this writes back goes into an image that nobody looks at again.
        disk.unmount()
        os.replace(disk.image + ".after", disk.image)
