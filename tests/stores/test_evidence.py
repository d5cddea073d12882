"""Evidence as it is kept: told by its content, written anew, bounded, under its digest."""

import hashlib
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from shared.domain.errors import Invalid, NotNow
from shared.domain.evidence import MOST_BYTES, MOST_PAGES
from shared.stores import reencoding
from shared.stores.evidence import Kept, Store
from shared.stores.shelves import Folder
from tests.files import bomb, hostile_paper, paper, photograph, picture

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HTML = b"<!doctype html><script>alert(1)</script>"
LATER = datetime.now(UTC) + timedelta(days=2)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(Folder(tmp_path / "evidence"))


def opened(store: Store, kept: Kept) -> Image.Image:
    return Image.open(BytesIO(store.read(kept.digest)))


def test_a_photograph_stands_upright_and_tells_nothing_of_where_and_by_what_it_was_taken(store: Store) -> None:
    given = photograph()
    kept = store.keep("院子.JPG", given)

    content = store.read(kept.digest)
    seen = opened(store, kept)

    assert b"Secret" in given
    assert b"Secret" not in content
    assert b"Exif" not in content
    assert not seen.getexif()
    assert seen.size == (20, 40)
    assert seen.getpixel((10, 2))[0] > 200, "red was on the left and is on top"  # type: ignore[index]
    assert (kept.name, kept.media_type, kept.size) == ("院子.jpg", "image/jpeg", len(content))
    assert kept.digest == hashlib.sha256(content).hexdigest()
    assert kept.original == hashlib.sha256(given).hexdigest()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_image_stays_of_its_kind_and_becomes_no_larger_than_can_be_read(store: Store, kind: str) -> None:
    kept = store.keep("表.bin", picture(kind, (5000, 100)))

    assert opened(store, kept).format == kind
    assert opened(store, kept).size == (2560, 51)
    assert kept.media_type == f"image/{kind.lower()}"


def test_transparency_is_kept_where_the_kind_knows_it(store: Store) -> None:
    written = BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(written, "PNG")

    assert opened(store, store.keep("章.png", written.getvalue())).mode == "RGBA"


def test_the_same_file_is_kept_once(store: Store, tmp_path: Path) -> None:
    assert store.keep("甲.jpg", photograph()).digest == store.keep("乙.jpg", photograph()).digest

    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) == 1
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


def test_a_pdf_keeps_its_pages_and_nothing_that_acts_or_tells(store: Store) -> None:
    given = hostile_paper()
    kept = store.keep("证明.pdf", given)

    content = store.read(kept.digest)
    with pikepdf.open(BytesIO(content)) as seen:
        written = BytesIO()
        seen.save(written, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        photo = seen.pages[0].Resources.XObject.Im0
        assert seen.is_linearized
        assert len(seen.pages) == 1
        assert not seen.docinfo
        assert Image.open(BytesIO(photo.read_raw_bytes())).size == (40, 20)
        assert set(seen.Root.keys()) == {"/Type", "/Pages"}
    plain = written.getvalue()
    assert b"Secret" in given
    for gone in (b"Secret", b"JavaScript", b"/Launch", b"/URI", b"secret.example", b"Exif", b"/Annot"):
        assert gone not in plain, gone


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("网页.jpg", HTML, "不是照片或 PDF：请交 JPEG、PNG、WebP 照片或 PDF"),
        ("图.png", SVG, "不是照片或 PDF"),
        ("网页.pdf", b"\n" + HTML + b"%PDF-1.4", "不是照片或 PDF"),
        ("压缩.pdf", b"PK\x03\x04" + b"\0" * 50, "压缩包请解开"),
        ("手机.jpg", b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC 照片请转成 JPEG"),
        ("空.jpg", b"", "是空的"),
        ("大.jpg", b"\xff\xd8\xff" + b"\0" * MOST_BYTES, "最多 10 MB"),
        ("弹.png", bomb(), "65000×65000 像素，最多 4000 万像素"),
        ("宽.png", bomb(2_000_000_000, 2), "像素"),
        ("断.jpg", photograph()[:-200], "没有传完整"),
        ("断.png", picture("PNG")[:60], "没有传完整"),
        ("断.webp", picture("WEBP")[:30], "没有传完整"),
        ("断.pdf", b"%PDF-1.7\n1 0 obj\n<<", "没有传完整"),
        ("锁.pdf", paper(password="123"), "有密码"),
        ("厚.pdf", paper(MOST_PAGES + 1), "51 页，应是 1 至 50 页"),
        ("假.webp", b"RIFF\x10\0\0\0WEBP" + HTML, "没有传完整"),
    ],
)
def test_what_is_not_what_it_says_is_refused_with_what_would_be_right(
    store: Store, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        store.keep(name, content)

    assert name in str(refused.value)
    assert not (tmp_path / "evidence").exists()


def test_what_hides_behind_a_picture_is_gone(store: Store) -> None:
    kept = store.keep("照片.jpg", picture() + b"PK\x03\x04" + HTML)

    assert b"script" not in store.read(kept.digest)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\文件\\证书.JPEG", "证书.jpg"),
        ("照片\u202egnp.exe", "照片gnp.jpg"),
        ("...", "附件.jpg"),
        ("长" * 300, "长" * 80 + ".jpg"),
    ],
)
def test_a_name_is_only_a_name(store: Store, given: str, kept: str) -> None:
    assert store.keep(given, picture()).name == kept


def test_a_reader_is_told_nothing_of_ours(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "PIL.py").write_text("raise SystemExit('read from our environment')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    assert store.keep("好.jpg", photograph()).size > 0


def test_a_reader_that_needs_too_long_is_stopped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reencoding, "WAITS_S", 0.001)

    with pytest.raises(Invalid, match="打不开或太复杂"):
        store.keep("照片.jpg", picture())


@pytest.mark.parametrize(
    ("harm", "cpu_s"),
    # What takes memory takes time as well: it is to be stopped before its time is over.
    [("bytearray(2 << 30)", 20), ("open('harm', 'wb', 0).write(b'x')", 1), ("while True: pass", 1)],
    ids=["memory", "disk", "time"],
)
def test_a_reader_that_was_taken_over_is_bounded(tmp_path: Path, harm: str, cpu_s: int) -> None:
    bounds = f"from shared.stores import reencoding; reencoding.CPU_S = {cpu_s}; reencoding.bound()\n"
    taken_over = [sys.executable, "-c", bounds + harm]

    path = {"PYTHONPATH": str(reencoding.HERE)}
    ended = subprocess.run(taken_over, cwd=tmp_path, env=path, capture_output=True, check=False)

    assert ended.returncode != 0
    assert [file.stat().st_size for file in tmp_path.rglob("harm")] in ([], [0])


def test_a_file_that_was_changed_or_lost_is_not_shown(store: Store, tmp_path: Path) -> None:
    kept = store.keep("照片.jpg", picture())
    place = next(file for file in tmp_path.rglob("*") if file.is_file())

    place.write_bytes(b"something else")
    with pytest.raises(NotNow, match="缺失或已损坏"):
        store.read(kept.digest)
    assert store.digest_of(kept.digest) == hashlib.sha256(b"something else").hexdigest()
    place.unlink()
    with pytest.raises(NotNow, match="缺失或已损坏"):
        store.read(kept.digest)


def test_old_files_are_listed_and_removed_and_half_written_ones_go(store: Store, tmp_path: Path) -> None:
    kept = store.keep("照片.jpg", picture())
    broken_off = tmp_path / "evidence" / kept.digest[:2] / ".broken"
    broken_off.write_bytes(b"half")

    assert list(store.older_than(datetime.now(UTC) - timedelta(hours=1))) == []
    store.remove(kept.digest, datetime.now(UTC) - timedelta(hours=1))
    assert store.read(kept.digest)
    assert list(store.older_than(LATER)) == [kept.digest]
    store.remove(kept.digest, LATER)

    assert list(store.older_than(LATER)) == []
    assert not broken_off.exists()


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_bytes(b"a file, not a folder")

    with pytest.raises(NotNow, match="暂时存不下来"):
        Store(Folder(tmp_path / "evidence")).keep("照片.jpg", picture())
