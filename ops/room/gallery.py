"""How the room looks on an evening with something to see: for the manual."""

import base64
import datetime
import os
import threading
import time

SCENES = [
    ("room-light", "/", 1280, 1180, "light", "en-GB"),
    ("room-dark", "/", 1280, 1180, "dark", "en-GB"),
    ("operation-light", "/#/operations/ete-2026", 1280, 1180, "light", "en-GB"),
    ("telephone-dark", "/", 390, 844, "dark", "fr-FR"),
]
SECONDS = 45
OTHERS = [
    ("loto-rentree", "Loto de la rentrée", "bolt"), ("galette", "Galette des rois", "acme"),
    ("saint-valentin", "Saint-Valentin", "bolt"), ("tour-2026", "Tour de France 2026", "acme"),
    ("jeu-radio", "Le jeu de la matinale", "bolt"), ("chasse-aux-oeufs", "Chasse aux œufs", "acme"),
]  # fmt: skip


def paint(world, folder):
    gateway = world.gateway
    os.makedirs(folder, exist_ok=True)
    for name, title, client in OTHERS:
        gateway.operation(name, title, client=client)
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=2)
    gateway.act(
        "ete-2026", "campaigns",
        channel="television", recipients=400_000, starts=soon.isoformat(), source="spot-2058",
    )  # fmt: skip
    gateway.act(
        "noel-2026", "campaigns", channel="email", recipients=60_000,
        starts=(soon + datetime.timedelta(hours=3)).isoformat(), source="newsletter-48",
    )  # fmt: skip
    gateway.act("jeu-radio", "suspend", ground="client_instruction", note="by telephone")
    over = time.monotonic() + SECONDS + 30
    crowds = [("ete-2026", "spot-2058", 0), ("ete-2026", "spot-2058", 0), ("noel-2026", "newsletter-48", 0.01),
              ("galette", None, 0.03), ("loto-rentree", "flyer", 0.02), ("tour-2026", None, 0.1)]

    def crowd(name, source, pause):
        while time.monotonic() < over:
            try:
                gateway.enter(name, 10, source)
            except OSError:
                return  # The gateway has ended: the last picture is taken.
            time.sleep(pause * 10)

    for one in crowds:
        gateway.enter(one[0], 1, one[1])
        threading.Thread(target=crowd, args=one, daemon=True).start()
    page = world.room("admin")
    time.sleep(SECONDS / 2)
    gateway.act("loto-rentree", "pace", per_second=12, note="test")
    gateway.act("saint-valentin", "suspend", ground="maintenance", note="test",
                until=(soon + datetime.timedelta(minutes=30)).isoformat())
    gateway.act("jeu-radio", "resume")
    time.sleep(SECONDS / 2)
    for name, path, width, height, theme, language in SCENES:
        page = world.room("admin", path, language=language, features=["prefers-color-scheme: " + theme])
        page.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1 if width > 600 else 2, mobile=width < 600,
        )  # fmt: skip
        time.sleep(4)
        data = page.call("Page.captureScreenshot", format="webp", quality=82)["data"]
        with open(os.path.join(folder, name + ".webp"), "wb") as file:
            file.write(base64.b64decode(data))
        page.close()

