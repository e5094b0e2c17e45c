import sys

from spelunk.cli import main

sys.exit(main())
