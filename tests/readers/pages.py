"""The report, with Python's own html.parser."""

import base64
import io
import re
from html.parser import HTMLParser

from PIL import Image

# Elements without an end.
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Attributes that let a browser ask for something.
ADDRESSES = {"src", "href", "srcset", "action", "data", "poster", "xlink:href", "background"}
# In style sheets.
ASKED = re.compile(r"@import|url\(\s*['\"]?(?!data:|#)", re.IGNORECASE)


class Reader(HTMLParser):
    """Checks that elements are nested and that no address leads out of the file."""

    def __init__(self):
        super().__init__()
        self.open, self.pictures, self.text, self.elements = [], [], [], 0

    def handle_starttag(self, tag, attrs):
        self.elements += 1
        if tag not in VOID:
            self.open.append(tag)
        self.look(tag, attrs)

    def handle_startendtag(self, tag, attrs):
        self.elements += 1
        self.look(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> at {self.getpos()} within {self.open}"
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            assert not ASKED.search(data), "a style sheet asks for something"
        assert not self.open or self.open[-1] != "script", "a script"
        self.text.append(data)

    def look(self, tag, attrs):
        for name, value in attrs:
            assert not name.startswith("on"), f"{tag} has a script in {name}"
            if name in ADDRESSES:
                assert value.startswith(("data:", "#")), f"{tag} leads to {value}"
                if value.startswith("data:image/png;base64,"):
                    self.pictures.append(base64.b64decode(value.split(",", 1)[1], validate=True))
            if name == "style":
                assert not ASKED.search(value), f"{tag} asks for something by its style"


def report(export, *words):
    """Well formed, complete in itself, its pictures can be opened, and it names `words`."""
    with open(export, encoding="utf-8") as file:
        reader = Reader()
        reader.feed(file.read())
        reader.close()
    assert not reader.open, f"never closed: {reader.open}"
    for data in reader.pictures:
        Image.open(io.BytesIO(data)).load()
    text = " ".join(reader.text)
    missing = [word for word in words if word not in text]
    assert not missing, f"the report does not name {missing}"
    return {"elements": reader.elements, "pictures": len(reader.pictures)}
