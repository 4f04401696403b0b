"""The local gateway. Its books are in the file that BOOKS names, so that they outlive the process and meet no other run's;
without BOOKS they are in memory only, where localstripe alone would write all of them to /tmp at each change."""

import builtins
import os
import sys

from localstripe import resources, server

books = os.environ.get("BOOKS")
if books:
    resources.open = lambda _, mode: builtins.open(books, mode)
else:
    resources.Store.dump_to_disk = lambda _: None
    sys.argv.append("--from-scratch")

server.start()
