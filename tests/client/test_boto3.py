"""boto3 works with our module in the place of ``http.client`` as it does with the stock one."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from servers.process import Server
    from servers.tls import Authority

SESSION = Path(__file__).with_name("boto3_session.py")


def session_over(module: str, server: Server, authority: Authority) -> Any:
    """Return what boto3 saw in a process that has had ``module`` from its start."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AWS_") and not name.lower().endswith("_proxy")
    }
    secure, plain = "https://{}:{}".format(*server.secure), "http://{}:{}".format(*server.plain)
    ran = subprocess.run(
        [sys.executable, f"{SESSION}", module, secure, plain, f"{authority.root}"],
        capture_output=True,
        check=False,
        env=environment,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_boto3_sees_over_ours_what_it_sees_over_the_stock_module(
    s3: Server, authority: Authority
) -> None:
    stock = session_over("http.client", s3, authority)
    ours = session_over("cassette.client", s3, authority)
    assert ours == stock
    assert ours["derived"] == [True, True]
    assert ours["s3"]["listed"] == [["large", 10_400_000], ["small", 18]]
    assert ours["s3"]["streamed"]
    assert ours["sqs"]["sent"] == hashlib.md5("héllo".encode()).hexdigest()
