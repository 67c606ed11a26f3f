"""A local server that speaks the protocol of S3, for tests of projects in an object store."""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from moto.server import ThreadedMotoServer

KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIACANARYCANARY",
    "AWS_SECRET_ACCESS_KEY": "canary-secret-canary-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
}
_lock = threading.Lock()
_running: list[str] = []


def server() -> str:
    """Give the address of the one server of this process; it ends with the process."""
    with _lock:
        if not _running:
            logging.getLogger("werkzeug").setLevel(logging.ERROR)
            moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
            moto.start()
            host, port = moto.get_host_and_port()
            _running.append(f"http://{host}:{port}")
    return _running[0]


@contextmanager
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give ``s3://…`` of a new bucket, with the environment that leads to it."""
    address = server()
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": address}.items():
        monkeypatch.setenv(name, value)
    name = f"affekt-{uuid.uuid4().hex}"
    client(address).create_bucket(Bucket=name)
    yield f"s3://{name}/project"


def client(address: str) -> "boto3.client":
    """Give a client of another make than the code under test."""
    return boto3.client(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    )


def names(url: str) -> list[str]:
    """Give the names of the objects in a bucket, sorted, as another client sees them."""
    bucket_name = url.removeprefix("s3://").split("/")[0]
    pages = client(server()).get_paginator("list_objects_v2").paginate(Bucket=bucket_name)
    keys = [one["Key"] for page in pages for one in page.get("Contents", ())]
    return sorted(key for key in keys if not key.endswith("/"))  # no marks of empty folders
