"""Runs a program at a terminal of its own and types one line whenever it has stopped showing what is typed:
at_keyboard.py LINE... -- PROGRAM ARGUMENT... Prints what the terminal showed; exits as the program does."""
import os
import pty
import select
import sys
import termios

separator = sys.argv.index("--")
lines, program = sys.argv[1:separator], sys.argv[separator + 1:]
child, screen = pty.fork()
if child == 0:
    os.execvp(program[0], program)


def shows_typing():
    return termios.tcgetattr(screen)[3] & termios.ECHO != 0


shown = b""
questions = 0
while True:
    ready, _, _ = select.select([screen], [], [], 0.02)
    if ready:
        try:
            piece = os.read(screen, 4096)
        except OSError:  # the program has closed its side
            break
        if not piece:
            break
        shown += piece
    elif questions < len(lines) and shown.count(b": ") > questions and not shows_typing():
        os.write(screen, lines[questions].encode() + b"\n")
        questions += 1
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status))
