"""Apache httpd with a configuration of its own, in the foreground."""

import grp
import os
import pwd
from pathlib import Path

from servers import calls
from servers.address import LOOPBACK, Address, free_port
from servers.process import Program, Server, ServerFailedError, ServerMissingError, find_program
from servers.tls import Authority

ATTEMPTS = 5  # httpd wants to be told its ports, and they may be taken in between

MODULE_FOLDERS = (
    Path("/usr/lib/apache2/modules"),  # Debian
    Path("/usr/lib64/httpd/modules"),  # Fedora
    Path("/usr/lib/httpd/modules"),  # Arch
    Path("/usr/libexec/apache2"),  # macOS
)
MODULES = (
    "mpm_event",
    "authz_core",
    "unixd",
    "alias",
    "headers",
    "setenvif",
    "mime",
    "cgid",
    "bucketeer",
    "filter",
    "deflate",
    "ssl",
)

# What is built in differs from system to system.
LOAD = """
<IfModule !{name}_module>
    LoadModule {name}_module "{folder}/mod_{name}.so"
</IfModule>
"""

FLUSH = b"\x06"  # mod_bucketeer swallows it, in text, and flushes
ECHO = rb"""#!/bin/sh
body=$(cat)
printf 'Content-Type: text/plain\n\n\006%s' "$body"
"""

CONFIG = """
ServerRoot "{folder}"
ServerName localhost
ServerTokens Prod
DefaultRuntimeDir "{folder}"
PidFile "{folder}/httpd.pid"
Mutex file:{folder} default
ScriptSock "{folder}/cgi.sock"
ErrorLog "/dev/stderr"
{load}
{user}
StartServers 1
ServerLimit 1
ThreadsPerChild 8
MaxRequestWorkers 8
MinSpareThreads 1
MaxSpareThreads 8
TypesConfig /dev/null
Listen {host}:{plain}
Listen {host}:{secure}
<VirtualHost {host}:{secure}>
    SSLEngine on
    SSLCertificateFile "{chain}"
    SSLCertificateKeyFile "{key}"
</VirtualHost>
DocumentRoot "{folder}/root"
<Directory "{folder}">
    Require all granted
    Options +ExecCGI
</Directory>
<Files "json">
    ForceType application/json
</Files>
<FilesMatch "^(cached|gzip|large)$">
    ForceType text/plain
</FilesMatch>
<Files "gzip">
    SetOutputFilter DEFLATE
</Files>
# A script's answer gets a length if it is there at once, or else chunks: flushing decides it.
<Files "*.cgi">
    SetOutputFilter BUCKETEER
</Files>
ScriptAliasMatch "^/(stream|events|echo|cookie|close|empty|rpc)$" "{folder}/root/$1.cgi"
Redirect 302 /redirect /json
SetEnvIf Request_URI "^/close$" nokeepalive downgrade-1.0 force-response-1.0
"""


def start_apache(folder: Path, authority: Authority) -> Server:
    """Return a running Apache httpd whose files are in ``folder``.

    Args:
        folder: Existing folder that every user may enter: httpd started as root drops its rights.
        authority: Whose certificate it shows.

    Raises:
        ServerMissingError: httpd or one of its modules is not installed.
        ServerFailedError: It does not start.
    """
    program = find_program("apache2", "httpd")
    load = _load_modules()
    root = folder / "root"
    root.mkdir()
    _fill(root)
    for _ in range(ATTEMPTS):
        plain, secure = Address(LOOPBACK, free_port()), Address(LOOPBACK, free_port())
        config = folder / "httpd.conf"
        config.write_text(
            CONFIG.format(
                folder=folder,
                load=load,
                user=_drop_to(),
                host=LOOPBACK,
                plain=plain.port,
                secure=secure.port,
                chain=authority.chain,
                key=authority.key,
            )
        )
        apache = Program(
            [program, "-d", f"{folder}", "-f", f"{config}", "-D", "FOREGROUND"], folder=folder
        )
        try:
            apache.wait_for(plain, tls=False)
            apache.wait_for(secure, tls=True)
        except ServerFailedError as failure:
            if "Address already in use" not in f"{failure}":
                raise
            continue
        return Server("apache", plain, secure, calls.WEB, apache)
    raise ServerFailedError(f"httpd found no free port in {ATTEMPTS} attempts")


def _load_modules() -> str:
    for folder in MODULE_FOLDERS:
        if (folder / "mod_mpm_event.so").exists():
            break
    else:
        raise ServerMissingError("the modules of Apache httpd are not installed")
    return "".join(LOAD.format(name=name, folder=folder) for name in MODULES)


def _drop_to() -> str:
    """Return the directives for the user to run as: httpd refuses to serve as root."""
    if os.geteuid() != 0:
        return ""
    for name in ("www-data", "apache", "http", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return f"User {name}\nGroup {grp.getgrgid(user.pw_gid).gr_name}"
    raise ServerMissingError("Apache httpd started as root needs a user to change to")


def _fill(root: Path) -> None:
    files = {
        "json": calls.JSON,
        "cached": calls.PAGE,
        "gzip": calls.PAGE,
        "large": calls.LARGE,
    }
    for name, content in files.items():
        (root / name).write_bytes(content)
        os.utime(root / name, (10**9, 10**9))  # its ETag and Last-Modified are always the same
    text, cookies = (
        "Content-Type: text/plain\n",
        "".join(f"Set-Cookie: {c}\n" for c in calls.COOKIES),
    )
    scripts = {
        "stream": _script(text, *calls.PIECES),
        "events": _script("Content-Type: text/event-stream\n", *calls.EVENTS),
        "cookie": _script(text + cookies, b"cookies\n"),
        "close": _script(text, calls.FAREWELL),
        "rpc": _script("Content-Type: text/xml\n", calls.RPC),
        "empty": _script("Status: 204 No Content\n"),
        "echo": ECHO,
    }
    for name, content in scripts.items():
        script = root / f"{name}.cgi"
        script.write_bytes(content)
        script.chmod(0o755)


def _script(fields: str, *pieces: bytes) -> bytes:
    """Return a CGI script that reads its request and prints this answer, flushing each piece."""
    answer = fields.encode() + b"\n" + b"".join(FLUSH + piece for piece in pieces)
    return b"#!/bin/sh\ncat >/dev/null\ncat <<'END'\n" + answer + b"END\n"
