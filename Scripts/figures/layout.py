"""Pages: where the panels of a figure and its legend stand, from what their texts take."""

import math

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.ticker import NullLocator
from matplotlib.transforms import Bbox

from axes import set_ticks
from data import Trouble
from looks import DPI, INCH, TEXT, TITLE, Looks
from marks import Marks
from panels import Panel
from texts import clean, height_of, shorten, wrap

# In millimetres: at the edges of a page, and between panels that stand side by side.
MARGIN, GAP = 1.5, 5
# What a PNG has room for.
HIGHEST = 8000


class Page:
    """A figure of a width: its title, its panels in rows, and below them its legend."""

    def __init__(self, told, table, path, style, width):
        self.width, self.height = width, 100.0
        self.told = told
        self.panels = [Panel(panel, table, path) for panel in told["panels"]]
        self.layers = [layer for panel in self.panels for layer in panel.layers]
        self.looks = Looks(self.layers, style)
        self.figure = Figure(figsize=(width / INCH, 100 / INCH), dpi=DPI)
        self.canvas = FigureCanvasAgg(self.figure)
        for panel in self.panels:
            panel.ax = self.figure.add_axes([0.2, 0.2, 0.6, 0.6])
            if panel.has_tiles:
                self.add_colour_bar(panel)
        self.rows = self.arrange()
        # Legends of panels with their heights, and what the texts below their axes take.
        self.legends, self.belows = {}, {}
        boxes = self.lay_out()
        for panel in self.panels:
            Marks(panel, self.looks, boxes[panel][2:]).draw()

    def arrange(self):
        """In one column, in two where there is room, three plots of numbers in three; what is wide has its own row."""
        are_plots = all(not panel.is_wide and panel.up.categories is None for panel in self.panels)
        columns = 1 if self.width < 100 or len(self.panels) == 1 else 3 if len(self.panels) == 3 and are_plots else 2
        rows = []
        for panel in self.panels:
            panel.columns = 1 if panel.is_wide else columns
            if rows and len(rows[-1]) < columns and panel.columns == rows[-1][0].columns == columns:
                rows[-1].append(panel)
            else:
                rows.append([panel])
        if len(rows) == 1 and len(rows[0]) == 1:
            rows[0][0].columns = 1
        # In all rows or in none, so that axes below each other have the same width.
        pairs = [row for row in rows if len(row) == 2]
        are_alike = all(left.has_labels_of(right) for left, right in pairs)
        for _, right in pairs:
            right.shares_labels = are_alike
        return rows

    def add_colour_bar(self, panel):
        panel.bar_ax = ax = self.figure.add_axes([0.9, 0.2, 0.03, 0.6])
        ax.imshow(np.linspace(0, 1, 256)[:, None], cmap="cividis", aspect="auto", origin="lower", extent=(0, 1, 0, 1))
        set_ticks(ax.yaxis, [0, 0.5, 1], ["0", "0.5", "1"], [], 0)
        ax.xaxis.set_major_locator(NullLocator())
        ax.yaxis.tick_right()
        ax.yaxis.set_label_position("right")
        label = next(layer.label for layer in panel.layers if layer.mark == "tiles")
        ax.set_ylabel(wrap(label, 38, 2))

    def lay_out(self):
        """Places everything, from what the texts around the axes take; boxes of the axes in millimetres."""
        title = wrap(clean(self.told["title"]), self.width - 2 * MARGIN, 3, TITLE)
        text = self.figure.text(0, 0, title, fontsize=TITLE, ha="left", va="top", linespacing=1.2)
        top = MARGIN + (height_of(title, TITLE) + 1 if title else 0)
        legend, legend_height = None, 0
        if self.has_own_legends():
            for panel in self.panels:
                own, height = self.add_legend(panel.layers, self.room(panel.columns))
                if own:
                    self.legends[panel] = own, height
        else:
            legend, legend_height = self.add_legend(self.layers, self.width - 2 * MARGIN)
        around = {panel: (12.0, 9.0, 3.0, 3.0) for panel in self.panels}
        for turn in range(3):
            boxes, below = self.boxes(around, top)
            self.height = below + legend_height + MARGIN
            if self.height > HIGHEST:
                raise Trouble(f"it would be {self.height / 1000:.1f} m high: too much is drawn below each other")
            self.figure.set_size_inches(self.width / INCH, self.height / INCH)
            boxes = {panel: (x, self.height - y, width, height) for panel, (x, y, width, height) in boxes.items()}
            for row in self.rows:
                for panel in row:
                    panel.decorate(self, boxes[panel])
            if turn < 2:
                around = {panel: self.around(panel) for panel in self.panels}
        text.set_position((MARGIN / self.width, 1 - MARGIN / self.height))
        if legend:
            self.place(legend, self.width / 2, MARGIN + legend_height - 1)
        for panel, (own, _) in self.legends.items():
            x, y, width, _ = boxes[panel]
            self.place(own, x + width / 2, y - self.belows[panel] - 1)
        return boxes

    def around(self, panel):
        """What a panel takes left of its axes, below, right and above, in millimetres."""
        inner, renderer = panel.ax.get_window_extent(), self.canvas.get_renderer()
        boxes = [panel.ax.get_tightbbox(renderer, bbox_extra_artists=panel.texts)]
        if panel.bar_ax:
            boxes.append(panel.bar_ax.get_tightbbox(renderer))
        outer = Bbox.union(boxes)
        sides = inner.x0 - outer.x0, inner.y0 - outer.y0, outer.x1 - inner.x1, outer.y1 - inner.y1
        left, below, right, above = (side / DPI * INCH + 0.3 for side in sides)
        self.belows[panel] = below
        return left, below + (self.legends[panel][1] + 1 if panel in self.legends else 0), right, above

    def has_own_legends(self):
        """Whether the same look means other things in other panels: each has a legend of its own then."""
        labels = {}
        for layer in self.layers:
            if layer.label:
                labels.setdefault((layer.tone, layer.variant, layer.mark), set()).add(layer.label)
        return any(len(names) > 1 for names in labels.values())

    def place(self, legend, x, y):
        """With the middle of its upper edge at a point in millimetres, or so near that it is on the page."""
        half = legend.get_window_extent(self.canvas.get_renderer()).width / DPI * INCH / 2
        x = max(min(x, self.width - MARGIN - half), MARGIN + half)
        legend.set_bbox_to_anchor((x / self.width, y / self.height), transform=self.figure.transFigure)

    def boxes(self, around, top):
        """Left, bottom (from the top of the page), width and height of the axes; and where the last one ends."""
        boxes = {}
        for row in self.rows:
            columns = row[0].columns
            room = self.room(columns)
            above, below = max(around[panel][3] for panel in row), max(around[panel][1] for panel in row)
            height = max(panel.height(self.width) for panel in row)
            left, right = ([around[panel][side] for panel in row] for side in (0, 2))
            if any(panel.shares_labels for panel in row):
                # The panel without labels leaves their room to both.
                inner = [room - (sum(left) + sum(right)) / columns] * columns
            else:
                left = [self.aligned(around, place, columns, left[place]) for place in range(len(row))]
                inner = [room - left[place] - right[place] for place in range(len(row))]
            x = MARGIN
            for place, panel in enumerate(row):
                boxes[panel] = (x + left[place], top + above + height, max(inner[place], 10), height)
                x += left[place] + inner[place] + right[place] + GAP
            top += above + height + below + 3
        return boxes, top - 1

    def room(self, columns):
        return (self.width - 2 * MARGIN - GAP * (columns - 1)) / columns

    def aligned(self, around, place, columns, own):
        """The left side of axes that stand below each other, where they take nearly the same."""
        rows = [row for row in self.rows if row[0].columns == columns and len(row) > place]
        return max(left for left in (around[row[place]][0] for row in rows) if left <= own + 12)

    def entries(self, layers):
        """Labels and what stands beside them."""
        found = {}
        for layer in layers:
            if layer.label and layer.mark != "tiles":
                entry = found.setdefault((layer.label, layer.tone, layer.variant), {})
                entry.setdefault(layer.mark, self.looks.handles(layer))
        handles = {key: tuple(handle for part in entry.values() for handle in part) for key, entry in found.items()}
        # Labels "A, x" and "A, y", "B, x" and "B, y" and so on, of filled and of open signs: x and y once for all.
        series = {}
        for label, tone, variant in handles:
            name, _, meaning = label.rpartition(", ")
            series.setdefault((name, tone), {})[variant] = meaning
        meanings = next(iter(series.values()), {})
        are_points = all(entry.keys() <= {"points", "at-most"} for entry in found.values())
        are_pairs = meanings.keys() == {"plain", "open"} and all(pair == meanings for pair in series.values())
        if not (are_points and are_pairs and len(series) > 2 and all(name for name, _ in series)):
            return [(label, handle) for (label, _, _), handle in handles.items()]
        entries = [(name, handles[f"{name}, {meanings['plain']}", tone, "plain"]) for name, tone in series]
        return entries + [(meaning, (self.looks.any_sign(variant),)) for variant, meaning in meanings.items()]

    def add_legend(self, layers, width):
        """In as many columns as a width has room for; and its height."""
        entries = self.entries(layers)
        if not entries:
            return None, 0
        handles = [handle for _, handle in entries]
        labels = [shorten(label, width - 9) for label, _ in entries]
        length = 1.2 if all(layer.mark in ("points", "at-most") for layer in layers) else 2.4
        for columns in range(min(len(labels), 6), 0, -1):
            # Of as many rows, the fewest columns.
            if columns > 1 and math.ceil(len(labels) / columns) == math.ceil(len(labels) / (columns - 1)):
                continue
            legend = self.figure.legend(
                handles, labels, loc="upper center", ncols=columns, frameon=False, fontsize=TEXT, handlelength=length,
                columnspacing=1.4, handletextpad=0.6, labelspacing=0.35, borderpad=0, borderaxespad=0, numpoints=1,
                handler_map={tuple: HandlerTuple(ndivide=1, pad=0)})  # fmt: skip
            extent = legend.get_window_extent(self.canvas.get_renderer())
            if extent.width / DPI * INCH <= width or columns == 1:
                return legend, extent.height / DPI * INCH + 1
            legend.remove()
