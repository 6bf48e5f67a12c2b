"""`listlint --engine spark` as a job: spark-submit files.py INPUT… -o parquet=FOLDER [options]."""

import sys

from listlint.cli import main

main(["--engine", "spark", *sys.argv[1:]])
