"""The pages: upload, progress, findings, downloads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from listlint.model import Lang, Text
from listlint.policy.library import load_profiles
from listlint.policy.paths import builtin
from listlint.reporters.page.render import ICON, asset, environment, policy
from listlint.serve.guard import Access, Guard, TooLargeError
from listlint.serve.jobs import Full, Job, Jobs, Limits
from listlint.serve.names import safe_name
from listlint.serve.words import UI
from listlint.serve.worker import PAGE

_FILES, _FIELDS = 50, 200
_CHUNK = 1 << 20
_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
}


def create_app(
    access: Access, limits: Limits, config: Path | None = None, lang: str | None = None
) -> Starlette:
    """The application. `lang` is what pages begin with; None: what the browser asks for."""
    pages = _Pages(limits, config, lang)
    return Starlette(
        routes=[
            Route("/", pages.upload),
            Route("/checks", pages.begin, methods=["POST"]),
            Route("/checks/{id}", pages.show),
            Route("/checks/{id}/state", pages.state),
            Route("/checks/{id}/close", pages.close, methods=["POST"]),
            Route("/checks/{id}/{file}", pages.download),
        ],
        middleware=[Middleware(Guard, access=access, most=limits.upload + _CHUNK)],
        exception_handlers={HTTPException: pages.wrong, TooLargeError: pages.too_large},
        lifespan=pages.lifespan,
    )


class _Pages:
    """The handlers, and the checks that they speak of."""

    def __init__(self, limits: Limits, config: Path | None, lang: str | None) -> None:
        self._limits = limits
        self._config = config
        self._lang = lang
        self._profiles = load_profiles([builtin()])
        self._jobs: Jobs

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """The checks live as long as the server does."""
        self._jobs = Jobs(self._limits, self._config)
        sweeper = asyncio.create_task(self._jobs.sweep())
        try:
            yield
        finally:
            sweeper.cancel()
            await self._jobs.end()

    async def upload(self, request: Request) -> Response:
        """The form."""
        profiles = [(p.id, p.title) for p in self._profiles.values()]
        common = {p.id for p in self._profiles.values() if p.common}
        return self._page(request, "upload", profiles=profiles, common=common)

    async def begin(self, request: Request) -> Response:
        """Take the files, begin the check, and show it."""
        async with request.form(max_files=_FILES, max_fields=_FIELDS) as form:
            uploads = [
                item
                for item in form.getlist("files")
                if isinstance(item, UploadFile) and item.filename
            ]
            if not uploads:
                return self._page(request, "message", 400, text=UI["no_file"])
            try:
                job = self._jobs.new(_lang_of(form))
            except Full:
                return self._page(request, "message", 503, text=UI["full"])
            try:
                await _store(uploads, job)
            except BaseException:
                await self._jobs.drop(job)
                raise
            known = {str(m) for m in form.getlist("marketplace")} & set(self._profiles)
            self._jobs.start(job, sorted(known))
        return RedirectResponse(f"/checks/{job.id}", 303)

    async def show(self, request: Request) -> Response:
        """The progress of a check, or what it found."""
        job = self._job(request)
        if job.state == "done":
            return FileResponse(job.outputs / PAGE, media_type=_TYPES[".html"])
        if job.state == "failed":
            text = job.failure or UI["failed"]
            return self._page(request, "message", 500, lang=job.lang, text=text)
        return self._page(request, "progress", lang=job.lang, job=job)

    async def state(self, request: Request) -> Response:
        """How far a check is, for the script of the progress page."""
        job = self._job(request)
        return JSONResponse({"state": job.state, "rows": job.rows, "file": job.file})

    async def close(self, request: Request) -> Response:
        """A page says that it is left."""
        self._jobs.close(request.path_params["id"])
        return Response(status_code=204)

    async def download(self, request: Request) -> Response:
        """One of the outputs that the worker named; no other file."""
        job = self._job(request)
        file = request.path_params["file"]
        if file not in job.names:
            raise HTTPException(404)
        return FileResponse(
            job.outputs / file,
            media_type=_TYPES.get(Path(file).suffix, "application/octet-stream"),
            filename=job.names[file],
        )

    async def wrong(self, request: Request, error: Exception) -> Response:
        """A page that is not there, or a form that can't be read."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        text = UI["not_found"] if status == 404 else UI["failed"]
        if status == 404 and request.url.path.startswith("/checks/"):
            text = UI["gone"]
        return self._page(request, "message", status, text=text)

    async def too_large(self, request: Request, _: Exception) -> Response:
        """More than one check may have."""
        return self._page(request, "message", 413, text=self._sized("too_large"))

    def _job(self, request: Request) -> Job:
        job = self._jobs.get(request.path_params["id"])
        if job is None:
            raise HTTPException(404)
        return job

    def _sized(self, key: str) -> Text:
        megabytes = self._limits.upload >> 20
        return Text(UI[key].en.format(mb=megabytes), UI[key].zh.format(mb=megabytes))

    def _page(
        self,
        request: Request,
        name: str,
        status: int = 200,
        *,
        lang: str | None = None,
        **more: Any,
    ) -> Response:
        lang = lang or self._lang or request.headers.get("accept-language", "")[:2].lower()
        spoken: Lang = "zh" if lang == "zh" else "en"
        style = asset("report.css") + _asset("serve.css")
        script = _asset("serve.js")
        shown = (
            environment(spoken, __package__)
            .get_template(f"{name}.html.j2")
            .render(
                lang=spoken,
                ui=UI,
                formats=self._sized("formats"),
                style=Markup(style),
                script=Markup(script),
                icon=ICON,
                policy=policy([script], [style], connect=True, forms=True),
                **more,
            )
        )
        return HTMLResponse(shown, status)


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _lang_of(form: FormData) -> str:
    return "zh" if form.get("lang") == "zh" else "en"


async def _store(uploads: list[UploadFile], job: Job) -> None:
    """Copy the uploads into the check's folder, under names that are safe there."""
    taken: set[str] = set()
    for upload in uploads:
        target = job.inputs / safe_name(upload.filename or "", taken)
        with target.open("xb") as out:
            while chunk := await upload.read(_CHUNK):
                await asyncio.to_thread(out.write, chunk)
