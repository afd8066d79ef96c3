"""The benchmark: Gatewright beside what people would use instead, in the same run, on the same core.

In: nothing but the machine. Out: a table of ratios (`docs/performance.md`). Law: servers are pinned to one core and
the load to another; whatever is compared is measured in turns (A B A B) on the same requests, and what is told is
the median of the rounds' ratios, because absolute numbers belong to the machine and to the minute.
"""
