"""Opens pages of reports in a headless Chromium, as a reader without a network does, and says what is wrong with them.

    page.py FOLDER NAME=FILE=FIGURE,FIGURE,...[=TABLES] ...

NAME is what the screenshots in FOLDER are called; the FIGUREs are those that the page has, in their order; TABLES is how many
tables it has, where that is known, and otherwise there is one at least. Every page is looked at on a wide screen, on a telephone and in print. Prints a line a page; the exit code is 1 where something is wrong.

Only the standard library: the DevTools protocol is JSON, over two pipes, each message ended by a zero byte.
"""

import base64
import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SCREEN, TELEPHONE = 1280, 360
# A4 less its margins of 15 mm, at 96 pixels an inch.
PAPER = 680
# Rounding of coordinates.
SLACK = 1.0

LOOK = """(() => {
  const box = element => {
    const {left, right, top, bottom, width, height} = element.getBoundingClientRect();
    return {left: left + scrollX, right: right + scrollX, top: top + scrollY, bottom: bottom + scrollY, width, height};
  };
  return {
    width: document.documentElement.scrollWidth,
    height: document.documentElement.scrollHeight,
    body: document.body.innerText.length,
    headings: [...document.querySelectorAll('h1')].filter(heading => heading.innerText.trim()).length,
    tables: [...document.querySelectorAll('table')].map(table => {
      const scroll = table.parentElement;
      return {
        box: box(table), parent: box(scroll), scrolls: ['auto', 'scroll'].includes(getComputedStyle(scroll).overflowX),
        head: table.querySelector('th')?.innerText,
        cut: [...table.querySelectorAll('th, td')].filter(cell => cell.scrollWidth > cell.clientWidth + 1).length,
      };
    }),
    figures: [...document.querySelectorAll('figure')].map(figure => ({
      name: figure.dataset.figure, title: figure.querySelector('figcaption b')?.innerText ?? '', box: box(figure),
      caption: figure.querySelector('figcaption') && box(figure.querySelector('figcaption')),
      legend: [...figure.querySelectorAll('.legend li')].map(item => ({text: item.innerText.trim(), box: box(item)})),
      colors: [...new Set([...figure.querySelectorAll('.panels .marks *')].flatMap(mark =>
        [mark.getAttribute('stroke'), mark.getAttribute('fill')]).filter(color => color?.startsWith('#')))]
        .filter(color => !['#fff', '#ffffff', '#222222'].includes(color)),
      panels: [...figure.querySelectorAll('.panels svg')].map(svg => ({
        box: box(svg), marks: svg.querySelectorAll('.marks path, .marks rect, .marks circle').length,
        named: ['title', 'desc'].every(part => svg.querySelector(`:scope > ${part}`)?.textContent),
        texts: [...svg.querySelectorAll('text')].map(text => ({text: text.textContent, box: box(text)})),
      })),
    })),
    active: [...document.querySelectorAll('script, iframe, object, embed, img, link, form, a, base, foreignObject, animate')]
      .map(element => element.localName)
      .concat([...document.querySelectorAll('*')].flatMap(element => [...element.attributes])
        .filter(attribute => /^on|^href|^src$/i.test(attribute.name)).map(attribute => attribute.name)),
    executed: typeof window.executed,
    identifiers: [...document.querySelectorAll('[id]')].map(element => element.id)
      .filter((id, place, all) => all.indexOf(id) !== place),
  };
})()"""


class Browser:
    def __init__(self):
        program = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)
        if program is None:
            sys.exit("page.py: no chromium (Debian: apt-get install --no-install-recommends chromium fonts-dejavu-core)")
        self.profile = tempfile.TemporaryDirectory(prefix="landfall-chromium.")
        # The program reads commands from descriptor 3 and writes answers to 4; ours are moved out of their way.
        self.commands, answers = [], []
        for ends in (self.commands, answers):
            ends += [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in os.pipe()]

        def connect():
            os.dup2(self.commands[0], 3)
            os.dup2(answers[1], 4)

        options = [
            "--headless", "--remote-debugging-pipe", f"--user-data-dir={self.profile.name}", "--no-first-run",
            "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--hide-scrollbars",
        ]
        if os.geteuid() == 0:
            options.append("--no-sandbox")
        self.process = subprocess.Popen(
            [program, *options, "about:blank"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, preexec_fn=connect, close_fds=False)
        os.close(self.commands[0])
        os.close(answers[1])
        self.input = os.fdopen(self.commands[1], "wb", buffering=0)
        self.output = os.fdopen(answers[0], "rb")
        self.rest = b""
        self.number = 0
        self.events = []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def receive(self):
        while b"\0" not in self.rest:
            part = os.read(self.output.fileno(), 1 << 20)
            if not part:
                sys.exit("page.py: chromium has ended")
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.input.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"page.py: {method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, event):
        while not any(message.get("method") == event for message in self.events):
            self.events.append(self.receive())

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            sys.exit(f"page.py: {result['exceptionDetails']}")
        return result["result"].get("value")

    def picture(self, box):
        clip = {"x": box["left"], "y": box["top"], "width": box["width"], "height": box["height"], "scale": 1}
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
        return base64.b64decode(data)

    def close(self):
        self.session = None
        self.call("Browser.close")
        self.process.wait(timeout=20)
        self.profile.cleanup()


def overlap(a, b):
    return (
        min(a["right"], b["right"]) - max(a["left"], b["left"]) > SLACK / 2
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > SLACK / 2
    )


def inside(a, b):
    return (
        a["left"] >= b["left"] - SLACK and a["right"] <= b["right"] + SLACK
        and a["top"] >= b["top"] - SLACK and a["bottom"] <= b["bottom"] + SLACK
    )


def is_shown(element):
    return element["box"]["width"] > 0 and element["box"]["height"] > 0


def objections(seen, width, isPrint, expected, tables):
    """What is wrong with a page of a width, in sentences."""
    if seen["width"] > width:
        yield f"the page is {seen['width']} pixels wide"
    if seen["body"] < 200:
        yield "the page has no text"
    if seen["headings"] != 1:
        yield f"the page has {seen['headings']} headings of level 1 instead of one"
    if len(seen["tables"]) != tables and (tables is not None or not seen["tables"]):
        yield f"the page has {len(seen['tables'])} tables instead of {'some' if tables is None else tables}"
    for table in seen["tables"]:
        name = f"the table that begins with {table['head']!r}"
        if not is_shown(table):
            yield f"{name} is not shown"
        if table["parent"]["right"] > width + SLACK:
            yield f"the box of {name} sticks out of the page"
        if table["box"]["right"] > table["parent"]["right"] + SLACK and (isPrint or not table["scrolls"]):
            yield f"{name} is {table['box']['width']:.0f} pixels wide and sticks out of its box"
        if table["cut"]:
            yield f"{name} has {table['cut']} cells wider than their column"
    names = [figure["name"] for figure in seen["figures"]]
    if names != expected:
        yield f"the figures are {', '.join(names) or 'none'} instead of {', '.join(expected)}"
    for figure in seen["figures"]:
        name = f"figure {figure['name']}"
        if not is_shown(figure):
            yield f"{name} is not shown"
            continue
        if not figure["title"].strip() or not figure["panels"]:
            yield f"{name} has no title or no panel"
        if figure["box"]["right"] > width + SLACK:
            yield f"{name} sticks out of the page"
        # Marks of one colour are told by the title and the axes, and lines for reference by names on these.
        if len(figure["colors"]) > 1 and not figure["legend"]:
            yield f"{name} has marks of {len(figure['colors'])} colours and no legend"
        for item in figure["legend"]:
            if not item["text"] or not is_shown(item):
                yield f"{name}: an item of the legend, {item['text']!r}, is empty or not shown"
        for place, panel in enumerate(figure["panels"], start=1):
            if figure["caption"] and overlap(figure["caption"], panel["box"]):
                yield f"{name}: the caption overlaps panel {place}"
            for item in figure["legend"]:
                if overlap(item["box"], panel["box"]):
                    yield f"{name}: the legend, {item['text']!r}, overlaps panel {place}"
        for place, panel in enumerate(figure["panels"], start=1):
            where = f"{name}, panel {place}"
            if panel["box"]["width"] < 150 or panel["box"]["height"] < 50:
                yield f"{where} is {panel['box']['width']:.0f} x {panel['box']['height']:.0f} pixels"
            if not panel["marks"] or not panel["named"]:
                yield f"{where} has no marks, or no title and description for readers who do not see it"
            texts = panel["texts"]
            if len(texts) < 4:
                yield f"{where} has {len(texts)} texts"
            for index, text in enumerate(texts):
                if text["box"]["width"] == 0:
                    yield f"{where}: {text['text']!r} has no width; is a font installed?"
                if not inside(text["box"], panel["box"]):
                    yield f"{where}: {text['text']!r} sticks out"
                for other in texts[:index]:
                    if overlap(text["box"], other["box"]):
                        yield f"{where}: {text['text']!r} overlaps {other['text']!r}"
    if seen["active"]:
        yield f"there are elements or attributes {', '.join(sorted(set(seen['active'])))}"
    if seen["executed"] != "undefined":
        yield "a script was executed"
    if seen["identifiers"]:
        yield f"several elements have the identifiers {', '.join(seen['identifiers'])}"


def unpainted(browser, seen):
    """Panels that look the same without their marks."""
    for figure in seen["figures"]:
        for place, panel in enumerate(figure["panels"], start=1):
            # Of what has no extent there is no picture; that it is not shown is said already.
            if not is_shown(panel):
                continue
            whole = browser.picture(panel["box"])
            browser.evaluate("document.querySelectorAll('.marks').forEach(marks => marks.style.visibility = 'hidden')")
            bare = browser.picture(panel["box"])
            browser.evaluate("document.querySelectorAll('.marks').forEach(marks => marks.style.visibility = '')")
            if whole == bare:
                yield f"figure {figure['name']}, panel {place}: no mark is painted"


def check(browser, folder, name, file, expected, tables):
    """What is wrong with a page, and a line about it."""
    wrong = []
    url = pathlib.Path(file).resolve().as_uri()
    browser.events.clear()
    for domain in ("Page", "Runtime", "Log", "Network"):
        browser.call(f"{domain}.enable")
    browser.call(
        "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1)
    views = [("screen", SCREEN, 900, ""), ("telephone", TELEPHONE, 740, ""), ("paper", PAPER, 1009, "print")]
    for view, width, height, medium in views:
        browser.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=view == "telephone")
        browser.call("Emulation.setEmulatedMedia", media=medium)
        browser.events = [event for event in browser.events if event.get("method") != "Page.loadEventFired"]
        browser.call("Page.navigate", url=url)
        browser.wait("Page.loadEventFired")
        seen = browser.evaluate(LOOK)
        wrong += [f"{view}: {text}" for text in objections(seen, width, medium == "print", expected, tables)]
        wrong += [f"{view}: {text}" for text in unpainted(browser, seen)]
        whole = {"left": 0, "top": 0, "width": width, "height": min(seen["height"], 16000)}
        (folder / f"{name}-{view}.png").write_bytes(browser.picture(whole))
    browser.call("Emulation.setEmulatedMedia", media="")
    pdf = base64.b64decode(browser.call("Page.printToPDF", printBackground=False, preferCSSPageSize=True)["data"])
    (folder / f"{name}.pdf").write_bytes(pdf)
    if not pdf.startswith(b"%PDF-"):
        wrong.append("paper: no PDF")
    for event in browser.events:
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent" and parameters["request"]["url"] != url:
            wrong.append(f"it asks for {parameters['request']['url']}")
        elif method == "Log.entryAdded":
            wrong.append(f"the browser says: {parameters['entry']['text']}")
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            wrong.append(f"a script ran: {method}")
    texts = sum(len(panel["texts"]) for figure in seen["figures"] for panel in figure["panels"])
    return wrong, (
        f"{name}: {len(seen['figures'])} figures with {texts} texts, {len(seen['tables'])} tables, "
        f"{os.path.getsize(file)} bytes, {pdf.count(b'/Type /Page' + bytes([10]))} printed pages")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    failed = False
    for argument in sys.argv[2:]:
        name, file, figures, *tables = argument.split("=")
        wrong, line = check(
            browser, folder, name, file, figures.split(",") if figures else [], int(tables[0]) if tables else None)
        print(line if not wrong else f"{line}: WRONG", flush=True)
        for text in dict.fromkeys(wrong):
            print(f"  {text}", file=sys.stderr)
        failed = failed or bool(wrong)
    browser.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
