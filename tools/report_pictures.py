"""Takes pictures of every figure of a report, light, dark, printed, narrow.

The pages of its maps are taken with a picture picked, as much of them as a screen shows.

usage: .venv-test/bin/python tools/report_pictures.py REPORT.HTML FOLDER
Needs Chromium, and playwright of the tests. Pictures of the demo stand in docs/images/report.
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

WIDE, NARROW = 1_000, 360  # px
LOOKS = {
    "light": (WIDE, "screen", "light"),
    "dark": (WIDE, "screen", "dark"),
    "print": (WIDE, "print", "light"),
    "narrow": (NARROW, "screen", "light"),
}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PAGE = """# Figures of the report

Every figure of the page that `affekt demo` writes, an entry on `shortcuts` added to its plan, as a
reader sees it: light, dark, printed, and on a phone 360 pixels wide, where a wide drawing is
scrolled within its frame. Pictures are painted and votes simulated: the numbers say nothing about
people.
"""


def main() -> None:
    """Take all pictures, and write the page that shows them."""
    report, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        titles: dict[str, str] = {}
        for look in LOOKS:
            titles |= taken(browser, report, folder, look)
        for page in sorted((report.parent / "maps").glob("*.html")):
            titles |= walked(browser, page, folder)
    lines = [PAGE]
    for name, title in titles.items():
        lines.append(f"## {title}\n")
        lines += [
            f"![{title}, {look}](images/report/{name}-{look}.webp)\n"
            for look in LOOKS
            if (folder / f"{name}-{look}.webp").is_file()
        ]
    (folder.parents[1] / "report-figures.md").write_text("\n".join(lines), encoding="utf-8")


def taken(browser: Browser, report: Path, folder: Path, look: str) -> dict[str, str]:
    """Take the pictures of one look; give name and title of every figure."""
    width, media, scheme = LOOKS[look]
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.emulate_media(media=media, color_scheme=scheme)  # type: ignore[arg-type]  # words of ours
    page.goto(report.resolve().as_uri())
    titles = {}
    for figure in page.locator("section figure").all():
        name = (figure.get_attribute("aria-labelledby") or "").removesuffix("-title")
        titles[name] = figure.locator("h3").inner_text()
        keep(figure.screenshot(), folder / f"{name}-{look}.webp")
    page.close()
    return titles


def walked(browser: Browser, file: Path, folder: Path) -> dict[str, str]:
    """Take the page of a map, a picture picked: by label, and in dark by right and wrong."""
    name, title = f"walk-{file.stem}", ""
    for look in ("light", "dark", "narrow"):
        width, _, scheme = LOOKS[look]
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(file.resolve().as_uri())
        page.evaluate("Promise.all(sheets.map((sheet) => sheet.decode())).then(() => null)")
        if look == "dark" and page.locator("#answer").count():
            page.select_option("#by", "verdict")
            page.check("#pictured")
        page.locator(".map").first.press("Home")
        page.locator("#tools").evaluate("(one) => one.scrollIntoView()")
        keep(page.screenshot(), folder / f"{name}-{look}.webp")
        title = f"{page.locator('h1').inner_text()}: its own page"
        page.close()
    return {name: title}


def keep(shot: bytes, file: Path) -> None:
    """Write a picture of the screen in a few kilobytes."""
    Image.open(io.BytesIO(shot)).convert("RGB").save(file, quality=45, method=6)


if __name__ == "__main__":
    main()
