"""The sample city: invented streets, buildings, zones, firms and unions on a real city's outlines and divisions.

Everything is drawn from ``random.Random`` seeded with one number, so that the same files come out byte for byte.
The outlines and the names of counties, towns and villages are real; nothing else is.
"""

NOTICE = "演示数据：街道、楼宇、企业、工会均为虚构"
