"""Deliveries as WeChat sends them: `tests/inbound/<kind>.xml`, and `<kind>~<variant>.xml` for what else was seen."""

from pathlib import Path

from chalicelib.wechat.inbound import Inbound, parse
from tests.builders import APPID

FOLDER = Path(__file__).parents[2] / "inbound"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.xml")))


def xml_of(name: str) -> bytes:
    return (FOLDER / f"{name}.xml").read_bytes()


def read(name: str) -> Inbound:
    return parse(xml_of(name), appid=APPID)
