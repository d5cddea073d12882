"""Images: decoded and drawn anew, upright, without what the camera wrote beside the picture."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from shared.domain.errors import Invalid
from shared.domain.evidence import LONGEST_EDGE, MOST_BYTES, MOST_PIXELS, MediaType

# Ours alone: Pillow's own bound only warns below twice its number.
Image.MAX_IMAGE_PIXELS = None
FORMATS = {MediaType.JPEG: "JPEG", MediaType.PNG: "PNG", MediaType.WEBP: "WEBP"}
SAVING: dict[MediaType, dict[str, Any]] = {
    MediaType.JPEG: {"quality": 85, "optimize": True},
    MediaType.PNG: {},
    MediaType.WEBP: {"quality": 85},
}
# A photograph kept as PNG may be larger than it came: then it is drawn smaller.
EDGES = (LONGEST_EDGE, 1600, 1000)
BROKEN = "图片打不开，可能没有传完整：请重新拍照或重新导出后再传"


def redrawn(content: bytes, media_type: MediaType) -> bytes:
    """Return the image drawn anew in its own kind; raises Invalid where it is broken or has too many pixels."""
    picture = _upright(content, media_type)
    for edge in EDGES:
        picture.thumbnail((edge, edge))
        drawn = BytesIO()
        picture.save(drawn, FORMATS[media_type], **SAVING[media_type])
        if drawn.tell() <= MOST_BYTES:
            break
    return drawn.getvalue()


def _upright(content: bytes, media_type: MediaType) -> Image.Image:
    try:
        with Image.open(BytesIO(content), formats=[FORMATS[media_type]]) as opened:
            # Before anything is decoded: a small file may say that it is 65 000 pixels wide.
            if opened.width * opened.height > MOST_PIXELS:
                size = f"{opened.width}×{opened.height}"
                raise Invalid(f"图片有 {size} 像素，最多 {MOST_PIXELS // 10_000} 万像素：请缩小后再传")
            if media_type is MediaType.JPEG:
                opened.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
            turned = ImageOps.exif_transpose(opened)
            plain = turned.convert(_mode(turned, media_type))
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as fault:
        raise Invalid(BROKEN) from fault
    # Comments and colour profiles are written from here unless it is empty.
    plain.info = {}
    return plain


def _mode(picture: Image.Image, media_type: MediaType) -> str:
    clear = picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in picture.info
    return "RGBA" if clear and media_type is not MediaType.JPEG else "RGB"
