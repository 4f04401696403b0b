"""The process that started this one."""

import os
import signal
import sys
import threading


def end_with_it():
    """Ends this process, and all that it started, when the parent is gone, however that ended: it holds our standard input open."""
    threading.Thread(target=wait_and_end, daemon=True).start()


def wait_and_end():
    sys.stdin.buffer.read()
    os.killpg(os.getpgrp(), signal.SIGTERM)
