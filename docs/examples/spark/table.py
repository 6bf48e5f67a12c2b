"""A table of the lake, checked as a job: spark-submit table.py LISTINGS FINDINGS [ROW_ID].

LISTINGS and FINDINGS are folders of Parquet by any address that Spark knows (s3a://, hdfs://,
file://); ROW_ID is a column of whole numbers that tells the rows apart.
"""

import sys

from pyspark.sql import SparkSession

from listlint.spark import lint

listings, findings, *row_id = sys.argv[1:]
spark = SparkSession.builder.appName("listlint").getOrCreate()
table = spark.read.parquet(listings)
found = lint(table, row_id=row_id[0] if row_id else None, path=listings)
found.write.mode("error").parquet(findings)
spark.stop()
