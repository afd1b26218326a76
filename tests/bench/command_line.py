"""`python -m tests.bench.command_line`: `clientforge` from this working copy."""

from jobs.cli import main

if __name__ == "__main__":
    main()
