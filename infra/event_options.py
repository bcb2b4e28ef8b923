"""Options that are read as the fields of an event are, so that both take the same."""

import argparse

from chalicelib.push.fields import BadField, Reader


def as_field(reader: Reader) -> Reader:
    """For argparse, which tells what is wrong in its own way."""

    def read(text: str) -> str:
        try:
            return str(reader(text))
        except BadField as bad:
            raise argparse.ArgumentTypeError(str(bad)) from None

    return read
