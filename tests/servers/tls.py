"""A certificate authority that lives as long as the test run, and what it issued."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme
from servers.address import LOOPBACK


@dataclass(frozen=True, slots=True)
class Authority:
    """Files and contexts of one throw-away authority.

    Attributes:
        root: Certificate of the authority itself (PEM); what a client must trust.
        chain: Certificate chain for ``localhost`` and 127.0.0.1 (PEM).
        key: Private key of that certificate (PEM).
    """

    root: Path
    chain: Path
    key: Path

    @classmethod
    def create(cls, folder: Path) -> "Authority":
        """Return a new authority whose files are in ``folder``.

        The files are for every user to read, since a server that was started as root gives its
        rights up; nothing else trusts this authority.
        """
        authority = trustme.CA()
        certificate = authority.issue_cert("localhost", LOOPBACK)
        made = cls(folder / "root.pem", folder / "chain.pem", folder / "key.pem")
        authority.cert_pem.write_to_path(made.root)
        made.chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
        certificate.private_key_pem.write_to_path(made.key)
        return made

    def server_context(self) -> ssl.SSLContext:
        """Return a context for a server that shows the certificate and speaks HTTP/1.1 only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        context.set_alpn_protocols(["http/1.1"])
        return context

    def client_context(self) -> ssl.SSLContext:
        """Return a context for a client that trusts this authority and no other."""
        return ssl.create_default_context(cafile=self.root)
