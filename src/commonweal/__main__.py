"""`python -m commonweal` is the same as `commonweal`."""

from commonweal.cli.app import run

if __name__ == "__main__":
    run()
