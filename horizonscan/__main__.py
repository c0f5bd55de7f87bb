"""`python -m horizonscan`: the command line."""

import sys

from horizonscan.cli import main

sys.exit(main())
