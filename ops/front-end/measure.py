"""How long the gateway's own challenges take on a slow device."""

import statistics

from browser import Failed
from demonstration import Challenging
from scenario import enter_by_kit, suspicious


def run(world):
    """Entries of a suspect one after the other, each from its first attempt to the verdict.

    Chromium's throttling slows the page down, and neither its worker nor the threads on which
    WebCrypto derives. So the work itself is as many times as much: what a device that is so many
    times slower has to do, exactly, since a derivation takes the same time as the next one."""
    options = world.options
    counters = options.counters * options.slowdown
    gateway = Challenging(options.gateway, world.folder, options.cost, counters)
    try:
        times = measure(world, gateway)
    finally:
        gateway.stop()
    last = times[min(int(len(times) * 0.99), len(times) - 1)]
    median = statistics.median(times)
    print(
        f"{len(times)} challenges of {options.cost:,} iterations and {options.counters // 5:,} to"
        f" {options.counters:,} attempts, {options.slowdown} times slower: median {median:.2f} s,"
        f" p99 {last:.2f} s, longest {times[-1]:.2f} s"
    )
    return [] if median <= 2 and last <= 5 else ["challenge"]


def measure(world, gateway):
    """The seconds of each, the shortest first."""
    key = gateway.operation("measured", robots="challenge")
    world.context = world.browser.context()
    page = world.page()
    suspicious(page)
    page.open(gateway.url + "/healthz")
    page.call("Emulation.setCPUThrottlingRate", rate=world.options.slowdown)
    times = []
    for number in range(world.options.challenge):
        began = page.evaluate("performance.now()")
        found = enter_by_kit(page, gateway.url, "measured", key, f"person-{number}@example.org")
        if found["verdict"].get("verdict") != "accepted" or found["challenges"] != ["challenged"]:
            raise Failed(str(found))
        times.append((page.evaluate("performance.now()") - began) / 1_000)
    return sorted(times)
