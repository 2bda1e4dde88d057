"""Files and fields of CSV under TensorFlow's names, for functions of `Dataset.map`."""

from steepest.errors import suggest_names
from steepest.io import gfile as gfile
from steepest.io.csv_fields import decode_csv
from steepest.io.text_files import matching_files, read_file, write_file

__all__ = ["decode_csv", "gfile", "matching_files", "read_file", "write_file"]

suggest_names(__name__, "st.io")
