"""Marks: how the rows of each layer are drawn on the axes of a panel."""

import math

import numpy as np
from matplotlib import colormaps
from matplotlib.collections import LineCollection
from matplotlib.markers import CARETDOWN, CARETLEFT
from matplotlib.patches import Rectangle
from matplotlib.transforms import ScaledTranslation

from looks import INCH, SMALL
from texts import clean, height_of, width_of


class Marks:
    """The layers of a panel of a size in millimetres."""

    def __init__(self, panel, looks, size):
        self.panel, self.looks, self.size = panel, looks, size
        self.ax, self.position, self.value, self.flip = panel.ax, panel.position, panel.value, panel.flip
        self.length = size[1 if panel.is_horizontal else 0]
        # Across the strokes of points.
        self.foot = "|" if panel.is_horizontal else "_"
        self.offsets = self.offsets_of_points()

    def draw(self):
        if not self.panel.has_tiles and self.value.categories is None and not self.looks.is_paper:
            axis = self.ax.xaxis if self.panel.is_horizontal else self.ax.yaxis
            axis.grid(True, color="#E4E4E4", linewidth=0.4, zorder=0)
        self.ax.set_axisbelow(True)
        draws = {
            "line": self.draw_line, "steps": self.draw_line, "points": self.draw_points, "at-most": self.draw_at_most,
            "bars": self.draw_bars, "histogram": self.draw_histogram, "tiles": self.draw_tiles,
            "position-rule": self.draw_rules, "value-rule": self.draw_rules,
        }  # fmt: skip
        for place, layer in enumerate(self.panel.layers):
            draws[layer.mark](layer, {"zorder": 2 + 0.01 * place})

    def numbers(self, layer, channel):
        axis = self.position if channel in ("position", "to") else self.value
        return layer.numbers(channel, axis.categories if channel in ("position", "value") else None)

    def offsets_of_points(self):
        """Points of several layers at the same position stand side by side: as transforms by tone and variant."""
        layers = [layer for layer in self.panel.layers if layer.mark in ("points", "at-most")]
        groups = list(dict.fromkeys((layer.tone, layer.variant) for layer in layers))
        drawn = {group: set() for group in groups}
        for layer in layers:
            has_value = np.isfinite(self.numbers(layer, "value"))
            drawn[layer.tone, layer.variant] |= set(self.numbers(layer, "position")[has_value].tolist())
        positions = set().union(*drawn.values()) - {math.nan}
        step = 0
        if len(groups) > 1 and not self.panel.has_fixed_points() and sum(map(len, drawn.values())) > len(positions):
            part = 0.75 / len(self.position.categories) if self.position.categories else self.panel.spread()
            step = min(2.0, part * self.length / len(groups))
        transforms = {}
        for place, group in enumerate(groups):
            shift = (place - (len(groups) - 1) / 2) * step / INCH
            shift = (0, -shift) if self.panel.is_horizontal else (shift, 0)
            transforms[group] = self.ax.transData + ScaledTranslation(*shift, self.ax.figure.dpi_scale_trans)
        return transforms

    def draw_line(self, layer, style):
        position, value = self.numbers(layer, "position"), self.value.present(self.numbers(layer, "value"))
        low, high = (layer.numbers(channel) for channel in ("low", "high"))
        low, high = self.value.clamped(np.where(low < math.inf, low, math.nan)), self.value.clamped(high)
        if layer.mark == "steps":
            position = np.repeat(self.position.clamped(position), 2)[1:]
            value, low, high = (np.repeat(numbers, 2)[:-1] for numbers in (value, low, high))
        else:
            position = self.position.present(position)
        if (np.isfinite(low) & np.isfinite(high)).any():
            fill = self.ax.fill_betweenx if self.panel.is_horizontal else self.ax.fill_between
            alpha = 0.08 if layer.variant == "faint" else 0.18
            fill(position, low, high, color=self.looks.dark(layer), alpha=alpha, linewidth=0, **style)
        has_points = any(other.mark == "points" and other.tone == layer.tone for other in self.panel.layers)
        style = {**style, **self.looks.line(layer, not has_points)}
        if "marker" in style:
            start = 0.04 + 0.03 * (layer.series % 4) + (0.08 if layer.variant == "open" else 0)
            style["markevery"] = self.sparse(position, value, np.arange(start, 1, 0.16))
        self.ax.plot(*self.flip(position, value), **style)

    def sparse(self, position, value, parts):
        """Those of the points of a line that are nearest to some parts of the axis."""
        is_drawn = np.isfinite(position) & np.isfinite(value)
        places = {index: self.position.place(position[index]) for index in np.flatnonzero(is_drawn).tolist()}
        return sorted({min(places, key=lambda index: abs(places[index] - part)) for part in parts}) if places else []

    def draw_points(self, layer, style):
        position, value = self.position.present(self.numbers(layer, "position")), self.numbers(layer, "value")
        transform, colour = self.offsets[layer.tone, layer.variant], self.looks.dark(layer)
        alpha = 0.5 if layer.variant == "faint" else 1
        low, highest = (self.ends_of(layer, channel, value) for channel in ("low", "highest"))
        high = np.where(np.isnan(value), math.nan, self.value.clamped(layer.numbers("high")))
        is_on_areas = self.panel.has_bars or self.panel.has_tiles
        if is_on_areas:
            self.spans(position, low, high, 2.2, "white", 1, transform, style)
        self.spans(position, low, high, 0.5 if layer.variant == "faint" else 0.9, colour, alpha, transform, style)
        ends = np.sort([self.value.clamped(value), highest], axis=0)
        self.spans(position, *np.where(ends[0] < ends[1], ends, math.nan), 2.8, colour, 0.45 * alpha, transform, style)
        style = {**style, "linestyle": "none", "transform": transform, "clip_on": False}
        if not is_on_areas and layer.variant != "faint":
            # Whiskers that the axis cuts off have no foot.
            foot = {"marker": self.foot, "markersize": 3, "markeredgewidth": 0.9, "color": colour}
            for end, other in ((low, high), (high, low)):
                is_whole = (end > self.value.low) & (end < self.value.high) & np.isfinite(other)
                self.ax.plot(*self.flip(position, np.where(is_whole, end, math.nan)), **foot, **style)
        sign = self.looks.sign(layer)
        if is_on_areas:
            sign.update(markeredgecolor="white", markeredgewidth=0.6)
        self.ax.plot(*self.flip(position, self.value.present(value)), **sign, **style)

    def ends_of(self, layer, channel, value):
        """Where strokes from values end: at the end of a logarithmic axis where it does not have what is missing."""
        ends = layer.numbers(channel)
        if channel in layer.texts and self.value.is_log:
            ends = np.where(np.isnan(ends), self.value.low, ends)
        return np.where(np.isnan(value), math.nan, self.value.clamped(ends))

    def spans(self, position, low, high, width, colour, alpha, transform, style):
        """Strokes along the value axis."""
        segments = [[self.flip(p, a), self.flip(p, b)] for p, a, b in zip(position, low, high) if are_finite(p, a, b)]
        if segments:
            self.ax.add_collection(LineCollection(
                segments, linewidths=width, colors=colour, alpha=alpha, transform=transform, clip_on=False, **style
            ), autolim=False)  # fmt: skip

    def draw_at_most(self, layer, style):
        position = self.position.present(self.numbers(layer, "position"))
        value = self.value.present(self.numbers(layer, "value"))
        position = np.where(np.isfinite(value), position, math.nan)
        transform, colour = self.offsets[layer.tone, layer.variant], self.looks.dark(layer)
        end = np.full(len(position), self.value.low)
        self.spans(position, end, value, 0.8, colour, 1, transform, style)
        head = CARETLEFT if self.panel.is_horizontal else CARETDOWN
        fill = "white" if layer.variant == "open" else colour
        style = {**style, "linestyle": "none", "transform": transform, "clip_on": False}
        style.update(markeredgewidth=0.8, markeredgecolor=colour, markerfacecolor=fill)
        self.ax.plot(*self.flip(position, value), marker=self.foot, markersize=4, **style)
        self.ax.plot(*self.flip(position, end), marker=head, markersize=3.5, **style)

    def draw_bars(self, layer, style):
        position = self.position.present(self.numbers(layer, "position"))
        low, high = (self.value.clamped(layer.numbers(channel)) for channel in ("low", "high"))
        places = sorted({self.position.place(p) * self.length for p in position if math.isfinite(p)})
        room = min((after - before for before, after in zip(places, places[1:])), default=self.length)
        count = len(self.position.categories or [])
        half = min(0.36, 2.5 * count / self.length) if count else 0.5 * min(6, 0.7 * room) / self.length
        if not count:
            half *= self.position.scaled(self.position.high) - self.position.scaled(self.position.low)
        for p, a, b in zip(position, low, high):
            if are_finite(p, a, b):
                ends = (p / 10**half, p * 10**half) if self.position.is_log else (p - half, p + half)
                self.rectangle(*ends, a, b, self.looks.area(layer), style)

    def rectangle(self, start, end, low, high, area, style):
        (x, y), (right, top) = self.flip(start, low), self.flip(end, high)
        self.ax.add_patch(Rectangle((x, y), right - x, top - y, **area, **style))

    def draw_histogram(self, layer, style):
        start, end = (self.position.clamped(self.numbers(layer, channel)) for channel in ("position", "to"))
        value = self.value.present(self.numbers(layer, "value"))
        floor = self.value.low if self.value.is_log else 0
        orientation = "horizontal" if self.panel.is_horizontal else "vertical"
        area = self.looks.area(layer)
        # One shape for bars that touch: seams would show between them.
        runs = []
        for bar in [bar for bar in zip(start, end, value) if are_finite(*bar) and bar[2] > 0]:
            if runs and math.isclose(runs[-1][-1][1], bar[0], rel_tol=1e-9):
                runs[-1].append(bar)
            else:
                runs.append([bar])
        for run in runs:
            edges, values = [bar[0] for bar in run] + [run[-1][1]], [bar[2] for bar in run]
            shape = {"baseline": floor, "orientation": orientation, **style}
            if layer.variant != "open":
                self.ax.stairs(values, edges, fill=True, **shape, **area)
            if self.looks.outlines(layer):
                outline = {**self.looks.line(layer, False), "linewidth": 0.8}
                self.ax.stairs(values, edges, fill=False, **shape, **outline)

    def draw_tiles(self, layer, style):
        shade = layer.numbers("shade")
        hatches = layer.texts.get("hatch", [""] * layer.count)
        across, up = self.flip(self.numbers(layer, "position"), self.numbers(layer, "value"))
        width = self.size[0] / max(1, len(self.panel.across.categories))
        height = self.size[1] / max(1, len(self.panel.up.categories))
        labels = [clean(text) for text in layer.texts.get("label", [""] * layer.count)]

        def fits(text, size):
            return width_of(text, size) <= width - 0.8 and height_of(text, size) <= height

        half = 0.47
        size = SMALL if all(fits(label, SMALL) for label in labels) else 5
        for x, y, part, hatch, label in zip(across, up, shade, hatches, labels):
            if not are_finite(x, y):
                continue
            colour = colormaps["cividis"](min(max(float(part), 0.0), 1.0)) if math.isfinite(part) else "white"
            ink = "white" if math.isfinite(part) and part < 0.55 else "black"
            tile = (x - half, y - half), 2 * half, 2 * half
            area = {"facecolor": colour, "edgecolor": "#C0C0C0" if math.isnan(part) else colour, "linewidth": 0.5}
            self.ax.add_patch(Rectangle(*tile, **area, **style))
            is_hatched = hatch in ("yes", "true")
            if is_hatched and math.isfinite(part):
                area = {"facecolor": "none", "edgecolor": ink, "linewidth": 0, "hatch": "////", "alpha": 0.55}
                self.ax.add_patch(Rectangle(*tile, **area, **style))
            if label and fits(label, size):
                box = {"facecolor": colour, "edgecolor": "none", "pad": 0.8} if is_hatched else None
                text = {"fontsize": size, "color": ink, "ha": "center", "va": "center_baseline", "zorder": 3}
                self.ax.text(x, y, label, bbox=box, **text)

    def draw_rules(self, layer, style):
        axis = self.position if layer.mark == "position-rule" else self.value
        numbers = layer.numbers("position" if axis is self.position else "value", axis.categories)
        rule = self.ax.axvline if axis is self.panel.across else self.ax.axhline
        for number in axis.present(numbers):
            if math.isfinite(number):
                rule(number, **self.looks.line(layer), **style)


def are_finite(*numbers):
    return all(math.isfinite(number) for number in numbers)
