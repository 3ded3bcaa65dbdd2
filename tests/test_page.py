"""The HTML report in a real browser: it fits the window, is readable in light and dark, asks for nothing from elsewhere, and prints."""

import os
import re
from pathlib import Path

import pytest

import stance
from tests.chromium import Chromium, installed

pytestmark = pytest.mark.skipif(installed() is None, reason="no Chromium is installed")

STORY = (Path(stance.__file__).parent / "examples" / "story.txt").read_text(encoding="utf-8")
LONG_WORD = "Verkehrsinfrastrukturfinanzierungsgesellschaft" * 4
HARD = (
    f'"We see no reason to ban Huawei," said Ann {LONG_WORD}, the head of the {LONG_WORD}.\n\nRead more: What next for chips\n\n'
    f"https://example.org/{'a' * 300}\n\nThe ministry, which Huawei called unfair, said that \"Huawei <script>alert(1)</script> is a threat\", and that Ann Lee "
    'denied that Huawei spies.\n\nمتحدث said: "Huawei is welcome."\n'
)
REPORTS = {
    "one article": lambda: stance.classify(Path(stance.__file__).parent / "examples" / "story.txt"),
    "a corpus": lambda: stance.classify([stance.Document(f"a long/path/to/the/papers/{i}/{'x' * 20 * (i % 3)}.txt", STORY, f"2019-0{i % 9 + 1}-01") for i in range(30)]),
    "rows": lambda: stance.classify([{"text": p, "speaker": f"Speaker {i}"} for i, p in enumerate(STORY.split("\n\n")) if p.strip()]),
    "hard words": lambda: stance.classify([stance.Document("hard", HARD), b""], errors="skip"),
    "nothing": lambda: stance.classify("Nothing was said."),
}
VIEWS = {"desktop": (1280, 900, False), "dark": (1280, 900, True), "tablet": (768, 1024, False), "phone": (375, 812, False), "phone, dark": (375, 812, True), "narrow": (320, 600, False)}

# Contrast of every piece of text with what lies behind it (WCAG 2.1, 1.4.3), opacity counted; the piece and its ratio where it is below the limit.
CONTRAST = """
(() => {
  const parse = c => { const n = c.match(/[\\d.]+/g).map(Number); return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1]; };
  const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3]));
  const light = c => { const v = c.map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; }); return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
  const behind = e => { let c = null, stack = []; for (; e; e = e.parentElement) stack.push(parse(getComputedStyle(e).backgroundColor));
                        c = matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255]; while (stack.length) c = over(stack.pop(), c); return c; };
  const opacity = e => { let o = 1; for (; e; e = e.parentElement) o *= Number(getComputedStyle(e).opacity); return o; };
  const bad = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) {
    const e = n.parentElement, s = getComputedStyle(e);
    if (!n.data.trim() || s.display === 'none' || e.closest('style') || !e.getClientRects().length) continue;
    const b = behind(e), c = parse(s.color); c[3] *= opacity(e);
    const [x, y] = [light(over(c, b)), light(b)], ratio = (Math.max(x, y) + .05) / (Math.min(x, y) + .05);
    if (ratio < 4.5) bad.push([n.data.trim().slice(0, 40), e.className, Math.round(ratio * 100) / 100]);
  }
  return bad;
})()
"""
# What stands out of the window to the right or left, unless an element around it scrolls by itself.
OUTSIDE = """
[...document.body.querySelectorAll('*')].filter(e => { const r = e.getBoundingClientRect(); return r.width && (r.right > innerWidth + 1 || r.left < -1); })
  .filter(e => { for (let p = e.parentElement; p; p = p.parentElement) if (['auto', 'scroll'].includes(getComputedStyle(p).overflowX)) return false; return true; })
  .map(e => e.tagName + '.' + e.className)
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Chromium(tmp_path_factory.mktemp("profile")) as made:
        yield made


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    out = {}
    for name, make in REPORTS.items():
        out[name] = folder / f"{name.replace(' ', '-')}.html"
        make().save(out[name])
    return out


@pytest.fixture
def pictures(tmp_path):
    """Where pictures go: into the folder that STANCE_PICTURES names, to be looked at, or away."""
    folder = Path(os.environ.get("STANCE_PICTURES", tmp_path))
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.promise(7)
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", REPORTS)
def test_the_page_fits_is_readable_and_stands_alone(browser, pages, pictures, name, view):
    width, height, dark = VIEWS[view]
    browser.view(width, height, dark)
    browser.open(pages[name].as_uri())
    picture = pictures / f"{name}, {view}.png".replace(" ", "-").replace(",", "")
    browser.screenshot(picture)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.run(OUTSIDE) == []
    assert browser.run(CONTRAST) == []
    assert browser.asked_for() == [pages[name].as_uri()]
    assert browser.complaints() == []
    assert browser.run("document.scripts.length") == 0
    assert browser.run("document.compatMode") == "CSS1Compat"
    assert browser.run("[...document.querySelectorAll('h1, h2, h3')].map(h => h.tagName)")[:2] in (["H1"], ["H1", "H2"])


def test_marks_speakers_and_words_are_there(browser, pages):
    browser.view(1280, 900)
    browser.open(pages["one article"].as_uri())
    assert browser.run("document.querySelectorAll('.article mark').length") >= 10
    assert browser.run("[...document.querySelectorAll('mark')].every(m => m.title.includes(': '))")
    assert browser.run("document.querySelector('.article').innerText").replace("\u00a0", " ").count("Interior Minister Karen Holt told the committee") == 1
    assert browser.run("[...document.querySelectorAll('tbody tr')].length") == len([s for s in stance.classify(STORY) if s.on_target])


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", REPORTS)
def test_the_page_prints(browser, pages, pictures, name, dark):
    browser.view(794, 1123, dark, media="print")  # A4 at 96 dots an inch
    browser.open(pages[name].as_uri())
    assert browser.run("document.documentElement.scrollWidth") <= 794
    assert browser.run("getComputedStyle(document.querySelector('.stance-report')).color") == "rgb(26, 26, 26)"  # ink on paper, whatever the screen's colours
    path = pictures / f"{name}{' dark' if dark else ''}.pdf".replace(" ", "-")
    browser.view(794, 1123, dark)
    browser.pdf(path)
    data = path.read_bytes()
    assert data.startswith(b"%PDF")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", data)) <= 100


def test_the_checks_see_what_they_look_for(browser, tmp_path):
    """A page with every fault: without this, a check that sees nothing would pass for ever."""
    page = tmp_path / "bad.html"
    page.write_text('<!DOCTYPE html><body style="color:#999;background:#fff"><div style="width:3000px">grey</div><img src="missing.png"><script>x.y</script>', encoding="utf-8")
    browser.view(800, 600)
    browser.open(page.as_uri())
    assert browser.run("document.documentElement.scrollWidth") > 800
    assert browser.run(OUTSIDE)
    assert browser.run(CONTRAST)
    assert len(browser.asked_for()) == 2
    assert browser.complaints()
