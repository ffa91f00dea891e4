"""Panels: a pair of axes with what stands around it."""

import math

from matplotlib.ticker import NullLocator

from axes import Axis, axis_label, set_ticks
from data import Layer, Trouble
from looks import POINT, SMALL, TEXT
from texts import clean, distinct, height_of, shorten, thin, width_of, wrap


class Panel:
    """A pair of axes: ``position`` and ``value``, of which one is across and the other up."""

    def __init__(self, told, table, path):
        self.title, self.is_wide, self.is_horizontal = clean(told["title"]), told["wide"], told["horizontal"]
        self.layers = [Layer(layer, table, path) for layer in told["layers"]]
        marks = {layer.mark for layer in self.layers}
        self.has_tiles, self.has_bars = "tiles" in marks, bool(marks & {"bars", "histogram"})
        self.position = self.axis(told["position"], ["position", "to"], {"value-rule"})
        values = ["value", "highest", "low", "high"]
        self.value = self.axis(told["value"], values, {"position-rule"}, "histogram" in marks)
        if self.has_tiles and None in (self.position.categories, self.value.categories):
            raise Trouble(f'tiles stand between categories, and those of "{self.title}" have an axis of numbers')
        self.position.widen(self.spread() / 2)
        self.across, self.up = self.flip(self.position, self.value)
        # Of the page: in how many columns its row is.
        self.columns, self.shares_labels = 1, False
        self.ax = self.bar_ax = None
        self.texts = []

    def axis(self, told, channels, others, is_flush=False):
        numbers = [0.0] if is_flush else []
        if told["scale"] != "categories":
            for layer in self.layers:
                for channel in channels if layer.mark not in others else []:
                    found = layer.numbers(channel).tolist()
                    numbers += found
                    if layer.mark == "at-most" and channel == "value" and told["scale"] == "logarithmic":
                        # Room for the arrow.
                        numbers += [0.3 * number for number in found]
        return Axis(told, numbers, is_flush)

    def spread(self):
        """The part of the position axis that points of several layers at a position take, side by side."""
        layers = [layer for layer in self.layers if layer.mark in ("points", "at-most")]
        groups = len({(layer.tone, layer.variant) for layer in layers})
        if groups < 2 or self.position.categories is not None or self.has_fixed_points():
            return 0
        positions = {
            number for layer in layers for number in layer.numbers("position").tolist() if self.position.has(number)
        }
        places = sorted(self.position.place(position) for position in positions)
        room = min((after - before for before, after in zip(places, places[1:])), default=0.5)
        # Of an axis of 60 mm: told apart even where positions are near, but not far from where they belong.
        part = min(groups / 60, 0.4 * room) if self.has_lines() else min(groups / 30, 0.6 * room)
        return max(part, min(0.015 * groups, 0.04))

    def has_lines(self):
        return any(layer.mark in ("line", "steps") for layer in self.layers)

    def has_fixed_points(self):
        """Points that lines go through stay on them; those at the ends of lines do not."""
        return self.has_lines() and any(layer.mark == "points" and layer.count > 2 for layer in self.layers)

    def flip(self, position, value):
        """What is across and what is up."""
        return (value, position) if self.is_horizontal else (position, value)

    def has_labels_of(self, other):
        """Whether categories of the vertical axes are the same."""
        texts, others = ((panel.up.categories, panel.up.label, panel.is_horizontal) for panel in (self, other))
        return texts[0] is not None and texts == others

    def labels_up(self, width):
        """Of categories on the vertical axis, shortened to a width or wrapped where they are few."""
        lines = 2 if len(self.up.categories) <= 16 else 1
        return distinct(self.up.categories, lambda text, head: self.label(clean(text), width, lines, head))

    @staticmethod
    def label(text, width, lines, head):
        if lines > 1 and width_of(text) > width and " " in text:
            return wrap(text, width, lines)
        return shorten(text, width, head=head)

    def height(self, width):
        """Of the axes alone, in millimetres."""
        if self.up.categories is None:
            return 44 if width < 100 else (56, 46, 40)[self.columns - 1]
        groups = len({(layer.tone, layer.variant) for layer in self.layers if layer.mark in ("points", "at-most")})
        lines = max(label.count("\n") + 1 for label in self.labels_up(self.label_width(width)) or [""])
        slot = max(3.7 if lines == 1 else 6.4, 1.5 * groups + 1.2, 6.0 if self.has_tiles else 0)
        return max(9, slot * len(self.up.categories) + 2)

    def label_width(self, width):
        return 28 if width < 100 else (50, 32, 18)[self.columns - 1]

    def decorate(self, page, box):
        """Ticks and texts for a box in millimetres from the lower left corner of the page."""
        left, bottom, width, height = box
        ax = self.ax
        ax.set_position([left / page.width, bottom / page.height, width / page.width, height / page.height])
        for text in self.texts:
            text.remove()
        self.texts = []
        self.decorate_across(width)
        self.decorate_up(page, height)
        top = self.label_rules(width, height)
        title = wrap(self.title, width, 3)
        ax.set_title(title, loc="left", fontsize=TEXT, pad=top / POINT + 3, y=1.0, linespacing=1.15)
        if self.bar_ax:
            bar = min(max(height, 16), 40)
            self.bar_ax.set_position([(left + width + 2) / page.width, (bottom + (height - bar) / 2) / page.height,
                                      2.4 / page.width, bar / page.height])  # fmt: skip
        for spine in ("top", "right"):
            ax.spines[spine].set_visible(page.looks.is_paper or self.has_tiles)

    def decorate_across(self, width):
        axis, ax = self.across, self.ax
        ax.set_xscale("log" if axis.is_log else "linear")
        ax.set_xlim(axis.low, axis.high)
        ax.xaxis.set_minor_locator(NullLocator())
        power = 0
        if axis.categories is None:
            power = set_ticks(ax.xaxis, *axis.ticks(width, width_of))
        else:
            slot = width / max(1, len(axis.categories))
            labels = [wrap(clean(text), max(slot - 0.8, 1), 2) for text in axis.categories]
            is_upright = any("..." in label for label in labels)
            if is_upright:
                labels = distinct(axis.categories, lambda text, head: shorten(clean(text), 26, head=head))
            kept = thin([(slot * place, TEXT * POINT if is_upright else 0) for place in range(len(labels))], 0.4)
            labels = [label if place in kept else "" for place, label in enumerate(labels)]
            set_ticks(ax.xaxis, list(range(len(labels))), labels, [], 0)
            ax.tick_params(axis="x", length=0, rotation=90 if is_upright else 0)
        ax.set_xlabel(axis_label(axis, width, power))

    def decorate_up(self, page, height):
        axis, ax = self.up, self.ax
        ax.set_yscale("log" if axis.is_log else "linear")
        ax.set_ylim(*((axis.high, axis.low) if self.is_horizontal else (axis.low, axis.high)))
        ax.yaxis.set_minor_locator(NullLocator())
        power = 0
        if axis.categories is None:
            power = set_ticks(ax.yaxis, *axis.ticks(height, height_of))
        else:
            labels = self.labels_up(self.label_width(page.width))
            labels = ["" if self.shares_labels else label for label in labels]
            set_ticks(ax.yaxis, list(range(len(labels))), labels, [], 0)
            ax.tick_params(axis="y", length=0)
        ax.set_ylabel("" if self.shares_labels else axis_label(axis, max(height, 26), power), linespacing=1.15)

    def label_rules(self, width, height):
        """Names of rules at their ends, outside of the axes; what they take above, in millimetres."""
        above, beside = [], []
        for layer in self.layers:
            if layer.mark.endswith("-rule") and "label" in layer.texts:
                channel = layer.mark.removesuffix("-rule")
                axis = self.position if channel == "position" else self.value
                for number, text in zip(axis.present(layer.numbers(channel, axis.categories)), layer.texts["label"]):
                    text = shorten(clean(text), 17, SMALL)
                    if text and math.isfinite(number):
                        (above if axis is self.across else beside).append((axis.place(number), text))
        halves = [width_of(text, SMALL) / 2 for _, text in above]
        centres = [min(max(place * width, half), width - half) for (place, _), half in zip(above, halves)]
        kept = thin([(centre, 2 * half) for centre, half in zip(centres, halves)])
        for place in kept:
            self.write(above[place][1], centres[place] / width, 1, (0, 1.5), "center", "bottom")
        places = [1 - place if self.is_horizontal else place for place, _ in beside]
        for place in thin([(place * height, height_of("", SMALL)) for place in places], 0.2):
            self.write(beside[place][1], 1, places[place], (2, 0), "left", "center")
        return height_of("", SMALL) if kept else 0

    def write(self, text, across, up, offset, horizontal, vertical):
        self.texts.append(self.ax.annotate(
            text, (across, up), xycoords="axes fraction", xytext=offset, textcoords="offset points", fontsize=SMALL,
            color="#404040", ha=horizontal, va=vertical, annotation_clip=False))  # fmt: skip
