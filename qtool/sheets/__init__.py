"""The scoring workbooks (评分表): one locked workbook for each department, made from the plan."""
