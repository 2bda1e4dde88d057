"""What the kernel of fields and its callers agree on: kinds of columns, statuses, the state.

Depends on nothing.
"""

SKIPPED, FLOAT, INTEGER, TEXT = range(4)  # kinds; a skipped column is not stored
FULL = 0  # the columns or the list of fields have no space for another row
MORE = 1  # the text ends inside a row
STRANGE = 2  # a row of another width, a closing quote inside a field, or too long a field
STATE = (
    "place",  # of the next byte; in and out, as the next two
    "row",
    "found",  # fields in the list
    "end",  # of the text; the byte there must be a newline
    "final",  # whether nothing follows this text
    "width",  # fields in a row
    "delimiter",
    "blank",  # the byte to skip around numbers
    "most_rows",
    "most_found",
    "marks",  # numbers that stand for missing values
    "empty_is_nan",
    "longest",  # the bytes of the longest field
)
