"""hypercorn on two inherited listeners.

Arguments: descriptor of the plain listener, of the TLS listener, certificate chain, private key.
"""

import asyncio
import sys

from asgi_app import app
from hypercorn.asyncio import serve
from hypercorn.config import Config


def main(plain: str, secure: str, chain: str, key: str) -> None:
    config = Config()
    config.insecure_bind = [f"fd://{plain}"]
    config.bind = [f"fd://{secure}"]
    config.certfile = chain
    config.keyfile = key
    config.alpn_protocols = ["http/1.1"]
    asyncio.run(serve(app, config))


if __name__ == "__main__":
    main(*sys.argv[1:])
