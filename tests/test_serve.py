"""`listlint serve`: who gets in, what becomes of files, and a browser that goes all the way."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from listlint.model import Edit, Fix, Text
from reports import entry, finding, report
from viewing import chromium, serious_faults

pytest.importorskip("starlette", reason="the extra serve is not installed")
pytest.importorskip("uvicorn", reason="the extra serve is not installed")

from listlint.serve.cli import command
from listlint.serve.guard import Access
from listlint.serve.names import safe_name
from listlint.serve.worker import write_all

ROOT = Path(__file__).resolve().parent.parent
CSV = b"sku,title,price,quantity\nA-1,AAA copy leather handbag,9.90,5\nA-2,Plain mug,3,1\n"
BOUNDARY = "frontier"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Server:
    """A running `listlint serve`, and a client that has no cookie until it asks for one."""

    address: str
    temporary: Path
    cookie: str = ""

    @property
    def port(self) -> int:
        """The port it listens on."""
        return urlsplit(self.address).port or 0

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request; `headers` over those a browser on the server's own page would send."""
        own = {"Host": f"127.0.0.1:{self.port}", "Cookie": self.cookie}
        if method == "POST":
            own["Origin"] = f"http://127.0.0.1:{self.port}"
        own.update({name.replace("_", "-"): value for name, value in headers.items()})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body or None, {k: v for k, v in own.items() if v})
        got = connection.getresponse()
        answer = Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
        connection.close()
        return answer

    def enter(self) -> None:
        """Exchange the token for the cookie."""
        answer = self.ask("GET", f"/?{urlsplit(self.address).query}")
        assert answer.status == 303
        self.cookie = answer.headers["set-cookie"].split(";")[0]

    def upload(self, name: str = "inventory.csv", data: bytes = CSV, **fields: str) -> Answer:
        """Post a file as the form does."""
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
            for k, v in fields.items()
        ]
        head = f'Content-Disposition: form-data; name="files"; filename="{name}"'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + data + b"\r\n")
        body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self.ask("POST", "/checks", body, Content_Type=kind)

    def finished(self, path: str, seconds: float = 90) -> str:
        """The state of a check when it is no longer under way."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            state: str = json.loads(self.ask("GET", f"{path}/state").body)["state"]
            if state in ("done", "failed"):
                return state
            time.sleep(0.2)
        raise AssertionError("the check did not end")

    def kept(self) -> list[Path]:
        """The uploaded files that are on the disk."""
        # Not by rglob: it stumbles over folders that the server deletes meanwhile.
        return [
            Path(folder, name)
            for folder, _, names in os.walk(self.temporary)
            for name in names
            if Path(folder).name == "in"
        ]


@contextmanager
def serving(folder: Path, cache: Path, *options: str) -> Iterator[Server]:
    """A server with temporary files in a folder of its own."""
    temporary = folder / "tmp"
    temporary.mkdir()
    code = "from listlint.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "serve", "--no-browser", "--isolated", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "TMPDIR": str(temporary),
            "LISTLINT_CACHE_DIR": str(cache),
            "PYTHONUNBUFFERED": "1",
        },
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, line
        made = Server(found.group(), temporary)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                made.ask("GET", "/")
                break
            except ConnectionError:
                time.sleep(0.1)
        yield made
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    assert list(temporary.glob("listlint-serve-*")) == [], "files outlive the server"


@pytest.fixture
def server(tmp_path: Path, cache_dir: Path) -> Iterator[Server]:
    """A server nobody has entered yet."""
    with serving(tmp_path, cache_dir) as made:
        yield made


def test_the_token_works_once(server: Server) -> None:
    assert server.ask("GET", "/").status == 403
    assert server.ask("GET", "/?token=wrong").status == 403
    server.enter()
    answer = server.ask("GET", "/")
    assert answer.status == 200
    assert b"Drop spreadsheets here" in answer.body
    server.cookie = ""
    assert server.ask("GET", f"/?{urlsplit(server.address).query}").status == 403


def test_strangers_are_refused(server: Server) -> None:
    server.enter()
    assert server.ask("GET", "/", Host="evil.example").status == 421
    assert server.ask("GET", "/", Host=f"evil.example:{server.port}").status == 421
    assert server.ask("GET", "/", Host=f"localhost:{server.port}").status == 200
    assert server.ask("POST", "/checks", Origin="http://evil.example").status == 403
    assert server.ask("POST", "/checks", Origin="null").status == 403
    assert server.ask("POST", "/checks", Origin="").status == 403
    assert server.ask("GET", "/", Cookie="listlint=guess").status == 403


def test_answers_carry_the_headers_that_browsers_heed(server: Server) -> None:
    server.enter()
    headers = server.ask("GET", "/").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_a_file_is_checked_and_given_back(server: Server) -> None:
    server.enter()
    answer = server.upload(lang="zh", marketplace="amazon.com")
    assert answer.status == 303
    path = answer.headers["location"]
    assert server.finished(path) == "done"
    shown = server.ask("GET", path).body.decode()
    assert '<html lang="zh-Hans"' in shown
    assert "inventory.csv" in shown
    assert str(server.temporary) not in shown
    workbook = server.ask("GET", f"{path}/checked.xlsx")
    assert 'filename="inventory-checked.xlsx"' in workbook.headers["content-disposition"]
    assert workbook.body.startswith(b"PK")
    found = json.loads(server.ask("GET", f"{path}/report.json").body)
    assert found["files"][0]["path"] == "inventory.csv"
    assert found["files"][0]["marketplaces"] == ["amazon.com"]
    assert any(f["cell"] == "B2" for f in found["findings"])
    report = server.ask("GET", f"{path}/report.html").body.decode()
    assert f"{path}/state" not in report
    assert 'data-session="' not in report


@pytest.mark.parametrize(
    "tail", ["/../in/inventory.csv", "/..%2f..%2fetc%2fpasswd", "/page.html", "/in", "/%00", "/."]
)
def test_no_path_leads_elsewhere(server: Server, tail: str) -> None:
    server.enter()
    path = server.upload().headers["location"]
    server.finished(path)
    assert server.ask("GET", path + tail).status in (400, 404)
    assert server.ask("GET", f"/checks/guess{tail}").status in (400, 404)


def test_files_go_when_the_page_is_closed(tmp_path: Path, cache_dir: Path) -> None:
    with serving(tmp_path, cache_dir) as server:
        server.enter()
        path = server.upload().headers["location"]
        assert server.finished(path) == "done", server.ask("GET", path).body
        assert len(server.kept()) == 1
        assert server.ask("POST", f"{path}/close").status == 204
        assert server.ask("GET", path).status == 200, "reloaded: it stays"
        assert server.ask("POST", f"{path}/close").status == 204
        deadline = time.monotonic() + 30
        while server.kept() and time.monotonic() < deadline:
            time.sleep(0.3)
        assert server.kept() == []
        assert server.ask("GET", path).status == 404


def test_too_much_is_refused(tmp_path: Path, cache_dir: Path) -> None:
    with serving(tmp_path, cache_dir, "--max-upload", "1") as server:
        server.enter()
        # The server need not hear it out.
        with suppress(ConnectionError):
            assert server.upload(data=b"x" * (3 << 20)).status == 413
        assert server.kept() == []
        assert server.ask("GET", "/").status == 200


def test_a_check_that_takes_too_long_is_stopped(tmp_path: Path, cache_dir: Path) -> None:
    rows = b"".join(b"A-%d,Plain mug %d,3,1\n" % (n, n) for n in range(200_000))
    with serving(tmp_path, cache_dir, "--timeout", "1") as server:
        server.enter()
        path = server.upload(data=CSV + rows).headers["location"]
        assert server.finished(path) == "failed"
        assert b"too long" in server.ask("GET", path).body


def test_a_form_without_a_file_is_answered(server: Server) -> None:
    server.enter()
    answer = server.ask(
        "POST", "/checks", b"lang=en", Content_Type="application/x-www-form-urlencoded"
    )
    assert answer.status == 400
    assert b"No file was chosen" in answer.body


def test_what_cannot_be_read_is_said(server: Server) -> None:
    server.enter()
    path = server.upload("broken.xlsx", b"PK\x03\x04 no workbook at all").headers["location"]
    assert server.finished(path) == "done"
    assert b"FILE" in server.ask("GET", path).body


def test_an_uploaded_module_is_not_imported(server: Server, tmp_path: Path) -> None:
    server.enter()
    mark = tmp_path / "owned"
    code = f"open({str(mark)!r}, 'w')\n".encode()
    for name in ("json.py", "sitecustomize.py", "listlint.toml"):
        path = server.upload(name, code).headers["location"]
        server.finished(path)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("host", "header", "known"),
    [
        ("127.0.0.1", "127.0.0.1:80", True),
        ("127.0.0.1", "[::1]:80", True),
        ("127.0.0.1", "127.0.0.1:81", False),
        ("127.0.0.1", "127.0.0.1", False),
        ("127.0.0.1", "192.168.0.7:80", False),
        ("127.0.0.1", "127.0.0.1.evil.example:80", False),
        ("127.0.0.1", "shop.lan:80", False),
        ("0.0.0.0", "192.168.0.7:80", True),
        ("0.0.0.0", "shop.lan:80", True),
        ("0.0.0.0", "evil.example:80", False),
    ],
)
def test_hosts(host: str, header: str, known: bool) -> None:
    names = ["Shop.lan"] if host == "0.0.0.0" else []
    assert Access(host, 80, names).knows_host(header) is known


@given(st.lists(st.text(max_size=300), max_size=6))
def test_names_of_uploads_are_harmless(given_names: list[str]) -> None:
    taken: set[str] = set()
    made = [safe_name(name, taken) for name in given_names]
    assert len({name.casefold() for name in made}) == len(made)
    for name in made:
        assert name not in ("", ".", "..")
        assert not set(name) & set('/\\:*?"<>|[]\0\n')
        assert name[0] not in ".-~"
        assert len(name.encode()) <= 200


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", r"C:\Users\me\库存.xlsx", "CON.csv", "-", "~$a.xlsx", "a\u202ecsv.exe"],
)
def test_some_names(name: str) -> None:
    made = safe_name(name, set())
    assert made in ("passwd", "库存.xlsx", "file_CON.csv", "file_", "$a.xlsx", "a_csv.exe")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listlint.serve.cli.find_spec", lambda name: None)
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 2
    assert 'pip install "listlint[serve]"' in done.output


@pytest.mark.parametrize("count", [0, 1, 2])
def test_safe_fixes_are_offered_where_there_are_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    names = ["inventory.csv", "second.csv"]
    for name in names:
        Path(name).write_bytes(CSV)
    fix = Fix(Text("Delete it.", "删除。"), Edit((0, 9), "", safe=True))
    made = report(
        *(
            finding(
                2,
                path=n,
                sheet=None,
                excerpt="AAA copy leather handbag",
                match="AAA copy ",
                fix=fix,
            )
            for n in names[:count]
        ),
        files=tuple(entry(n, None) for n in names),
    )
    offered = write_all(made, tmp_path / "out", Path("inventory.csv"), "id", "en")
    assert [n for n in offered if n.startswith("fixed")] == [[], ["fixed.csv"], ["fixed.zip"]][
        count
    ]
    page = (tmp_path / "out" / "page.html").read_text("utf-8")
    assert ("Download the file with safe fixes" in page) == bool(count)
    if count == 1:
        assert b"A-1,leather handbag" in (tmp_path / "out" / "fixed.csv").read_bytes()


# ---- in a browser


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    """A browser whose downloads go to `tmp_path/downloads`."""
    with chromium(tmp_path) as driver:
        yield driver


def waited(browser: Any, selector: str, seconds: float = 90) -> Any:
    """The element, when it is there."""
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support import expected_conditions
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, seconds).until(
        expected_conditions.presence_of_element_located((By.CSS_SELECTOR, selector))
    )


DROP = """
    const [name, base64] = arguments, moved = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    moved.items.add(new File([bytes], name));
    for (const kind of ["dragenter", "dragover", "drop"]) {
      document.querySelector(".drop").dispatchEvent(
        new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: moved}));
    }
"""


def test_browser_goes_all_the_way(server: Server, browser: Any, tmp_path: Path) -> None:
    import base64

    browser.get(server.address)
    assert "token" not in browser.current_url
    assert serious_faults(browser) == []
    sample = ROOT / "sample_inventory" / "amazon-us.xlsx"
    data = base64.b64encode(sample.read_bytes()).decode()
    browser.execute_script(DROP, sample.name, data)
    assert waited(browser, "#chosen li").text.startswith("amazon-us.xlsx · ")
    browser.execute_script("document.querySelector('[value=\"amazon.com\"]').click()")
    waited(browser, "#check").click()
    waited(browser, "html[data-ready]")
    assert waited(browser, "#status").text.endswith("listings or sheets")
    assert waited(browser, "article mark").text
    assert serious_faults(browser) == []
    waited(browser, "#q").send_keys("no such words anywhere")
    deadline = time.monotonic() + 10
    while "No finding" not in waited(browser, "#status").text and time.monotonic() < deadline:
        time.sleep(0.05)
    waited(browser, "#reset").click()
    waited(browser, "[aria-labelledby=h-risk] a").click()
    deadline = time.monotonic() + 10
    while len(browser.find_elements("css selector", "article")) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert len(browser.find_elements("css selector", "article")) == 1
    waited(browser, "#lang [value=zh]").click()
    assert waited(browser, "#findings").text == "问题列表"
    waited(browser, ".actions a[href$='checked.xlsx']").click()
    target = tmp_path / "downloads" / "amazon-us-checked.xlsx"
    deadline = time.monotonic() + 30
    while not target.is_file() and time.monotonic() < deadline:
        time.sleep(0.1)
    book = openpyxl.load_workbook(target)
    assert book.sheetnames[0] == "listlint"
    assert any(cell.comment for row in book["Template"].iter_rows() for cell in row)
    assert [e for e in browser.get_log("browser") if "favicon" not in e["message"]] == []
    assert len(server.kept()) == 1
    browser.get("about:blank")
    deadline = time.monotonic() + 40
    while server.kept() and time.monotonic() < deadline:
        time.sleep(0.3)
    assert server.kept() == [], "closing the page deletes the files"
