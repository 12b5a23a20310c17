"""Samples of a Prometheus text exposition, as far as the judges read it."""

import re

_SAMPLE = re.compile(r"([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Samples:
    """Values by name and labels, at one moment."""

    def __init__(self, samples):
        self.samples = samples

    def sum(self, name, **labels):
        """The sum of the samples of this name that carry these labels; 0 if there are none."""
        return sum(
            value
            for sample, found, value in self.samples
            if sample == name and all(found.get(key) == text for key, text in labels.items())
        )

    def has(self, name):
        return any(sample == name for sample, _, _ in self.samples)


def parse(text):
    samples = []
    for line in text.splitlines():
        found = None if line.startswith("#") else _SAMPLE.match(line)
        if found:
            labels = dict(_LABEL.findall(found.group(2) or ""))
            samples.append((found.group(1), labels, float(found.group(3))))
    return Samples(samples)
