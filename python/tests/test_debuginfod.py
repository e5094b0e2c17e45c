"""Debug files that are downloaded, from Debian's server and from one that never answers."""

import http.server
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest
from lab import SPELUNK
from spelunk import Architecture, Platform, Program

SOURCE = """
struct point { int x, y; } origin = { 1, 2 };
struct shared { struct point a; long b; char c[%d]; struct { long d, e, f; } g; } shared;
int main(void) { return origin.x + shared.b; }
"""

# Under drgn and under Spelunk: the files that a module gets which is known by its build ID.
FILES = """
import json, sys
{first}
from drgn import Architecture, Platform, Program
prog = Program(Platform(Architecture.X86_64))
module = prog.extra_module("wanted", create=True)
module.build_id = bytes.fromhex(sys.argv[1])
prog.load_module_debug_info(module)
print(json.dumps([
    sorted(prog.registered_debug_info_finders()), prog.enabled_debug_info_finders(),
    module.loaded_file_status.name, module.loaded_file_path,
    module.debug_file_status.name, module.debug_file_path, module.supplementary_debug_file_path,
]))
"""


def read_build_id(path):
    notes = subprocess.run(["readelf", "-n", path], stdout=subprocess.PIPE, check=True, text=True)
    return notes.stdout.split("Build ID: ")[1].split()[0]


class Served:
    """Programs with and without debugging information, and `debuginfod`, which serves them."""

    def __init__(self, folder):
        self.folder = folder
        served = folder / "served"
        served.mkdir()
        for number in range(2):
            name = f"program{number}"
            (folder / f"{name}.c").write_text(SOURCE % (number + 1))
            self._run("gcc", "-g", "-Wl,--build-id", f"{name}.c", "-o", name)
            self._run("objcopy", "--only-keep-debug", name, served / f"{name}.debug")
            self._run("strip", "-o", served / name, name)
        # What both have, dwz moves to a third file. (The first program stays as it is.)
        pair = [folder / "one.debug", folder / "two.debug"]
        for number, path in enumerate(pair):
            (folder / "pair.c").write_text(SOURCE % (number + 7))
            self._run("gcc", "-g", "-Wl,--build-id", "pair.c", "-o", "pair")
            self._run("objcopy", "--only-keep-debug", "pair", path)
        self._run("dwz", "-m", "common", *pair)
        for path in [*pair, folder / "common"]:
            path.rename(served / path.name)
        self.build_id = read_build_id(served / "program0")
        self.half = read_build_id(served / "one.debug")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        environment = {**os.environ, "DEBUGINFOD_URLS": ""}
        self.process = subprocess.Popen(
            ["debuginfod", "-F", "-d", ":memory:", "-t", "1", "-p", str(port), served],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        common = read_build_id(served / "common")
        for build_id in [self.build_id, self.half, common]:
            self._wait_for(build_id)

    def _run(self, *command):
        subprocess.run(command, cwd=self.folder, check=True)

    def _wait_for(self, build_id):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(300):
            try:
                opener.open(f"{self.url}/buildid/{build_id}/debuginfo").close()
                return
            except urllib.error.URLError:
                time.sleep(0.1)
        raise AssertionError("debuginfod does not serve what it should")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("served"))
    yield served
    served.process.kill()
    served.process.wait()


def files(python, first, build_id, cache, urls):
    """What one debugger says, with paths in its cache."""
    environment = {
        **os.environ,
        "DEBUGINFOD_URLS": urls,
        "DEBUGINFOD_CACHE_PATH": str(cache),
        # No proxy leads to this machine; curl has to be told.
        "http_proxy": "http://127.0.0.1:9",
        "no_proxy": "" if first else "127.0.0.1",
    }
    command = [python, "-c", FILES.format(first=first), build_id]
    result = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=True, text=True)
    return json.loads(result.stdout.replace(f"{cache}/", ""))


def ours(build_id, cache, urls):
    return files(sys.executable, "import spelunk.compat", build_id, cache, urls)


@pytest.fixture
def drgn():
    command = os.environ.get("SPELUNK_TEST_DRGN")
    assert command, "run by `cargo xtask test`, or set SPELUNK_TEST_DRGN to a drgn command"
    python = str(pathlib.Path(command).with_name("python"))

    def ask(build_id, cache, urls):
        return files(python, "", build_id, cache, urls)

    return ask


def test_finds_what_drgn_finds(served, drgn, tmp_path):
    for build_id, loaded in [(served.build_id, "HAVE"), (served.half, "WANT"), ("ab" * 20, "WANT")]:
        found = ours(build_id, tmp_path / "ours", served.url)
        assert found == drgn(build_id, tmp_path / "drgn", served.url)
        assert found[:3] == [["debuginfod", "standard"], ["standard", "debuginfod"], loaded]
        # What one downloaded, the other has, and what was not to be had is known to both.
        nowhere = "http://127.0.0.1:1"
        assert ours(build_id, tmp_path / "drgn", nowhere) == found
        assert drgn(build_id, tmp_path / "ours", nowhere) == found
    assert ours(served.build_id, tmp_path / "ours", "") == drgn(
        served.build_id, tmp_path / "ours", ""
    )


def test_supplementary_files_are_downloaded(served, tmp_path):
    found = ours(served.half, tmp_path, served.url)
    assert found[4] == "HAVE" and found[6] is not None


class Encrypted(http.server.BaseHTTPRequestHandler):
    """Gives one file to all."""

    body = b""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format, *arguments):
        pass


def test_encrypted_servers_are_asked_if_the_host_trusts_them(served, tmp_path, monkeypatch):
    key, certificate = tmp_path / "key", tmp_path / "certificate"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=CA:FALSE"]
    command += ["-keyout", key, "-out", certificate]
    subprocess.run(command, stderr=subprocess.DEVNULL, check=True)
    Encrypted.body = (served.folder / "served" / "program0.debug").read_bytes()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Encrypted)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"https://localhost:{server.server_address[1]}"
    try:
        assert ours(served.build_id, tmp_path / "cache", url)[4] == "WANT"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert ours(served.build_id, tmp_path / "cache", url)[4] == "HAVE"
    finally:
        server.shutdown()


@pytest.fixture
def silent():
    """The address of a server that takes connections and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_other_threads_go_on_meanwhile(silent, tmp_path, monkeypatch):
    monkeypatch.setenv("DEBUGINFOD_URLS", silent)
    monkeypatch.setenv("DEBUGINFOD_CACHE_PATH", str(tmp_path))
    monkeypatch.setenv("DEBUGINFOD_TIMEOUT", "1")
    prog = Program(Platform(Architecture.X86_64))
    module = prog.extra_module("wanted", create=True)
    module.build_id = b"12345678"
    loading = threading.Thread(target=prog.load_module_debug_info, args=(module,))
    loading.start()
    ticks, last, longest = 0, time.monotonic(), 0.0
    while loading.is_alive():
        time.sleep(0.001)
        now = time.monotonic()
        ticks, longest, last = ticks + 1, max(longest, now - last), now
    assert ticks > 100 and longest < 0.5


def test_a_server_that_is_gone_is_reported_once(panic, tmp_path):
    environment = {
        **os.environ,
        "DEBUGINFOD_URLS": "http://127.0.0.1:1 ftp://nonsense",
        "DEBUGINFOD_CACHE_PATH": str(tmp_path),
    }
    command = [SPELUNK, "-c", panic.core, "--no-default-kernel-directories"]
    command += ["--no-default-debug-directories", "-e", "1"]
    result = subprocess.run(
        command, stderr=subprocess.PIPE, env=environment, check=True, text=True, timeout=60
    )
    assert result.stderr.count("http://127.0.0.1:1: Connection refused") == 1
    assert "check DEBUGINFOD_URLS and the network" in result.stderr
    assert "'ftp://nonsense' is no address of a server" in result.stderr
    result = subprocess.run(
        [*command, "--no-symbols-by=debuginfod"],
        stderr=subprocess.PIPE,
        env={**environment, "DEBUGINFOD_URLS": ""},
        check=True,
        text=True,
        timeout=60,
    )
    assert "or set DEBUGINFOD_URLS" in result.stderr


def test_what_no_server_has_is_said(served, panic, tmp_path):
    environment = {
        **os.environ,
        "DEBUGINFOD_URLS": served.url,
        "DEBUGINFOD_CACHE_PATH": str(tmp_path),
    }
    command = [SPELUNK, "-c", panic.core, "--no-default-kernel-directories"]
    command += ["--no-default-debug-directories", "-e", "1"]
    for again in ["", ", as was found out a while ago; remove "]:
        result = subprocess.run(
            command, stderr=subprocess.PIPE, env=environment, check=True, text=True, timeout=60
        )
        assert f"no server in DEBUGINFOD_URLS has its debuginfo{again}" in result.stderr


def test_interrupt_gives_the_prompt_back_whatever_the_server_does(silent, tmp_path):
    pexpect = pytest.importorskip("pexpect")
    child = pexpect.spawn(
        sys.executable,
        ["-i", "-c", "from spelunk import *; import time"],
        encoding="utf-8",
        timeout=30,
        env={**os.environ, "DEBUGINFOD_URLS": silent, "DEBUGINFOD_CACHE_PATH": str(tmp_path)},
    )
    try:
        child.expect(">>> ")
        child.sendline("prog = Program(Platform(Architecture.X86_64))")
        child.expect(">>> ")
        child.sendline("m = prog.extra_module('e', create=True); m.build_id = b'12345678'")
        child.expect(">>> ")
        child.sendline("print('be', 'gins'); prog.load_module_debug_info(m)")
        child.expect("be gins")
        time.sleep(0.5)
        start = time.monotonic()
        child.sendintr()
        child.expect("KeyboardInterrupt")
        child.expect(">>> ")
        assert time.monotonic() - start < 0.5
        child.sendline("print(m.debug_file_status.name)")
        child.expect("WANT")
    finally:
        child.kill(signal.SIGKILL)
        child.wait()
