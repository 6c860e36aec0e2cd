"""Third-party file formats, without policy: the only package that imports their libraries."""
