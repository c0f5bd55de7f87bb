import sys

from horizonscan.cli import main

sys.exit(main())
