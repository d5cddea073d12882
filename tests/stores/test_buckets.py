"""Evidence in an S3-compatible bucket: signed, whole and under its digest; what fails is a sentence."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from shared.config import settings
from shared.domain.errors import NotNow, Refusal
from shared.stores.evidence import Store, store_of
from tests.files import picture
from tests.receivers import Answered, Arrived, Receiver, receiving

PUT_AT = datetime(2026, 11, 1, tzinfo=UTC)
LISTED = """<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>evidence</Name><Prefix></Prefix>
<KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>{}</ListBucketResult>"""
ONE = "<Contents><Key>{}</Key><LastModified>2026-11-01T00:00:00.000Z</LastModified><ETag>&quot;1&quot;</ETag>\
<Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>"


class SmallS3:
    """So much of S3 as we use: it takes an object only if its signature names the digest of what came."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def __call__(self, asked: Arrived) -> Answered:
        path = asked.path.partition("?")[0].removeprefix("/evidence").removeprefix("/")
        if not asked.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=KEY/"):
            return Answered(403)
        if asked.method == "PUT":
            if asked.headers["x-amz-content-sha256"] != hashlib.sha256(asked.body).hexdigest():
                return Answered(400)
            self.objects[path] = asked.body
            return Answered(200, b"", {"ETag": '"1"'})
        if asked.method == "POST":
            gone = re.findall(r"<Key>([^<]+)</Key>", asked.body.decode())
            self.objects = {key: body for key, body in self.objects.items() if key not in gone}
            told = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in gone)
            return Answered(200, f"<DeleteResult>{told}</DeleteResult>".encode())
        if not path:
            there = "".join(ONE.format(key, len(body)) for key, body in self.objects.items())
            return Answered(200, LISTED.format(there).encode(), {"Content-Type": "application/xml"})
        return self._one(asked.method, path)

    def _one(self, method: str, path: str) -> Answered:
        if path not in self.objects:
            return Answered(404, b"")
        told = {"ETag": '"1"', "Last-Modified": format_datetime(PUT_AT, usegmt=True)}
        if method == "HEAD":
            return Answered(200, b"", {**told, "Content-Length": str(len(self.objects[path]))})
        return Answered(200, self.objects[path], told)


@pytest.fixture
def s3() -> SmallS3:
    return SmallS3()


@pytest.fixture
def receiver(s3: SmallS3) -> Iterator[Receiver]:
    with receiving(s3) as listening:
        yield listening


@pytest.fixture
def store(receiver: Receiver) -> Store:
    return a_store(receiver.url)


def a_store(endpoint: str) -> Store:
    bucket = replace(settings(), evidence="s3://evidence", s3_endpoint=endpoint, s3_key="KEY", s3_secret="SECRET")
    return store_of(bucket)


def test_a_file_arrives_signed_and_whole_under_its_digest(store: Store, s3: SmallS3, receiver: Receiver) -> None:
    kept = store.keep("照片.jpg", picture())

    sent = receiver.arrived[0]
    assert (sent.method, sent.path) == ("PUT", f"/evidence/{kept.digest[:2]}/{kept.digest}")
    assert sent.headers["x-amz-content-sha256"] == kept.digest == hashlib.sha256(sent.body).hexdigest()
    assert "SignedHeaders=" in sent.headers["authorization"]
    assert "SECRET" not in str(sent)
    assert store.read(kept.digest) == s3.objects[f"{kept.digest[:2]}/{kept.digest}"]


def test_what_is_not_there_or_was_changed_is_not_shown(store: Store, s3: SmallS3) -> None:
    kept = store.keep("照片.jpg", picture())
    place = f"{kept.digest[:2]}/{kept.digest}"

    s3.objects[place] = b"something else"
    with pytest.raises(NotNow, match="缺失或已损坏"):
        store.read(kept.digest)
    del s3.objects[place]
    with pytest.raises(NotNow, match="缺失或已损坏"):
        store.read(kept.digest)
    assert store.digest_of(kept.digest) is None


def test_only_what_is_old_is_removed(store: Store, s3: SmallS3) -> None:
    kept = store.keep("照片.jpg", picture())

    assert list(store.older_than(PUT_AT)) == []
    assert list(store.older_than(PUT_AT + timedelta(days=1))) == [kept.digest]
    store.remove(kept.digest, PUT_AT)
    assert s3.objects
    store.remove(kept.digest, PUT_AT + timedelta(days=1))
    assert not s3.objects


def test_a_bucket_out_of_reach_is_said_in_a_sentence() -> None:
    with receiving(lambda _: Answered(403, b"<Error><Code>AccessDenied</Code></Error>")) as refusing:
        store = a_store(refusing.url)
        with pytest.raises(NotNow, match=r"暂时存不下来.*照片\.jpg"):
            store.keep("照片.jpg", picture())
        with pytest.raises(NotNow, match="暂时读不出来"):
            store.read("0" * 64)


def test_another_address_is_refused_with_what_would_be_right() -> None:
    with pytest.raises(Refusal, match="文件夹的路径或 s3://桶名"):
        store_of(replace(settings(), evidence="ftp://somewhere"))
