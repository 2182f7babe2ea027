"""Photos and files that come with a form: judged by content, kept until the form is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from werkzeug.datastructures import FileStorage

from accounts.access import current_actor
from core.files import MAX_FILE
from core.refusals import NotStored, Refusal
from core.web import now
from hazards.operations.attaching import NewFile
from hazards.photos import read_photo
from hazards.staging import MOST, stage, take_up, without_doubles

RETAKE = "照片、文件没有存住，再提交前请重新选择。"
Reader = Callable[[bytes, str], NewFile]


@dataclass(frozen=True, slots=True)
class Upload:
    """What one field brought: the files that are right, and whether anything was wrong."""

    files: tuple[NewFile, ...]
    is_wrong: bool = False


def receive(
    field: Any, staged: Any, *, reader: Reader = read_photo, most: int = MOST, whose: int | None = None
) -> Upload:
    """Read what a field brought, with what waited from before; wrong ones leave their sentence at the field.

    Called after `validate`, which begins with a clean list of errors. `whose` is who may take them up again, where
    nobody is signed in.
    """
    person, moment = current_actor().person_id if whose is None else whose, now()
    fresh, wrong = _read(request.files.getlist(field.name), reader)
    files = without_doubles([*take_up(staged.data or "", person, moment), *fresh])
    if len(files) > most:
        wrong.append(f"一次最多 {most} 个，现在 {len(files)} 个，只留下前 {most} 个。其余可以下次补充。")
    if wrong:
        field.errors = [*field.errors, *wrong]
    return Upload(files[:most], bool(wrong))


def keep(upload: Upload, staged: Any, *, whose: int | None = None) -> tuple[dict[str, str], ...]:
    """Keep the files until the form is right; what the page shows of those with a small copy.

    Where the disk takes no more the form is shown all the same and asks for them again: the words typed are not lost.
    """
    try:
        kept = stage(upload.files, current_actor().person_id if whose is None else whose, now())
    except NotStored:
        staged.errors = [RETAKE]
        return ()
    staged.data = kept.listed
    shown = zip(upload.files, kept.thumbs, strict=True)
    return tuple(
        {"url": "" if whose is not None else _thumb_url(file, token), "alt": f"已存：{name}", "name": name}
        for file, (name, token) in shown
    )


def _thumb_url(file: NewFile, token: str) -> str:
    return url_for("hazards.staged_photo", token=token) if file.thumb else ""


def _read(uploads: Iterable[FileStorage], reader: Reader) -> tuple[list[NewFile], list[str]]:
    files: list[NewFile] = []
    wrong: list[str] = []
    for upload in [upload for upload in uploads if upload.filename][: MOST + 1]:
        try:
            files.append(reader(upload.stream.read(MAX_FILE + 1), upload.filename or ""))
        except Refusal as refusal:
            wrong.append(refusal.sentence)
    return files, wrong
