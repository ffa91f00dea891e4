"""The files of a page, with what they tell about themselves."""

import contextlib
import os

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from looks import DPI
from texts import clean


def write(page, path, kind, provenance):
    """As "pdf" or "png": the same bytes whenever it is drawn.

    Who reads the file meanwhile, and where the drawing fails, sees the earlier one.
    """
    part = f"{path}.{os.getpid()}.part"
    try:
        save(page, part, kind, provenance)
        os.replace(part, path)
    except OSError as error:
        # The user knows the name of the picture only.
        error.filename, error.filename2 = path, None
        raise
    finally:
        with contextlib.suppress(OSError):
            os.remove(part)


def save(page, path, kind, provenance):
    title = clean(page.told["title"])
    if kind == "pdf":
        about = {"Title": title, "Subject": provenance, "Creator": "landfall", "CreationDate": None}
        page.figure.savefig(path, format="pdf", metadata=about)
        # Saving leaves another canvas.
        page.canvas = FigureCanvasAgg(page.figure)
        return
    page.canvas.draw()
    # 128 colours are enough, and take a third of the bytes.
    picture = Image.fromarray(np.asarray(page.canvas.buffer_rgba())).convert("RGB")
    picture = picture.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    # Which are means of near ones: paper is to stay white.
    colours, paper = picture.getpalette(), picture.getpixel((0, 0))
    colours[3 * paper : 3 * paper + 3] = 255, 255, 255
    picture.putpalette(colours)
    about = PngInfo()
    about.add_text("Title", title)
    about.add_text("Description", provenance)
    about.add_text("Software", f"landfall, matplotlib {matplotlib.__version__}")
    picture.save(path, format="png", dpi=(DPI, DPI), pnginfo=about, optimize=True)
