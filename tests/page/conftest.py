"""A real Chromium, and pages that it opens from a file, as a reader does."""

import time
from dataclasses import dataclass, field

import pytest
from render import samples

from reconciler.model.report_json import dump_report
from reconciler.render.html.page import html_page
from reconciler.render.html.plan_data import plan_data

from .big import big_plan
from .drawing import FLAGS, chromium


@pytest.fixture(scope="module")  # no longer: it holds an event loop, and other tests have their own
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="the page is tested with playwright")
    program = chromium()
    if not program:
        pytest.skip("the page is tested in Chromium, and there is none")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=program, args=FLAGS)
        yield found
        found.close()


@dataclass
class Opened:
    """An open page, what it asked for and what went wrong in it."""

    page: object
    requests: list = field(default_factory=list)
    faults: list = field(default_factory=list)

    def rows(self):
        return [" ".join(each.split()) for each in self.page.locator(".body .row").all_inner_texts()]

    def count(self):
        return self.page.locator(".tools [aria-live]").inner_text()


@pytest.fixture
def opened(browser):
    """Open a file; when the test is over, nothing was asked for and nothing went wrong."""
    pages = []

    def open_file(file, *, width=1280, height=720, dark=False):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        one = Opened(context.new_page())
        one.page.on("request", lambda asked: one.requests.append(asked.url))
        one.page.on(
            "console", lambda told: one.faults.append(told.text) if told.type in ("error", "warning") else None
        )
        one.page.on("pageerror", lambda fault: one.faults.append(str(fault)))
        one.page.goto(file.as_uri())
        one.page.wait_for_selector(".grid")
        pages.append((context, one, file))
        return one

    yield open_file
    for context, one, file in pages:
        context.close()
        assert [each for each in one.requests if not each.startswith(("data:,", "blob:"))] == [file.as_uri()]
        assert one.faults == []


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Write the page of a plan, in a language."""
    folder = tmp_path_factory.mktemp("pages")

    def write(plan, language="en", name="page"):
        file = folder / f"{name}-{language}.html"
        file.write_text("".join(html_page(plan_data(plan), language)), "utf-8")
        return file

    return write


@pytest.fixture(scope="session")
def week(written):
    return written(samples.week(), name="week")


@pytest.fixture(scope="session")
def big_made():
    """Make the page of 100,000 changes once: its data, its text, and the seconds of CPU that it took."""
    plan = big_plan()
    began = time.process_time()
    data = plan_data(plan)
    text = "".join(html_page(data, "en"))
    return data, text, time.process_time() - began


@pytest.fixture(scope="session")
def big(big_made, tmp_path_factory):
    file = tmp_path_factory.mktemp("big") / "big-en.html"
    file.write_text(big_made[1], "utf-8")
    return file


@pytest.fixture(scope="session")
def saved_report(tmp_path_factory):
    file = tmp_path_factory.mktemp("report") / "report.json"
    file.write_text(dump_report(samples.report()), "utf-8")
    return file
