"""Conditions of requests: our own validators, and the part of a file that is asked for.

Frigate's validators are not passed on: those of its recordings tell only the length.
"""

from collections.abc import Mapping
import hashlib

from aiohttp import hdrs, web

from ..aiofrigate import ByteRange


def tag_of(*parts: str | bytes) -> str:
    """Return an ETag for what is made of these parts."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(b"%d:%b" % (len(content), content))
    return f'"{digest.hexdigest()}"'


def not_modified(
    request: web.Request, tag: str, headers: Mapping[str, str]
) -> web.Response | None:
    """Return the answer to somebody who has this already; None for everybody else."""
    known = request.if_none_match or ()
    if not any(one.value in {"*", tag.strip('"')} for one in known):
        return None
    return web.Response(status=304, headers={**headers, hdrs.ETAG: tag})


def asked_range(request: web.Request, tag: str | None = None) -> ByteRange | None:
    """Return the part of a file that is asked for; None for all of it.

    Args:
        request: the request.
        tag: the ETag of the file. Whoever has a part of another file gets all of it.
    """
    if request.headers.get(hdrs.IF_RANGE) not in {None, tag}:
        return None
    return ByteRange.parse(request.headers.get(hdrs.RANGE, ""))
