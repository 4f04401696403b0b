"""Unpacks a Chromium, the libraries and the fonts that come with it: unpack_browser.py <folder of packed files> <folder>."""

import io
import sys
import tarfile
from pathlib import Path

import brotli


def main(packed: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    browser = folder / "chromium"
    browser.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
    browser.chmod(0o755)
    for archive in ("al2023", "fonts", "swiftshader"):
        data = brotli.decompress((packed / f"{archive}.tar.br").read_bytes())
        with tarfile.open(fileobj=io.BytesIO(data)) as files:
            files.extractall(folder, filter="data")
    fonts = f"<?xml version='1.0'?><fontconfig><dir>{folder}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{folder}/cache</cachedir></fontconfig>"
    (folder / "fonts.conf").write_text(fonts)


main(Path(sys.argv[1]), Path(sys.argv[2]))
