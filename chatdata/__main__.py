"""`python -m chatdata` is the command `chatdata`."""

from chatdata.cli import main

if __name__ == "__main__":  # processes of a scan import this module too
    main()
