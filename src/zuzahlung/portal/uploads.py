"""Files that people hand in: held in memory only, so that nothing of them is ever left on a disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler


class InMemory(MemoryFileUploadHandler):
    """Refuses what is larger than the setting before it is read, instead of writing it to a temporary file."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        *rest: Any,
        **named: Any,
    ) -> None:
        if content_length > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("an upload is larger than FILE_UPLOAD_MAX_MEMORY_SIZE")
        super().handle_raw_input(input_data, META, content_length, *rest, **named)
