"""Many pictures on one: of the board row by row, of a page each choice in its own place."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from pages.components.words import LANGUAGES
from tests.browser.shots import Shot, name_of, pages, title

GROUND = "#7a7a7a"
GAP = 12
COLUMNS, THUMB = 4, 460
SCALE = 0.18
"""Of a page's pictures; a heading can just be read."""
QUALITY = 34
INDEX = """# 每一页的样子 Every page in all its looks

左深右浅，各四种尺寸（1920 × 1080、1366 × 1024、1024 × 768、768 × 1024），只取首屏。自上而下，每种情形先中文后英文：
平日、暴雨、BWDF（只有十个分区的用水，其余都说缺什么），最后一行全部未知（左中文，右英文）；大屏页没有过去，为现在、BWDF、未知。
Dark at the left, light at the right, each at four sizes, first screens only. From the top, each in Chinese and in
English: an ordinary day, a storm, BWDF (nothing but the demand of ten zones: the rest says what is missing), and in the
last row nothing known (Chinese left, English right). The wall display has no past: now, BWDF, nothing known.

整页的单张在 `.pictures/` 下，由 `make pictures` 重拍，例如 `.pictures/dispatch/storm-1366-dark-zh.png`。
Single pictures of whole pages are taken by `make pictures`, into the folders named here; an empty place is a picture
that failed. Some pages alone: `python -m tests.browser.pictures dispatch module-sewage`.

| 页 page | 单张 single pictures |
|---|---|
"""


def board_sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    """All pictures small and equally wide, row by row."""
    small = [one.resize((THUMB, one.height * THUMB // one.width), Image.Resampling.LANCZOS) for one in pictures]
    rows = [small[at : at + COLUMNS] for at in range(0, len(small), COLUMNS)]
    heights = [max(one.height for one in row) + GAP for row in rows]
    sheet = Image.new("RGB", (COLUMNS * (THUMB + GAP) + GAP, sum(heights) + GAP), GROUND)
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        for column, one in enumerate(row):
            sheet.paste(one, (GAP + column * (THUMB + GAP), top))
        top += height
    return sheet


def page_sheet(rows: Sequence[Sequence[Shot]], folder: Path) -> Image.Image | None:
    """First screens of a page's pictures, sizes to scale; the place of one that wasn't taken stays empty, and a row
    without any is left out. None: there are none.
    """
    rows = [row for row in rows if any((folder / shot.file).exists() for shot in row)]
    if not rows:
        return None
    wide = sum(int(shot.width * SCALE) + GAP for shot in rows[0]) + GAP
    high = max(int(shot.height * SCALE) for shot in rows[0]) + GAP
    sheet = Image.new("RGB", (wide, high * len(rows) + GAP), GROUND)
    for number, row in enumerate(rows):
        left = GAP
        for shot in row:
            size = int(shot.width * SCALE), int(shot.height * SCALE)
            if (folder / shot.file).exists():
                sheet.paste(first_screen(folder / shot.file, shot).resize(size, Image.Resampling.LANCZOS),
                            (left, GAP + number * high))  # fmt: skip
            left += size[0] + GAP
    return sheet


def first_screen(file: Path, shot: Shot) -> Image.Image:
    """What is seen of a picture before somebody scrolls."""
    with Image.open(file) as whole:
        return whole.convert("RGB").crop((0, 0, shot.width, shot.height))


def save_sheet(sheet: Image.Image, file: Path) -> None:
    """Small rather than sharp: it shows the layout, the single pictures show the rest."""
    file.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(file, quality=QUALITY, method=6)


def sheet_of(page: str) -> str:
    """The file of a page's contact sheet."""
    return f"page-{name_of(page)}.webp"


def index(folder: Path) -> str:
    """The page of docs that leads to the contact sheets, of those that there are."""
    rows = [
        f"| [{' '.join(title(page, lang) for lang in LANGUAGES)}]({sheet_of(page)}) | `.pictures/{name_of(page)}/` |"
        for page in pages()
        if (folder / sheet_of(page)).exists()
    ]
    return INDEX + "\n".join(rows) + "\n"
