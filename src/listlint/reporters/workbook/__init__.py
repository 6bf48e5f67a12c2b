"""The checked workbook in parts: what to mark, the sheets of listlint's own, two ways to write it."""
