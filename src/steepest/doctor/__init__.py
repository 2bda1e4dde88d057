"""The doctor: why a network does not learn, and what helps, proved by experiments.

`TABLE` lists the rules: what each looks at, from where on it suspects something and why.
`bias_variance` reads two errors; `RateRange` is what `model.find_rate` returns; `doubtful` finds
rows whose target is probably wrong.
"""

from steepest.diagnosis.bias_variance import BiasVariance, bias_variance
from steepest.doctor import rules  # noqa: F401 - enters the rules in TABLE
from steepest.doctor.doctor import Doctor
from steepest.doctor.doubt import doubtful
from steepest.doctor.examine import check, diagnose, examine
from steepest.doctor.proof import Status, Verdict
from steepest.doctor.rate_range import RateRange
from steepest.doctor.records import LayerRecord, Record, WeightRecord
from steepest.doctor.report import Report
from steepest.doctor.rule import TABLE, Change, DoctorRule, Suspicion
from steepest.doctor.setup import Setup
from steepest.errors import suggest_names

__all__ = [
    "check",
    "examine",
    "diagnose",
    "Doctor",
    "Report",
    "Verdict",
    "Status",
    "TABLE",
    "DoctorRule",
    "Suspicion",
    "Change",
    "Setup",
    "Record",
    "LayerRecord",
    "WeightRecord",
    "RateRange",
    "doubtful",
    "bias_variance",
    "BiasVariance",
]

suggest_names(__name__)
