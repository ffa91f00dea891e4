"""Texts that fit: cleaned, measured, shortened, wrapped, and thinned out where there are too many."""

import functools
import math
import unicodedata

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

from looks import DPI, INCH, POINT, TEXT


def clean(text, most=400):
    """Without what would act on the layout: control characters, marks of direction, halves of characters."""
    text = str(text)
    text = text if len(text) <= most else text[: most - 3] + "..."
    kinds = [(sign, unicodedata.category(sign)) for sign in text]
    text = "".join(
        "\ufffd" if kind == "Cs" else "" if kind == "Cf" else " " if kind[0] in "CZ" else sign for sign, kind in kinds
    )
    return " ".join(text.split())


RULER = RendererAgg(16, 16, DPI)


@functools.lru_cache(maxsize=None)
def width_of(text, size=TEXT):
    """In millimetres, of the widest line."""
    font = FontProperties(size=size)
    dots = [RULER.get_text_width_height_descent(line or " ", font, False)[0] for line in text.split("\n")]
    return max(dots) / DPI * INCH


def height_of(text, size=TEXT):
    return (1.2 * text.count("\n") + 1) * size * 1.16 * POINT


def shorten(text, width, size=TEXT, head=0.5):
    """With "..." for so much of its middle that it fits."""
    if width_of(text, size) <= width:
        return text
    short, fewest, most = "...", 2, len(text) - 1
    while fewest <= most:
        kept = (fewest + most) // 2
        first = max(1, math.ceil(kept * head))
        longer = text[:first].rstrip() + "..." + text[len(text) - max(1, kept - first) :].lstrip()
        if width_of(longer, size) <= width:
            short, fewest = longer, kept + 1
        else:
            most = kept - 1
    return short


def wrap(text, width, lines, size=TEXT):
    """In at most so many lines of at most this width."""
    words, done = text.split(" "), []
    while words:
        count = 1
        while count < len(words) and width_of(" ".join(words[: count + 1]), size) <= width:
            count += 1
        count = len(words) if len(done) == lines - 1 else count
        done.append(shorten(" ".join(words[:count]), width, size, head=0.9 if len(done) == lines - 1 else 0.5))
        words = words[count:]
    return "\n".join(done)


def distinct(texts, short):
    """Shortened so that different texts stay different where that is possible: at their middle, else near an end."""
    for head in (0.5, 0.25, 0.75):
        result = [short(text, head) for text in texts]
        if len(set(result)) == len(set(texts)):
            return result
    return [short(text, 0.5) for text in texts]


def thin(labels, gap=0.8):
    """Which labels to keep so that none meets another: centre and extent in millimetres, the important ones first."""
    kept = []
    for place, (centre, extent) in enumerate(labels):
        if all(abs(centre - labels[other][0]) >= (extent + labels[other][1]) / 2 + gap for other in kept):
            kept.append(place)
    return set(kept)


def short_number(number):
    power = math.floor(math.log10(number) + 1e-9)
    if -3 <= power <= 4:
        return f"{number:g}"
    factor = round(number / 10.0**power)
    return superscript(power) if factor == 1 else f"{factor}\u00d7{superscript(power)}"


def superscript(power):
    raised = "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
    return "10" + str(power).translate(str.maketrans("-0123456789", raised))
