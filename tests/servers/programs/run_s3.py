"""moto's server on two inherited listeners.

Arguments: descriptor of the plain listener, of the TLS listener, certificate chain, private key.
"""

import sys
import threading

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class Handler(WSGIRequestHandler):
    """Keeps connections open, as S3 does."""

    protocol_version = "HTTP/1.1"


def listening(descriptor: str, context: tuple[str, str] | None = None) -> BaseWSGIServer:
    return make_server(
        "127.0.0.1",
        0,
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=Handler,
        ssl_context=context,
        fd=int(descriptor),
    )


def main(plain: str, secure: str, chain: str, key: str) -> None:
    over_tls = listening(secure, (chain, key))
    threading.Thread(target=over_tls.serve_forever, daemon=True).start()
    listening(plain).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
