"""How long challenges take on a slow device."""

import random
import statistics

from browser import Failed
from scenario import enter_by_kit
from scripted import challenge, problem, stored


def run(world):
    """Challenges as they come, one after the other, from being asked to the verdict.

    Chromium's throttling slows the page down, and neither its worker nor the threads on which
    WebCrypto derives. So the work itself is as many times as much: what a device that is so many
    times slower has to do, exactly, since a derivation takes the same time as the next one."""
    options = world.options
    world.context = world.browser.context()
    page = world.page()
    page.open(world.scripted.url + "/kit/page")
    page.call("Emulation.setCPUThrottlingRate", rate=options.slowdown)
    times = []
    for number in range(options.challenge):
        least = options.counters // 5
        counter = random.randint(least, options.counters - 1) * options.slowdown
        asked = challenge(options.cost, counter)
        ask = problem(403, "challenged", "challenged", challenge=asked, reasons=[])
        world.scripted.script("measured", ask, stored())
        began = page.evaluate("performance.now()")
        found = enter_by_kit(page, world.scripted.url, "measured", "pk", str(number))
        if found["verdict"].get("verdict") != "accepted":
            raise Failed(str(found))
        times.append((page.evaluate("performance.now()") - began) / 1_000)
    times.sort()
    last = times[min(int(len(times) * 0.99), len(times) - 1)]
    print(
        f"{len(times)} challenges of {options.cost:,} iterations and {options.counters // 5:,} to"
        f" {options.counters:,} attempts, {options.slowdown} times slower: median {statistics.median(times):.2f} s,"
        f" p99 {last:.2f} s, longest {times[-1]:.2f} s"
    )
    return [] if statistics.median(times) <= 2 and last <= 5 else ["challenge"]
