"""A drawn stand-in for a QR code. It is marked with its scene and no camera reads it."""

import hashlib
from html import escape

from infra.local.wechat_simulator.account_state import QrCode

SIZE = 25
EYE = 7


def qr_picture(code: QrCode) -> str:
    """An SVG, the same one for the same ticket every time."""
    modules = "".join(f"M{x} {y}h1v1h-1z" for y in range(SIZE) for x in range(SIZE) if _is_dark(code.ticket, x, y))
    label = escape(code.name or code.scene)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 {SIZE + 4} {SIZE + 7}" role="img">'
        f"<title>二维码（模拟）：{label}</title>"
        f'<rect x="-2" y="-2" width="{SIZE + 4}" height="{SIZE + 7}" fill="#fff"/><path d="{modules}"/>'
        f'<text x="{SIZE / 2}" y="{SIZE + 3}" font-size="2" text-anchor="middle">{label}</text>'
        "</svg>"
    )


def _is_dark(ticket: str, x: int, y: int) -> bool:
    for left, top in ((0, 0), (SIZE - EYE, 0), (0, SIZE - EYE)):
        if left - 1 <= x <= left + EYE and top - 1 <= y <= top + EYE:
            ring = max(abs(x - left - 3), abs(y - top - 3))
            return ring in (0, 1, 3)
    return hashlib.sha256(f"{ticket} {x} {y}".encode()).digest()[0] % 2 == 0
