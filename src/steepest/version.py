"""The version of steepest, for those who need no more of it. Depends on nothing."""

VERSION = "0.1.0"
