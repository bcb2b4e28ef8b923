"""The documents say what is so."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from chalicelib.settings import Settings
from chalicelib.store import keys

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "infra").rglob("*.md"))]


@pytest.mark.parametrize("setting", [field.name for field in fields(Settings)])
def test_every_setting_is_described_in_the_runbook(setting: str) -> None:
    assert f"`HUIYUAN_{setting.upper()}`" in (ROOT / "docs/runbook.md").read_text()


@pytest.mark.parametrize("index", keys.INDEX_KEYS)
def test_every_index_is_described_with_the_table(index: str) -> None:
    assert f"`{index}`" in (ROOT / "docs/table.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", page.read_text())

    missing = [link for link in links if not link.startswith("http") and not (page.parent / link).exists()]

    assert missing == []


def test_every_make_target_that_a_document_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = {target for page in PAGES for target in re.findall(r"`?make ([a-z][a-z-]+)", page.read_text())}

    known = set(re.findall(r"^([a-z][a-z-]+):", makefile, flags=re.MULTILINE))

    assert named & {"run", "test"} == {"run", "test"}
    assert {target for target in named if f"`make {target}" in _all_pages()} <= known


def test_what_the_log_says_is_explained_in_the_runbook() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "chalicelib").rglob("*.py"))
    urgent = set(re.findall(r'log\.(?:error|warning)\(\s*"([a-z]+\.[a-z_]+)"', sources))

    runbook = (ROOT / "docs/runbook.md").read_text()

    assert {line for line in urgent if f"`{line}`" not in runbook} == set()


def _all_pages() -> str:
    return "".join(page.read_text() for page in PAGES)
