"""Reading what the user names on the command line: files, standard input, and the text in them."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path
from typing import Final

from hasila.problems import InputError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_bytes(path: str) -> bytes:
    """Return the content of a file, or of standard input for `-`.

    Raises InputError where there is no such file, it is a folder, may not be read, or is empty.
    """
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError("no such file") from None
    except IsADirectoryError:
        raise InputError("is a folder; name the files in it") from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:  # a zero byte in the name
        raise InputError(f"cannot be read: {error}") from None
    if not data.strip():
        raise InputError("is empty")
    return data


def read_text(data: bytes, charset: str | None = None) -> str:
    """Decode a plain text: by its byte order mark, else as `charset`, else as UTF-8; newlines become `\\n`.

    Raises InputError where the bytes are no text in that encoding, or the encoding is unknown.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), charset or "utf-8")
    try:
        text = data.decode(encoding)
    except LookupError:
        raise InputError(f"unknown encoding {encoding!r}") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"is no text in {encoding} (byte {error.start}); name its encoding with --charset"
        ) from None
    if "\0" in text:
        raise InputError("is no text (it holds zero bytes)")
    return text.replace("\r\n", "\n").replace("\r", "\n")
