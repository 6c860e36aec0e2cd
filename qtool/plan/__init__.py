"""The plan workbook (考核方案): read into the model, checked, compared with another."""
