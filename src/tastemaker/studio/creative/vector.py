"""A scene as SVG: pictures inside, real text that can be selected, read aloud and edited.

Every line says how wide it was measured (``textLength``), so that another typeface cannot make it overflow; the
typeface itself travels inside too, for programs that read it.
"""

import base64
import io
from html import escape
from itertools import count

from tastemaker.studio.creative.colours import written
from tastemaker.studio.creative.lettering import Face
from tastemaker.studio.creative.scene import Line, Panel, Placed, Scene

FALLBACK = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
_KIND = {".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf"}


def svg(scene: Scene, face: Face, told: str) -> bytes:
    """The file.

    Args:
        scene: as drawn.
        face: typeface.
        told: what the file says of itself, as JSON.
    """
    numbers = count(1)
    title = " ".join(fact.text for fact in scene.facts)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{scene.width}" height="{scene.height}"'
        f' viewBox="0 0 {scene.width} {scene.height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<metadata>{escape(told)}</metadata>",
        f"<style>{_font_rule(face)}text{{font-family:{escape(_families(face))};white-space:pre}}</style>",
        *(_panel(panel, next(numbers)) for panel in scene.panels),
        *(_picture(picture) for picture in scene.pictures),
        *(_panel(panel, next(numbers)) for panel in scene.veils),
        *(_line(line) for line in scene.lines),
        "</svg>\n",
    ]
    return "\n".join(parts).encode("utf-8")


def _families(face: Face) -> str:
    return f"'{face.family}', {FALLBACK}"


def _font_rule(face: Face) -> str:
    kind = _KIND.get(face.path.suffix.lower(), "") if face.path else ""
    if face.path is None or not kind:
        return ""
    data = base64.b64encode(face.path.read_bytes()).decode()
    return f"@font-face{{font-family:'{face.family}';font-weight:100 900;src:url(data:{kind};base64,{data})}}"


def _panel(panel: Panel, number: int) -> str:
    box = panel.box
    place = f'x="{box.left:g}" y="{box.top:g}" width="{box.width:g}" height="{box.height:g}"'
    if panel.top == panel.bottom and panel.alpha == (1.0, 1.0):
        return f'<rect {place} fill="{written(panel.top)}"/>'
    stops = "".join(
        f'<stop offset="{offset}" stop-color="{written(colour)}" stop-opacity="{alpha:g}"/>'
        for offset, colour, alpha in ((0, panel.top, panel.alpha[0]), (1, panel.bottom, panel.alpha[1]))
    )
    gradient = f'<linearGradient id="g{number}" x1="0" y1="0" x2="0" y2="1">{stops}</linearGradient>'
    return f'<defs>{gradient}</defs><rect {place} fill="url(#g{number})"/>'


def _picture(picture: Placed) -> str:
    image, stream = picture.image, io.BytesIO()
    kind = "png" if image.mode == "RGBA" else "jpeg"
    image.save(stream, kind.upper(), **({} if kind == "png" else {"quality": 92}))
    data = base64.b64encode(stream.getvalue()).decode()
    place = f'x="{picture.left}" y="{picture.top}" width="{image.width}" height="{image.height}"'
    return f'<image {place} href="data:image/{kind};base64,{data}"/>'


def _line(line: Line) -> str:
    spacing = f' letter-spacing="{line.tracking:g}"' if line.tracking else ""
    struck = ' text-decoration="line-through"' if line.struck else ""
    place = f'x="{line.left:.1f}" y="{line.baseline:.1f}" textLength="{line.width:.1f}" lengthAdjust="spacingAndGlyphs"'
    return (
        f'<text {place} font-size="{line.size}" font-weight="{line.weight}" fill="{written(line.colour)}"'
        f"{spacing}{struck}>{escape(line.text)}</text>"
    )
