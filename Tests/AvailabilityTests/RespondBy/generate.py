#!/usr/bin/env python3
"""Writes cases.txt: when work on incidents starts at the latest, reckoned minute by minute with
the public holidays of PyPI's `holidays` and the time zones of Python's `zoneinfo`. The tests hold
the gateway's own reckoning against it.

    pip install holidays && python3 Tests/AvailabilityTests/RespondBy/generate.py

A line: the holidays (`france`, `alsace_moselle`), when it was opened, respond-by of a critical
incident (3 business hours), respond-by of a minor one (the closing of the third business day, the
opening's own counted where hours of it are left). Minutes since 1970. A last line for each year
and region lists the holidays themselves.
"""

import datetime
import pathlib
import random
import zoneinfo

import holidays

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
FIRST_YEAR, LAST_YEAR = 2020, 2040
OPENS, CLOSES = 9, 18
CALENDARS = {
    "france": holidays.country_holidays("FR", years=range(FIRST_YEAR, LAST_YEAR + 2)),
    "alsace_moselle": holidays.country_holidays(
        "FR", subdiv="57", years=range(FIRST_YEAR, LAST_YEAR + 2)),
}


def local(minute):
    return datetime.datetime.fromtimestamp(minute * 60, PARIS)


def is_business_day(day, days_off):
    return day.weekday() < 5 and day not in days_off


def is_open(minute, days_off):
    moment = local(minute)
    return is_business_day(moment.date(), days_off) and OPENS <= moment.hour < CLOSES


def critical(opened, days_off):
    minute, passed = opened, 0
    while passed < 180:
        passed += is_open(minute, days_off)
        minute += 1
    return minute


def minor(opened, days_off):
    """The end of the last open minute of the third day that has one from the opening on."""
    minute, days = opened, []
    while True:
        if is_open(minute, days_off):
            day = local(minute).date()
            if day not in days:
                days.append(day)
            if len(days) == 3 and not is_open(minute + 1, days_off):
                return minute + 1
        minute += 1


def main():
    chance = random.Random(17)
    first = int(datetime.datetime(FIRST_YEAR, 1, 1, tzinfo=PARIS).timestamp()) // 60
    last = int(datetime.datetime(LAST_YEAR, 12, 20, tzinfo=PARIS).timestamp()) // 60
    lines = []
    for name, days_off in CALENDARS.items():
        opened = [chance.randrange(first, last) for _ in range(150)]
        # As many shortly before and on holidays, where the rules differ.
        for day in chance.sample(sorted(d for d in days_off if d.year <= LAST_YEAR - 1), 150):
            midnight = datetime.datetime.combine(day, datetime.time(), PARIS)
            opened.append(int(midnight.timestamp()) // 60 + chance.randrange(-2880, 1440))
        for minute in sorted(m for m in opened if m >= first):
            lines.append(
                f"{name} {minute} {critical(minute, days_off)} {minor(minute, days_off)}")
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            dates = " ".join(str(d) for d in sorted(days_off) if d.year == year)
            lines.append(f"holidays {name} {year} {dates}")
    path = pathlib.Path(__file__).with_name("cases.txt")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} lines, holidays {holidays.__version__}")


if __name__ == "__main__":
    main()
