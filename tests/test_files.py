"""Atomic writing: the old file or the new one, never half."""

import signal
import subprocess
import sys
import textwrap

import pytest

from stance.files import write_atomic


def test_writes_bytes_and_text_as_they_are(tmp_path):
    write_atomic(tmp_path / "a", b"\x00\xff")
    write_atomic(tmp_path / "b", "ä\r\nb\n")
    assert (tmp_path / "a").read_bytes() == b"\x00\xff"
    assert (tmp_path / "b").read_bytes() == "ä\r\nb\n".encode()


def test_a_missing_folder_is_an_error_and_leaves_nothing(tmp_path):
    with pytest.raises(OSError):
        write_atomic(tmp_path / "no" / "a", b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fail(_):
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that cannot be caught")
def test_a_write_killed_in_the_middle_leaves_the_old_file(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    code = textwrap.dedent(f"""
        import os, signal, stance.files
        os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
        stance.files.write_atomic({str(path)!r}, b"new" * 100000)
    """)
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"


def test_a_missing_folder_is_named_and_not_a_temporary_file(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        write_atomic(tmp_path / "there" / "a", b"new")
    assert caught.value.filename == str(tmp_path / "there")


def test_two_processes_that_write_the_same_file_leave_one_of_the_two_whole(tmp_path):
    path = tmp_path / "model.stance"
    code = "import sys; from stance.files import write_atomic\nfor _ in range(60): write_atomic(sys.argv[1], sys.argv[2].encode() * 400_000)"
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), letter]) for letter in "ab"]
    seen = set()
    while any(w.poll() is None for w in writers):
        if path.exists():
            data = path.read_bytes()
            assert len(data) == 400_000
            assert len(set(data)) == 1
            seen.add(data[:1])
    assert [w.returncode for w in writers] == [0, 0]
    assert seen <= {b"a", b"b"}
    assert [p.name for p in tmp_path.iterdir()] == ["model.stance"]
