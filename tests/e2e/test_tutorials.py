"""What the README and the tutorials tell a reader to type does what they say, line by line."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
DOCUMENTS = [ROOT / "README.md", *TUTORIALS, ROOT / "docs" / "how-to" / "what-if.md"]
ELIDED = "…"  # a line of its own: what stands here is left out

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its lines, and the last file named in the paragraph before it."""

    language: str
    lines: tuple[str, ...]
    file: str


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a document, and its indented commands, in order."""
    found = re.finditer(r"^```(\w+)\n(.*?)^```$|^    (commonweal [^\n]*)$", text, re.MULTILINE | re.DOTALL)
    for block in found:
        paragraph = text[: block.start()].rstrip().rsplit("\n\n", 1)[-1]
        named = re.findall(r"`([\w./-]+\.(?:csv|yaml))`", paragraph)
        if block[3]:
            yield Block("console", (f"$ {block[3]}",), "")
        else:
            yield Block(block[1], tuple(block[2].splitlines()), named[-1] if named else "")


def typed(block: Block) -> Iterator[tuple[list[str], list[str]]]:
    """The commands of a console block, each with the lines it is said to print."""
    command: list[str] = []
    printed: list[str] = []
    for line in block.lines:
        if line.startswith("$ "):
            if command:
                yield command, printed
            command, printed = shlex.split(line[2:]), []
        elif line.strip():
            printed.append(line.rstrip())
    if command:
        yield command, printed


def assert_printed(said: list[str], output: str) -> None:
    """Each line said is in the output, in that order, right after the one before unless some are elided."""
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    at, jump = -1, True
    for line in said:
        if line.strip() == ELIDED:
            jump = True
            continue
        here = lines.index(line, at + 1) if line in lines[at + 1 :] else -1
        assert here >= 0, f"not printed: {line!r}\n\n{output}"
        assert jump or here == at + 1, f"something stands before {line!r}\n\n{output}"
        at, jump = here, False


def apply_diff(path: Path, lines: tuple[str, ...]) -> None:
    old = [line[1:] for line in lines if line.startswith("-")]
    new = [line[1:] for line in lines if line.startswith("+")]
    text = path.read_text(encoding="utf-8")
    assert text.count("\n".join(old)) == 1, f"{path.name} does not hold {old} once"
    path.write_text(text.replace("\n".join(old), "\n".join(new)), encoding="utf-8")


def follow(document: Path, folder: Path, command: Command) -> int:
    """Do what a document says, in a folder; the number of commands run."""
    ran = 0
    for block in blocks(document.read_text(encoding="utf-8")):
        if block.language == "console":
            for (program, *arguments), printed in typed(block):
                assert program == "commonweal", f"{document.name} runs {program}"
                done = command(*arguments, cwd=folder)
                output = done.stdout + done.stderr
                refused = any(re.match(r"\d+ faults?\b", line) for line in printed)
                assert done.returncode == (2 if refused else 0), output
                assert_printed(printed, output)
                ran += 1
        elif block.language in {"csv", "yaml"} and block.file:
            path = folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(block.lines) + "\n", encoding="utf-8")
        elif block.language == "diff":
            apply_diff(folder / block.file, block.lines)
        elif block.language == "python":
            code = "\n".join(block.lines)
            done = subprocess.run(
                [sys.executable, "-X", "utf8", "-W", "error", "-c", code],
                capture_output=True,
                text=True,
                encoding="utf-8",
                check=False,
                cwd=folder,
            )
            assert done.returncode == 0, done.stderr
    return ran


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_reader_can_type_it(document: Path, tmp_path: Path, command: Command):
    assert follow(document, tmp_path, command) >= 2


def test_what_is_not_printed_is_noticed():
    with pytest.raises(AssertionError, match="not printed"):
        assert_printed(["No faults found."], "1 fault\n")
    with pytest.raises(AssertionError, match="something stands before"):
        assert_printed(["a", "c"], "a\nb\nc\n")
    assert_printed(["a", ELIDED, "c"], "a\nb\nc\n")
