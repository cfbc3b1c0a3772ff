"""What the site serves that is made at set-up from packages: fonts, translations.

Nothing is fetched and nothing third-party is committed.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fontTools import subset

#: Weights of Be Vietnam Pro that pages use: name in the package -> weight in CSS.
WEIGHTS = {"Regular": 400, "Medium": 500, "Bold": 700}

#: Latin with all Vietnamese letters, punctuation, arrows, đồng sign, minus, figures.
_RANGES = (
    *(range(0x20, 0x250), range(0x300, 0x330), range(0x1EA0, 0x1F00)),
    *(range(0x2010, 0x2040), range(0x20AB, 0x20AC), range(0x2190, 0x21A0), range(0x2212, 0x2213)),
)


def build_fonts(folder: Path) -> bool:
    """Write the fonts as small WOFF2 files; False when they are there already."""
    wanted = {name: folder / f"be-vietnam-pro-{weight}.woff2" for name, weight in WEIGHTS.items()}
    if all(path.exists() for path in wanted.values()):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in wanted.items():
        source = files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{name}.ttf"
        options = subset.Options(layout_features=["*"], flavor="woff2")
        with as_file(source) as font_path:
            font = subset.load_font(str(font_path), options)
        shaver = subset.Subsetter(options)
        shaver.populate(unicodes=[code for codes in _RANGES for code in codes])
        shaver.subset(font)
        aside = path.with_suffix(".part")
        subset.save_font(font, str(aside), options)
        aside.replace(path)
    return True


def compile_translations(folder: Path) -> bool:
    """Compile each .po beside itself where the .mo is missing or older; False if none was."""
    compiled = False
    for source in folder.rglob("*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as readable:
            catalogue = read_po(readable)
        aside = target.with_suffix(".part")
        with aside.open("wb") as writable:
            write_mo(writable, catalogue)
        aside.replace(target)
        compiled = True
    return compiled
