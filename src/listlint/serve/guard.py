"""Who may talk to the server: the right host, the right cookie, no other site, no more than so much."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD"})
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # Not no-referrer: browsers then name no origin either when a form is posted.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_NO_ENTRY = (
    "This address is not valid (any more). Start listlint serve again and open the address it "
    "prints.\n此地址无效或已使用过。请重新运行 listlint serve 并打开它给出的地址。\n"
)


class Access:
    """The one-time token, the cookie it is exchanged for, and the names the server answers to."""

    def __init__(self, host: str, port: int, names: Sequence[str] = ()) -> None:
        self.token: str | None = secrets.token_urlsafe(32)
        self.cookie = secrets.token_urlsafe(32)
        # Cookies of one host are shared by all its ports.
        self.cookie_name = f"listlint-{port}"
        self._port = port
        self._names = {name.lower() for name in names}
        self.loopback = host == "localhost" or _is_ip(host, loopback=True)

    def knows_host(self, header: str) -> bool:
        """Whether a browser may call the server so. A name of someone else's could be rebound to us.

        Addresses in figures can't be rebound, so beyond loopback each of them is accepted.
        """
        name, colon, port = header.rpartition(":")
        if not colon or port != str(self._port):
            return False
        name = name.lower().strip("[]")
        if name == "localhost" or name in self._names or _is_ip(name, loopback=True):
            return True
        return not self.loopback and _is_ip(name, loopback=False)

    def redeem(self, token: str) -> bool:
        """Whether `token` is the one-time token; it is spent then."""
        if self.token is None or not secrets.compare_digest(token.encode(), self.token.encode()):
            return False
        self.token = None
        return True

    def knows_cookie(self, header: str) -> bool:
        """Whether the request comes from the browser that spent the token."""
        try:
            found = SimpleCookie(header).get(self.cookie_name)
        except CookieError:
            return False
        return found is not None and secrets.compare_digest(
            found.value.encode(), self.cookie.encode()
        )


def _is_ip(name: str, *, loopback: bool) -> bool:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or not loopback


class TooLargeError(Exception):
    """More was uploaded than one check may have."""


class Guard:
    """ASGI middleware: refuses before anything is read, and adds the headers that browsers heed."""

    def __init__(self, app: ASGIApp, access: Access, most: int) -> None:
        self._app = app
        self._access = access
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refused = self._judge(scope)
        answer = _with_headers(send)
        if refused is not None:
            await refused(scope, receive, answer)
            return
        await self._app(scope, self._counted(receive), answer)

    def _judge(self, scope: Scope) -> Response | None:
        """A response that ends the matter, or None to go on."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._access.knows_host(host):
            return PlainTextResponse("unknown host\n", 421)
        if not self._access.knows_cookie(headers.get("cookie", "")):
            return self._welcome(scope)
        if scope["method"] not in SAFE and headers.get("origin") != f"http://{host}":
            return PlainTextResponse("posted from another site\n", 403)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._most:
            return PlainTextResponse("too large 文件过大\n", 413)
        return None

    def _welcome(self, scope: Scope) -> Response:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["path"] != "/" or scope["method"] != "GET" or not self._access.redeem(given):
            return PlainTextResponse(_NO_ENTRY, 403)
        # To an address without the token: it would stay in the history else.
        response = RedirectResponse("/", 303)
        response.set_cookie(
            self._access.cookie_name, self._access.cookie, httponly=True, samesite="strict"
        )
        return response

    def _counted(self, receive: Receive) -> Receive:
        """The body, which ends when there is more of it than was declared or is allowed."""
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._most:
                raise TooLargeError
            return message

        return counted


def _with_headers(send: Send) -> Send:
    async def answer(message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return answer
