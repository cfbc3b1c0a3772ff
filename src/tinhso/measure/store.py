"""Where records lie when not in a folder: a bucket of an S3-compatible store (kho đối tượng)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from obstore.store import S3Store

#: How such an address is written.
FORM = "s3://KEY:SECRET@host[:port]/bucket[/prefix][?region=…&tls=0&style=vhost]"

#: What the query of such an address may hold, and its values where they are few.
_ASKED: dict[str, tuple[str, ...]] = {"region": (), "tls": ("0", "1"), "style": ("path", "vhost")}


@dataclass(frozen=True)
class Bucket:
    """A place in a bucket; `prefix` is "" or ends with a slash. `host` may carry a port."""

    host: str
    name: str
    prefix: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    region: str = "us-east-1"
    tls: bool = True
    path_style: bool = True

    @classmethod
    def from_url(cls, url: str) -> Bucket:
        """Read an address of the form FORM; characters like / in a secret are percent-encoded.

        Raises ValueError, without a word of the address in it.
        """
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        name, _, prefix = parts.path.lstrip("/").partition("/")
        wanted = all((parts.hostname, name, parts.username, parts.password))
        known = all(
            one in _ASKED and value and value in (_ASKED[one] or (value,))
            for one, value in asked.items()
        )
        try:
            port = parts.port
        except ValueError:
            port = 0
        if parts.scheme != "s3" or not wanted or not known or parts.fragment or port == 0:
            raise ValueError(FORM)
        assert parts.hostname
        assert parts.username
        assert parts.password
        prefix = prefix.strip("/")
        return cls(
            host=parts.hostname + (f":{port}" if port else ""),
            name=name,
            prefix=f"{prefix}/" if prefix else "",
            key=unquote(parts.username),
            secret=unquote(parts.password),
            region=asked.get("region", "us-east-1"),
            tls=asked.get("tls", "1") == "1",
            path_style=asked.get("style", "path") == "path",
        )

    @property
    def uri(self) -> str:
        return f"s3://{self.name}/{self.prefix}"

    @property
    def secret_sql(self) -> str:
        """What makes DuckDB know the keys, for this bucket only."""
        options = {
            "KEY_ID": self.key,
            "SECRET": self.secret,
            "ENDPOINT": self.host,
            "REGION": self.region,
            "URL_STYLE": "path" if self.path_style else "vhost",
            "SCOPE": f"s3://{self.name}",
        }
        told = ", ".join(
            f"{name} '{value.replace(chr(39), chr(39) * 2)}'" for name, value in options.items()
        )
        return f"CREATE SECRET records (TYPE s3, {told}, USE_SSL {str(self.tls).lower()})"

    def client(self) -> S3Store:
        """For copying whole files in and out; paths are relative to the prefix."""
        from obstore.store import S3Store  # noqa: PLC0415 (only back-ups need it)

        scheme = "https" if self.tls else "http"
        host = self.host if self.path_style else f"{self.name}.{self.host}"
        return S3Store(
            self.name,
            prefix=self.prefix or None,
            endpoint=f"{scheme}://{host}",
            access_key_id=self.key,
            secret_access_key=self.secret,
            region=self.region,
            virtual_hosted_style_request=not self.path_style,
            client_options={"allow_http": not self.tls, "timeout": "60s"},
        )
