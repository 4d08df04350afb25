"""nginx with a configuration of its own, in the foreground."""

import os
from pathlib import Path

from servers import calls
from servers.address import LOOPBACK, Address, free_port
from servers.process import Program, Server, ServerFailedError, find_program
from servers.tls import Authority

ATTEMPTS = 5  # nginx wants to be told its ports, and they may be taken in between

CONFIG = """
daemon off;
{user}
worker_processes 1;
pid nginx.pid;
error_log stderr;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path client_body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server_tokens off;
    absolute_redirect off;  # or it redirects past whoever stands in front of it
    server {{
        listen {host}:{plain};
        listen {host}:{secure} ssl;
        listen unix:{socket};
        ssl_certificate {chain};
        ssl_certificate_key {key};
        root {root};
        default_type text/plain;
        location = /json {{ default_type application/json; }}
        # Server-side includes have no length beforehand, so the answer is chunked.
        location = /stream {{ ssi on; ssi_types text/plain; }}
        # Without chunks, only the end of the connection can end it.
        location = /close {{ ssi on; ssi_types text/plain; chunked_transfer_encoding off; }}
        location = /gzip {{ gzip on; gzip_types text/plain; gzip_min_length 1; }}
        location = /redirect {{ return 302 /json; }}
        location = /empty {{ return 204; }}
        location = /cookie {{
            add_header Set-Cookie "{cookies[0]}";
            add_header Set-Cookie "{cookies[1]}";
            return 200 "cookies\\n";
        }}
        location = /rpc {{ default_type text/xml; return 200 "{rpc}"; }}
        # The body is only read for an upstream, so nginx is its own.
        location = /echo {{
            client_body_in_single_buffer on;
            proxy_set_header X-Body $request_body;
            proxy_pass http://{host}:{plain}/repeat;
        }}
        location = /repeat {{ default_type application/json; return 200 $http_x_body; }}
    }}
}}
"""


def start_nginx(folder: Path, authority: Authority) -> Server:
    """Return a running nginx whose files are in ``folder``.

    Raises:
        ServerMissingError: nginx is not installed.
        ServerFailedError: It does not start.
    """
    program = find_program("nginx")
    root = folder / "root"
    root.mkdir()
    files = {
        "json": calls.JSON,
        "cached": calls.PAGE,
        "gzip": calls.PAGE,
        "stream": b'<!--# echo var="none" default="" -->'.join(calls.PIECES),
        "close": b'<!--# echo var="none" default="" -->' + calls.FAREWELL,
        "large": calls.LARGE,
    }
    for name, content in files.items():
        (root / name).write_bytes(content)
        os.utime(root / name, (10**9, 10**9))  # its ETag and Last-Modified are always the same
    for _ in range(ATTEMPTS):
        plain, secure = Address(LOOPBACK, free_port()), Address(LOOPBACK, free_port())
        config = folder / "nginx.conf"
        config.write_text(
            CONFIG.format(
                user="user root;" if os.geteuid() == 0 else "",
                host=LOOPBACK,
                plain=plain.port,
                secure=secure.port,
                socket=folder / "nginx.sock",
                chain=authority.chain,
                key=authority.key,
                root=root,
                cookies=calls.COOKIES,
                rpc=calls.RPC.decode().replace("\n", ""),
            )
        )
        nginx = Program(
            [program, "-p", f"{folder}", "-e", "stderr", "-c", f"{config}"], folder=folder
        )
        try:
            nginx.wait_for(plain, tls=False)
            nginx.wait_for(secure, tls=True)
        except ServerFailedError as failure:
            if "Address already in use" not in f"{failure}":
                raise
            continue
        offered = tuple(call for call in calls.WEB if call is not calls.STREAMED)
        return Server("nginx", plain, secure, offered, nginx, folder / "nginx.sock")
    raise ServerFailedError(f"nginx found no free port in {ATTEMPTS} attempts")
