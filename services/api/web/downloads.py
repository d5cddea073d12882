"""Downloads: files that a browser keeps under their name and never shows as a page of ours."""

from urllib.parse import quote

from litestar import Response

# Should a browser show it all the same: no script, nothing from elsewhere, and not as a page of ours.
ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"


def attachment(content: bytes, name: str, media_type: str) -> Response[bytes]:
    """Return a file to be kept under this name."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": ALONE,
    }
    return Response(content, media_type=media_type, headers=headers)
