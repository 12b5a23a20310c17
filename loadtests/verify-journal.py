#!/usr/bin/env python3
"""Verifies a journal, independently of the gateway: written from Sources/Log/FORMAT.md alone.

    verify-journal.py DIRECTORY... [--any-oldest] [--count]

Several folders are one journal: those with archived segments, and the journal's own last.

Prints one line: `ok` or `torn` with what was read, or `damaged FILE OFFSET RECORD REASON`. With
`--count` also a line of JSON: clients, keys, starts, records by name, by operation its state,
entries, participants and cover, and what operations used by month.
Exit status: 0 good (also with a torn tail), 66 nothing verified (`nothing DIRECTORY REASON`: no such
folder, or no segment in it), 74 damaged, 64 usage.
"""

import hashlib
import json
import mmap
import os
import re
import stat
import struct
import sys

from bench.counting import Counter
from bench.records import Malformed

SECTOR = 512
NOTHING_VERIFIED = 66


class Damage(Exception):
    """What is not as it was written: file, offset, next record, reason."""


def sha256(data):
    return hashlib.sha256(data).digest()


def is_zero(data):
    return data.count(0) == len(data)


def is_zero_between(data, start, end):
    """The same of a part, in pieces: a segment may have 4 GiB."""
    return all(is_zero(data[at:min(at + (1 << 20), end)]) for at in range(start, end, 1 << 20))


def contents(path):
    """A segment's bytes, which come into memory as they are looked at; None if it can be none."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > 1 << 32:
            return None
        if status.st_size == 0:
            return b""
        return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
    finally:
        os.close(descriptor)


def batch_header(sector):
    """The fields of a right batch header, or None."""
    if len(sector) < 72 or sector[:8] != b"PORTBATC" or sector[64:72] != sha256(sector[:64])[:8]:
        return None
    number, count, payload, time = struct.unpack("<QIIq", sector[8:32])
    extent = (72 + payload + 32 + SECTOR - 1) // SECTOR * SECTOR
    return {"number": number, "count": count, "payload": payload, "time": time,
            "previous": sector[32:64], "extent": extent}


def records_are_right(payload, count):
    offset = 0
    while offset < len(payload):
        if offset + 4 > len(payload):
            return False
        offset += 4 + int.from_bytes(payload[offset + 1:offset + 4], "little")
        count -= 1
    return offset == len(payload) and count == 0


class Verifier:
    def __init__(self, directories, any_oldest, counter=None):
        self.directories = directories
        self.any_oldest = any_oldest
        self.counter = counter
        self.number = 1
        self.chain = bytes(32)
        self.segments = self.batches = self.records = 0
        self.torn = None
        self.short_by = 0

    def damage(self, path, offset, reason):
        return Damage(path, offset, self.number, reason)

    def run(self):
        # Where a segment is in two folders, the later one counts.
        folders = {name: directory for directory in self.directories
                   for name in os.listdir(directory) if re.fullmatch(r"\d{20}\.segment", name)}
        for index, name in enumerate(sorted(folders)):
            path = os.path.join(folders[name], name)
            self.segment(path, name, index == 0, index == len(folders) - 1)

    def segment(self, path, name, is_first, is_last):
        data = contents(path)
        if data is None:
            raise self.damage(path, 0, "not a regular file of at most 4 GiB")
        size, limit = self.header(path, name, data, is_first)
        if len(data) > size or (len(data) < size and not is_last):
            raise self.damage(path, len(data), "wrong length")
        self.short_by = size - len(data)
        self.segments += 1
        usable = min(len(data), size - SECTOR)
        self.batches_of(path, data, usable, size - SECTOR, limit, is_last)
        if self.short_by and not self.torn:
            raise self.damage(path, len(data), "shorter than it was made")
        self.footer(path, data[size - SECTOR:], is_last)

    def header(self, path, name, data, is_first):
        head = data[:SECTOR]
        if len(head) < SECTOR or head[:8] != b"PORTSEGM" or head[480:] != sha256(head[:480]):
            raise self.damage(path, 0, "segment header")
        version, sector, size, number = struct.unpack("<IIQQ", head[8:32])
        limit, = struct.unpack("<I", head[72:76])
        if version != 2 or sector != SECTOR or size % SECTOR or size > 1 << 32 or limit % SECTOR \
                or not SECTOR <= limit <= 8 << 20 or limit > size - 1024:
            raise self.damage(path, 0, "segment header fields")
        if int(name[:20]) != number:
            raise self.damage(path, 0, "name and header differ")
        if is_first and (number == 1 or self.any_oldest):
            if number == 1 and head[32:64] != bytes(32):
                raise self.damage(path, 0, "chain before record 1")
            self.number, self.chain = number, head[32:64]
        elif number != self.number:
            raise self.damage(path, 0, "segment missing")
        elif head[32:64] != self.chain:
            raise self.damage(path, 0, "chain between segments")
        return size, limit

    def batches_of(self, path, data, usable, end, limit, is_last):
        offset = SECTOR
        while offset + SECTOR <= end:
            sector = data[offset:min(offset + SECTOR, usable)]
            if is_zero(sector):
                self.rest(path, data, offset, usable, limit, is_last)
                return
            header = batch_header(sector)
            if header is None:
                if len(sector) < SECTOR and is_last:
                    self.torn = (path, offset)
                    return
                raise self.damage(path, offset, "neither batch nor empty")
            extent = header["extent"]
            if header["number"] != self.number or header["previous"] != self.chain:
                raise self.damage(path, offset, "number or chain")
            if header["count"] < 1 or extent > limit or offset + extent > end:
                raise self.damage(path, offset, "batch sizes")
            batch = data[offset:min(offset + extent, usable)]
            if len(batch) < extent or batch[-32:] != sha256(batch[:-32]):
                self.broken(path, data, offset, extent, usable, is_last)
                return
            if not records_are_right(batch[72:72 + header["payload"]], header["count"]):
                raise self.damage(path, offset, "records")
            self.count(path, offset, header, batch[72:72 + header["payload"]])
            self.batches += 1
            self.records += header["count"]
            self.number += header["count"]
            self.chain = batch[-32:]
            offset += extent

    def count(self, path, offset, header, payload):
        if self.counter is None:
            return
        at, number = 0, header["number"]
        while at < len(payload):
            end = at + 4 + int.from_bytes(payload[at + 1:at + 4], "little")
            try:
                self.counter.record(payload[at], payload[at + 4:end], header["time"])
            except Malformed as error:
                raise Damage(path, offset, number, error) from error
            at, number = end, number + 1

    def broken(self, path, data, offset, extent, usable, is_last):
        batch = data[offset:min(offset + extent, usable)]
        partial = len(batch) < extent or any(
            is_zero(batch[i:i + SECTOR]) for i in range(0, extent, SECTOR)) or is_zero(batch[-2:])
        if not is_last or not partial or not is_zero_between(data, offset + extent, usable):
            raise self.damage(path, offset, "hash")
        self.torn = (path, offset)

    def rest(self, path, data, offset, usable, limit, is_last):
        if is_zero_between(data, offset, usable):
            return
        near = min(offset + limit, usable)
        if not is_last or not is_zero_between(data, near, usable):
            raise self.damage(path, offset, "bytes behind the last batch")
        for sector in range(offset + SECTOR, near, SECTOR):
            if batch_header(data[sector:sector + SECTOR]):
                raise self.damage(path, offset, "a batch behind an empty sector")
        self.torn = (path, offset)

    def footer(self, path, foot, is_last):
        if is_zero(foot):
            return
        if len(foot) < SECTOR or foot[:8] != b"PORTNEXT" or foot[480:] != sha256(foot[:480]):
            raise self.damage(path, -SECTOR, "footer")
        number, = struct.unpack("<Q", foot[8:16])
        if is_last or self.torn or number != self.number or foot[16:48] != self.chain:
            raise self.damage(path, -SECTOR, "the next segment is missing or does not follow")


def main(arguments):
    any_oldest = "--any-oldest" in arguments
    directories = [a for a in arguments if not a.startswith("--")]
    if not directories:
        print(__doc__, file=sys.stderr)
        return 64
    counter = Counter() if "--count" in arguments else None
    if counter and any_oldest:
        print("to count, a journal is read from record 1", file=sys.stderr)
        return 64
    verifier = Verifier(directories, any_oldest, counter)
    try:
        verifier.run()
    except Damage as damage:
        print("damaged", *damage.args)
        return 74
    except OSError as error:
        print("nothing", directories[0], f"cannot be read: {error.strerror}: {error.filename}")
        return NOTHING_VERIFIED
    if not verifier.segments:
        print("nothing", directories[0],
              "has no segment: give the journal folder in a gateway's data folder")
        return NOTHING_VERIFIED
    state = "torn" if verifier.torn else "ok"
    print(state, verifier.segments, verifier.batches, verifier.records, verifier.number,
          verifier.chain.hex(), verifier.short_by)
    if counter:
        print(json.dumps(counter.summary()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
