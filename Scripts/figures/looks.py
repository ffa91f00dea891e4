"""What a reader tells things apart by: sizes, colours, signs, dashes and hatches."""

import warnings

import matplotlib
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.markers import CARETDOWN
from matplotlib.patches import Patch

DPI = 200
# In millimetres.
INCH = 25.4
POINT = INCH / 72
# Sizes of text in points.
TEXT, TITLE, SMALL = 7, 8, 6
matplotlib.rcParams.update({
    "pdf.fonttype": 42, "ps.fonttype": 42, "font.family": "DejaVu Sans", "font.size": TEXT, "text.parse_math": False,
    "axes.linewidth": 0.5, "axes.labelpad": 2.5, "hatch.linewidth": 0.5, "lines.linewidth": 1.0, "path.simplify": False,
    "xtick.major.width": 0.5, "xtick.minor.width": 0.4, "xtick.major.size": 2.5, "xtick.minor.size": 1.4,
    "ytick.major.width": 0.5, "ytick.minor.width": 0.4, "ytick.major.size": 2.5, "ytick.minor.size": 1.4,
    "xtick.major.pad": 2, "ytick.major.pad": 2,
})  # fmt: skip
# Letters that the font lacks are drawn as boxes, which says enough.
warnings.filterwarnings("ignore", message="Glyph .* missing from")

# Told apart by people who see few colours, and by their lightness: 33, 71, 51, 74, 27, 55, 50 and 5 of 100.
SERIES = ["#1F4E8C", "#E69F00", "#1A8A6E", "#7CBDE8", "#7A1237", "#D9601A", "#8A63C4", "#111111"]
PAPER = ["#808080", "#FF8C00", "#008080"]
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h", "*"]
# So that all look as large as a circle.
SIZES = {"^": 1.1, "v": 1.1, "<": 1.1, ">": 1.1, "*": 1.4, "P": 1.15, "X": 1.15, "D": 0.88, "s": 0.92}
DASHES = [(), (5, 1.5), (1.2, 1.2), (6, 1.5, 1.2, 1.5), (3, 1, 3, 3), (8, 2, 1, 2, 1, 2), (2.5, 2.5), (10, 3)]
# Colour, hatching and its colour; lightness 44, 76, 93, 65 and 18.
VERDICTS = {
    "good": ("#1B6CA8", "", "#1B6CA8"), "good-later": ("#8FC1E3", "////", "#33658A"),
    "undecided": ("#ECECEC", ".....", "#707070"), "bad": ("#E6842A", "\\\\\\", "#7A3A00"),
    "diverged": ("#4A1520", "xxx", "#F0E0E0"),
}  # fmt: skip


class Looks:
    """Colours and signs of the layers of a figure: the same in all of its panels."""

    def __init__(self, layers, style):
        self.is_paper = style == "paper"
        numbers = sorted({layer.series for layer in layers if layer.series is not None})
        self.count = max(numbers, default=0) + 1
        lines = [layer for layer in layers if layer.mark in ("line", "steps", "histogram") and layer.series is not None]
        # Lines of the papers are told apart by their colours.
        self.tells_lines = len({layer.series for layer in lines if layer.variant != "faint"}) > 1 and not self.is_paper
        self.has_open_lines = any(layer.variant == "open" for layer in lines)

    def colour(self, layer):
        if layer.tone in VERDICTS:
            return VERDICTS[layer.tone][0]
        if layer.series is None:
            return "#404040"
        colours = PAPER + SERIES if self.is_paper else SERIES
        if layer.series < len(colours):
            return colours[layer.series]
        # On along a sequential map, from dark to light.
        part = (layer.series - len(colours)) / max(1, self.count - len(colours) - 1)
        return to_hex(colormaps["viridis"](0.1 + 0.8 * part))

    def dark(self, layer):
        """The colour as lines and signs need it: not that of paper."""
        return "#8C8C8C" if layer.tone == "undecided" else self.colour(layer)

    def dash(self, layer):
        if layer.variant == "open":
            dash = (3.5, 1.6)
        elif self.tells_lines and layer.series is not None and not self.has_open_lines and layer.variant == "plain":
            dash = DASHES[layer.series % len(DASHES)]
        else:
            dash = ()
        return (0, dash) if dash else "solid"

    def line(self, layer, has_signs=True):
        """Keywords of a line of a layer."""
        is_faint, is_rule = layer.variant == "faint", layer.mark.endswith("-rule")
        width = 0.5 if is_faint else 0.6 if is_rule else 1.0
        style = {"color": self.dark(layer), "linestyle": self.dash(layer), "linewidth": width}
        style["alpha"] = 0.5 if is_faint else 1
        if has_signs and self.tells_lines and layer.series is not None and not (is_rule or is_faint):
            style.update(self.sign(layer, 3.0))
        return style

    def sign(self, layer, size=3.8):
        """Keywords of the sign of a point."""
        number = layer.series if layer.series is not None else [*VERDICTS, "reference"].index(layer.tone)
        marker = MARKERS[number % len(MARKERS)] if layer.tone != "reference" else "o"
        size *= SIZES.get(marker, 1)
        colour = self.dark(layer)
        is_faint = layer.variant == "faint"
        return {
            "marker": marker, "markersize": 0.6 * size if is_faint else size, "markeredgecolor": colour,
            "markerfacecolor": "white" if layer.variant == "open" else colour,
            "markeredgewidth": 0.4 if is_faint else 0.8,
        }  # fmt: skip

    def area(self, layer):
        """Keywords of what is filled."""
        colour = self.colour(layer)
        if layer.variant == "open":
            return {"facecolor": "none", "edgecolor": self.dark(layer), "linewidth": 0.9}
        if layer.mark == "histogram":
            return {"facecolor": colour, "alpha": 0.6 if self.is_paper else 0.3, "linewidth": 0}
        _, hatch, ink = VERDICTS.get(layer.tone, (colour, "", colour))
        alpha = 0.5 if layer.variant == "faint" else 1
        return {"facecolor": colour, "edgecolor": ink, "hatch": hatch or None, "linewidth": 0, "alpha": alpha}

    def handles(self, layer):
        """What stands for the layer in the legend."""
        if layer.mark in ("line", "steps"):
            band = [Patch(facecolor=self.dark(layer), alpha=0.18, linewidth=0)] if "low" in layer.texts else []
            return band + [Line2D([], [], **self.line(layer))]
        if layer.mark.endswith("-rule"):
            return [Line2D([], [], **self.line(layer))]
        if layer.mark == "points":
            return [Line2D([], [], linestyle="none", **self.sign(layer))]
        if layer.mark == "at-most":
            return [Line2D([], [], linestyle="none", marker=CARETDOWN, color=self.dark(layer), markersize=4)]
        area = Patch(**self.area(layer))
        return [area, Line2D([], [], **self.line(layer, False))] if self.outlines(layer) else [area]

    def any_sign(self, variant):
        """What stands for the signs of a variant, whatever their shapes and colours."""
        fill = "white" if variant == "open" else "#404040"
        return Line2D([], [], linestyle="none", marker="o", markersize=3.8, markeredgewidth=0.8,
                      markeredgecolor="#404040", markerfacecolor=fill)  # fmt: skip

    def outlines(self, layer):
        return layer.mark == "histogram" and (layer.variant == "open" or not self.is_paper)
