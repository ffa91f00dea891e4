"""Axes: scales, where numbers lie on them, and their ticks."""

import math

import numpy as np
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator

from data import Trouble
from texts import clean, short_number, shorten, superscript, thin, width_of, wrap


class Axis:
    """The numbers from ``low`` to ``high``, which lie at 0 and 1 of its length."""

    def __init__(self, told, numbers, is_flush=False):
        self.label = clean(told["label"])
        if told["scale"] not in ("linear", "logarithmic", "categories"):
            raise Trouble(f'unknown scale "{told["scale"]}": scales are linear, logarithmic, categories')
        if told["scale"] == "categories" and told.get("categories") is None:
            raise Trouble(f'the axis "{self.label}" lacks its categories')
        self.is_log = told["scale"] == "logarithmic"
        self.categories = told.get("categories") if told["scale"] == "categories" else None
        self.named = sorted((tick["at"], clean(tick["name"])) for tick in told["named"])
        self.has_only_named = told["onlyNamed"]
        if self.categories is not None:
            self.low, self.high = -0.5, max(1, len(self.categories)) - 0.5
            return
        if self.is_log:
            self.named = [tick for tick in self.named if tick[0] > 0]
        numbers = [number for number in numbers if self.has(number)]
        numbers += [number for number in told.get("range") or [] if self.has(number)]
        # Regular ticks end where the data do, short of numbers that stand for what the axis does not have.
        stand_ins = {at for at, name in self.named if not is_number(name, at)}
        near = 2 if self.is_log else 1
        self.own = [number for number in numbers if not any(at / near <= number <= at * near for at in stand_ins)]
        self.has_stand_ins = bool(stand_ins)
        self.names_numbers = len(stand_ins) < len(self.named)
        numbers += [at for at, _ in self.named]
        ends = [self.scaled(number) for number in numbers] or [-1, 0]
        low, high = min(ends), max(ends)
        if self.is_log:
            pad = max(0.04 * (high - low), 0.04) if high > low else 0.4
        else:
            pad = 0.035 * (high - low) if high > low else 0.1 * abs(high) or 1
        self.set_ends(low if is_flush and low == 0 else low - pad, high + pad)

    def set_ends(self, low, high):
        self.low, self.high = (10.0 ** max(low, -307), 10.0 ** min(high, 308)) if self.is_log else (low, high)

    def widen(self, part):
        """By a part of its length at both ends."""
        if self.categories is None:
            low, high = self.scaled(self.low), self.scaled(self.high)
            self.set_ends(low - part * (high - low), high + part * (high - low))

    def scaled(self, number):
        """The logarithm on a logarithmic axis; within what arithmetic can go on with."""
        return math.log10(min(max(number, 1e-307), 1e308)) if self.is_log else min(max(number, -1e300), 1e300)

    def has(self, number):
        return math.isfinite(number) and (number > 0 or not self.is_log)

    def place(self, number):
        """From 0 to 1, for what is between the ends."""
        low, high = self.scaled(self.low), self.scaled(self.high)
        return (self.scaled(number) - low) / (high - low)

    def clamped(self, numbers):
        """With the ends of the axis for what it does not have."""
        if self.is_log:
            numbers = np.where(numbers <= 0, self.low, numbers)
        return np.clip(numbers, *((self.low, self.high) if self.categories is None else (-0.5, self.high)))

    def present(self, numbers):
        """With NaN for what it does not have."""
        return np.where(np.isfinite(numbers) & ((numbers > 0) | (not self.is_log)), numbers, math.nan)

    def ticks(self, length, extent):
        """Places and their labels, of which none meets another; places of small ticks; and the power of ten that the
        labels leave out. ``extent`` is what a label takes along the axis.
        """
        named = [(at, shorten(name, 0.3 * length)) for at, name in self.named]
        named = named[:1] + named[:0:-1][:1] + named[1:-1]
        regular, small, power = ([], [], 0) if self.has_only_named else self.regular(length, extent)
        taken = {at for at, _ in named}
        ticks = named + [(at, label) for at, label in regular if at not in taken]
        kept = thin([(self.place(at) * length, extent(label) if label else -999) for at, label in ticks])
        large = sorted(ticks[place] for place in kept if ticks[place][1])
        small = small + [at for at, _ in ticks if at not in {at for at, _ in large}]
        return [at for at, _ in large], [label for _, label in large], small, power

    def regular(self, length, extent):
        low, high = self.low, self.high
        if self.is_log:
            if self.has_stand_ins and self.own:
                low, high = max(low, min(self.own)), min(high, max(self.own))
            decades = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
            steps = [float(f"{m}e{k}") for k in range(decades.start - 1, decades.stop) for m in range(2, 10)]
            steps = [step for step in steps if low * (1 - 1e-9) <= step <= high * (1 + 1e-9)]
            if len(decades) >= 2:
                labels = [short_number(10.0**k) if self.names_numbers else superscript(k) for k in decades]
                room = max(extent(label) for label in labels) + 1.5
                per_decade = length / (math.log10(self.high) - math.log10(self.low))
                stride = next(n for n in range(1, 999) if n * per_decade >= room and len(decades) / n <= 9)
                ticks = [(10.0**k, label if k % stride == 0 else "") for k, label in zip(decades, labels)]
                if len(decades) > 60:
                    ticks = [tick for tick in ticks if tick[1]]
                return ticks, steps if len(decades) < 8 else [], 0
            places = [10.0**k for k in decades] + [step for step in steps if f"{step:e}"[0] in "25"]
            places.sort()
            if self.names_numbers and len(self.named) > 1:
                return [], places, 0
            if len(places) >= 3:
                return [(place, short_number(place)) for place in places], [], 0
        for count in (6, 5, 4, 3, 2):
            places = MaxNLocator(count, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
            places = [place for place in places if low <= place <= high and self.has(place)]
            largest = max((abs(place) for place in places), default=1)
            power = math.floor(math.log10(largest) + 1e-9) if largest >= 1e5 or 0 < largest < 1e-2 else 0
            step = (places[1] - places[0]) / 10.0**power if len(places) > 1 else 1
            digits = max(0, -math.floor(math.log10(step) + 1e-9))
            digits += abs(step * 10**digits - round(step * 10**digits)) > 1e-6
            labels = [f"{place / 10.0**power:.{digits}f}".replace("-", "\u2212") for place in places]
            kept = thin([(self.place(at) * length, extent(label)) for at, label in zip(places, labels)], 1.5)
            if len(kept) == len(places):
                break
        return list(zip(places, labels)), [], power


def is_number(text, number):
    try:
        return float(text) == number
    except ValueError:
        return False


def set_ticks(axis, places, labels, small, power):
    axis.set_major_locator(FixedLocator(places))
    axis.set_major_formatter(FixedFormatter(labels))
    axis.set_minor_locator(FixedLocator(small))
    axis.set_minor_formatter(FixedFormatter([]))
    return power


def axis_label(axis, length, power):
    unit = f" (in {superscript(power)})" if power else ""
    return wrap(axis.label, length - width_of(unit) if unit else length, 2) + unit
