"""`python -m chatdata` is the command `chatdata`."""

from chatdata.cli import main

main()
