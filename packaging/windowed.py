"""质量考核工具: the program with a window."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()  # a process that a worker starts is this same program, and ends here
    from qtool.desktop.main import main

    main(sys.argv[1:])
