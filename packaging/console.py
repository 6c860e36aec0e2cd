"""qtool: the command line."""

import multiprocessing

if __name__ == "__main__":
    multiprocessing.freeze_support()  # a process that a worker starts is this same program, and ends here
    from qtool.cli import main

    main()
