"""Let boto3 work over a module in the place of ``http.client``, and print what it came to see.

Arguments: the module's name, two addresses of a moto server, S3 with TLS and SQS without, and the
certificate to trust.
"""

# ruff: noqa: E402 - what is imported last must find the module in its place

from __future__ import annotations

import http
import importlib
import io
import json
import sys
from typing import Any

module_name, secure, plain, trusted = sys.argv[1:]
module = importlib.import_module(module_name)
# Before anything else imports it, so that the classes of urllib3 and botocore derive from its own.
sys.modules["http.client"] = http.client = module

import boto3
import urllib3.connection
from boto3.s3.transfer import TransferConfig
from botocore.awsrequest import AWSHTTPSConnection
from botocore.config import Config
from botocore.exceptions import ClientError

SMALL = b"one object, small\n"
LARGE = b"".join(b"%07d of a large object\n" % n for n in range(400_000))
PART = 5 << 20  # bytes; the least that S3 takes for a part


def client_for(service: str, endpoint: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="side-a",
        aws_secret_access_key="side-b",
        verify=trusted,
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )


def use_s3() -> dict[str, Any]:
    """Put and get objects in every way that takes another path through the connection."""
    s3 = client_for("s3", secure)
    s3.create_bucket(Bucket="shelf")
    seen: dict[str, Any] = {}
    # Asks with Expect: 100-continue first, and reads the answer to that past the connection.
    seen["put"] = s3.put_object(Bucket="shelf", Key="small", Body=io.BytesIO(SMALL))["ETag"]
    seen["head"] = s3.head_object(Bucket="shelf", Key="small")["ContentLength"]
    got = s3.get_object(Bucket="shelf", Key="small")
    seen["got"] = [got["ContentLength"], got["Body"].read() == SMALL]
    part = s3.get_object(Bucket="shelf", Key="small", Range="bytes=4-9")
    seen["part"] = [part["ContentRange"], part["Body"].read().decode()]
    # In several parts, over several connections at once.
    config = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=2)
    s3.upload_fileobj(io.BytesIO(LARGE), "shelf", "large", Config=config)
    whole = s3.get_object(Bucket="shelf", Key="large")["Body"]
    seen["streamed"] = b"".join(whole.iter_chunks(10_000)) == LARGE
    by_line = s3.get_object(Bucket="shelf", Key="small")["Body"]
    seen["lines"] = [line.decode() for line in by_line.iter_lines()]
    down = io.BytesIO()
    s3.download_fileobj("shelf", "large", down, Config=config)
    seen["downloaded"] = down.getvalue() == LARGE
    seen["listed"] = [
        (item["Key"], item["Size"]) for item in s3.list_objects_v2(Bucket="shelf")["Contents"]
    ]
    try:
        s3.get_object(Bucket="shelf", Key="nothing")
    except ClientError as error:
        seen["missing"] = error.response["Error"]["Code"]
    for key in ("small", "large"):
        s3.delete_object(Bucket="shelf", Key=key)
    seen["emptied"] = s3.delete_bucket(Bucket="shelf")["ResponseMetadata"]["HTTPStatusCode"]
    return seen


def use_sqs() -> dict[str, Any]:
    """Send a message through a queue."""
    sqs = client_for("sqs", plain)
    queue = sqs.create_queue(QueueName="post")["QueueUrl"]
    seen = {"sent": sqs.send_message(QueueUrl=queue, MessageBody="héllo")["MD5OfMessageBody"]}
    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    seen["received"] = message["Body"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    sqs.delete_queue(QueueUrl=queue)
    return seen


derived = [
    issubclass(cls, module.HTTPConnection)
    for cls in (urllib3.connection.HTTPConnection, AWSHTTPSConnection)
]
sys.stdout.write(json.dumps({"derived": derived, "s3": use_s3(), "sqs": use_sqs()}))
