"""Files as people hand them in, and as somebody would who means harm."""

import struct
import zlib
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

GPS_IFD = 0x8825


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **saved: object) -> bytes:
    """A picture, red on its left and blue on its right."""
    drawn = Image.new("RGB", size, "blue")
    drawn.paste("red", (0, 0, size[0] // 2, size[1]))
    written = BytesIO()
    drawn.save(written, kind, **saved)
    return written.getvalue()


def photograph() -> bytes:
    """A photograph as a telephone makes it: lying on its side, with its place, its maker and a comment."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SecretPhone"
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (32.0, 55.0, 0.0), 3: "E", 4: (105.0, 44.0, 0.0)})
    return picture(exif=exif, comment=b"SecretComment", icc_profile=b"SecretProfile" * 12)


def bomb(width: int = 65_000, height: int = 65_000) -> bytes:
    """A PNG of a few bytes that says it is enormous."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


def paper(pages: int = 1, password: str = "") -> bytes:
    """A plain PDF."""
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(200, 200))
        written = BytesIO()
        made.save(written, encryption=pikepdf.Encryption(owner=password, user=password) if password else None)
    return written.getvalue()


def hostile_paper() -> bytes:
    """A PDF that acts when it is opened, carries a file, links away, and has a photograph that tells its place."""
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(200, 200))
        act = Dictionary(S=Name.JavaScript, JS="app.alert('SecretScript')")
        made.Root.OpenAction = act
        made.Root.AA = Dictionary(WC=act)
        made.attachments["SecretFile.exe"] = b"MZ SecretContent"
        made.docinfo["/Author"] = "SecretAuthor"
        with made.open_metadata() as told:
            told["dc:title"] = "SecretTitle"
        away = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array([0, 0, 9, 9]),
            A=Dictionary(S=Name.URI, URI="http://secret.example/"),
        )
        page.Annots = Array([made.make_indirect(away)])
        page.AA = Dictionary(O=Dictionary(S=Name.Launch, F="SecretLaunch.exe"))
        photo = Stream(made, photograph(), Type=Name.XObject, Subtype=Name.Image, Width=40, Height=20)
        photo.ColorSpace, photo.BitsPerComponent, photo.Filter = Name.DeviceRGB, 8, Name.DCTDecode
        photo.Metadata = Stream(made, b"<x>SecretXmp</x>")
        page.Resources = Dictionary(XObject=Dictionary(Im0=photo))
        page.Contents = Stream(made, b"q 100 0 0 100 0 0 cm /Im0 Do Q")
        written = BytesIO()
        made.save(written, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return written.getvalue()
