"""Runs a command on a terminal of its own, and types something when it has shown something.

on_terminal.py WHEN TYPED COMMAND...   WHEN: the text to wait for. TYPED: what is typed then; "" is Ctrl-C.
Prints {"status": its exit code, or minus the signal that ended it, "output": all that the terminal showed}.
"""

import json
import os
import pty
import sys
import time

when, typed, command = sys.argv[1], sys.argv[2], sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)

output = b""
deadline = time.monotonic() + 30
while time.monotonic() < deadline:
    try:
        piece = os.read(terminal, 4096)
    except OSError:  # The last process has let go of the terminal.
        break
    if not piece:
        break
    output += piece
    if when is not None and when.encode() in output:
        os.write(terminal, typed.encode() + b"\n" if typed else b"\x03")
        when = None

_, status = os.waitpid(child, 0)
print(json.dumps({"status": os.waitstatus_to_exitcode(status), "output": output.decode(errors="replace")}))
