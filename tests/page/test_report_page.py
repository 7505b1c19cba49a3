"""The page of a report as it is read: outcomes, what comes next, and when requests were sent."""

import re

from reconciler.cli.main import run

SLIP = "kubek-acme-300"


def test_the_report_of_an_apply(opened, saved_report, tmp_path):
    file = tmp_path / "report.html"
    assert run(["show", str(saved_report), "--format", "html", "--out", str(file)]) == 0
    one = opened(file)
    text = one.page.locator("main").inner_text()
    for said in ("Applied in part", "Next: reconcile plan", "Cena musi być wyższa niż 1,00 zł"):
        assert said in text
    assert [each.split()[0] for each in one.rows()[:3]] == [SLIP, "czajnik-retro-17", "talerz-27"]
    one.page.click(".body .row >> nth=2")
    assert "61.00 PLN now" in one.page.locator(".detail").inner_text()


def test_the_report_in_polish(opened, saved_report, tmp_path):
    file = tmp_path / "report.html"
    assert run(["show", str(saved_report), "--format", "html", "--lang", "pl", "--out", str(file)]) == 0
    one = opened(file)
    text = one.page.locator("main").inner_text()
    for said in ("Wykonane częściowo", "Dalej: reconcile plan", "Odrzucone wiersze wymagają innej wartości"):
        assert said in text
    assert not re.findall(r"Next:|[Rr]efused|[Ss]tale |[Uu]nknown|read back|declared:", text)


def test_the_timeline_of_an_apply(opened, saved_report, tmp_path):
    said = {}
    for language in ("en", "pl"):
        file = tmp_path / f"{language}.html"
        assert run(["show", str(saved_report), "--format", "html", "--lang", language, "--out", str(file)]) == 0
        page = opened(file, width=360).page
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        said[language] = page.locator(".timeline").inner_text()
    for words in ("40 at most", "3 sent again", "told once that it was too fast", "up to 9 waited for a limit"):
        assert words in said["en"]
    assert "limit offer reads: 700, far above" in said["en"]  # a line there would leave the bars flat
    assert "limit odczytu ofert: 700, dużo wyżej" in said["pl"]
    plot = "document.querySelector('.timeline .chart').plot"
    assert page.evaluate(f"{plot}.data[1]") == [40, 31, 12, 35]  # the whole stack, drawn first
    assert page.evaluate(f"{plot}.scales.y.max") > 150
    assert page.evaluate(f"{plot}.data[3]") == [0, 9, 4, 0]
