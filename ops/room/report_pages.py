"""The pages of the monthly reports: of the command line, as a browser and a printer show them."""

import base64
import os
import re
import subprocess

from browser import PATIENCE
from scenario import expect, finish, scenario
from status_page import HOSTILE, prepare, soon, written

REPORTS = {
    ("availability", "en"): ["Availability, ", "Announced changes", "The month is not over"],
    ("availability", "fr"): ["Disponibilité, ", "Modifications annoncées", "Le mois n’est pas terminé"],
    ("statement", "en"): ["Consumption, ", "Entries by operation", "Newest of Acme"],
    ("statement", "fr"): ["Consommation, ", "Participations par opération", "Newest of Acme"],
}
#: What shows that a value was not there.
WRONG = ("undefined", "null", "NaN", "[object", "Optional(", "nil")


def made(world, report, language):
    """A report's page as the command writes it."""
    gateway = world.gateway
    path = os.path.join(os.path.dirname(gateway.data), f"{report}-{language}.html")
    command = [gateway.program, report, "--client", "acme", "--page", path, "--language", language]
    command += ["--admin", gateway.url, "--data", gateway.data]
    run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    expect(run.returncode == 0, run.stderr)
    return path


@scenario("the monthly reports' pages: both languages, both themes, a telephone, and on paper")
def reports(world):
    prepare(world)
    gateway = world.gateway
    gateway.enter("statut-2026", 12)
    effect = written(soon(days=40))
    hostile = {"note": "exports by night only; " + HOSTILE, "takes_effect_at": effect}
    gateway.ask("POST", "/v1/changes", {**hostile, "degrades": True, "client": "acme"})
    gateway.ask("POST", "/v1/changes", {"note": "a new page of help", "takes_effect_at": effect})
    for (report, language), words in REPORTS.items():
        page = world.page(language=language)
        page.open("file://" + made(world, report, language))
        # The figures as JSON are for programs.
        text = page.evaluate("[...document.querySelectorAll('main > :not(details)')].map(one => one.innerText).join('\\n')")
        for word in words:
            expect(word in text, word, "is missing:", text)
        for wrong in WRONG:
            expect(wrong not in text, wrong, "in", report, language, text)
        expect(page.evaluate("document.scripts.length") == 0, "a text became a script")
        expect(page.evaluate("document.documentElement.lang") == language, "its language")
        if language == "fr":
            expect(not re.search(r" [:;!?»%]|« ", text), "an ordinary space before a mark:", text)
        world.look(page, f"{report}-{language}")
        print_out(world, page, f"{report}-{language}")
        finish(page)


def print_out(world, page, name):
    """On paper it is black on white, whatever the theme, and nothing is cut off."""
    page.call(
        "Emulation.setEmulatedMedia", media="print",
        features=[{"name": "prefers-color-scheme", "value": "dark"}],
    )  # fmt: skip
    page.resize(718, 1000)  # A4 between margins of 10 mm, in CSS pixels.
    colours = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    expect(colours == ["rgb(17, 17, 17)", "rgb(255, 255, 255)"], name, "on paper:", colours)
    cut = page.evaluate(
        "[...document.querySelectorAll('table')].filter(one =>"
        " one.getBoundingClientRect().right > innerWidth).map(one => one.textContent.slice(0, 80))"
    )
    expect(cut == [], name, "is cut off on paper:", cut)
    if world.options.pictures:
        page.picture(os.path.join(world.options.pictures, f"{name}-print.png"))
    paper = page.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)["data"]
    expect(base64.b64decode(paper).startswith(b"%PDF"), "a file for the printer")
    page.call("Emulation.setEmulatedMedia", media="", features=[])
