"""python -m chatdata"""

from chatdata.cli import main

main()
