"""A figure of a page as a file of its own: names have room inside, and every colour stands in the file.

Presentation attributes, no style sheet: so it is drawn alike by browsers, by Inkscape and by what LaTeX includes, and
under a policy that refuses inline styles.
"""

from copy import deepcopy
from xml.etree.ElementTree import Element, SubElement, tostring

WIDTH, LEFT, LONG_LEFT, RIGHT = 860, 215, 330, 70  # pixels
INK, MUTED, ACCENT, HAIRLINE = "#1c2024", "#5d6670", "#1f6488", "#dfe3e6"
NAMESPACE = "http://www.w3.org/2000/svg"

LOOK = {
    "grid": {"stroke": HAIRLINE},
    "mark": {"stroke": MUTED},
    "band odd": {"fill": "#e8eff4"},
    "band even": {"fill": "#f4f6f7"},
    "interval": {"stroke": ACCENT, "stroke-width": "2.5"},
    "point": {"fill": ACCENT},
    "name": {"text-anchor": "end", "dx": "-14", "dy": "4", "fill": INK},
    "tier": {"dx": "12", "dy": "4", "fill": MUTED, "font-size": "12"},
    "tick": {"text-anchor": "middle", "fill": MUTED, "font-size": "12"},
}  # fmt: skip


def standalone(drawing: Element) -> str:
    """An interval figure as an SVG document of 860 pixels."""
    inner = deepcopy(drawing)
    left = LONG_LEFT if "long-names" in inner.attrib["class"] else LEFT
    for element in inner.iter():
        element.attrib.update(LOOK.get(element.attrib.pop("class", ""), {}))
    label, height = inner.attrib.pop("aria-label"), inner.attrib["height"]
    inner.attrib.pop("role")
    inner.attrib.update({"x": str(left), "width": str(WIDTH - left - RIGHT), "overflow": "visible"})
    size = {"width": str(WIDTH), "height": height, "viewBox": f"0 0 {WIDTH} {height}"}
    look = {"font-family": "system-ui, 'Liberation Sans', Helvetica, Arial, sans-serif", "font-size": "14"}
    outer = Element("svg", {"xmlns": NAMESPACE, "role": "img", "aria-label": label, **size, **look})
    SubElement(outer, "rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
    outer.append(inner)
    return tostring(outer, encoding="unicode", xml_declaration=False) + "\n"
