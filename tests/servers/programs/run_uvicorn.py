"""uvicorn on two inherited listeners.

Arguments: descriptor of the plain listener, of the TLS listener, certificate chain, private key.
"""

import socket
import sys
import threading

import uvicorn
from asgi_app import app


def serve(descriptor: str, **options: str) -> None:
    config = uvicorn.Config(app, log_level="warning", lifespan="off", http="h11", **options)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(descriptor))])


def main(plain: str, secure: str, chain: str, key: str) -> None:
    tls = {"ssl_certfile": chain, "ssl_keyfile": key}
    threading.Thread(target=serve, args=(secure,), kwargs=tls, daemon=True).start()
    serve(plain)


if __name__ == "__main__":
    main(*sys.argv[1:])
